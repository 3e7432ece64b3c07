"""Places as coordinators look after them between two publications: what needs them, who is on a shift, how it came so,
and who could stand in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from roster import access
from roster.models import (
    Account,
    AskState,
    Assignment,
    AssignmentState,
    AuditEntry,
    ChangeKind,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    Objection,
    Period,
    Person,
    Publication,
    PublicationChange,
    Roster,
    Shift,
    ShiftState,
    Site,
    Swap,
    SwapState,
    Unit,
    Withdrawal,
    WithdrawalState,
)
from roster.planning import staffing
from roster.planning.scope import LONGEST
from roster.planning.staffing import Welcome
from roster.queries import repairs, skills, somebody
from roster.queries.publications import Place
from roster.queries.skills import Needs
from roster.queries.somebody import Somebody
from roster.queries.turns import place_of
from roster.wanted import Wanted, still_wanted

LOOK_AHEAD = timedelta(days=14)
MOST_SHORT = 50
BATCH = 5000
"""Shifts asked about at a time: PostgreSQL takes no more than 65,535 values with one statement."""
MOST_WEEKS = 12
RECENTLY = timedelta(days=7)
"""Whoever was asked within this time comes after those who were not."""
PLANNED_BEFORE = timedelta(days=120)
"""No turn changes longer before its shift: the history need not look through every year's audit trail."""
_ON_IT = (Assignment.shift_id == Shift.id, Assignment.state == AssignmentState.ACTIVE)
_SERVING = select(func.count()).select_from(Assignment).where(*_ON_IT).correlate(Shift).scalar_subquery()
_FACTS = (Shift.id, Shift.starts_at, Shift.minimum, Shift.needs, Unit, _SERVING.label("serving"))
_STAFFED = select(*_FACTS).join(Shift.site).join(Site.unit)


@dataclass(frozen=True, slots=True)
class Short:
    """A published shift with fewer people than it needs at least, or without a skill it needs (`needs_missing`).

    `asked`: how many are being asked to stand in; `offered`: how many of those who wait are offered a place; `claimed`:
    how many would take one, once a coordinator agrees.
    """

    place: Place
    serving: int
    minimum: int
    needs_missing: Needs
    asked: int
    offered: int
    claimed: int


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits for a coordinator's word. `kind` says what `id` is of."""

    kind: Literal["withdrawal", "claim", "cover", "swap", "absence"]
    id: int
    place: Place
    person: str
    other: str = ""
    wanted: Place | None = None
    reason: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Attention:
    """What the coordinator has to look at, the soonest first."""

    matters: Sequence[Matter]
    short: Sequence[Short]

    def __len__(self) -> int:
        return len(self.matters) + len(self.short)


@dataclass(frozen=True, slots=True)
class OnIt:
    """Somebody with a published turn."""

    person: Somebody
    phone: str
    confirmed: bool
    absent: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked to stand in, or on the waiting list, in the order they are asked."""

    person: Somebody
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a place's history, local time: somebody came or left, by whom and why.

    `way`: as in `services.turns.Way`, or "published"; `number`: of the publication.
    """

    at: datetime
    came: bool
    person: str
    by: str
    way: str
    reason: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One published shift. `needs_missing`: skills that those on it lack, in people; `came`: as the site counted."""

    place: Place
    programme: str
    minimum: int
    target: int
    needs_missing: Needs
    people: Sequence[OnIt]
    waiting: Sequence[Asked]
    asked: Sequence[Asked]
    call_ids: Sequence[int]
    matters: Sequence[Matter]
    history: Sequence[Happening]
    came: int | None

    @property
    def wanted(self) -> Wanted:
        return still_wanted(len(self.people), self.minimum, self.target)

    @property
    def is_short(self) -> bool:
        """Whether somebody is missing; else one more may be welcome, and nothing is short."""
        return _is_short(len(self.people), self.minimum, self.needs_missing)

    @property
    def is_wanting(self) -> bool:
        """Whether somebody more would be of use."""
        return self.is_short or bool(self.wanted.welcome)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could stand in; `turns` of this period and four weeks before, `asked` when last, local.

    `brings`: the qualifications they have of those that would otherwise be missing. `gives` and `to`: the turn they
    would give up first, and who would take it.
    """

    person: Somebody
    turns: int
    welcome: Welcome | None
    km: float | None
    asked: datetime | None
    brings: tuple[str, ...]
    gives: Place | None = None
    to: Somebody | None = None


def attention(session: Session, account: Account, *, now: datetime) -> Attention:
    """What waits for this account in all units it plans."""
    mine = access.within_reach(account)
    return Attention(_matters(session, mine, account, now), _short(session, mine, now))


