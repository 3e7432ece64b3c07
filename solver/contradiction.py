"""Why there is no roster: the smallest contradiction found, each part of it shown to be needed by solving.

CP-SAT can name the assumptions it refuted, but not reliably (or-tools issues 4109, 5141). So rules are dropped and
the rest is solved again: first whole rules, then single volunteers and shifts of those that are left (QuickXplain,
Junker 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ortools.sat.python.cp_model import INFEASIBLE

from solver.kept import Kept
from solver.problem import HARD_RULES, Problem
from solver.solution import Clash
from solver.stages import Effort, constrained

MOST_COUPLES = 30_000
WORK = 5.0  # deterministic seconds for one question; a question not answered in that keeps the rule
OF_SHIFTS = ("capacity", "minors", "newcomers", "all_or_nothing", "equipment")


def contradiction(whole: Problem, part: Problem, effort: Effort) -> tuple[Clash, ...]:
    """Rule instances that no roster obeys together, and of which none can be dropped.

    The part that has no roster says most of it quickly. But what cut the part off (nobody in it suits the other
    shifts) may be half of the cause: then more of the problem has to say it, as far as it is small enough to ask.
    """
    found = _smallest(part, effort)
    wider = next((one for one in (whole, _all_shifts(whole, part)) if _couples(one) <= MOST_COUPLES), part)
    return found if wider is part or _impossible(wider, found, effort) else _smallest(wider, effort)


def _couples(problem: Problem) -> int:
    """How many turns there are to decide once every rule about a single turn is dropped."""
    return len(problem.volunteers) * len(problem.shifts)


def _all_shifts(whole: Problem, part: Problem) -> Problem:
    """The people of the part, before all shifts there are."""
    pins = tuple(pin for pin in whole.pins if pin.volunteer in part.volunteer_by_id)
    return replace(whole, volunteers=part.volunteers, pins=pins, pairs=part.pairs, wishes=(), previous=None)


def _smallest(problem: Problem, effort: Effort) -> tuple[Clash, ...]:
    def impossible(kept: Sequence[Clash]) -> bool:
        return _impossible(problem, kept, effort)

    rules = minimal([Clash(rule) for rule in HARD_RULES], impossible)
    instances = [instance for clash in rules for instance in instances_of(problem, clash.rule)]
    return tuple(minimal(instances, impossible)) if impossible(instances) else tuple(rules)


def _impossible(problem: Problem, kept: Sequence[Clash], effort: Effort) -> bool:
    model = constrained(problem, kept=Kept(kept))
    return bool(effort.solver(WORK).solve(model.cp) == INFEASIBLE)


def instances_of(problem: Problem, rule: str) -> list[Clash]:
    """A rule of all volunteers or shifts as one rule of each."""
    if rule == "pins":
        return [Clash(rule, pin.volunteer, pin.shift) for pin in problem.pins]
    if rule in OF_SHIFTS:
        return [Clash(rule, shift=shift.id) for shift in problem.shifts]
    return [Clash(rule, person.id) for person in problem.volunteers]


def minimal(candidates: Sequence[Clash], impossible: Callable[[Sequence[Clash]], bool]) -> list[Clash]:
    """Of candidates that are impossible together, some that still are, of which none can be left out."""
    return _needed([], False, list(candidates), impossible)


def _needed(
    given: list[Clash], grown: bool, candidates: list[Clash], impossible: Callable[[Sequence[Clash]], bool]
) -> list[Clash]:
    """Which candidates are needed besides the given rules; `grown` if those are more than when last asked."""
    if grown and impossible(given):
        return []
    if len(candidates) <= 1:
        return candidates
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    from_second = _needed([*given, *first], True, second, impossible)
    from_first = _needed([*given, *from_second], bool(from_second), first, impossible)
    return [*from_first, *from_second]
