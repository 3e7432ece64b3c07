"""Which shifts together draw on too few people: the deficient set of Hall's theorem around one short shift.

From the short shift we go to everybody suited to it; from each of them to the turns that keep them from it; from
there on likewise. Where people are kept by flow-like rules only (a number of turns, one turn at a time), no roster
fills more of the set's places: a better one would show as a person with nothing in the way, and such a person ends
the search in a repair instead of a set. P. Hall, "On representatives of subsets", 1935.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from solver.check.company import broken_on, missing_to_min, missing_to_needs
from solver.crowd import Crowd, Crowded
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

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.standing = crowd, crowd.standing
        self._reached: dict[str, frozenset[str]] = {}
        self._groups: dict[frozenset[str], Group] = {}
        self._spared: dict[tuple[str, str], bool] = {}
        pins = self.standing.problem.pins
        self._pinned = {(pin.shift, pin.volunteer) for pin in pins if pin.state == "assigned"}
        self._order = {shift.id: place for place, shift in enumerate(self.standing.problem.shifts)}

    def around(self, shift: Shift) -> Group:
        reached = self.reached_from(shift)
        if reached not in self._groups:
            self._groups[reached] = self._group(reached)
        return self._groups[reached]

    def reached_from(self, shift: Shift) -> frozenset[str]:
        """The shifts from which somebody would come to this one, or to a shift that gives somebody to it, and so on."""
        if shift.id not in self._reached:
            reach = _Reach(self, shift.id)
            self._reached[shift.id] = reach.complete()
        return self._reached[shift.id]

    def known_from(self, shift: str) -> frozenset[str]:
        return self._reached.get(shift, frozenset())

    def can_spare(self, shift: Shift, person: Volunteer) -> bool:
        """Whether the person may go from the shift, and it misses nobody more without them."""
        key = shift.id, person.id
        if key not in self._spared:
            people = self.standing.roster.people_on(shift.id)
            left = [one for one in people if one.id != person.id]
            lacking = [(missing_to_min(shift, crew), missing_to_needs(shift, crew)) for crew in (left, people)]
            self._spared[key] = key not in self._pinned and lacking[0] == lacking[1] and not broken_on(shift, left)
        return self._spared[key]

    def _group(self, reached: frozenset[str]) -> Group:
        ids = sorted(reached, key=self._order.__getitem__)
        shifts = [self.standing.problem.shift_by_id[one] for one in ids]
        filled = [min(one.min, len(self.standing.roster.people_on(one.id))) for one in shifts]
        people: Crowded = 0
        for shift in shifts:
            people |= self.crowd.present(shift) | self.crowd.suited(shift)
        return Group(tuple(ids), tuple(sorted(self.crowd.named(people))), sum(one.min for one in shifts), sum(filled))


class _Reach:
    """The way from one short shift to all it competes with."""

    def __init__(self, groups: Groups, start: str) -> None:
        self.groups, self.crowd = groups, groups.crowd
        self.roster, self.problem = groups.standing.roster, groups.standing.problem
        self.reached: set[str] = set()
        self.waiting: deque[str] = deque()
        self.spent: Crowded = 0  # people all of whose turns are reached: they lead nowhere else
        self._arrive(start)

    def complete(self) -> frozenset[str]:
        while self.waiting:
            shift = self.waiting.popleft()
            known = self.groups.known_from(shift)
            if known:
                self.reached |= known
                self.waiting = deque(one for one in self.waiting if one not in known)
                continue
            for rival in self._rivals(self.problem.shift_by_id[shift]):
                self._arrive(rival)
        return frozenset(self.reached)

    def _arrive(self, shift: str) -> None:
        if shift in self.reached:
            return
        self.reached.add(shift)
        self.waiting.append(shift)
        people = self.roster.people_on(shift)
        self.spent |= self.crowd.of(
            one for one in people if all(turn.id in self.reached for turn in self.roster.turns_of(one.id))
        )

    def _rivals(self, shift: Shift) -> Iterator[str]:
        """Shifts not reached yet whose turns keep somebody from this one, and that could not spare them."""
        people = self.crowd.suited(shift) & self.crowd.busy & ~self.crowd.present(shift) & ~self.spent
        for person in self.crowd.members(people):
            for turn in self.crowd.in_the_way(person, shift):
                if turn.id not in self.reached and not self.groups.can_spare(turn, person):
                    yield turn.id
