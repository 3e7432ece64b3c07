"""Which shifts nobody can serve on both of: by overlap, rest, succession and a turn a day, together and as cliques.

"At most one of these five" is far stronger to a solver than ten "not both of these two", and stronger still where
the two come of different rules. Whether two shifts clash depends on their hours, sites and types, and a province's
thousand shifts have a few dozen kinds of those. So kinds are compared, once, and volunteers with shifts of the same
kinds share the answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from solver.cliques import cliques
from solver.problem import Problem, Shift
from solver.rules import overlap, rest, succession

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    """Of any two clashing shifts a volunteer serves on one at most."""
    clashes = Clashes(model.problem)
    for person in model.problem.volunteers:
        limits, turns = person.limits, model.turns_of(person)
        limited = model.kept.holds("limits", person.id)
        if len(turns) < 2 or (limited and limits.turns in (0, 1)):
            continue
        rules = Clashing(
            overlap=model.kept.holds("overlap", person.id),
            rest_minutes=limits.rest_minutes if model.kept.holds("rest", person.id) else None,
            succession=model.kept.holds("succession", person.id),
            same_day=limited and limits.turns_per_day == 1,
        )
        shifts = model.shifts_of(person)
        for clique in clashes.cliques(rules, shifts):
            # Of a day the limits say it.
            if not rules.same_day or len({shifts[at].day for at in clique}) > 1:
                model.at_most([turns[at] for at in sorted(clique)], 1)


class Clashing(NamedTuple):
    """What keeps two turns of one person apart."""

    overlap: bool = True
    rest_minutes: int | None = None
    succession: bool = True
    same_day: bool = False


class Clashes:
    """The clashes of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._kinds: dict[Hashable, int] = {}
        self._examples: list[Shift] = []
        self._kind_of: dict[str, int] = {}
        self._pairs: dict[Clashing, dict[tuple[int, int], bool]] = {}
        self._groups: dict[tuple[Clashing, tuple[int, ...]], list[list[int]]] = {}

    def cliques(self, rules: Clashing, shifts: Sequence[Shift]) -> list[frozenset[int]]:
        """Positions of shifts of which one person takes at most one; every clash is inside one of the groups."""
        if not rules.overlap:  # then two shifts at the same time need not clash
            every = range(len(shifts))
            return [frozenset(group) for group in cliques(every, lambda a, b: self._apart(rules, shifts[a], shifts[b]))]
        members: dict[int, list[int]] = {}
        for at, shift in enumerate(shifts):
            members.setdefault(self._kind(shift), []).append(at)
        kinds = tuple(sorted(members))
        found = self._groups.get((rules, kinds))
        if found is None:
            found = self._groups[rules, kinds] = self._cliques_of(rules, kinds)
        groups = (frozenset(at for kind in group for at in members[kind]) for group in found)
        return [group for group in groups if len(group) > 1]

    def _cliques_of(self, rules: Clashing, kinds: tuple[int, ...]) -> list[list[int]]:
        """Cliques of kinds. Shifts of one kind are at the same time, so with others or alone a kind is a clique."""
        known, examples = self._pairs.setdefault(rules, {}), self._examples

        def clash(one: int, other: int) -> bool:
            found = known.get((one, other))
            if found is None:
                found = known[one, other] = self._apart(rules, examples[one], examples[other])
            return found

        groups = cliques(kinds, clash)
        return groups + [[kind] for kind in sorted(set(kinds).difference(*groups))]

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

    def _apart(self, rules: Clashing, one: Shift, other: Shift) -> bool:
        return (
            (rules.overlap and overlap.clash(self.problem, one, other))
            or (rules.rest_minutes is not None and rest.clash(rules.rest_minutes, one, other))
            or (rules.succession and succession.clash(self.problem, one, other))
            or (rules.same_day and one.day == other.day)
        )
