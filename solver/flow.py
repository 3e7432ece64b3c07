"""Minimum-cost flow, level by level: the core of the engine, because rosters without side rules are flows.

Several levels are one cost as long as 64 bits hold their weights. Where they do not, the first group of levels is
solved alone and the next one only on what all its optima share: an arc with a positive reduced cost carries
nothing in any of them, one with a negative reduced cost is full (complementary slackness).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.effort import Effort

Ints = NDArray[np.int64]
MANY = 100_000  # arcs from which on a cheapest flow takes seconds
LARGEST = 2**61  # of a path's cost times the nodes, so that the algorithm's own scaling stays within 64 bits


class TooLarge(Exception):
    """A single level's costs alone do not fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How much every arc carries, and what each level of costs comes to."""

    amounts: Ints
    values: tuple[int, ...]


class Network:
    """A circulation: whatever enters a node leaves it. Costs have one entry per level, the first outweighs the next."""

    def __init__(self, levels: int) -> None:
        self.nodes = 0
        self.tails: list[int] = []
        self.heads: list[int] = []
        self.capacities: list[int] = []
        self._costs: list[tuple[list[int], list[int]]] = [([], []) for _ in range(levels)]

    def node(self) -> int:
        self.nodes += 1
        return self.nodes - 1

    def arc(self, tail: int, head: int, capacity: int) -> int:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)
        return len(self.tails) - 1

    def arcs(self, tails: Sequence[int], heads: Sequence[int], capacity: int) -> range:
        """An arc from each tail to the head beside it."""
        before = len(self.tails)
        self.tails += tails
        self.heads += heads
        self.capacities += [capacity] * len(tails)
        return range(before, len(self.tails))

    def charge(self, arc: int, level: int, cost: int) -> None:
        """Add to what a unit on the arc costs on a level."""
        if cost:
            self.charge_each((arc,), level, (cost,))

    def charge_each(self, arcs: Sequence[int], level: int, costs: Sequence[int]) -> None:
        """Add to what a unit on each of some arcs costs on a level."""
        known_arcs, known_costs = self._costs[level]
        known_arcs += arcs
        known_costs += costs

    def costs(self) -> list[Ints]:
        """By level, the cost of a unit on each arc."""
        found = []
        for arcs, costs in self._costs:
            total = np.zeros(len(self.tails), dtype=np.int64)
            np.add.at(total, np.array(arcs, dtype=np.int64), np.array(costs, dtype=np.int64))
            found.append(total)
        return found


def cheapest(network: Network, most: int, charges: int, effort: Effort | None = None) -> Flow:
    """A circulation of which no level can be less without an earlier one being more.

    At most `most` flows in total, each unit over at most `charges` arcs that cost something on a level.
    Raises TooLarge if a level's costs do not fit into 64 bits, and Stopped if the effort was: a large one is made in a
    child process, because OR-Tools neither stops nor lets other threads run meanwhile.
    """
    levels = network.costs()
    state = _State(network, effort if len(network.tails) >= MANY else None)
    amounts = np.zeros(len(network.tails), dtype=np.int64)
    groups = _groups(levels, state, most * charges)
    for number, group in enumerate(groups):
        amounts = state.solve(group)
        if number + 1 < len(groups):
            state.keep_to_optima(group, amounts)
    return Flow(amounts, tuple(int(costs @ amounts) for costs in levels))


def fullest(network: Network, source: int, sink: int) -> Flow | None:
    """A flow with the least of the first level that costs anything, by maximum flow: in a hundredth of the time.

    Its values end with that level. None unless each of that level's arcs leads to the sink and gains as much.
    """
    from ortools.graph.python.max_flow import SimpleMaxFlow  # here: a first roster need not wait for it

    levels = network.costs()
    first = next((number for number, costs in enumerate(levels) if costs.any()), None)
    if first is None:
        return None
    tails, heads = np.array(network.tails, dtype=np.int64), np.array(network.heads, dtype=np.int64)
    gaining = levels[first] != 0
    if (heads[gaining] != sink).any() or levels[first].max() > 0 or len(np.unique(levels[first][gaining])) > 1:
        return None
    used = np.flatnonzero((tails != sink) & ((heads != sink) | gaining))
    solver: Any = SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(
        tails[used].astype(np.int32), heads[used].astype(np.int32), np.array(network.capacities, dtype=np.int64)[used]
    )
    if solver.solve(source, sink) != solver.OPTIMAL:
        return None
    amounts = np.zeros(len(tails), dtype=np.int64)
    amounts[used] = solver.flows(arcs)
    return Flow(amounts, tuple(int(costs @ amounts) for costs in levels[: first + 1]))


