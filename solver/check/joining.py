"""May this person take this place now? Every rule that one more turn would newly break.

For adding and pinning in the grid, claims, swaps and stand-ins. It asks the same rules as `check`, before and after,
but only those the turn touches: its volunteer's, its shift's, and the bonds between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from solver.check.bonds import overused
from solver.check.company import broken_on
from solver.check.findings import Violation
from solver.check.rosters import Roster
from solver.check.suitability import unsuitable
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

    def may_take(self, volunteer: str, shift: str) -> list[Violation]:
        """What this turn would break that is not broken without it; empty if the person may take the place.

        A violation that is `mendable` asks for company or further turns, every other one forbids the turn.
        Raises KeyError for an unknown volunteer or shift.
        """
        person, place = self.problem.volunteer_by_id[volunteer], self.problem.shift_by_id[shift]
        found = self.unsuitable(person, place)
        found += self._turns_broken(person, place)
        found += self._company_broken(person, place)
        found += self._bonds_broken(person, place)
        return found

    def unsuitable(self, person: Volunteer, shift: Shift) -> list[Violation]:
        """What keeps the two apart whatever the roster: availability, eligibility, minors' hours, a pin."""
        found = unsuitable(self.problem, person, shift)
        if (person.id, shift.id) in self._forbidden:
            found.append(Violation("pins", "forbidden", person.id, shift.id))
        return found

    def _turns_broken(self, person: Volunteer, shift: Shift) -> Sequence[Violation]:
        after = broken_by(self.problem, person, self.roster.turns_with(person.id, shift))
        return after and _news(broken_by(self.problem, person, self.roster.turns_of(person.id)), after)

    def _company_broken(self, person: Volunteer, shift: Shift) -> Sequence[Violation]:
        people = self.roster.people_on(shift.id)
        after = broken_on(shift, [*people, person])
        return after and _news(broken_on(shift, people), after)

    def _bonds_broken(self, person: Volunteer, shift: Shift) -> Iterator[Violation]:
        if shift.equipment and not self.roster.people_on(shift.id):
            manned = list(self.roster.manned())
            yield from _news(list(overused(self.problem, manned)), list(overused(self.problem, [*manned, shift])))
        for pair in self._pairs.get(person.id, ()):
            other = next(name for name in pair.volunteers if name != person.id)
            if self.roster.has(other, shift.id) == (pair.rule == "apart"):
                yield Violation("pairs", pair.rule, person.id, shift.id, {"other": other})


def may_take(problem: Problem, assignments: Iterable[Assignment], volunteer: str, shift: str) -> list[Violation]:
    """`Standing.may_take` for a single question; ask a `Standing` if there are many."""
    return Standing(problem, assignments).may_take(volunteer, shift)


def _news(before: Sequence[Violation], after: Sequence[Violation]) -> list[Violation]:
    """Violations that are new or worse. One that more turns can mend is news only if there are more of its kind."""
    known = Counter((one.rule, one.detail) for one in before)
    return [one for one in after if (not known[one.rule, one.detail] if one.mendable else one not in before)]
