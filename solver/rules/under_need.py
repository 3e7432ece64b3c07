"""Under need: people a shift lacks with a qualification it needs. A person counts for every need they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    for shift in model.problem.shifts:
        for need in shift.needs:
            total.add_cost(model.shortage(shift, need.min, need.qualification), 1)
    return total