def published_weeks(session: Session, account: Account, *, now: datetime) -> Sequence[Roster]:
    """The published rosters of this account's units with somebody's turn still to come, the soonest first."""
    rosters = session.scalars(
        select(Roster)
        .join(Roster.period)
        .join(Period.unit)
        .where(access.within_reach(account), Roster.published_number > 0)
        .where(Period.first_day > now.date() - timedelta(days=LONGEST))
        .options(contains_eager(Roster.period).contains_eager(Period.unit))
        .order_by(Period.first_day, Unit.name_sort)
    )
    return list(islice((one for one in rosters if repairs.anybody_serves(session, one, now=now)), MOST_WEEKS))


def place_page(session: Session, shift: Shift, *, by: Account, now: datetime) -> PlacePage:
    """Everything about one published shift, for whoever plans it."""
    turns = session.scalars(
        select(Assignment)
        .filter_by(shift_id=shift.id, state=AssignmentState.ACTIVE)
        .options(joinedload(Assignment.person))
    ).all()
    waiting = session.scalars(
        select(Claim)
        .where(Claim.shift_id == shift.id, Claim.state.in_([ClaimState.OFFERED, ClaimState.WAITING]))
        .order_by(Claim.state != ClaimState.OFFERED, Claim.id)
    ).all()
    calls = session.scalars(select(CoverCall).filter_by(shift_id=shift.id, closed_at=None)).all()
    asks = [ask for call in calls for ask in call.asks]
    people = {turn.person_id for turn in turns} | {one.person_id for one in waiting} | {ask.person_id for ask in asks}
    known = somebody.profiles(session, people)
    by_person = {turn.person_id: turn for turn in turns}
    return PlacePage(
        place=place_of(shift),
        programme=shift.programme.name,
        minimum=shift.minimum,
        target=shift.target,
        needs_missing=skills.missing_of(session, shift),
        people=[
            OnIt(
                one,
                by_person[one.id].person.phone or "",
                confirmed=by_person[one.id].confirmed_at is not None,
                absent=by_person[one.id].absent,
            )
            for one in somebody.in_order(by_person, known)
        ],
        waiting=[Asked(known[claim.person_id].somebody, claim.state.value, claim.asked_at) for claim in waiting],
        asked=[Asked(known[ask.person_id].somebody, ask.state.value, ask.asked_at) for ask in asks],
        call_ids=[call.id for call in calls],
        matters=_matters(session, Shift.id == shift.id, by, now),
        history=history_of(session, shift),
        came=shift.came,
    )


def for_somebody(session: Session, calls: Collection[CoverCall]) -> set[int]:
    """By id, the calls in which whoever says yes stands in for somebody, who leaves or is missing; in the others one
    more is only welcome."""
    others = {call.shift_id for call in calls if call.leaving_id is None}
    short = dict(_lacking(session, iter(session.execute(_STAFFED.where(Shift.id.in_(others)))))) if others else {}
    return {call.id for call in calls if call.leaving_id is not None or call.shift_id in short}


def _is_short(serving: int, minimum: int, needs_missing: Needs) -> bool:
    """Whether people or skills are missing; where one more would only be welcome, none are."""
    return serving < minimum or bool(needs_missing)


