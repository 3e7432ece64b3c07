"""The first answer, at once: every lost place goes to the first person who may take it, all else stays as it is.

No search and no OR-Tools, so it comes in a tenth of a second for a province and can be shown inside a request. It
breaks no rule the roster before did not break, and it is where the search for the fewest changes starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from solver.check import Standing
from solver.check.company import missing_to_min, missing_to_needs
from solver.check.suitability import is_available
from solver.crowd import Crowd, Crowded
from solver.problem import Assignment, Problem, Shift, Volunteer
from solver.repair import stripped


def first_turns(
    question: Problem, standing: Sequence[Assignment], lost: frozenset[Assignment], open_to: Iterable[str]
) -> tuple[Assignment, ...] | None:
    """A roster of the question; None if what is left breaks a rule that taking turns away cannot mend.

    Only shifts `open_to` changes get somebody new. Where a shift cannot go on without whom it lost (the only adult,
    the second of a home visit) and finds nobody, the others are taken off it too, wherever it is.
    """
    filling = _Filling(question, [turn for turn in standing if turn not in lost])
    may_change = frozenset(open_to)
    losers = Counter(turn.shift for turn in lost if turn.shift in may_change)
    for name in sorted(losers, key=lambda name: (question.shift_by_id[name].start, name)):
        filling.fill(question.shift_by_id[name], losers[name])
    return stripped(question, filling.standing.roster.assignments())


class _Filling:
    """A roster that grows turn by turn."""

    def __init__(self, question: Problem, turns: Iterable[Assignment]) -> None:
        self.standing = Standing(question, turns)
        self.crowd = Crowd(self.standing)  # of the roster before it grows: whom a shift suits does not change

    def fill(self, shift: Shift, most: int) -> None:
        """At most so many people for the shift, as long as it lacks somebody."""
        for _ in range(most):
            newcomer = next(self._newcomers(shift), None)
            if newcomer is None:
                return
            self.standing = self.standing.including([Assignment(newcomer.id, shift.id)])

    def _newcomers(self, shift: Shift) -> Iterator[Volunteer]:
        """Those who may take a place now: first who meets a need that is missing, then whoever has fewest turns."""
        present = self.standing.roster.people_on(shift.id)
        # Whether they are free is asked of one after the other, as one of the first usually is.
        people = self.crowd.suited_but_for_time(shift) & self.crowd.spare & ~self.crowd.of(present)
        for need in missing_to_needs(shift, present):
            yield from self._able(people & self.crowd.holding(need), shift)
        if missing_to_min(shift, present) or len(present) < shift.target:
            yield from self._able(people, shift)

    def _able(self, people: Crowded, shift: Shift) -> Iterator[Volunteer]:
        standing = self.standing
        for person in self.crowd.members(people):
            free = is_available(person, shift) and standing.may_add(person, shift)
            if free and not standing.place_broken([person], shift):
                yield person
