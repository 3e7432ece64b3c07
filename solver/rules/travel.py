"""Travel: whole kilometres from home to the site, per turn."""

from __future__ import annotations

from collections.abc import Iterable
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


def amounts(problem: Problem, turns: Iterable[tuple[Volunteer, Shift]]) -> list[int]:
    """The same for many turns; a way is measured once, however many shifts are at its end."""
    known: dict[tuple[str, str | None], int] = {}
    found = []
    for person, shift in turns:
        way = known.get((person.id, shift.site))
        if way is None:
            way = known[person.id, shift.site] = amount(problem, person, shift)
        found.append(way)
    return found


def cost(model: Model) -> Cost:
    total = Cost()
    if all(site.place is None for site in model.problem.sites):
        return total
    turns = list(model.turns())
    for (_, _, turn), way in zip(turns, amounts(model.problem, (one[:2] for one in turns)), strict=True):
        total.add(turn, way)
    return total
