"""The levels as goals: some consecutive levels as one number, the levels before them held by a price.

With any prices a bound of the sum is one of the goal itself, beside earlier levels of known values. With high enough
ones it is a good one, and the cheapest roster by the last goal's sum is the best one level by level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from solver.costs import Cost
from solver.merging import Group
from solver.program import Ints
from solver.progress import TooDear

LARGEST = 2**36  # of a price times a cost, so that sums in small units stay within 64 bits
EXCHANGE = 10  # holding a level, one of it costs so many times what one turn can cost on the later levels
EXACT = 2.0**53  # of what a level can come to: beyond it CP-SAT's bounds, which are floating-point, skip whole numbers
LARGEST_TOLD = 2**29  # of a cost beside which ties are told apart: HiGHS has to see both


class Levels:
    """The cost of each level, as coefficients of columns from 0 to `upper`; one that only repeats another is none.

    `dearest` is the largest coefficient of all. Raises TooDear if a level can come to more than is exact.
    """

    def __init__(self, costs: Sequence[Cost], upper: Ints) -> None:
        self.constants = [cost.constant for cost in costs]
        self.coefficients = [_dense(cost, len(upper)) for cost in costs]
        if any(constant + np.abs(own) @ upper.astype(float) > EXACT for constant, own in self._both()):
            raise TooDear
        self.dearest = max((int(np.abs(own).max(initial=0)) for own in self.coefficients), default=0)
        self.repeats: dict[int, int] = {}
        for level, own in enumerate(self.coefficients):
            for earlier in range(level):
                same = self.constants[level] == self.constants[earlier]
                if same and level not in self.repeats and np.array_equal(own, self.coefficients[earlier]):
                    self.repeats[level] = earlier

    def values(self, columns: Ints) -> list[int]:
        return [constant + int(own @ columns) for constant, own in self._both()]

    def _both(self) -> Iterator[tuple[int, Ints]]:
        return zip(self.constants, self.coefficients, strict=True)


@dataclass(frozen=True, slots=True)
class Ties:
    """A later level that tells apart what is equally good for a goal, and what it can come to at most.

    Among equally good columns the simplex method wanders about: for the cover of 20,000 people it takes 300 seconds
    without such a level and five with it. What it can come to is lost on the bound, shared by the goal's factor.
    """

    level: int
    most: int


class Goal:
    """A group of levels to minimise; if `ties` are told apart by a later one, in many parts of one of their own."""

    def __init__(self, group: Group, levels: Levels, ties: Ties | None = None) -> None:
        self.first, self.weights = group.first, [0] * group.first + list(group.weights)
        self.levels = range(group.first, len(self.weights))
        self.group, self.costs, self.constant = group, np.zeros_like(levels.coefficients[0]), 0
        for level in reversed(range(len(self.weights))):
            if level in levels.repeats:
                self.weights[level] = 0
            elif level < group.first:
                self.weights[level] = self._price(levels.coefficients[level])
            self.costs = self.costs + self.weights[level] * levels.coefficients[level]
            self.constant += self.weights[level] * levels.constants[level]
        self.parts, self.lost = 1, 0
        if ties is not None:
            self._tell_apart(ties, levels)

    def _tell_apart(self, ties: Ties, levels: Levels) -> None:
        self.parts, self.lost = max(1, LARGEST_TOLD // max(1, int(np.abs(self.costs).max(initial=0)))), ties.most
        self.weights = [self.parts * weight for weight in self.weights]
        self.weights += [0] * (ties.level - len(self.weights)) + [1]
        self.costs = self.parts * self.costs + levels.coefficients[ties.level]
        self.constant = self.parts * self.constant + levels.constants[ties.level]

    def _price(self, coefficients: Ints) -> int:
        dearest = EXCHANGE * max(1, int(np.abs(self.costs).max(initial=0)))
        return min(dearest, LARGEST // max(1, int(np.abs(coefficients).max(initial=0))))

    def total(self, values: Sequence[int]) -> int:
        """What a roster of these levels costs, prices and goal together."""
        return sum(weight * value for weight, value in zip(self.weights, values, strict=False))

    def bounds(self, total: int, values: Sequence[int]) -> tuple[int, ...]:
        """The goal's levels at best, given a bound of the total and the levels before."""
        held = sum(weight * value for weight, value in zip(self.weights[: self.first], values, strict=False))
        return self.group.values(max(0, -((held + self.lost - total) // self.parts)))


def _dense(cost: Cost, columns: int) -> Ints:
    dense = np.zeros(columns, dtype=np.int64)
    np.add.at(dense, np.array(cost.indexes, dtype=np.int64), np.array(cost.coefficients, dtype=np.int64))
    return dense
