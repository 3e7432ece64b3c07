"""The cheapest ways to fill a short place, each tried on the referee before it is offered.

A repair changes one thing: a person, a limit, a qualification, the hour. We ask who is kept from the place by that
one thing alone, try it, and let others join where a rule wants company.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from solver.check import Standing
from solver.check.company import missing_to_min, missing_to_needs
from solver.explain.changes import Change, change_for, lent
from solver.explain.company import with_company
from solver.explain.findings import KINDS, Kind, Repair
from solver.explain.funnels import wanted_qualifications
from solver.explain.hours import other_hours
from solver.problem import Shift, Volunteer
from solver.standins import standins_of

MOST_OFFERED = 5  # alternatives of one repair, and swaps
MOST_STRANGERS = 200  # people outside the pool that are tried


class Repairs:
    """The repairs of one short shift, in a roster whose `under_min` is given."""

    def __init__(self, standing: Standing, shift: Shift, under_min: int) -> None:
        self.standing, self.shift, self.under_min = standing, shift, under_min
        self.present = standing.roster.people_on(shift.id)
        self.wanted = wanted_qualifications(standing, shift)
        here = {person.id for person in self.present}
        self.others = sorted((one for one in standing.pool_of(shift) if one.id not in here), key=self._load)
        self.obstacles = {one.id: standing.may_join([one], shift) for one in self.others}
        self.ready = [one for one in self.others if all(broken.mendable for broken in self.obstacles[one.id])]

    def all(self) -> list[Repair]:
        """Best first: what leaves least missing, then what asks least of others."""
        found = [
            *self._additions(),
            *self._swaps(),
            *self._replacements(),
            *self._changes(),
            *self._training_on_the_shift(),
            *self._moves(),
        ]
        return sorted(found, key=lambda one: (one.under_min_after, KINDS.index(one.kind)))

    def _additions(self) -> Iterator[Repair]:
        """The roster is not as good as it gets: somebody may simply take the place."""
        teams = (with_company(self.standing, self.shift, person, self.ready) for person in self.ready)
        for team in islice(filter(None, teams), MOST_OFFERED):
            if self._helps(team):
                yield self._repair("add", team, volunteers=_ids(team))
                return

    def _swaps(self) -> Iterator[Repair]:
        room = self.shift.max is None or len(self.present) < self.shift.max
        stand_ins = standins_of(self.standing, self.shift) if room else ()
        for one in stand_ins:
            person = self.standing.problem.volunteer_by_id[one.volunteer]
            if one.swap is not None and self._helps([person]):
                yield self._repair(
                    "swap", [person], volunteer=one.volunteer, gives=one.swap.shift, to=one.swap.volunteer
                )

    def _replacements(self) -> Iterator[Repair]:
        """Enough people, not the right ones: somebody who fits a need for somebody who does not."""
        if not self.wanted:
            return
        for leaver in self.present:
            without = self._without(leaver)
            for person in self.others:
                swapped = [*(one for one in self.present if one is not leaver), person]
                if self._lacks_less(swapped) and not without.may_join([person], self.shift):
                    yield Repair("replace", {"volunteer": person.id, "replaces": leaver.id}, self.under_min)
                    return

    def _without(self, leaver: Volunteer) -> Standing:
        turns = self.standing.roster.assignments()
        return Standing(
            self.standing.problem,
            (turn for turn in turns if (turn.volunteer, turn.shift) != (leaver.id, self.shift.id)),
        )

    def _changes(self) -> Iterator[Repair]:
        """What one change to one person makes possible, those with the same change being alternatives."""
        alternatives: dict[tuple[Any, ...], list[tuple[Change, list[Volunteer]]]] = {}
        for change in self._possible_changes():
            team = with_company(self.standing, self.shift, change.person, self.ready)
            if team and self._helps(team):
                together = _ids(team[1:])
                key = (change.kind, tuple(sorted(change.facts.items())), together)
                alternatives.setdefault(key, []).append((change, team))
        for (kind, facts, together), tried in alternatives.items():
            extra = {"together": together} if together else {}
            people = _ids(change.person for change, _ in tried[:MOST_OFFERED])
            yield self._repair(kind, tried[0][1], volunteers=people, **dict(facts), **extra)

    def _possible_changes(self) -> Iterator[Change]:
        for person in self.others:
            change = change_for(person, self.shift, self.obstacles[person.id])
            if change:
                yield change
        yield from islice(lent(self.standing, self.shift), MOST_STRANGERS)

    def _training_on_the_shift(self) -> Iterator[Repair]:
        for need in missing_to_needs(self.shift, self.present):
            people = [one for one in self.present if need not in one.qualifications]
            if people:
                facts = {"volunteers": _ids(people[:MOST_OFFERED]), "qualification": need, "on_shift": True}
                yield Repair("train", facts, self.under_min)

    def _moves(self) -> Iterator[Repair]:
        for hours in other_hours(self.standing, self.shift, self.others):
            if self._helps(hours.joining):
                facts = {"minutes_later": hours.minutes_later, "volunteers": _ids(hours.joining)}
                yield self._repair("move", hours.joining, **facts)
                return

    def _load(self, person: Volunteer) -> tuple[int, str]:
        return person.history_turns + len(self.standing.roster.turns_of(person.id)), person.id

    def _helps(self, team: Sequence[Volunteer]) -> bool:
        return self._lacks_less([*self.present, *team])

    def _lacks_less(self, people: Sequence[Volunteer]) -> bool:
        before, after = _lacking(self.shift, self.present), _lacking(self.shift, people)
        return after < before

    def _repair(self, kind: Kind, team: Sequence[Volunteer], **facts: Any) -> Repair:
        filled = missing_to_min(self.shift, self.present) - missing_to_min(self.shift, [*self.present, *team])
        return Repair(kind, facts, self.under_min - filled * self.shift.weights.under_min)


def _lacking(shift: Shift, people: Sequence[Volunteer]) -> tuple[int, int]:
    return missing_to_min(shift, people), sum(missing_to_needs(shift, people).values())


def _ids(people: Iterable[Volunteer]) -> tuple[str, ...]:
    return tuple(person.id for person in people)
