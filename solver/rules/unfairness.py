"""Unfairness: every turn costs more the more turns a volunteer already had, so load goes to who had least.

(h + t)² − h² is the sum of 2h + 1, 2h + 3, … over the t turns: convex, so a linear relaxation takes the cheap
steps first by itself and needs no order between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.problem import Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def step(person: Volunteer, turn: int) -> int:
    """What the volunteer's n-th turn of the period (from 1) adds."""
    return 2 * (person.history_turns + turn) - 1


def cost(model: Model) -> Cost:
    total = Cost()
    for person in model.problem.volunteers:
        turns = model.turns_of(person)
        most = len(turns) if person.limits.turns is None else min(person.limits.turns, len(turns))
        total.add_cost(model.stepwise(turns, [step(person, turn) for turn in range(1, most + 1)]), 1)
    return total
