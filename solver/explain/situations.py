"""One short shift in one roster: who is on it, what it lacks, and what is in the way of everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from solver.check import Violation
from solver.check.company import missing_to_min, missing_to_needs
from solver.crowd import Crowd, Crowded
from solver.problem import Shift, Volunteer


class Situation:
    """Asked of the referee as little as possible, for the funnel and the repairs alike.

    wanted      qualifications of which a newcomer must have one to help: none, if anybody helps to reach `min`
    pool        everybody in one of its groups but those on the shift
    fitting     of everybody, those whose coming lessens what is missing
    suited      of the pool, those nothing keeps from the shift but, perhaps, the roster; fitting or not
    open        hours of a day to which the shift could move, as minutes after midnight; None: any
    """

    def __init__(self, crowd: Crowd, shift: Shift, hours: Sequence[tuple[int, int]] | None = None) -> None:
        self.crowd, self.standing, self.shift, self.open = crowd, crowd.standing, shift, hours
        self.present = self.standing.roster.people_on(shift.id)
        self.missing, self.needs = missing_to_min(shift, self.present), missing_to_needs(shift, self.present)
        self.wanted = frozenset() if self.missing else frozenset(self.needs)
        here = crowd.present(shift)
        self.pool: Crowded = crowd.pool(shift) & ~here
        self.suited: Crowded = crowd.suited(shift) & ~here
        self._obstacles: dict[str, list[Violation]] = {}

    @cached_property
    def fitting(self) -> Crowded:
        if not self.wanted:
            return self.crowd.everyone
        crowd: Crowded = 0
        for qualification in self.wanted:
            crowd |= self.crowd.holding(qualification)
        return crowd

    @cached_property
    def ready(self) -> list[Volunteer]:
        """Those with nothing in the way that company could not mend."""
        return [
            one
            for one in self.crowd.members(self.suited & self.crowd.spare)
            if all(broken.mendable for broken in self.obstacles(one))
        ]

    def obstacles(self, person: Volunteer) -> list[Violation]:
        """What is in the way of one of the pool; of people with several things against them perhaps not all."""
        if person.id not in self._obstacles:
            suits = self.suited >> self.crowd.number[person.id] & 1
            found = [] if suits else self.standing.unsuitable(person, self.shift)
            if len(found) <= 1:
                found += self.standing.turns_broken(person, self.shift)
                found += self.standing.place_broken([person], self.shift)
            self._obstacles[person.id] = found
        return self._obstacles[person.id]

    def fits(self, person: Volunteer) -> bool:
        """Whether one more person of this kind lessens what is missing."""
        return not self.wanted or not self.wanted.isdisjoint(person.qualifications)

    def lessened_by(self, people: Sequence[Volunteer]) -> bool:
        """Whether the shift would lack less with exactly these people."""
        lacking = missing_to_min(self.shift, people), sum(missing_to_needs(self.shift, people).values())
        return lacking < (self.missing, sum(self.needs.values()))
