"""Newcomers: nobody serves for the first time without somebody who has done it before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for shift in model.problem.shifts:
        if model.kept.holds("newcomers", shift=shift.id):
            model.accompany(shift, lambda person: person.newcomer)
