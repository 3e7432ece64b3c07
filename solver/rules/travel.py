"""Travel: whole kilometres from home to the site, per turn."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.distance import way_to_serve
from solver.problem import Problem, Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def amount(problem: Problem, person: Volunteer, shift: Shift) -> int:
    """Kilometres rounded down, 0 where home or site is unknown."""
    return floor(way_to_serve(problem, person, shift) or 0)


def cost(model: Model) -> Cost:
    total = Cost()
    if all(site.place is None for site in model.problem.sites):
        return total
    for person, shift, turn in model.turns():
        total.add(turn, amount(model.problem, person, shift))
    return total
