"""The rules of a good roster, one module each, named as in the file format.

A hard rule offers `constrain(model)`; instead of it or besides, `admits(…)` for what a single turn must satisfy by
itself (`solver.possible` asks those) or `clash(…)` for what two turns of one person must (`solver.clashes` does). A
term of the objective offers `cost(model)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.rules import (
    all_or_nothing,
    capacity,
    changes,
    days,
    equipment,
    limits,
    minors,
    newcomers,
    over_target,
    pairs,
    pins,
    reluctance,
    travel,
    under_min,
    under_need,
    under_service,
    under_target,
    unfairness,
    wishes,
)

if TYPE_CHECKING:
    from solver.variables import Model

CONSTRAIN: Mapping[str, Callable[[Model], None]] = {
    "limits": limits.constrain,
    "days": days.constrain,
    "capacity": capacity.constrain,
    "minors": minors.constrain,
    "newcomers": newcomers.constrain,
    "all_or_nothing": all_or_nothing.constrain,
    "equipment": equipment.constrain,
    "pins": pins.constrain,
    "pairs": pairs.constrain,
}
COST: Mapping[str, Callable[[Model], Cost]] = {
    "under_min": under_min.cost,
    "under_need": under_need.cost,
    "under_service": under_service.cost,
    "under_target": under_target.cost,
    "over_target": over_target.cost,
    "unfairness": unfairness.cost,
    "reluctance": reluctance.cost,
    "wishes": wishes.cost,
    "travel": travel.cost,
    "changes": changes.cost,
}
