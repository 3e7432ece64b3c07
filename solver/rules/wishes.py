"""Wishes: turns a volunteer asked for or asked to be spared, each with the weight of not being granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    for wish in model.problem.wishes:
        turn = model.turn_if_possible(wish.volunteer, wish.shift)
        if wish.want:
            total.constant += wish.weight
        if turn is not None:
            total.add(turn, -wish.weight if wish.want else wish.weight)
    return total
