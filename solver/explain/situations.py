"""One short shift in one roster: who is on it, what it lacks, and what is in the way of everybody else in its pool."""

from __future__ import annotations

from collections.abc import Sequence

from solver.check import Standing, Violation
from solver.check.company import missing_to_min, missing_to_needs
from solver.problem import Shift, Volunteer


class Situation:
    """Asked of the referee once, for the funnel and the repairs alike.

    wanted      qualifications of which a newcomer must have one to help: none, if anybody helps to reach `min`
    others      the pool but those on the shift, fewest turns first
    obstacles   what is in the way, by volunteer; of people with several things against them perhaps not all
    ready       those with nothing in the way that company could not mend
    """

    def __init__(self, standing: Standing, shift: Shift) -> None:
        self.standing, self.shift = standing, shift
        self.present = standing.roster.people_on(shift.id)
        self.missing, self.needs = missing_to_min(shift, self.present), missing_to_needs(shift, self.present)
        self.wanted = frozenset() if self.missing else frozenset(self.needs)
        here = {person.id for person in self.present}
        self.others = sorted((one for one in standing.pool_of(shift) if one.id not in here), key=self._load)
        self.obstacles = {one.id: self._obstacles(one) for one in self.others}
        self.ready = [one for one in self.others if all(broken.mendable for broken in self.obstacles[one.id])]

    def fits(self, person: Volunteer) -> bool:
        """Whether one more person of this kind lessens what is missing."""
        return not self.wanted or not self.wanted.isdisjoint(person.qualifications)

    def lessened_by(self, people: Sequence[Volunteer]) -> bool:
        """Whether the shift would lack less with exactly these people."""
        lacking = missing_to_min(self.shift, people), sum(missing_to_needs(self.shift, people).values())
        return lacking < (self.missing, sum(self.needs.values()))

    def _obstacles(self, person: Volunteer) -> list[Violation]:
        alone = self.standing.unsuitable(person, self.shift)
        return alone if len(alone) > 1 else self.standing.may_join([person], self.shift)

    def _load(self, person: Volunteer) -> tuple[int, str]:
        return person.history_turns + len(self.standing.roster.turns_of(person.id)), person.id
