"""Under target: people a shift lacks to be what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    for shift in model.problem.shifts:
        total.add_cost(model.shortage(shift, shift.target), shift.weights.under_target)
    return total
