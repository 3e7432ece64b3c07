"""Capacity: a place holds so many people and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for shift in model.problem.shifts:
        if shift.max is not None and model.kept.holds("capacity", shift=shift.id):
            model.at_most(model.turns_on(shift), shift.max)
