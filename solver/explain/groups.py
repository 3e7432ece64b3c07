"""Which shifts together draw on too few people: the deficient set of Hall's theorem around one short shift.

From the short shift we go to everybody suited to it; from each of them to the turns that keep them from it; from
there on likewise. Where people are kept by flow-like rules only (a number of turns, one turn at a time), no roster
fills more of the set's places: a better one would show as a person with nothing in the way, and such a person ends
the search in a repair instead of a set. P. Hall, "On representatives of subsets", 1935.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from solver.check import Standing
from solver.check.company import missing_to_min, missing_to_needs
from solver.problem import Shift, Volunteer


@dataclass(frozen=True, slots=True)
class Group:
    """Shifts that compete in the order of the problem, whom they draw on, and how many of their places are filled."""

    shifts: tuple[str, ...]
    people: tuple[str, ...]
    places: int
    filled: int


class Groups:
    """The groups of one roster. What one short shift found is there for the next that meets it."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self._reached: dict[str, frozenset[str]] = {}
        self._groups: dict[frozenset[str], Group] = {}
        self._order = {shift.id: place for place, shift in enumerate(standing.problem.shifts)}

    def around(self, shift: Shift) -> Group:
        reached = self._reach(shift.id)
        if reached not in self._groups:
            self._groups[reached] = self._group(reached)
        return self._groups[reached]

    def _group(self, reached: frozenset[str]) -> Group:
        ids = sorted(reached, key=self._order.__getitem__)
        shifts = [self.standing.problem.shift_by_id[one] for one in ids]
        filled = [min(one.min, len(self.standing.roster.people_on(one.id))) for one in shifts]
        people = tuple(sorted(self._people(shifts)))
        return Group(tuple(ids), people, sum(one.min for one in shifts), sum(filled))

    def _people(self, shifts: Iterable[Shift]) -> set[str]:
        """Everybody on one of the shifts or suited to one: most are found with the first they are asked about."""
        people: set[str] = set()
        for shift in shifts:
            people.update(person.id for person in self.standing.roster.people_on(shift.id))
            people.update(
                person.id
                for person in self.standing.pool_of(shift)
                if person.id not in people and self.standing.suits(person, shift)
            )
        return people

    def _reach(self, start: str) -> frozenset[str]:
        reached, waiting = {start}, deque([start])
        while waiting:
            shift = waiting.popleft()
            if shift in self._reached:
                reached |= self._reached[shift]
                continue
            for rival in self._rivals(self.standing.problem.shift_by_id[shift], reached):
                reached.add(rival)
                waiting.append(rival)
        self._reached[start] = frozenset(reached)
        return self._reached[start]

    def _rivals(self, shift: Shift, reached: set[str]) -> Iterator[str]:
        """Shifts not reached yet whose turns keep somebody from this one, and that could not spare them."""
        for person in self.standing.pool_of(shift):
            turns = self.standing.roster.turns_of(person.id)
            if all(turn.id in reached for turn in turns) or self.standing.roster.has(person.id, shift.id):
                continue
            if self.standing.suits(person, shift):
                for turn in self._in_the_way(person, shift):
                    if turn.id not in reached and not self._can_spare(turn, person):
                        yield turn.id

    def _in_the_way(self, person: Volunteer, shift: Shift) -> Sequence[Shift]:
        """The turns of which one would have to go, or all of them if no single one would do."""
        turns = self.standing.roster.turns_of(person.id)
        if not turns or not self.standing.turns_broken(person, shift):
            return ()
        if len(turns) == 1:
            return turns
        single = [turn for turn in turns if not self.standing.turns_broken(person, shift, without=turn.id)]
        return single or turns

    def _can_spare(self, shift: Shift, person: Volunteer) -> bool:
        """Whether the shift misses nobody more without this person."""
        people = self.standing.roster.people_on(shift.id)
        left = [one for one in people if one.id != person.id]
        return missing_to_min(shift, left) == missing_to_min(shift, people) and missing_to_needs(
            shift, left
        ) == missing_to_needs(shift, people)
