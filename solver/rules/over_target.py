"""Over target: people on a shift beyond what it should be, who might rather have been spared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    for shift in model.problem.shifts:
        total.add_cost(model.excess(model.turns_on(shift), shift.target), shift.weights.over_target)
    return total
