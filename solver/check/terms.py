"""What is minimised: the exact amount of each term, and the value of each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from solver.check.company import missing_to_min, missing_to_needs
from solver.check.findings import Value
from solver.check.rosters import Roster
from solver.check.service import missing_to_service
from solver.check.suitability import kilometres
from solver.problem import RELUCTANCE, Problem, Shift, Volunteer

ALWAYS_AVAILABLE = 1


def levels_of(problem: Problem, roster: Roster) -> tuple[Value, ...]:
    """Each level of the problem's objective, the first outweighing all later ones."""
    amounts = {term: AMOUNTS[term](problem, roster) for term in {term for level in problem.levels for term in level}}
    return tuple(
        Value(
            {term: amounts[term] for term in level},
            sum(weight * amounts[term] for term, weight in level.items()),
        )
        for level in problem.levels
    )


def reluctance_of(person: Volunteer, shift: Shift) -> int:
    """0 to 3 for one turn: the least welcome among the intervals that share a minute with the shift."""
    if person.available is None:
        return ALWAYS_AVAILABLE
    shared = [
        RELUCTANCE[offer.level]
        for offer in person.available
        if offer.start < shift.end and shift.start < offer.end and offer.start < offer.end
    ]
    return max(shared, default=0)


def _under_min(problem: Problem, roster: Roster) -> int:
    return sum(missing_to_min(shift, roster.people_on(shift.id)) * shift.weights.under_min for shift in problem.shifts)


def _under_need(problem: Problem, roster: Roster) -> int:
    return sum(
        sum(missing_to_needs(shift, roster.people_on(shift.id)).values()) for shift in problem.shifts if shift.needs
    )


def _under_service(problem: Problem, roster: Roster) -> int:
    return sum(missing_to_service(shift, roster.people_on(shift.id)) for shift in problem.shifts)


def _under_target(problem: Problem, roster: Roster) -> int:
    return sum(
        max(0, shift.target - len(roster.people_on(shift.id))) * shift.weights.under_target for shift in problem.shifts
    )


def _over_target(problem: Problem, roster: Roster) -> int:
    return sum(
        max(0, len(roster.people_on(shift.id)) - shift.target) * shift.weights.over_target for shift in problem.shifts
    )


def _unfairness(problem: Problem, roster: Roster) -> int:
    total = 0
    for person, turns in roster.busy():
        before = person.history_turns
        total += (before + len(turns)) ** 2 - before**2
    return total


def _reluctance(problem: Problem, roster: Roster) -> int:
    return sum(reluctance_of(person, turn) for person, turns in roster.busy() for turn in turns)


def _wishes(problem: Problem, roster: Roster) -> int:
    return sum(wish.weight for wish in problem.wishes if roster.has(wish.volunteer, wish.shift) != wish.want)


def _travel(problem: Problem, roster: Roster) -> int:
    if all(site.place is None for site in problem.sites):
        return 0
    return sum(int(kilometres(problem, person, turn) or 0) for person, turns in roster.busy() for turn in turns)


def _changes(problem: Problem, roster: Roster) -> int:
    if problem.previous is None:
        return 0
    return len(set(problem.previous) ^ set(roster.assignments()))


AMOUNTS: Mapping[str, Callable[[Problem, Roster], int]] = MappingProxyType(
    {
        "under_min": _under_min,
        "under_need": _under_need,
        "under_service": _under_service,
        "under_target": _under_target,
        "over_target": _over_target,
        "unfairness": _unfairness,
        "reluctance": _reluctance,
        "wishes": _wishes,
        "travel": _travel,
        "changes": _changes,
    }
)