def history_of(session: Session, shift: Shift) -> Sequence[Happening]:
    """Who came to the shift and who left it, by whom and why, the latest first."""
    found = [*_published(session, shift), *_changed(session, shift)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def candidates(
    session: Session, roster: Roster, shift: Shift, leaving_id: int | None, *, now: datetime
) -> Sequence[Candidate]:
    """Who could stand in: now before after a swap, then who brings a missing skill and who was not asked lately, then
    as the solver ranks them.
    """
    about = staffing.everybody_published(session, roster, [shift], now=now)
    if not about.plans(shift.id):
        return []
    found = about.standins(shift.id, leaving_id)
    known = somebody.profiles(session, {id for one in found for id in (one.person_id, one.to_id) if id is not None})
    asked, zone = _last_asked(session, list(known)), shift.site.unit.zone
    places = {id: place_of(session.get_one(Shift, id)) for id in {one.gives_id for one in found if one.gives_id}}
    rows = [
        Candidate(
            person=known[one.person_id].somebody,
            turns=one.turns,
            welcome=one.welcome,
            km=one.km,
            asked=asked[one.person_id].astimezone(zone) if one.person_id in asked else None,
            brings=one.brings,
            gives=places[one.gives_id] if one.gives_id else None,
            to=known[one.to_id].somebody if one.to_id else None,
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (row.gives is not None, -len(row.brings), _asked_lately(row, now)))


def _asked_lately(row: Candidate, now: datetime) -> bool:
    return row.asked is not None and row.asked > now - RECENTLY


def _last_asked(session: Session, person_ids: Sequence[int]) -> Mapping[int, datetime]:
    asks = select(CoverAsk.person_id, func.max(CoverAsk.asked_at)).where(CoverAsk.person_id.in_(person_ids))
    return dict(session.execute(asks.group_by(CoverAsk.person_id)).all())


def _short(session: Session, mine: ColumnElement[bool], now: datetime) -> Sequence[Short]:
    """Published shifts of the next two weeks that lack people or skills."""
    gaps = _gaps(session, mine, now)
    shifts = session.scalars(
        select(Shift)
        .where(Shift.id.in_(gaps))
        .options(joinedload(Shift.site).joinedload(Site.unit))
        .order_by(Shift.starts_at, Shift.id)
    )
    being_asked = (CoverCall.closed_at.is_(None), CoverAsk.state == AskState.ASKED)
    asked = _counts(session, select(CoverCall.shift_id).join(CoverCall.asks).where(*being_asked), gaps)
    claims = {
        state: _counts(session, select(Claim.shift_id).where(Claim.state == state), gaps)
        for state in (ClaimState.OFFERED, ClaimState.ASKED)
    }
    return [
        Short(
            place_of(shift),
            *gaps[shift.id],
            asked=asked.get(shift.id, 0),
            offered=claims[ClaimState.OFFERED].get(shift.id, 0),
            claimed=claims[ClaimState.ASKED].get(shift.id, 0),
        )
        for shift in shifts
    ]


def _gaps(session: Session, mine: ColumnElement[bool], now: datetime) -> Mapping[int, tuple[int, int, Needs]]:
    """Who serve, the minimum and the skills missing, by the ids of the soonest shifts that lack something."""
    has_needs = func.length(cast(Shift.needs, String)) > len("{}")
    rows = session.execute(
        _STAFFED.where(mine, Shift.state == ShiftState.OPEN, Shift.starts_at > now, Shift.starts_at < now + LOOK_AHEAD)
        .where((Shift.minimum > _SERVING) | has_needs)
        .order_by(Shift.starts_at, Shift.id)
    ).all()
    weeks = _Weeks(session, now)
    out = (row for row in rows if weeks.is_published(row.Unit, row.Unit.day_of(row.starts_at)))
    return dict(islice(_lacking(session, out), MOST_SHORT))


def _lacking(session: Session, rows: Iterator[Any]) -> Iterator[tuple[int, tuple[int, int, Needs]]]:
    """Those of the shifts that lack something, no further than the caller looks."""
    while some := list(islice(rows, BATCH)):
        lacks = skills.missing(session, {row.id: (row.Unit.day_of(row.starts_at), row.needs) for row in some})
        for row in some:
            needs_missing = lacks.get(row.id, {})
            if _is_short(row.serving, row.minimum, needs_missing):
                yield row.id, (row.serving, row.minimum, needs_missing)


def _counts(session: Session, rows: Select[int], shift_ids: Iterable[int]) -> Mapping[int, int]:
    """How many of the rows, each a shift's id, there are of each of the shifts."""
    shift_id = rows.selected_columns[0]
    counted = rows.add_columns(func.count()).where(shift_id.in_(list(shift_ids))).group_by(shift_id)
    return dict(session.execute(counted).all())


class _Weeks:
    """Which weeks are out; a draft never published lacks everybody, which is what planning is for."""

    def __init__(self, session: Session, now: datetime) -> None:
        rows = session.execute(
            select(Period.unit_id, Period.first_day, Period.days, Roster.published_number)
            .join(Roster, Roster.period_id == Period.id)
            .where(Period.first_day > now.date() - timedelta(days=LONGEST + 1))
            .where(Period.first_day < (now + LOOK_AHEAD).date() + timedelta(days=1))
        )
        self._of_unit: dict[int, list[tuple[date, date, bool]]] = defaultdict(list)
        for unit_id, first_day, days, number in rows:
            self._of_unit[unit_id].append((first_day, first_day + timedelta(days=days), number > 0))

    def is_published(self, unit: Unit, day: date) -> bool:
        """Whether the roster of the nearest unit that plans the unit's day is."""
        for unit_id in reversed(unit.line):
            for first, after, published in self._of_unit.get(unit_id, ()):
                if first <= day < after:
                    return published
        return False


def _matters(session: Session, mine: ColumnElement[bool], by: Account, now: datetime) -> Sequence[Matter]:
    found = [
        *_withdrawals(session, mine, now),
        *_claims(session, mine, now),
        *_covers(session, mine, now),
        *_swaps(session, mine, by, now),
        *_absences(session, mine),
    ]
    return sorted(found, key=lambda one: (one.place.starts, one.kind, one.id))


def _still(table: type[Any], mine: ColumnElement[bool], now: datetime) -> Select[Any]:
    """Rows of the table whose shift is open, to come, and of a unit that is the reader's."""
    return (
        select(table)
        .join(table.shift)
        .join(Shift.site)
        .join(Site.unit)
        .where(mine, Shift.starts_at > now, Shift.state == ShiftState.OPEN)
        .options(contains_eager(table.shift).contains_eager(Shift.site).contains_eager(Site.unit))
    )


def _withdrawals(session: Session, mine: ColumnElement[bool], now: datetime) -> Iterable[Matter]:
    asked = _still(Withdrawal, mine, now).where(Withdrawal.state == WithdrawalState.ASKED)
    for one in session.scalars(asked.options(joinedload(Withdrawal.person))):
        yield Matter("withdrawal", one.id, place_of(one.shift), _name(one), reason=one.reason, rule=one.rule)


def _claims(session: Session, mine: ColumnElement[bool], now: datetime) -> Iterable[Matter]:
    asked = _still(Claim, mine, now).where(Claim.state == ClaimState.ASKED)
    for one in session.scalars(asked.options(joinedload(Claim.person))):
        yield Matter("claim", one.id, place_of(one.shift), _name(one))


def _covers(session: Session, mine: ColumnElement[bool], now: datetime) -> Iterable[Matter]:
    calls = _still(CoverCall, mine, now).where(CoverCall.closed_at.is_(None))
    people = (joinedload(CoverCall.leaving), selectinload(CoverCall.asks).joinedload(CoverAsk.person))
    for call in session.scalars(calls.options(*people)):
        for ask in call.asks:
            if ask.state is AskState.AGREED:
                other = call.leaving.full_name if call.leaving else ""
                yield Matter("cover", ask.id, place_of(call.shift), _name(ask), other)


def _swaps(session: Session, mine: ColumnElement[bool], by: Account, now: datetime) -> Iterable[Matter]:
    """Only whoever plans both turns may decide (`swaps.decide`)."""
    agreed = _still(Swap, mine, now).where(Swap.state == SwapState.AGREED)
    wanted_place = joinedload(Swap.wanted).joinedload(Shift.site).joinedload(Site.unit)
    for one in session.scalars(agreed.options(joinedload(Swap.person), joinedload(Swap.other), wanted_place)):
        if access.may_plan(by, one.wanted.site.unit):
            wanted, other = place_of(one.wanted), one.other.full_name
            yield Matter("swap", one.id, place_of(one.shift), _name(one), other, wanted)


def _absences(session: Session, mine: ColumnElement[bool]) -> Iterable[Matter]:
    """Of shifts gone by: who says they were there though noted as missing."""
    rows = select(Assignment).join(Assignment.shift).join(Shift.site).join(Site.unit)
    stands = (Assignment.state == AssignmentState.ACTIVE) & (Shift.state == ShiftState.OPEN)
    place = contains_eager(Assignment.shift).contains_eager(Shift.site).contains_eager(Site.unit)
    objected = rows.where(mine, stands, Assignment.objection == Objection.WAITING)
    for one in session.scalars(objected.options(place, joinedload(Assignment.person))):
        yield Matter("absence", one.id, place_of(one.shift), _name(one))


def _name(row: Any) -> str:
    name: str = row.person.full_name
    return name


def _published(session: Session, shift: Shift) -> Iterable[Happening]:
    zone = shift.site.unit.zone
    rows = session.scalars(
        select(PublicationChange)
        .where(PublicationChange.shift_id == shift.id)
        .options(
            joinedload(PublicationChange.person),
            joinedload(PublicationChange.publication).joinedload(Publication.published_by),
        )
    )
    for row in rows:
        publication = row.publication
        yield Happening(
            at=publication.published_at.astimezone(zone),
            came=row.kind is ChangeKind.ADDED,
            person=row.person.full_name,
            by=publication.published_by.display_name if publication.published_by else "",
            way="published",
            number=publication.number,
        )


def _changed(session: Session, shift: Shift) -> Iterable[Happening]:
    zone = shift.site.unit.zone
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.unit_id.in_(shift.site.unit.line), AuditEntry.at > shift.starts_at - PLANNED_BEFORE)
        .where(AuditEntry.action.in_(["turn.take", "turn.leave"]))
        .where(AuditEntry.facts["shift_id"].as_integer() == shift.id)
        .options(joinedload(AuditEntry.account))
        .order_by(AuditEntry.id)
    ).all()
    ids = {entry.facts["person_id"] for entry in entries}
    named = dict(session.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids))).all())
    for entry in entries:
        yield Happening(
            at=entry.at.astimezone(zone),
            came=entry.action == "turn.take",
            person=named.get(entry.facts["person_id"], ""),
            by=entry.account.display_name if entry.account else "",
            way=entry.facts["way"],
            reason=entry.facts["reason"],
        )
