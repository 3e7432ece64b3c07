"""Which shifts nobody can serve on both of: by overlap, rest and succession together, as cliques.

Whether two shifts clash depends on their hours, sites and types, and a province's thousand shifts have a few dozen
kinds of those. So kinds are compared, once, and volunteers with shifts of the same kinds share the answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from solver.cliques import cliques
from solver.problem import Problem, Shift
from solver.rules import overlap, rest, succession


class Clashes:
    """The clashes of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._kinds: dict[Hashable, int] = {}
        self._examples: list[Shift] = []
        self._kind_of: dict[str, int] = {}
        self._pairs: dict[tuple[int | None, int, int], bool] = {}
        self._groups: dict[tuple[int | None, tuple[int, ...]], list[list[int]]] = {}

    def cliques(self, rest_minutes: int | None, shifts: Sequence[Shift]) -> list[frozenset[int]]:
        """Positions of shifts of which one person takes at most one; every clash is inside one of the groups."""
        members: dict[int, list[int]] = {}
        for at, shift in enumerate(shifts):
            members.setdefault(self._kind(shift), []).append(at)
        kinds = tuple(sorted(members))
        found = self._groups.get((rest_minutes, kinds))
        if found is None:
            found = self._groups[rest_minutes, kinds] = self._cliques_of(rest_minutes, kinds)
        groups = (frozenset(at for kind in group for at in members[kind]) for group in found)
        return [group for group in groups if len(group) > 1]

    def _cliques_of(self, rest_minutes: int | None, kinds: tuple[int, ...]) -> list[list[int]]:
        """Cliques of kinds. Shifts of one kind are at the same time, so a kind is a clique even alone."""
        groups = cliques(kinds, lambda one, other: self._clash(rest_minutes, one, other))
        return groups + [[kind] for kind in set(kinds).difference(*groups)]

    def _kind(self, shift: Shift) -> int:
        known = self._kind_of.get(shift.id)
        if known is None:
            site = shift.site if self.problem.travel else None
            type_ = shift.type if self.problem.rules.forbidden_successions else None
            known = self._kinds.setdefault((shift.start, shift.end, site, type_), len(self._kinds))
            self._kind_of[shift.id] = known
            if known == len(self._examples):
                self._examples.append(shift)
        return known

    def _clash(self, rest_minutes: int | None, one: int, other: int) -> bool:
        key = (rest_minutes, one, other)
        if key not in self._pairs:
            shifts = self._examples[one], self._examples[other]
            self._pairs[key] = (
                overlap.clash(self.problem, *shifts)
                or (rest_minutes is not None and rest.clash(rest_minutes, *shifts))
                or succession.clash(self.problem, *shifts)
            )
        return self._pairs[key]