def _groups(levels: Sequence[Ints], state: _State, charges: int) -> list[Ints]:
    """Consecutive levels merged into one cost each, as many as 64 bits hold."""
    room = LARGEST // (state.nodes + 1)
    groups: list[Ints] = []
    merged, weight = np.zeros(len(state.tails), dtype=np.int64), 1
    for number, costs in reversed(list(enumerate(levels))):
        steepest = int(np.abs(costs).max(initial=0))
        # What costs nothing settles nothing, and what costs the same as an earlier level is settled with that.
        if not steepest or any(np.array_equal(costs, earlier) for earlier in levels[:number]):
            continue
        # Both are above the difference between any two flows.
        total = float(np.abs(costs).astype(float) @ state.capacities.astype(float))
        spread = 2 * min(int(total) + 1, steepest * charges) + 1
        if spread > room:
            raise TooLarge
        if weight * spread > room:
            groups.append(merged)
            merged, weight = np.zeros(len(state.tails), dtype=np.int64), 1
        merged = merged + weight * costs
        weight *= spread
    return [*groups, merged][::-1]


class _State:
    """The network as far as it is still free, and what earlier groups of levels have settled."""

    def __init__(self, network: Network, effort: Effort | None = None) -> None:
        self.effort = effort
        self.nodes = network.nodes
        self.tails = np.array(network.tails, dtype=np.int64)
        self.heads = np.array(network.heads, dtype=np.int64)
        self.capacities = np.array(network.capacities, dtype=np.int64)
        self.settled = np.zeros(len(self.tails), dtype=np.int64)
        self.supplies = np.zeros(self.nodes, dtype=np.int64)

    def solve(self, costs: Ints) -> Ints:
        """The cheapest flow on every arc, the settled part included."""
        free = np.flatnonzero(self.capacities)
        # In the child it could be waited for forever: whatever another thread is importing stays locked there.
        import ortools.graph.python.min_cost_flow  # noqa: F401  here: a first roster need not wait for it

        if self.effort is None:
            carried = self._carried(free, costs)
        else:
            carried = np.frombuffer(self.effort.apart(lambda: self._carried(free, costs).tobytes()), dtype=np.int64)
        if len(carried) < len(free):
            raise TooLarge
        amounts = self.settled.copy()
        amounts[free] += carried
        return amounts

    def _carried(self, free: Ints, costs: Ints) -> Ints:
        """What each free arc carries; nothing at all if the solver finds the costs too large."""
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

        solver: Any = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.tails[free].astype(np.int32),
            self.heads[free].astype(np.int32),
            self.capacities[free],
            costs[free],
        )
        solver.set_nodes_supplies(np.arange(self.nodes, dtype=np.int32), self.supplies)
        if solver.solve() != solver.OPTIMAL:
            return np.zeros(0, dtype=np.int64)
        return np.array(solver.flows(arcs), dtype=np.int64)

    def keep_to_optima(self, costs: Ints, amounts: Ints) -> None:
        """Settle every arc that carries the same in all flows as cheap as this one."""
        carried = amounts - self.settled
        forward, backward = carried < self.capacities, carried > 0
        prices = _prices(
            self.nodes,
            np.concatenate([self.tails[forward], self.heads[backward]]),
            np.concatenate([self.heads[forward], self.tails[backward]]),
            np.concatenate([costs[forward], -costs[backward]]),
        )
        reduced = costs + prices[self.tails] - prices[self.heads]
        full = np.flatnonzero((reduced < 0) & (self.capacities > 0))
        self.settled[full] += self.capacities[full]
        np.subtract.at(self.supplies, self.tails[full], self.capacities[full])
        np.add.at(self.supplies, self.heads[full], self.capacities[full])
        self.capacities = np.where(reduced == 0, self.capacities, 0)


def _prices(nodes: int, tails: Ints, heads: Ints, costs: Ints) -> Ints:
    """Shortest distances to every node from anywhere (Bellman-Ford); there is no negative cycle at an optimum."""
    order = np.argsort(heads, kind="stable")
    tails, costs, heads = tails[order], costs[order], heads[order]
    targets, starts = np.unique(heads, return_index=True)
    prices = np.zeros(nodes, dtype=np.int64)
    while len(targets):
        offered = np.minimum.reduceat(prices[tails] + costs, starts)
        better = offered < prices[targets]
        if not better.any():
            break
        prices[targets[better]] = offered[better]
    return prices
