"""Parts of a problem that have nothing to do with each other, each a problem of its own.

Two communes that share neither people nor laptops are two small problems, not one large one. Split only where
nothing is shared: every split that cuts a possible turn costs places.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from solver.possible import Turns, possible_turns
from solver.problem import Assignment, Pin, Problem, Wish
from solver.rules.equipment import bottlenecks

FEW_TURNS = 400  # small parts travel together up to this size: each solve has a cost of its own


@dataclass(frozen=True, slots=True)
class Component:
    """A problem with its possible turns."""

    problem: Problem
    turns: Turns


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


def components(problem: Problem, *, few_turns: int = FEW_TURNS) -> list[Component]:
    """The problem's true components, those of few turns packed together; the largest first."""
    turns = possible_turns(problem)
    person = {volunteer.id: number for number, volunteer in enumerate(problem.volunteers)}
    slot = {shift.id: len(person) + number for number, shift in enumerate(problem.shifts)}
    union = _Union(len(person) + len(slot))
    for volunteer, shift in turns:
        union.join(person[volunteer.id], slot[shift.id])
    # A pin, wish or earlier turn that is no possible turn still has to be counted with both its ends.
    entries: tuple[Pin | Wish | Assignment, ...] = (*problem.pins, *problem.wishes, *(problem.previous or ()))
    for entry in entries:
        union.join(person[entry.volunteer], slot[entry.shift])
    for pair in problem.pairs:
        union.join(*(person[name] for name in pair.volunteers))
    for _kind, _count, shifts in bottlenecks(problem):
        for shift in shifts[1:]:
            union.join(slot[shifts[0].id], slot[shift.id])
    packed = _packed(union, [slot[shift.id] for _, shift in turns], few_turns)
    parts = _parts(problem, turns, packed, person, slot)
    return sorted(parts, key=lambda part: -len(part.turns))


def _packed(union: _Union, slots_of_turns: list[int], few_turns: int) -> list[set[int]]:
    """Components as sets of numbers, small ones joined until they have enough turns."""
    sizes = Counter(union.root(slot) for slot in slots_of_turns)
    members: dict[int, list[int]] = {}
    for number in range(len(union.parent)):
        members.setdefault(union.root(number), []).append(number)
    packed: list[set[int]] = []
    load = few_turns
    for root, numbers in members.items():
        if load >= few_turns or sizes[root] >= few_turns:
            packed.append(set())
            load = 0
        packed[-1].update(numbers)
        load += sizes[root]
    return packed


def _parts(
    problem: Problem, turns: Turns, packed: list[set[int]], person: Mapping[str, int], slot: Mapping[str, int]
) -> list[Component]:
    part_of = {number: part for part, numbers in enumerate(packed) for number in numbers}
    parts: list[dict[str, list[Any]]] = [defaultdict(list) for _ in packed]
    for volunteer in problem.volunteers:
        parts[part_of[person[volunteer.id]]]["volunteers"].append(volunteer)
    for shift in problem.shifts:
        parts[part_of[slot[shift.id]]]["shifts"].append(shift)
    for name in ("pins", "wishes", "previous"):
        for entry in getattr(problem, name) or ():
            parts[part_of[person[entry.volunteer]]][name].append(entry)
    for pair in problem.pairs:
        parts[part_of[person[pair.volunteers[0]]]]["pairs"].append(pair)
    turns_of: list[Turns] = [[] for _ in packed]
    for turn in turns:
        turns_of[part_of[slot[turn[1].id]]].append(turn)
    return [Component(_problem(problem, lists), own) for lists, own in zip(parts, turns_of, strict=True)]


def _problem(whole: Problem, lists: Mapping[str, list[Any]]) -> Problem:
    names = ("volunteers", "shifts", "pins", "wishes", "previous", "pairs")
    own: dict[str, Any] = {name: tuple(lists.get(name, ())) for name in names}
    if whole.previous is None:
        own["previous"] = None
    return replace(whole, **own)
