"""Reluctance: a turn in time somebody offered only if needed costs more than one they asked for.

What counts is the least welcome level among all offers that share a minute with the shift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.problem import RELUCTANCE, Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def amount(person: Volunteer, shift: Shift) -> int:
    """0, 1 or 3 for one turn."""
    if person.available is None:
        return RELUCTANCE["available"]
    start, end = shift.start, shift.end
    shared = [
        RELUCTANCE[offer.level]
        for offer in person.available
        if offer.start < end and start < offer.end and offer.start < offer.end
    ]
    return max(shared, default=0)


def cost(model: Model) -> Cost:
    total = Cost()
    for person, shift, turn in model.turns():
        total.add(turn, amount(person, shift))
    return total
