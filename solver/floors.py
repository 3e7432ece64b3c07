"""What no roster comes below, told without solving: what would be missing if everybody served wherever they can.

Where there is too little equipment, somebody has to do without: those whose places count for least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import lcm
from typing import NamedTuple, TypeVar

from solver.components import Component
from solver.problem import Assignment, Problem, Shift, Volunteer, Wish
from solver.rules.equipment import bottlenecks

Named = TypeVar("Named", Wish, Assignment)
People = Sequence[Volunteer]


class _Known(NamedTuple):
    """Who could serve on each shift (those that nobody can hold are not in it), and where equipment is too little."""

    problem: Problem
    crowds: Mapping[str, People]
    scarce: Sequence[tuple[str, int, list[Shift]]]


def least_levels(component: Component) -> tuple[int, ...]:
    """For each level a value that no roster is below, whatever its other levels."""
    problem = component.problem
    terms = {term for level in problem.levels for term, weight in level.items() if weight}
    crowds = {shift.id: people for shift, people in component.crowds if can_hold(people, shift)}
    known = _Known(problem, crowds, list(bottlenecks(problem)))
    amounts = dict.fromkeys(terms, 0) | {term: LEAST[term](known) for term in terms & LEAST.keys()}
    return tuple(sum(weight * amounts[term] for term, weight in level.items() if weight) for level in problem.levels)


def can_hold(people: People, shift: Shift) -> bool:
    """Whether some of these people can be on the shift, as far as it says itself what they have to be."""
    if all(person.minor for person in people) or all(person.newcomer for person in people):
        return False
    return not shift.all_or_nothing or not (
        _most(shift, people) < shift.min
        or any(_most(shift, people, need.qualification) < need.min for need in shift.needs)
    )


def _most(shift: Shift, people: People, qualification: str | None = None) -> int:
    """How many of these people can be on a shift, if wanted only those with a qualification."""
    many = len(people) if qualification is None else sum(qualification in one.qualifications for one in people)
    return many if shift.max is None else min(shift.max, many)


# What a shift lacks, if these people are all who could be there.


def _under_min(shift: Shift, people: People) -> int:
    return max(0, shift.min - _most(shift, people)) * shift.weights.under_min


def _under_target(shift: Shift, people: People) -> int:
    return max(0, shift.target - _most(shift, people)) * shift.weights.under_target


def _under_need(shift: Shift, people: People) -> int:
    return sum(max(0, need.min - _most(shift, people, need.qualification)) for need in shift.needs)


def _missing(lacked: Callable[[Shift, People], int], known: _Known) -> int:
    """What all shifts lack at least, those without equipment among them."""
    held = {shift.id: lacked(shift, known.crowds.get(shift.id, ())) for shift in known.problem.shifts}
    total = sum(held.values())
    counted: set[str] = set()  # a shift between two moments does without equipment once
    for kind, count, shifts in known.scarce:
        closing = [
            (0 if shift.id in counted else lacked(shift, ()) - held[shift.id], shift.equipment[kind])
            for shift in shifts
        ]
        total += _least_to_spare(sum(uses for _, uses in closing) - count, closing)
        counted |= {shift.id for shift in shifts}
    return total


def _least_to_spare(excess: int, closing: Sequence[tuple[int, int]]) -> int:
    """The least cost to spare so much equipment, given what each shift costs and uses; one of them closes in part."""
    whole = lcm(*(uses for _, uses in closing))
    total = 0
    for cost, uses in sorted(closing, key=lambda one: one[0] * (whole // one[1])):
        if uses >= excess:
            return total + -(-cost * excess // uses)
        total, excess = total + cost, excess - uses
    return total


def _wishes(known: _Known) -> int:
    return sum(wish.weight for wish in _impossible([wish for wish in known.problem.wishes if wish.want], known))


def _changes(known: _Known) -> int:
    return sum(1 for _ in _impossible(known.problem.previous or (), known))


def _impossible(turns: Sequence[Named], known: _Known) -> Iterator[Named]:
    """Those of the turns that are no possible ones."""
    names = {shift: {person.id for person in known.crowds.get(shift, ())} for shift in {turn.shift for turn in turns}}
    return (turn for turn in turns if turn.volunteer not in names[turn.shift])


LEAST: Mapping[str, Callable[[_Known], int]] = {
    "under_min": partial(_missing, _under_min),
    "under_need": partial(_missing, _under_need),
    "under_target": partial(_missing, _under_target),
    "wishes": _wishes,
    "changes": _changes,
}
