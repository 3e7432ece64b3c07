"""What no roster comes below, told without solving: what would be missing if everybody served wherever they can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from solver.components import Component
from solver.problem import Shift, Volunteer

Crowds = Mapping[str, Sequence[Volunteer]]
"""Who could serve on each shift; shifts for which nobody could are not in it."""


def least_levels(component: Component) -> tuple[int, ...]:
    """For each level a value that no roster is below, whatever its other levels."""
    terms = {term for level in component.problem.levels for term, weight in level.items() if weight}
    by_shift = groupby(component.turns, key=itemgetter(1))
    crowds = {shift.id: [person for person, _ in there] for shift, there in by_shift}
    amounts = dict.fromkeys(terms, 0) | {term: LEAST[term](component, crowds) for term in terms & LEAST.keys()}
    return tuple(
        sum(weight * amounts[term] for term, weight in level.items() if weight) for level in component.problem.levels
    )


def _under_min(component: Component, crowds: Crowds) -> int:
    return sum(max(0, shift.min - _most(shift, crowds)) * shift.weights.under_min for shift in component.problem.shifts)


def _under_target(component: Component, crowds: Crowds) -> int:
    return sum(
        max(0, shift.target - _most(shift, crowds)) * shift.weights.under_target for shift in component.problem.shifts
    )


def _under_need(component: Component, crowds: Crowds) -> int:
    return sum(
        max(0, need.min - _most(shift, crowds, need.qualification))
        for shift in component.problem.shifts
        for need in shift.needs
    )


def _most(shift: Shift, crowds: Crowds, qualification: str | None = None) -> int:
    """How many people there can be on a shift, if wanted only those with a qualification."""
    crowd = crowds.get(shift.id, ())
    people = len(crowd) if qualification is None else sum(qualification in one.qualifications for one in crowd)
    return people if shift.max is None else min(shift.max, people)


def _wishes(component: Component, _: Crowds) -> int:
    wanted = [wish for wish in component.problem.wishes if wish.want]
    possible = {(person.id, shift.id) for person, shift in component.turns} if wanted else set()
    return sum(wish.weight for wish in wanted if (wish.volunteer, wish.shift) not in possible)


def _changes(component: Component, _: Crowds) -> int:
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
