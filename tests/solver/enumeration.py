"""Every roster of a small problem, found turn by turn: the slow truth that the quick answers are compared with."""

from __future__ import annotations

from collections.abc import Iterator

from solver.check import Roster, broken_rules
from solver.check.terms import levels_of
from solver.problem import Assignment, Problem

Turns = frozenset[Assignment]


def rosters_of(problem: Problem) -> Iterator[Turns]:
    """All that break no rule. Turns are added until somebody would have to leave again."""
    turns = [Assignment(person.id, shift.id) for person in problem.volunteers for shift in problem.shifts]

    def extended(taken: list[Assignment], rest: int) -> Iterator[Turns]:
        broken = broken_rules(problem, Roster(problem, taken))
        if not all(one.mendable for one in broken):
            return
        if not broken:
            yield frozenset(taken)
        for number in range(rest, len(turns)):
            yield from extended([*taken, turns[number]], number + 1)

    return extended([], 0)


def values_of(problem: Problem, turns: Turns) -> tuple[int, ...]:
    return tuple(level.value for level in levels_of(problem, Roster(problem, turns)))
