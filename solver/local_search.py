"""Improving a large roster piece by piece, until no piece of some size can be improved alone.

CP-SAT alone needs minutes to get near the optimum of a province with side rules; the flow is near it at once, and
what its repair has spoiled is spoiled in places. The pieces are solved in a fixed order and by deterministic work,
so that the result does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from solver.check import Roster, broken_rules, shortfalls_of
from solver.check.terms import levels_of
from solver.components import Component
from solver.effort import Effort
from solver.neighbourhoods import Neighbourhoods, is_marker
from solver.network import relaxation
from solver.problem import Assignment, Problem, Shift, Volunteer
from solver.progress import Part
from solver.stages import Stages

WORTHWHILE = 10**9  # possible turns from which on pieces are quicker than the whole
PIECES = (500, 1500)  # possible turns of a piece, sweep by sweep
WORK = 0.5  # deterministic seconds for each level of a piece


def values_of(problem: Problem, assignments: Iterable[Assignment]) -> tuple[int, ...]:
    """The value of each level, as the referee counts it."""
    return tuple(level.value for level in levels_of(problem, Roster(problem, assignments)))


def relax(part: Part) -> tuple[Assignment, ...]:
    """Bound a part by its flow. The turns of the flow, which are offered as a roster if no rule is against it."""
    found = relaxation(Component(part.problem, part.turns))
    if found is None:
        return ()
    part.relaxed(found.values)
    if not broken_rules(part.problem, Roster(part.problem, found.assignments)):
        part.offer(found.assignments, values_of(part.problem, found.assignments))
    return found.assignments


class LocalSearch:
    """The pieces of one part, and the roster they improve."""

    def __init__(self, part: Part, effort: Effort) -> None:
        self.part, self.effort = part, effort
        self.places = Neighbourhoods(Component(part.problem, part.turns))

    def run(self) -> None:
        for size in PIECES:
            while self._sweep(size) and not self.part.finished():
                pass

    def _sweep(self, size: int) -> bool:
        """Try a piece around every shift that is not well inside an earlier piece; whether any was improved."""
        improved, seen = False, set[str]()
        for shift in sorted(self.part.problem.shifts, key=self._lack(), reverse=True):
            if shift.id not in seen:
                self.effort.check()
                people = self.places.around(shift, size)
                seen |= self.places.inside(people)
                improved |= self._improve(people)
        return improved

    def _lack(self) -> Callable[[Shift], int]:
        """How many people a shift lacks just now: where most is lost, most can be gained."""
        roster = Roster(self.part.problem, self.part.best or ())
        missing = {gap.shift: gap.missing + sum(gap.needs.values()) for gap in shortfalls_of(roster.problem, roster)}
        return lambda shift: missing.get(shift.id, 0)

    def _improve(self, people: Mapping[str, Volunteer]) -> bool:
        best, values = self.part.best, self.part.values
        assert best is not None
        assert values is not None
        piece = Part(self.places.freed(people, Roster(self.part.problem, best)))
        own = {(person.id, shift.id) for person, shift in piece.turns}
        before = [turn for turn in best if (turn.volunteer, turn.shift) in own]
        before += [Assignment(pin.volunteer, pin.shift) for pin in piece.problem.pins if is_marker(pin.volunteer)]
        start = values_of(piece.problem, before)
        piece.offer(tuple(before), start)
        relax(piece)
        if not piece.finished():
            Stages(piece, self.effort).walk(WORK)
        assert piece.best is not None
        assert piece.values is not None
        if piece.values >= start:
            return False
        gained = [turn for turn in piece.best if not is_marker(turn.volunteer)]
        kept = [turn for turn in best if (turn.volunteer, turn.shift) not in own]
        after = [value + new - old for value, new, old in zip(values, piece.values, start, strict=True)]
        self.part.offer((*kept, *gained), after)
        return True
