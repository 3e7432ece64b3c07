"""The cheapest ways to fill a short place, each tried on the referee before it is offered.

A repair changes one thing: a person, a limit, a qualification, the hour. We ask who is kept from the place by that
one thing alone, try it, and let others join where a rule wants company.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from solver.check.company import missing_to_min, missing_to_needs
from solver.crowd import Crowded
from solver.explain.changes import Change, change_for, trained
from solver.explain.company import with_company
from solver.explain.findings import KINDS, Kind, Missing, Repair
from solver.explain.hours import other_hours
from solver.explain.neighbours import Neighbours
from solver.explain.situations import Situation
from solver.problem import Assignment, Volunteer
from solver.standins import swaps_of

MOST_OFFERED = 5  # alternatives of one repair, and people lent
MOST_ASKED = 300  # people asked for each kind of change, those with fewest turns


class Repairs:
    """The repairs of one short shift, in a roster whose `under_min` and `under_need` are given."""

    def __init__(self, situation: Situation, neighbours: Neighbours, missing: Missing) -> None:
        self.situation, self.neighbours, self.missing = situation, neighbours, missing
        self.crowd, self.standing = situation.crowd, situation.standing
        self.shift, self.present = situation.shift, situation.present

    def all(self) -> list[Repair]:
        """Best first: what leaves least missing, then what asks least of others."""
        found = [
            *self._additions(),
            *self._swaps(),
            *self._replacements(),
            *self.changes(),
            *self._training_on_the_shift(),
            *self._moves(),
        ]
        return sorted(found, key=lambda one: (one.under_min_after, one.under_need_after, KINDS.index(one.kind)))

    def _additions(self) -> Iterator[Repair]:
        """The roster is not as good as it gets: somebody may simply take the place."""
        for person in self.situation.ready:
            team = self._team(person)
            if team:
                yield self._repair("add", [*self.present, *team], volunteers=_ids(team))
                return

    def _swaps(self) -> Iterator[Repair]:
        if self.shift.max is not None and len(self.present) >= self.shift.max:
            return
        for one in swaps_of(self.crowd, self.shift):
            person = self.standing.problem.volunteer_by_id[one.volunteer]
            if one.swap is not None and self.situation.fits(person):
                facts = {"volunteer": one.volunteer, "gives": one.swap.shift, "to": one.swap.volunteer}
                yield self._repair("swap", [*self.present, person], **facts)

    def _replacements(self) -> Iterator[Repair]:
        """Enough people, not the right ones: somebody who fits a need for somebody who does not."""
        if not self.situation.wanted:
            return
        able = self.situation.suited & self.situation.fitting & self.crowd.spare
        fitting = list(islice(self.crowd.members(able), MOST_ASKED))
        for leaver in self.present:
            without = self.standing.without([Assignment(leaver.id, self.shift.id)])
            staying = [one for one in self.present if one is not leaver]
            for person in fitting:
                after = [*staying, person]
                if self.situation.lessened_by(after) and not without.may_join([person], self.shift):
                    yield self._repair("replace", after, volunteer=person.id, replaces=leaver.id)
                    return

    def changes(self) -> Iterator[Repair]:
        """What one change to one person makes possible, those with the same change being alternatives."""
        alternatives: dict[tuple[Any, ...], list[list[Volunteer]]] = {}
        for change, team in (*self._changes_in_the_pool(), *islice(self._lent(), MOST_OFFERED)):
            lacking = sum(missing_to_needs(self.shift, [*self.present, *team]).values())
            key = change.kind, tuple(change.facts.items()), _ids(team[1:]), lacking
            alternatives.setdefault(key, []).append(team)
        for (kind, facts, together, _), teams in alternatives.items():
            extra = {"together": together} if together else {}
            people = _ids(team[0] for team in teams[:MOST_OFFERED])
            yield self._repair(kind, [*self.present, *teams[0]], **dict(facts), volunteers=people, **extra)

    def _changes_in_the_pool(self) -> Iterator[tuple[Change, list[Volunteer]]]:
        """Those whom one thing keeps away, fewest turns first, and of each such thing no more than are offered."""
        for people in self._one_thing_away():
            found = Counter[Hashable]()
            for person in islice(self.crowd.members(people), MOST_ASKED):
                limit = self._limit_of_turns(person)
                if limit and found[limit] >= MOST_OFFERED:
                    continue
                change = change_for(person, self.shift, self.situation.obstacles(person))
                team = change and self._team(change.person)
                if change and team:
                    found[change.kind] += 1
                    found[limit] += 1
                    yield change, team
                if change and change.kind != "raise_limit" and found[change.kind] >= MOST_OFFERED:
                    break

    def _one_thing_away(self) -> Iterator[Crowded]:
        """Sets of people: those whom one qualification, their offered time, or their own turns keep from the shift."""
        crowd, shift, situation = self.crowd, self.shift, self.situation
        common = situation.pool & crowd.near(shift) & ~crowd.too_young(shift) & ~crowd.forbidden(shift)
        if shift.adults_only:
            common &= ~crowd.minors
        for qualification in dict.fromkeys(shift.requires):
            others = replace(shift, requires=tuple(one for one in shift.requires if one != qualification))
            yield common & crowd.free(shift) & crowd.trained(others) & ~crowd.holding(qualification) & crowd.spare
        yield common & crowd.trained(shift) & ~crowd.free(shift) & situation.fitting & crowd.spare
        yield situation.suited & situation.fitting

    def _limit_of_turns(self, person: Volunteer) -> Hashable:
        """The limit of turns somebody has reached: most of those who have reached the same are much alike."""
        turns, most = len(self.standing.roster.turns_of(person.id)), person.limits.turns
        return None if most is None or turns < most else ("turns", most, turns)

    def _lent(self) -> Iterator[tuple[Change, list[Volunteer]]]:
        for change in self.neighbours.lent_to(self.shift):
            team = self._team(change.person)
            if team:
                yield change, team

    def _training_on_the_shift(self) -> Iterator[Repair]:
        for need in self.situation.needs:
            people = [one for one in self.present if need not in one.qualifications]
            if people:
                after = [trained(people[0], need), *(one for one in self.present if one is not people[0])]
                facts = {"qualification": need, "volunteers": _ids(people[:MOST_OFFERED]), "on_shift": True}
                yield self._repair("train", after, **facts)

    def _moves(self) -> Iterator[Repair]:
        for hours in other_hours(self.situation):
            facts = {"minutes_later": hours.minutes_later, "volunteers": _ids(hours.joining)}
            yield self._repair("move", [*self.present, *hours.joining], **facts)
            return

    def _team(self, first: Volunteer) -> list[Volunteer] | None:
        """The first with all the company they need, if that helps."""
        if not self.situation.fits(first):
            return None
        team = with_company(self.standing, self.shift, first, self.situation.ready)
        return team if team and self.situation.lessened_by([*self.present, *team]) else None

    def _repair(self, kind: Kind, after: Sequence[Volunteer], **facts: Any) -> Repair:
        """With what the whole roster misses once these people are on the shift."""
        filled = self.situation.missing - missing_to_min(self.shift, after)
        met = sum(self.situation.needs.values()) - sum(missing_to_needs(self.shift, after).values())
        under_min = self.missing.under_min - filled * self.shift.weights.under_min
        return Repair(kind, facts, under_min, self.missing.under_need - met)


def _ids(people: Iterable[Volunteer]) -> tuple[str, ...]:
    return tuple(person.id for person in people)
