"""Newcomers: nobody serves for the first time without somebody who has done it before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    needy = model.turns_of_all(lambda person: person.newcomer)
    for shift in model.problem.shifts:
        if model.kept.holds("newcomers", shift=shift.id):
            model.accompany(shift, needy)
