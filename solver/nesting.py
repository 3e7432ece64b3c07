"""Which of some sets nest: of any two, one holds the other or they share nothing. Only such sets fit a flow."""

from __future__ import annotations

from collections.abc import Sequence

ROOT = -1  # everything


class Nesting:
    """A tree of sets of the numbers below `size`, under the root that holds them all.

    `parents` has for each set the smallest one around it, None if it crosses another one and has no place;
    `homes` has for each number the smallest set around it.
    """

    def __init__(self, size: int, sets: Sequence[frozenset[int]]) -> None:
        self.parents: list[int | None] = [None] * len(sets)
        self.homes = [ROOT] * size
        # Larger sets first: then the set around one is that of its members, provided they agree.
        for number in sorted(range(len(sets)), key=lambda number: (-len(sets[number]), number)):
            around = {self.homes[member] for member in sets[number]}
            if len(around) == 1:
                self.parents[number] = around.pop()
                for member in sets[number]:
                    self.homes[member] = number
