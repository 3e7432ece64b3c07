"""Under minimum: people a shift lacks to do its work at all. Soft, because a coordinator can act on a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    for shift in model.problem.shifts:
        total.add_cost(model.shortage(shift, shift.min), shift.weights.under_min)
    return total
