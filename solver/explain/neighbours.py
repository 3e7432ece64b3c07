"""People of other groups who could be lent to a shift, the nearest first, found without asking a whole province.

Homes are kept in cells of a tenth of a degree (some 11 km); we look at the cells around the site in growing rings.
People whose home is not known, or a site that has no place, come after in the order of their turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from math import floor

from solver.check import Standing
from solver.check.suitability import kilometres, suits
from solver.explain.changes import Change
from solver.problem import Place, Shift, Volunteer

CELLS_PER_DEGREE = 10
WIDEST_RING = 10  # cells: some 110 km


class Neighbours:
    """Everybody, by where they live, for all shifts of one roster."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    def lent_to(self, shift: Shift) -> Iterator[Change]:
        """Everybody outside the shift's pool who suits it otherwise, as if they were in the pool."""
        if not shift.pool:
            return
        anywhere, group = replace(shift, pool=None), shift.pool[0]
        for person in self._nearest_first(shift):
            if person.groups.isdisjoint(shift.pool) and suits(self.standing.problem, person, anywhere):
                of = min(person.groups, default="")
                yield Change("lend", {"group": of}, replace(person, groups=person.groups | {group}))

    def _nearest_first(self, shift: Shift) -> Iterator[Volunteer]:
        site = self.standing.problem.site_by_id[shift.site].place if shift.site else None
        if site is not None:
            for width in range(WIDEST_RING + 1):
                ring = [one for cell in _ring(_cell(site), width) for one in self._by_cell.get(cell, ())]
                yield from sorted(ring, key=lambda one: (kilometres(self.standing.problem, one, shift) or 0, one.id))
        for person in self._by_turns:
            if site is None or person.home is None:
                yield person

    @cached_property
    def _by_cell(self) -> dict[tuple[int, int], list[Volunteer]]:
        cells: dict[tuple[int, int], list[Volunteer]] = {}
        for person in self.standing.problem.volunteers:
            if person.home is not None:
                cells.setdefault(_cell(person.home), []).append(person)
        return cells

    @cached_property
    def _by_turns(self) -> list[Volunteer]:
        turns_of = self.standing.roster.turns_of
        return sorted(
            self.standing.problem.volunteers, key=lambda one: (one.history_turns + len(turns_of(one.id)), one.id)
        )


def _cell(place: Place) -> tuple[int, int]:
    return floor(place.lat * CELLS_PER_DEGREE), floor(place.lon * CELLS_PER_DEGREE)


def _ring(center: tuple[int, int], width: int) -> Iterator[tuple[int, int]]:
    """The cells exactly so many steps away."""
    for up in range(-width, width + 1):
        for right in range(-width, width + 1):
            if max(abs(up), abs(right)) == width:
                yield center[0] + up, center[1] + right
