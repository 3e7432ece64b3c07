"""Capacity: a place holds so many people and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for shift in model.problem.shifts:
        turns = model.turns_on(shift)
        if shift.max is not None and len(turns) > shift.max and model.kept.holds("capacity", shift=shift.id):
            model.at_most(turns, shift.max)
