"""What a run knows so far: for each part of the problem the best roster and what is proved of it.

Written by the searching thread, read by the caller's at any moment, so a run can be watched and stopped without
asking the search. A total is the sum of the parts; only its bounds need care.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from solver.components import Component
from solver.floors import least_levels
from solver.solution import Assignment, Level


class NoRoster(Exception):
    """The hard rules leave a part no roster at all."""


class TooDear(Exception):
    """A level can come to more than can be counted exactly."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a run: seconds since its start, the best roster's levels, people placed, places short of `min`."""

    seconds: float
    levels: tuple[Level, ...]
    placed: int
    short: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a part at one moment: its best roster, and the bounds that hold beside it."""

    best: tuple[Assignment, ...] | None
    values: tuple[int, ...] | None
    bounds: tuple[int, ...]
    free: bool  # whether there is any turn to take

    def proved(self, level: int) -> bool:
        """Whether no better roster has less on this level."""
        return self.values is not None and self.bounds[level] >= self.values[level]


class Part:
    """One component and the state of its search."""

    def __init__(self, component: Component) -> None:
        self.component, self.problem, self.turns = component, component.problem, component.turns
        self.best: tuple[Assignment, ...] | None = None
        self.values: tuple[int, ...] | None = None
        self.least = least_levels(component)  # of any roster
        self.bounds = list(self.least)
        self.floor: tuple[int, ...] = ()
        self.lock = threading.Lock()

    def offer(self, assignments: tuple[Assignment, ...], values: Sequence[int]) -> None:
        """Keep a roster if its levels beat the best one's, the earlier level first."""
        new = tuple(values)
        with self.lock:
            if self.values is None or new < self.values:
                before, self.best, self.values = self.values, assignments, new
                if before is not None:
                    self._forget(before)
                self._lift()

    def _forget(self, before: tuple[int, ...]) -> None:
        """Drop the bounds of levels after one that has grown: they were proved for less of it."""
        assert self.values is not None
        grown = [level for level, (old, new) in enumerate(zip(before, self.values, strict=True)) if new > old]
        for level in range(grown[0] + 1 if grown else len(before), len(before)):
            self.bounds[level] = self.least[level]

    def prove(self, level: int, bound: int, held: Sequence[int]) -> None:
        """No roster whose earlier levels are at most those `held` has less than `bound` on this one."""
        with self.lock:
            if self.values is None or all(value <= most for value, most in zip(self.values, held, strict=False)):
                self.bounds[level] = max(self.bounds[level], bound)

    def relaxed(self, floor: tuple[int, ...]) -> None:
        """The levels, first to last, of the best answer to an easier question."""
        with self.lock:
            self.floor = floor
            self._lift()

    def _lift(self) -> None:
        """Each floor is a bound as long as the roster reaches all earlier ones."""
        for level, floor in enumerate(self.floor):
            self.bounds[level] = max(self.bounds[level], floor)
            if self.values is None or self.values[level] > floor:
                break

    def known(self) -> Known:
        with self.lock:
            return Known(self.best, self.values, tuple(self.bounds), free=bool(self.turns))

    def proved(self, level: int) -> bool:
        return self.known().proved(level)

    def finished(self) -> bool:
        return self.best is not None and all(self.proved(level) for level in range(len(self.bounds)))


def bounds_of(parts: Sequence[Known]) -> list[int]:
    """What is proved of each level of the whole.

    A part whose earlier levels are not proved might trade them against another part's. So where several parts have
    turns, the sum of their bounds holds only up to the first level some part has left open; beyond it, nothing is
    claimed.
    """
    totals = []
    closed = True
    alone = sum(part.free for part in parts) <= 1
    for level in range(len(parts[0].bounds) if parts else 0):
        totals.append(sum(part.bounds[level] for part in parts) if closed or alone else 0)
        closed = closed and all(part.proved(level) for part in parts)
    return totals


def closed(parts: Sequence[Known]) -> int:
    """How many levels, from the first one on, are proved of every part."""
    levels = range(len(parts[0].bounds) if parts else 0)
    return next((level for level in levels if not all(part.proved(level) for part in parts)), len(levels))


def within(parts: Sequence[Known], gap: float) -> bool:
    """Whether no level of the whole can be less by more than this share of it."""
    if not parts or any(part.values is None for part in parts):
        return False
    bounds = bounds_of(parts)
    values = [sum(values) for values in zip(*(part.values or () for part in parts), strict=True)]
    share = Fraction(gap)  # levels may be larger than any floating-point number
    return all(value - bound <= share * value for value, bound in zip(values, bounds, strict=True))
