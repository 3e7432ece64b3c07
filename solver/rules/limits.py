"""Limits: what a volunteer is ready to give, in turns and in minutes, over the period, by day and by type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from solver.problem import Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def turn_caps(person: Volunteer, shifts: list[Shift]) -> Iterator[tuple[list[Shift], int]]:
    """Groups of shifts of which the volunteer takes at most so many."""
    limits = person.limits
    if limits.turns is not None:
        yield shifts, limits.turns
    if limits.turns_per_day is not None:
        for day in sorted({shift.day for shift in shifts}):
            yield [shift for shift in shifts if shift.day == day], limits.turns_per_day
    for kind, most in limits.turns_per_type.items():
        yield [shift for shift in shifts if shift.type == kind], most


def constrain(model: Model) -> None:
    for person in model.problem.volunteers:
        if model.kept.holds("limits", person.id):
            _constrain(model, person)


def _constrain(model: Model, person: Volunteer) -> None:
    shifts = model.shifts_of(person)
    for group, most in turn_caps(person, shifts):
        if len(group) > most:
            model.at_most([model.turn(person, shift) for shift in group], most)
    least, most_minutes = person.limits.minutes_min or 0, person.limits.minutes_max
    total = sum(shift.minutes for shift in shifts)
    if least or (most_minutes is not None and total > most_minutes):
        model.between(
            [model.turn(person, shift) for shift in shifts],
            [shift.minutes for shift in shifts],
            least,
            total if most_minutes is None else most_minutes,
        )
