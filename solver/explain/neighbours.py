"""People of other groups who could be lent to a shift, the nearest first, found without asking a whole province.

Homes are kept in cells of a tenth of a degree (some 11 km); we look at the cells around the site in growing rings.
People whose home is not known, or a site that has no place, come after in the order of their turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from math import floor

from solver.check.suitability import kilometres
from solver.crowd import Crowd, Crowded
from solver.explain.changes import Change
from solver.problem import Place, Shift, Volunteer

CELLS_PER_DEGREE = 10
WIDEST_RING = 10  # cells: some 110 km


class Neighbours:
    """Everybody, by where they live, for all shifts of one roster."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.problem = crowd, crowd.problem

    def lent_to(self, shift: Shift) -> Iterator[Change]:
        """Everybody outside the pool who suits the shift otherwise and has a turn to spare, as if they were in it."""
        if not shift.pool:
            return
        outside = self.crowd.suited(replace(shift, pool=None)) & ~self.crowd.pool(shift) & self.crowd.spare
        for person in self._nearest_first(shift, outside):
            of = min(person.groups, default="")
            yield Change("lend", {"group": of}, replace(person, groups=person.groups | {shift.pool[0]}))

    def _nearest_first(self, shift: Shift, crowd: Crowded) -> Iterator[Volunteer]:
        """Of these people; whose home is not known comes after, in the order of their turns."""
        site = self.problem.site_by_id[shift.site].place if shift.site is not None else None
        if site is None:
            yield from self.crowd.members(crowd)
            return
        for width in range(WIDEST_RING + 1):
            ring = [one for cell in _ring(_cell(site), width) for one in self._by_cell.get(cell, ())]
            near = (one for one in ring if crowd >> self.crowd.number[one.id] & 1)
            yield from sorted(near, key=lambda one: (kilometres(self.problem, one, shift) or 0, one.id))
        yield from self.crowd.members(crowd & self._homeless)

    @cached_property
    def _by_cell(self) -> dict[tuple[int, int], list[Volunteer]]:
        cells: dict[tuple[int, int], list[Volunteer]] = {}
        for person in self.problem.volunteers:
            if person.home is not None:
                cells.setdefault(_cell(person.home), []).append(person)
        return cells

    @cached_property
    def _homeless(self) -> Crowded:
        return self.crowd.of(person for person in self.problem.volunteers if person.home is None)


def _cell(place: Place) -> tuple[int, int]:
    return floor(place.lat * CELLS_PER_DEGREE), floor(place.lon * CELLS_PER_DEGREE)


def _ring(center: tuple[int, int], width: int) -> Iterator[tuple[int, int]]:
    """The cells exactly so many steps away."""
    for up in range(-width, width + 1):
        for right in range(-width, width + 1):
            if max(abs(up), abs(right)) == width:
                yield center[0] + up, center[1] + right
