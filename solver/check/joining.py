"""May this person take this place now? Every rule that one more turn would newly break.

For adding and pinning in the grid, claims, swaps and stand-ins. It asks the same rules as `check`, before and after,
but only those the turn touches: its volunteer's, its shift's, and the bonds between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy

from solver.check.bonds import overused
from solver.check.company import broken_on
from solver.check.findings import Violation
from solver.check.rosters import Roster, in_order
from solver.check.suitability import suits, unsuitable
from solver.check.turns import broken_by
from solver.problem import Assignment, Pair, Problem, Shift, Volunteer


class Standing:
    """One roster, indexed once, to be asked about many people and places."""

    def __init__(self, problem: Problem, assignments: Iterable[Assignment]) -> None:
        self.problem = problem
        self.roster = Roster(problem, assignments)
        self._forbidden = {(pin.volunteer, pin.shift) for pin in problem.pins if pin.state == "forbidden"}
        self._pairs: dict[str, list[Pair]] = {}
        for pair in problem.pairs:
            for person in pair.volunteers:
                self._pairs.setdefault(person, []).append(pair)
        self._overuse: dict[tuple[str, int], Sequence[Violation]] = {}
        self._groups: dict[str, list[Volunteer]] = {}
        for member in problem.volunteers:
            for group in member.groups:
                self._groups.setdefault(group, []).append(member)

    def without(self, gone: Iterable[Assignment]) -> Standing:
        """As if some turns were not there."""
        rest = copy(self)
        rest.roster, rest._overuse = self.roster.without(gone), {}
        return rest

    def including(self, more: Iterable[Assignment]) -> Standing:
        """As if some more turns were there."""
        grown = copy(self)
        grown.roster, grown._overuse = self.roster.including(more), {}
        return grown

    def may_take(self, volunteer: str, shift: str) -> list[Violation]:
        """What this turn would break that is not broken without it; empty if the person may take the place.

        A violation that is `mendable` asks for company or further turns, every other one forbids the turn.
        Raises KeyError for an unknown volunteer or shift.
        """
        return self.may_join([self.problem.volunteer_by_id[volunteer]], self.problem.shift_by_id[shift])

    def may_join(self, people: Sequence[Volunteer], shift: Shift) -> list[Violation]:
        """What these people break by taking places of one shift together.

        They and the shift are taken as they are given, so one may ask for somebody as if they were trained, or for
        the shift at another hour (of the same id).
        """
        found = []
        for person in people:
            found += self.unsuitable(person, shift)
            found += self.turns_broken(person, shift)
        return [*found, *self.place_broken(people, shift)]

    def place_broken(self, people: Sequence[Volunteer], shift: Shift) -> list[Violation]:
        """What the place says against these people together, whatever each of them does elsewhere."""
        return [*self._company_broken(people, shift), *self._bonds_broken(people, shift)]

    def pool_of(self, shift: Shift) -> Iterable[Volunteer]:
        """Everybody in one of the shift's groups, each once, in no order that means anything."""
        if shift.pool is None:
            return self.problem.volunteers
        if len(shift.pool) == 1:
            return self._groups.get(shift.pool[0], ())
        return {person.id: person for group in shift.pool for person in self._groups.get(group, ())}.values()

    def suits(self, person: Volunteer, shift: Shift) -> bool:
        """Whether nothing is `unsuitable` about the two, found faster."""
        return suits(self.problem, person, shift) and (person.id, shift.id) not in self._forbidden

    def unsuitable(self, person: Volunteer, shift: Shift) -> list[Violation]:
        """What keeps the two apart whatever the roster: availability, eligibility, minors' hours, a pin."""
        found = unsuitable(self.problem, person, shift)
        if (person.id, shift.id) in self._forbidden:
            found.append(Violation("pins", "forbidden", person.id, shift.id))
        return found

    def may_add(self, person: Volunteer, shift: Shift) -> bool:
        """Whether `turns_broken` says nothing, found faster where people are at their limit of turns or busy then."""
        turns = self.roster.turns_of(person.id)
        most = person.limits.turns
        if most is not None and len(turns) >= most:
            return False
        if any(turn.start < shift.end and shift.start < turn.end for turn in turns):
            return False
        return not self.turns_broken(person, shift)

    def turns_broken(self, person: Volunteer, shift: Shift, *, without: str | None = None) -> Sequence[Violation]:
        """What the person's own turns say against one more, if wanted without one they give up for it."""
        turns = [turn for turn in self.roster.turns_of(person.id) if turn.id != without]
        after = broken_by(self.problem, person, in_order([*turns, shift]))
        return after and _news(broken_by(self.problem, person, self.roster.turns_of(person.id)), after)

    def _company_broken(self, people: Sequence[Volunteer], shift: Shift) -> Sequence[Violation]:
        present = self.roster.people_on(shift.id)
        after = broken_on(shift, [*present, *people])
        return after and _news(broken_on(shift, present), after)

    def _bonds_broken(self, people: Sequence[Volunteer], shift: Shift) -> Iterator[Violation]:
        if shift.equipment and not self.roster.people_on(shift.id):
            yield from self._overuse_by(shift)
        joining = {person.id for person in people}
        for person in people:
            for pair in self._pairs.get(person.id, ()):
                other = next(name for name in pair.volunteers if name != person.id)
                if (other in joining or self.roster.has(other, shift.id)) == (pair.rule == "apart"):
                    yield Violation("pairs", pair.rule, person.id, shift.id, {"other": other})

    def _overuse_by(self, shift: Shift) -> Sequence[Violation]:
        """What a shift's equipment breaks if somebody comes: the same whoever it is, so it is found once."""
        key = shift.id, shift.start  # a shift asked about may be one moved to another hour
        if key not in self._overuse:
            manned = list(self.roster.manned())
            before, after = overused(self.problem, manned), overused(self.problem, [*manned, shift])
            self._overuse[key] = _news(list(before), list(after))
        return self._overuse[key]


def may_take(problem: Problem, assignments: Iterable[Assignment], volunteer: str, shift: str) -> list[Violation]:
    """`Standing.may_take` for a single question; ask a `Standing` if there are many."""
    return Standing(problem, assignments).may_take(volunteer, shift)


def _news(before: Sequence[Violation], after: Sequence[Violation]) -> list[Violation]:
    """Violations that are new or worse. One that more turns can mend is news only if none of its kind was there."""
    known = Counter((one.rule, one.detail) for one in before)
    return [one for one in after if (not known[one.rule, one.detail] if one.mendable else one not in before)]
