"""Minors: never without an adult on the same shift, never on a shift that ends after the hour the rules set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import MINUTES_PER_DAY, Problem, Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def admits(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    """Whether the shift ends early enough, counted from midnight of the day it starts on."""
    latest = problem.rules.minors_latest_end
    return not person.minor or latest is None or shift.end <= shift.day * MINUTES_PER_DAY + latest


def constrain(model: Model) -> None:
    for shift in model.problem.shifts:
        if model.kept.holds("minors", shift=shift.id):
            model.accompany(shift, lambda person: person.minor)
