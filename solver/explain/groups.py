"""Which shifts together draw on too few people: the deficient set of Hall's theorem around one short shift.

From the short shift we go to everybody suited to it; from each of them to the turns that keep them from it; from
there on likewise. Where people are kept by flow-like rules only (a number of turns, one turn at a time), no roster
fills more of the set's places: a better one would show as a person with nothing in the way, and such a person ends
the search in a repair instead of a set. P. Hall, "On representatives of subsets", 1935.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
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
    """The groups of one roster. Who is suited to a shift and what keeps them is found once, whichever shift asks."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self._suited: dict[str, list[Volunteer]] = {}
        self._next: dict[str, list[str]] = {}
        self._order = {shift.id: place for place, shift in enumerate(standing.problem.shifts)}

    def around(self, shift: Shift) -> Group:
        shifts = sorted(self._reached(shift.id), key=self._order.__getitem__)
        members = [self.standing.problem.shift_by_id[one] for one in shifts]
        counts = [len(self.standing.roster.people_on(one.id)) for one in members]
        return Group(
            tuple(shifts),
            tuple(sorted(self._people(members))),
            sum(one.min for one in members),
            sum(min(one.min, count) for one, count in zip(members, counts, strict=True)),
        )

    def suited(self, shift: Shift) -> Sequence[Volunteer]:
        if shift.id not in self._suited:
            self._suited[shift.id] = self.standing.suited_to(shift)
        return self._suited[shift.id]

    def _people(self, members: Iterable[Shift]) -> set[str]:
        people = {person.id for one in members for person in self.suited(one)}
        return people | {person.id for one in members for person in self.standing.roster.people_on(one.id)}

    def _reached(self, start: str) -> set[str]:
        reached, waiting = {start}, deque([start])
        while waiting:
            for following in self._rivals(waiting.popleft()):
                if following not in reached:
                    reached.add(following)
                    waiting.append(following)
        return reached

    def _rivals(self, shift: str) -> list[str]:
        """The shifts whose turns keep somebody from this one, and that could not spare them."""
        if shift not in self._next:
            place = self.standing.problem.shift_by_id[shift]
            rivals = {
                turn.id: None
                for person in self.suited(place)
                if not self.standing.roster.has(person.id, shift)
                for turn in self._in_the_way(person, place)
                if not self._can_spare(turn, person)
            }
            self._next[shift] = list(rivals)
        return self._next[shift]

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
