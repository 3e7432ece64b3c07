"""One short place as its page shows it: the group cause in numbers and names, and what would fill it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster.models import Person, Roster, Shift
from roster.planning import scope, shortages
from roster.planning.lacks import Lack
from roster.planning.shortages import Exclusion, Finding, Repair
from roster.planning.snapshot import row_id
from roster.queries import roster_totals, somebody
from roster.queries.publications import Place
from roster.queries.somebody import Profile, Somebody

MOST_NAMED = 12
"""How many people who are out for one reason are named; more are a number."""


@dataclass(frozen=True, slots=True)
class Out:
    """People out for one reason, the first in the way of each. `most`: the limit that holds for all of them."""

    rule: str
    detail: str
    count: int
    left: int
    most: int | None
    named: tuple[Somebody, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a remedy could do with. Turns: of the last four weeks, and of this draft."""

    person: Somebody
    phone: str | None
    turns_before: int
    turns_now: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to fill the place, tried on the referee. `kind` and `facts` as in `solver.explain.findings`.

    `people` are alternatives; of "add" and "move" those who serve together. `together`: who has to join as well.
    `other`: the one replaced, or taking over the turn at `place`. `hours`: of a "move", the new local start and end.
    `lack_after`: what the whole week then lacks.
    """

    kind: str
    detail: str
    people: tuple[Candidate, ...]
    together: tuple[Somebody, ...]
    other: Somebody | None
    place: Place | None
    hours: tuple[datetime, datetime] | None
    facts: Mapping[str, Any]
    lack_after: Lack


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a place is empty: the shifts of `group` want `places` people, draw on `people`, and have `filled` of them.

    `asked`: everybody not on the shift; `out` takes them away reason by reason, each with how many are `left`.
    """

    place: Place
    missing: int
    needs: Mapping[str, int]
    group: tuple[Place, ...]
    people: int
    places: int
    filled: int
    asked: int
    out: tuple[Out, ...]
    remedies: tuple[Remedy, ...]
    lack_now: Lack


def cause_of(session: Session, roster: Roster, shift_id: int, *, now: datetime) -> Cause | None:
    """Why the shift is short in the draft as it is now; None if it is not, or cannot be planned any more."""
    finding = shortages.of_shift(session, roster, shift_id, now=now)
    if finding is None:
        return None
    return _Drawing(session, roster, finding, roster_totals.totals_of(session, roster).lack).cause()


class _Drawing:
    """Names, hours and turns for what the solver found, read once for all of it."""

    def __init__(self, session: Session, roster: Roster, finding: Finding, lack: Lack) -> None:
        self.lack = lack
        self.begun = lack - finding.lack  # on shifts that nobody can fill any more
        self.finding, self.found = finding, finding.shortage
        self.area = scope.of(roster.period)
        people = {row_id(key) for key in self._mentioned()}
        self.people = somebody.profiles(session, people)
        self.phones = dict(session.execute(select(Person.id, Person.phone).where(Person.id.in_(people))).all())
        self.places = self._places(session)
        self.turns: dict[str, int] = {}
        for turn in finding.draft:
            self.turns[turn.volunteer] = self.turns.get(turn.volunteer, 0) + 1

    def cause(self) -> Cause:
        one = self.found
        return Cause(
            place=self.places[one.shift],
            missing=one.missing,
            needs=one.needs,
            group=tuple(self.places[shift] for shift in one.group),
            people=len(one.people),
            places=one.places,
            filled=one.filled,
            asked=one.asked,
            out=tuple(self._out(reason, left) for reason, left in one.funnel()),
            remedies=tuple(self._remedy(repair) for repair in one.repairs),
            lack_now=self.lack,
        )

    def _mentioned(self) -> Iterable[str]:
        for reason in self.found.excluded:
            if reason.count <= MOST_NAMED:
                yield from reason.volunteers
        for repair in self.found.repairs:
            yield from shortages.people_of(repair)
            yield from repair.facts.get("together", ())
            yield from filter(None, [_other(repair)])

    def _places(self, session: Session) -> dict[str, Place]:
        given = {repair.facts["gives"] for repair in self.found.repairs if "gives" in repair.facts}
        keys = {row_id(key): key for key in (self.found.shift, *self.found.group, *given)}
        rows = session.scalars(select(Shift).where(Shift.id.in_(keys)).options(joinedload(Shift.site)))
        local = self.area.local
        return {keys[row.id]: Place(row.id, row.site.name, local(row.starts_at), local(row.ends_at)) for row in rows}

    def _out(self, reason: Exclusion, left: int) -> Out:
        named = self._named(reason.volunteers) if reason.count <= MOST_NAMED else ()
        return Out(reason.rule, reason.detail, reason.count, left, reason.facts.get("most"), named)

    def _remedy(self, repair: Repair) -> Remedy:
        other, gives = _other(repair), repair.facts.get("gives")
        return Remedy(
            kind=repair.kind,
            detail=shortages.detail_of(repair),
            people=tuple(self._candidate(key) for key in shortages.people_of(repair)),
            together=self._named(repair.facts.get("together", ())),
            other=self._profile(other).somebody if other else None,
            place=self.places[gives] if gives else None,
            hours=self._hours(repair),
            facts=repair.facts,
            lack_after=self.begun + Lack(repair.under_min_after, repair.under_need_after),
        )

    def _hours(self, repair: Repair) -> tuple[datetime, datetime] | None:
        if repair.kind != "move":
            return None
        place, later = self.places[self.found.shift], shortages.later(repair)
        return place.starts + later, place.ends + later

    def _candidate(self, key: str) -> Candidate:
        return Candidate(
            person=self._profile(key).somebody,
            phone=self.phones.get(row_id(key)),
            turns_before=self.finding.problem.volunteer_by_id[key].history_turns,
            turns_now=self.turns.get(key, 0),
        )

    def _named(self, keys: Sequence[str]) -> tuple[Somebody, ...]:
        return somebody.in_order((row_id(key) for key in keys), self.people)

    def _profile(self, key: str) -> Profile:
        return self.people[row_id(key)]


def _other(repair: Repair) -> str | None:
    """The one replaced, or who takes over what the newcomer gives away."""
    return repair.facts.get("replaces") or (repair.facts.get("to") if repair.kind == "swap" else None)
