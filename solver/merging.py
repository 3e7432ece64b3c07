"""Several levels as one objective, as digits of one number, where the numbers stay small enough.

One solve then settles them all. The weight of a level is one more than all the later ones of its group can come to,
so the order of the levels is kept exactly; too large weights would spoil the linear relaxation instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.costs import Cost

LARGEST = 10**9  # of a merged objective


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive levels from `first`, and the weight of each."""

    first: int
    weights: tuple[int, ...]

    def cost(self, costs: Sequence[Cost]) -> Cost:
        total = Cost()
        for level, weight in enumerate(self.weights, self.first):
            total.add_cost(costs[level], weight)
        return total

    def values(self, total: int) -> tuple[int, ...]:
        """The levels of a merged value, each at most what its weight leaves room for."""
        found = []
        for weight in self.weights:
            found.append(total // weight)
            total %= weight
        return tuple(found)


def groups(most: Sequence[int], largest: int = LARGEST) -> list[Group]:
    """The fewest groups of levels, given the most each level can come to."""
    found: list[Group] = []
    weights: list[int] = []
    room = 1
    for level in range(len(most) - 1, -1, -1):
        if weights and room * (most[level] + 1) > largest:
            found.append(Group(level + 1, tuple(weights)))
            weights, room = [], 1
        weights.insert(0, room)
        room *= most[level] + 1
    return [*([Group(0, tuple(weights))] if weights else []), *reversed(found)]
