"""A cheapest flow out of one that nearly is: path by path, and nothing is looked at where no path comes.

Prices of nodes prove a circulation cheapest: with them no arc that can carry more, or less, gains anything. Where that
is not so at first an arc is closed, and later opened a unit at a time: the unit goes through, and back by the shortest
way there is. Dijkstra's distances then correct the prices (successive shortest paths). So the network need not be
there as a whole. A sealed node is opened when the first path comes to it, and what stays sealed is proved by its price.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from heapq import heappop, heappush

HUB = 0  # source and sink in one: every path ends there, none leads through it
DIGIT = 60  # bits for the costs of a level on a path, so that an earlier level outweighs all later ones
STEEPEST = 2**36  # of a cost on a level: a million arcs of eight such costs each are less than half a digit


class TooMuch(Exception):
    """Costs are too large, or too many arcs would have to be looked at."""


class Residual:
    """A circulation that carries something already. Arc `a ^ 1` is arc `a` the other way round."""

    def __init__(self, levels: int, open_: Callable[[int], None], most: int) -> None:
        self.sealed: set[int] = set()
        self.prices: list[int] = []
        self.arcs_at: list[list[int]] = []
        self.heads: list[int] = []
        self.room: list[int] = []
        self._costs: list[int] = []
        self._digits = [DIGIT * (levels - 1 - level) for level in range(levels)]
        self._closed: list[tuple[int, int]] = []
        self._open, self._left = open_, most
        self._price = 0
        self.node()

    def node(self) -> int:
        """A node of the price that was the last one named."""
        self.prices.append(self._price)
        self.arcs_at.append([])
        return len(self.prices) - 1

    def arc(self, tail: int, head: int, capacity: int) -> int:
        arc = len(self.heads)
        self.heads += (head, tail)
        self.room += (capacity, 0)
        self._costs += (0, 0)
        self.arcs_at[tail].append(arc)
        self.arcs_at[head].append(arc + 1)
        return arc

    def worth(self, level: int, cost: int) -> int:
        """A cost on a level as part of the one number that all levels make up. Raises TooMuch."""
        if abs(cost) > STEEPEST:
            raise TooMuch
        return cost << self._digits[level]

    def charge(self, arc: int, level: int, cost: int) -> None:
        """Add to what a unit on the arc costs on a level."""
        if cost:
            amount = self.worth(level, cost)
            self._costs[arc] += amount
            self._costs[arc ^ 1] -= amount

    def charge_each(self, arcs: Sequence[int], level: int, costs: Sequence[int]) -> None:
        """Add to what a unit on each of some arcs costs on a level."""
        for arc, cost in zip(arcs, costs, strict=True):
            self.charge(arc, level, cost)

    def carry(self, arc: int) -> None:
        """One unit more on the arc."""
        self.room[arc] -= 1
        self.room[arc ^ 1] += 1

    def carries(self, arc: int) -> bool:
        return self.room[arc ^ 1] > 0

    def gap(self, arc: int) -> int:
        """By how much a circulation costs more if it uses the arc otherwise than a cheapest one."""
        return abs(self._costs[arc] + self.prices[self.heads[arc ^ 1]] - self.prices[self.heads[arc]])

    def block(self, arc: int) -> None:
        """Take an arc away, and let what it carries go another way. Raises TooMuch."""
        units = self.room[arc ^ 1]
        self.room[arc] = self.room[arc ^ 1] = 0
        for _ in range(units):
            self._return(*self._ends(arc ^ 1))

    def cheapest_of(self, arcs: Collection[int]) -> int | None:
        """Of those that have room."""
        return min((arc for arc in arcs if self.room[arc]), key=self._costs.__getitem__, default=None)

    def seal(self, price: int) -> None:
        """A node of which only arcs to it are drawn, until a path comes to it."""
        self._price = price
        self.sealed.add(self.node())

    def unseal(self, node: int) -> None:
        """Take its arcs off a sealed node, for each to be attached to it or to a node made now, of the same price."""
        self.sealed.remove(node)
        self._price = self.prices[node]
        self.arcs_at[node] = []

    def attach(self, arc: int, tail: int) -> None:
        """Let an arc that was taken off begin at a node."""
        self.heads[arc ^ 1] = tail
        self.arcs_at[tail].append(arc)

    def close_gaining(self, arcs: Collection[int]) -> None:
        """Close what would gain something, for `settle` to open."""
        for arc in arcs:
            if self.room[arc] and self._costs[arc] + self.prices[self.heads[arc ^ 1]] < self.prices[self.heads[arc]]:
                self._closed.append((arc, self.room[arc]))
                self.room[arc] = 0

    def settle(self) -> None:
        """Make it a cheapest circulation. Raises TooMuch."""
        while self._closed:
            arc, units = self._closed.pop()
            while units and not self.room[arc]:  # beside room that gains nothing, more of it gains nothing
                units -= 1
                self.room[arc] += 1
                self.carry(arc)
                self._return(*self._ends(arc))
            self.room[arc] += units

    def _ends(self, arc: int) -> tuple[int, int]:
        """Head and tail, both open."""
        for way in (arc, arc ^ 1):
            if self.heads[way] in self.sealed:
                self._open(self.heads[way])
        return self.heads[arc], self.heads[arc ^ 1]

    def _return(self, excess: int, deficit: int) -> None:
        """Let the unit that is too many at one node make up for what another one lacks."""
        if deficit != HUB and self._route(deficit, (HUB, excess), forward=False) == excess:
            return
        if excess != HUB:
            self._route(excess, (HUB,), forward=True)

    def _route(self, start: int, ends: Collection[int], *, forward: bool) -> int:
        """A unit from the start, or to it, by the shortest way; at which end that is."""
        flip = 0 if forward else 1
        sign = 1 if forward else -1
        heads, room, costs, prices, arcs_at = self.heads, self.room, self._costs, self.prices, self.arcs_at
        distances: dict[int, int] = {}
        came_by: dict[int, int] = {}
        waiting: list[tuple[int, int]] = []
        node, distance, arc = start, 0, -1
        while True:
            if node not in distances:
                distances[node], came_by[node] = distance, arc
                if node in ends:
                    break
                self._left -= len(arcs_at[node])
                if self._left < 0:
                    raise TooMuch
                here = distance + sign * prices[node]
                for arc in arcs_at[node]:
                    way = arc ^ flip
                    other = heads[arc]
                    if room[way] and other not in distances:
                        heappush(waiting, (here + costs[way] - sign * prices[other], arc))
            distance, arc = heappop(waiting)
            if heads[arc] in self.sealed:
                self._open(heads[arc])
            node = heads[arc]
        for passed, before in distances.items():
            if before < distance:
                prices[passed] -= sign * (distance - before)
        end = node
        while node != start:
            arc = came_by[node]
            self.carry(arc ^ flip)
            node = heads[arc ^ 1]
        return end
