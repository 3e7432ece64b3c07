"""Parts of a problem that have nothing to do with each other, each a problem of its own.

Two communes that share neither people nor laptops are two small problems, not one large one. Split only where
nothing is shared: every split that cuts a possible turn costs places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

from solver.possible import Turns, crowds
from solver.problem import Assignment, Pin, Problem, Shift, Volunteer, Wish
from solver.rules.equipment import bottlenecks


@dataclass(frozen=True)
class Component:
    """A problem with its possible turns, shift by shift."""

    problem: Problem
    turns: Turns

    @cached_property
    def crowds(self) -> list[tuple[Shift, list[Volunteer]]]:
        """Who could serve on each shift; those on which nobody could are not among them."""
        by_shift = groupby(self.turns, key=itemgetter(1))
        return [(shift, [person for person, _ in there]) for shift, there in by_shift]


class _Union:
    """Union-find over the numbers of things that must stay together."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        self.parent[max(one, other)] = min(one, other)


def components(problem: Problem) -> list[Component]:
    """The problem's true components, the largest first; who has no possible turn and which shift none, in one."""
    person = {volunteer.id: number for number, volunteer in enumerate(problem.volunteers)}
    slot = {shift.id: len(person) + number for number, shift in enumerate(problem.shifts)}
    union = _Union(len(person) + len(slot))
    turns: list[tuple[Shift, Turns]] = []
    latest: dict[int, int] = {}  # where each person could serve, of the shifts so far
    for shift, people, numbers in crowds(problem):
        here = slot[shift.id]
        for there in {latest.get(number, here) for number in numbers}:
            union.join(there, here)
        latest.update(zip(numbers, repeat(here), strict=False))
        if people:
            turns.append((shift, list(zip(people, repeat(shift), strict=False))))
    for number, there in latest.items():
        union.join(number, there)
    # A pin, wish or earlier turn that is no possible turn still has to be counted with both its ends.
    entries: tuple[Pin | Wish | Assignment, ...] = (*problem.pins, *problem.wishes, *(problem.previous or ()))
    for entry in entries:
        union.join(person[entry.volunteer], slot[entry.shift])
    for pair in problem.pairs:
        union.join(*(person[name] for name in pair.volunteers))
    for _kind, _count, shifts in bottlenecks(problem):
        for shift in shifts[1:]:
            union.join(slot[shifts[0].id], slot[shift.id])
    busy = {union.root(slot[shift.id]) for shift, _ in turns}
    part_of = {root: number for number, root in enumerate(sorted(busy))}
    number_of = [part_of.get(union.root(number), len(busy)) for number in range(len(union.parent))]
    parts = _parts(
        problem, turns, len(busy) + 1, lambda name: number_of[person[name]], lambda name: number_of[slot[name]]
    )
    return sorted(parts, key=lambda part: -len(part.turns))


def _parts(
    problem: Problem,
    turns: Iterable[tuple[Shift, Turns]],
    count: int,
    of_person: Callable[[str], int],
    of_shift: Callable[[str], int],
) -> list[Component]:
    lists: list[dict[str, list[Any]]] = [defaultdict(list) for _ in range(count)]
    for volunteer in problem.volunteers:
        lists[of_person(volunteer.id)]["volunteers"].append(volunteer)
    for shift in problem.shifts:
        lists[of_shift(shift.id)]["shifts"].append(shift)
    for name in ("pins", "wishes", "previous"):
        for entry in getattr(problem, name) or ():
            lists[of_person(entry.volunteer)][name].append(entry)
    for pair in problem.pairs:
        lists[of_person(pair.volunteers[0])]["pairs"].append(pair)
    parts: list[Turns] = [[] for _ in range(count)]
    for shift, own in turns:
        parts[of_shift(shift.id)] += own
    return [Component(_problem(problem, entries), own) for entries, own in zip(lists, parts, strict=True)]


def _problem(whole: Problem, lists: Mapping[str, list[Any]]) -> Problem:
    names = ("volunteers", "shifts", "pins", "wishes", "previous", "pairs")
    own: dict[str, Any] = {name: tuple(lists.get(name, ())) for name in names}
    if whole.previous is None:
        own["previous"] = None
    return replace(whole, **own)
