"""Reluctance: a turn in time somebody offered only if needed costs more than one they asked for.

What counts is the least welcome level among all offers that share a minute with the shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, repeat
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.problem import RELUCTANCE, Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def amounts(people: Iterable[Volunteer], turns: Sequence[tuple[Volunteer, Shift]]) -> list[int]:
    """0, 1 or 3 for each turn of these people. They offer few distinct hours, so it goes by the times of shifts."""
    offered = _offered(people) if turns else {}
    dear: dict[tuple[int, int], dict[str, int]] = {}
    found: list[int] = []
    for shift, there in groupby(turns, key=itemgetter(1)):
        time = shift.start, shift.end
        if time not in dear:
            dear[time] = dict(_at(offered, *time))
        found += map(dear[time].get, [person.id for person, _ in there], repeat(0))
    return found


def _offered(people: Iterable[Volunteer]) -> Mapping[tuple[int, float, float], list[str]]:
    """Who offers which hours, by what a turn in them costs; less welcome hours last."""
    offered: dict[tuple[int, float, float], list[str]] = {}
    known: dict[int, list[str]] = {}  # by the offer itself: a file's offers of one kind are one
    for person in people:
        if person.available is None:
            offered.setdefault((RELUCTANCE["available"], -inf, inf), []).append(person.id)
        for offer in person.available or ():
            who = known.get(id(offer))
            if who is None:
                who = known[id(offer)] = offered.setdefault((RELUCTANCE[offer.level], offer.start, offer.end), [])
            who.append(person.id)
    return dict(sorted(offered.items()))


def _at(offered: Mapping[tuple[int, float, float], list[str]], start: int, end: int) -> Iterator[tuple[str, int]]:
    """What a turn at this time costs whom."""
    for (dear, opens, closes), people in offered.items():
        if dear and opens < end and start < closes and opens < closes:
            yield from zip(people, repeat(dear), strict=False)


def cost(model: Model) -> Cost:
    total = Cost()
    dear = amounts(model.problem.volunteers, model.possible)
    charged = [turn for turn, amount in enumerate(dear) if amount]
    total.add_each(charged, [dear[turn] for turn in charged])
    return total
