"""What no roster comes below, told without solving: what would be missing if everybody served wherever they can."""

from __future__ import annotations

from collections import Counter

from solver.components import Component
from solver.problem import Shift, Volunteer


def least_levels(component: Component) -> tuple[int, ...]:
    """For each level a value that no roster is below, whatever its other levels."""
    terms = {term for level in component.problem.levels for term, weight in level.items() if weight}
    amounts = dict.fromkeys(terms, 0) | {term: LEAST[term](component) for term in terms & LEAST.keys()}
    return tuple(
        sum(weight * amounts[term] for term, weight in level.items() if weight) for level in component.problem.levels
    )


def _under_min(component: Component) -> int:
    most = _most(component)
    return sum(max(0, shift.min - most[shift.id]) * shift.weights.under_min for shift in component.problem.shifts)


def _under_target(component: Component) -> int:
    most = _most(component)
    return sum(max(0, shift.target - most[shift.id]) * shift.weights.under_target for shift in component.problem.shifts)


def _most(component: Component) -> Counter[str]:
    """How many people there can be on each shift."""
    possible = Counter(shift.id for _, shift in component.turns)
    return Counter(
        {
            shift.id: possible[shift.id] if shift.max is None else min(shift.max, possible[shift.id])
            for shift in component.problem.shifts
        }
    )


def _under_need(component: Component) -> int:
    holders: Counter[tuple[str, str]] = Counter()
    for person, shift in component.turns:
        if shift.needs:
            holders.update((shift.id, need.qualification) for need in shift.needs if _holds(person, need.qualification))
    return sum(
        max(0, need.min - _capped(shift, holders[shift.id, need.qualification]))
        for shift in component.problem.shifts
        for need in shift.needs
    )


def _holds(person: Volunteer, qualification: str) -> bool:
    return qualification in person.qualifications


def _capped(shift: Shift, people: int) -> int:
    return people if shift.max is None else min(shift.max, people)


def _wishes(component: Component) -> int:
    wanted = [wish for wish in component.problem.wishes if wish.want]
    possible = {(person.id, shift.id) for person, shift in component.turns} if wanted else set()
    return sum(wish.weight for wish in wanted if (wish.volunteer, wish.shift) not in possible)


def _changes(component: Component) -> int:
    before = component.problem.previous or ()
    possible = {(person.id, shift.id) for person, shift in component.turns} if before else set()
    return sum((turn.volunteer, turn.shift) not in possible for turn in before)


LEAST = {
    "under_min": _under_min,
    "under_need": _under_need,
    "under_target": _under_target,
    "wishes": _wishes,
    "changes": _changes,
}
