"""Minors: never without an adult on the same shift, never on a shift that ends after the hour the rules set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import MINUTES_PER_DAY, Problem, Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def too_late(problem: Problem, shift: Shift) -> bool:
    """Whether the shift ends after the hour for minors, counted from midnight of the day it starts on."""
    latest = problem.rules.minors_latest_end
    return latest is not None and shift.end > shift.day * MINUTES_PER_DAY + latest


def admits(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    """Whether the shift ends early enough for the person."""
    return not (person.minor and too_late(problem, shift))


def constrain(model: Model) -> None:
    needy = model.turns_of_all(lambda person: person.minor)
    for shift in model.problem.shifts:
        if model.kept.holds("minors", shift=shift.id):
            model.accompany(shift, needy)
