"""All or nothing: a home visit takes place with everyone it needs, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for shift in model.problem.shifts:
        if not shift.all_or_nothing or not model.kept.holds("all_or_nothing", shift=shift.id):
            continue
        model.at_least_if_used(shift, model.turns_on(shift), shift.min)
        for need in shift.needs:
            model.at_least_if_used(shift, model.turns_on(shift, need.qualification), need.min)
