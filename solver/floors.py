"""What no roster comes below, told without solving: what would be missing if everybody served wherever they can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from solver.components import Component
from solver.problem import Assignment, Shift, Volunteer, Wish

Named = TypeVar("Named", Wish, Assignment)

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


def _wishes(component: Component, crowds: Crowds) -> int:
    return sum(wish.weight for wish in _impossible([wish for wish in component.problem.wishes if wish.want], crowds))


def _changes(component: Component, crowds: Crowds) -> int:
    return sum(1 for _ in _impossible(component.problem.previous or (), crowds))


def _impossible(turns: Sequence[Named], crowds: Crowds) -> Iterator[Named]:
    """Those of the turns that are no possible ones."""
    names = {shift: {person.id for person in crowds.get(shift, ())} for shift in {turn.shift for turn in turns}}
    return (turn for turn in turns if turn.volunteer not in names[turn.shift])


LEAST = {
    "under_min": _under_min,
    "under_need": _under_need,
    "under_target": _under_target,
    "wishes": _wishes,
    "changes": _changes,
}
