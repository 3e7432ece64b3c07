"""Limits: what a volunteer is ready to give, in turns and in minutes, over the period, by day and by type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from solver.problem import Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def turn_caps(person: Volunteer, shifts: Sequence[Shift]) -> Iterator[tuple[list[int], int]]:
    """Groups of shifts, by their positions, of which the volunteer takes at most so many; none for days of which the
    limit of all turns says it already."""
    limits = person.limits
    if limits.turns is not None:
        yield list(range(len(shifts))), limits.turns
    if limits.turns_per_day is not None and (limits.turns is None or limits.turns_per_day < limits.turns):
        by_day: dict[int, list[int]] = {}
        for at, shift in enumerate(shifts):
            by_day.setdefault(shift.day, []).append(at)
        for group in by_day.values():
            yield group, limits.turns_per_day
    for kind, most in limits.turns_per_type.items():
        yield [at for at, shift in enumerate(shifts) if shift.type == kind], most


def constrain(model: Model) -> None:
    for person in model.problem.volunteers:
        if model.kept.holds("limits", person.id):
            _constrain(model, person)


def _constrain(model: Model, person: Volunteer) -> None:
    shifts, turns = model.shifts_of(person), model.turns_of(person)
    whole = len(shifts) if person.limits.turns is None else person.limits.turns
    for group, most in turn_caps(person, shifts):
        # Fewer in the whole period say it already.
        if most < whole or len(group) == len(shifts):
            model.at_most([turns[at] for at in group], most)
    least, most_minutes = person.limits.minutes_min or 0, person.limits.minutes_max
    if least or most_minutes is not None:
        minutes = [shift.minutes for shift in shifts]
        if least or (most_minutes is not None and sum(minutes) > most_minutes):
            model.between(turns, minutes, least, sum(minutes) if most_minutes is None else most_minutes)
