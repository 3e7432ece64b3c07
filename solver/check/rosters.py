"""A roster indexed both ways: who is on a shift, which turns has a volunteer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from solver.problem import Assignment, Problem, Shift, Volunteer


class Roster:
    """Assignments of one problem. A turn given twice counts twice, so that rules can notice it.

    Raises KeyError for a volunteer or shift the problem does not have.
    """

    __slots__ = ("_people", "_turns", "problem")

    def __init__(self, problem: Problem, assignments: Iterable[Assignment]) -> None:
        self.problem = problem
        self._people: dict[str, list[Volunteer]] = {}
        self._turns: dict[str, list[Shift]] = {}
        people, shifts = problem.volunteer_by_id, problem.shift_by_id
        for turn in assignments:
            self._people.setdefault(turn.shift, []).append(people[turn.volunteer])
            self._turns.setdefault(turn.volunteer, []).append(shifts[turn.shift])
        for volunteer, turns in self._turns.items():
            if len(turns) > 1:
                self._turns[volunteer] = in_order(turns)

    def without(self, gone: Iterable[Assignment]) -> Roster:
        """The same roster less some of its turns, at the cost of those turns only."""
        rest = copy(self)
        rest._people, rest._turns = dict(self._people), dict(self._turns)
        for turn in gone:
            rest._people[turn.shift] = [one for one in rest._people[turn.shift] if one.id != turn.volunteer]
            rest._turns[turn.volunteer] = [one for one in rest._turns[turn.volunteer] if one.id != turn.shift]
        return rest

    def including(self, more: Iterable[Assignment]) -> Roster:
        """The same roster with more turns, at the cost of those turns only."""
        grown = copy(self)
        grown._people, grown._turns = dict(self._people), dict(self._turns)
        for turn in more:
            person, shift = self.problem.volunteer_by_id[turn.volunteer], self.problem.shift_by_id[turn.shift]
            grown._people[shift.id] = [*grown._people.get(shift.id, ()), person]
            grown._turns[person.id] = in_order([*grown._turns.get(person.id, ()), shift])
        return grown

    def people_on(self, shift: str) -> Sequence[Volunteer]:
        return self._people.get(shift, ())

    def turns_of(self, volunteer: str) -> Sequence[Shift]:
        """In order of their starts."""
        return self._turns.get(volunteer, ())

    def has(self, volunteer: str, shift: str) -> bool:
        return any(turn.id == shift for turn in self.turns_of(volunteer))

    def busy(self) -> Iterable[tuple[Volunteer, Sequence[Shift]]]:
        """The volunteers with at least one turn, and their turns."""
        people = self.problem.volunteer_by_id
        return ((people[volunteer], turns) for volunteer, turns in self._turns.items() if turns)

    def manned(self) -> Iterable[Shift]:
        """The shifts with at least one person."""
        return (self.problem.shift_by_id[shift] for shift, people in self._people.items() if people)

    def assignments(self) -> Iterable[Assignment]:
        return (Assignment(person.id, shift) for shift, people in self._people.items() for person in people)


def in_order(turns: Iterable[Shift]) -> list[Shift]:
    return sorted(turns, key=lambda turn: (turn.start, turn.end, turn.id))
