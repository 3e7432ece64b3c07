"""What calendars show, and what a calendar's secret address leads to.

A calendar is read in two steps. `keys_of` gives a short key for each event, which changes whenever the event does;
`events_of` gives what to show, and is only asked for the events whose key is new. So one change of sixty costs one
event, not sixty. The keys rest on the promise of `models.shifts` and `models.rosters`: whatever is shown of a
shift or turn never changes without its time of change.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Engine,
    ScalarSelect,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import NullType

from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    FeedBody,
    FeedDocument,
    FeedKind,
    FeedToken,
    Person,
    PersonQualification,
    Programme,
    Qualification,
    Shift,
    ShiftState,
    Site,
    Team,
    TeamMember,
    Unit,
)
from roster.queries.prepared import Moment, Prepared, Raw, moment

NO_ALARM = -1
"""How a document without an alarm says so: NULLs would not be unique."""

_AT_ONCE = 8  # events asked for by id; more than that are read with all the rest
_FIELD, _RECORD = "\x1f", "\x1e"  # part fields and records where a statement gives a list as one text

Key = tuple[Any, ...]
"""Stands for one event as it now is; the first item is the id of its row."""


class Address(NamedTuple):
    """What a token leads to: a calendar, how far its kept bytes have come, and who fetched them last.

    As the driver gave it. `active`, `revoked_at`: whether the address still holds. `name` is what the calendar is of,
    None for a volunteer's own or if that is gone. `etag` is empty before the first drawing.
    """

    token_id: int
    revoked_at: Moment | None
    active: bool
    kind: str
    target_id: int
    language: str
    alarm_minutes: int
    name: str | None
    document_id: int
    changes: int
    drawn_changes: int
    etag: str
    etag_gzip: str
    last_modified: Moment | None
    valid_until: Moment | None


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    timezone: str


@dataclass(frozen=True, slots=True)
class ShownShift:
    """What both kinds of event show of a shift. Times are aware; `stamp`: when any of it last changed."""

    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    cancelled: bool
    place: Place
    programme: str
    note: str
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """One turn of the reader: nothing in it tells of anybody else. `sequence` only ever grows."""

    uid: str
    sequence: int
    withdrawn: bool
    confirmed: bool
    shift: ShownShift


@dataclass(frozen=True, slots=True)
class Role:
    """Something the shift needs: how many of those who come can do it, of how many wanted."""

    name_vi: str
    name_en: str
    expected: int
    wanted: int


@dataclass(frozen=True, slots=True)
class StaffedShift:
    """One shift as its site, teams and units see it. `names` are full names, of adults who agreed to be named."""

    uid: str
    sequence: int
    expected: int
    confirmed: int
    minimum: int
    target: int
    roles: tuple[Role, ...]
    names: tuple[str, ...]
    shift: ShownShift


def address_of(engine: Engine, token_hash: str) -> Address | None:
    rows = _ADDRESS.rows(engine, token_hash=token_hash)
    return Address._make(rows[0]) if rows else None


def kept_bytes(engine: Engine, document_id: int, etag: str) -> tuple[bytes, bytes] | None:
    """The kept bytes with this tag, plain and gzipped; None if others have taken their place."""
    rows = _KEPT_BYTES.rows(engine, document_id=document_id, etag=etag)
    return (bytes(rows[0][0]), bytes(rows[0][1])) if rows else None


def keys_of(engine: Engine, kind: FeedKind, target_id: int, since: datetime) -> list[Key]:
    """The key of each event that ends at `since` or later."""
    return [tuple(row) for row in _KEYS[kind].rows(engine, target_id=target_id, since=_stored(engine, since))]


def turns_of(engine: Engine, person_id: int, since: datetime, ids: Collection[int]) -> dict[int, OwnTurn]:
    """The person's turns with these ids, perhaps with others that end at `since` or later."""
    rows = _details(_TURNS, engine, ids, target_id=person_id, since=_stored(engine, since))
    return {row[0]: _own_turn(row) for row in rows}


def staffed_shifts_of(
    engine: Engine, kind: FeedKind, target_id: int, since: datetime, ids: Collection[int]
) -> dict[int, StaffedShift]:
    """The shifts with these ids, perhaps with others of the same calendar that end at `since` or later."""
    rows = _details(_SHIFTS[kind], engine, ids, target_id=target_id, since=_stored(engine, since))
    return {shift_id: _staffed_shift(list(group)) for shift_id, group in groupby(rows, key=lambda row: row[0])}


def _details(
    statements: tuple[Prepared, Prepared], engine: Engine, ids: Collection[int], **parameters: Any
) -> Sequence[Raw]:
    some, every = statements
    if len(ids) > _AT_ONCE:
        return every.rows(engine, **parameters)
    padded = [*ids, *[0] * (_AT_ONCE - len(ids))]
    return some.rows(engine, **{f"id{n}": row_id for n, row_id in enumerate(padded)})


def _stored(engine: Engine, at: datetime) -> Moment:
    """A time as this database compares it."""
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26] if engine.dialect.name == "sqlite" else at


class _ShiftRow(NamedTuple):
    starts_at: Moment
    ends_at: Moment
    state: str
    changed_at: Moment
    site_changed_at: Moment
    site: str
    address: str
    latitude: float | None
    longitude: float | None
    timezone: str
    programme: str
    note: str
    cancel_reason: str

    def shown(self, *changes: Moment | None) -> ShownShift:
        """The row as a value, stamped with the last of its own and these changes."""
        return ShownShift(
            starts_at=moment(self.starts_at),
            ends_at=moment(self.ends_at),
            stamp=max(
                moment(change) for change in (self.changed_at, self.site_changed_at, *changes) if change is not None
            ),
            cancelled=self.state == ShiftState.CANCELLED,
            place=Place(self.site, self.address, self.latitude, self.longitude, self.timezone),
            programme=self.programme,
            note=self.note,
            cancel_reason=self.cancel_reason,
        )


class _TurnRow(NamedTuple):
    assignment_id: int
    uid: str
    sequence: int
    state: str
    confirmed_at: Moment | None
    changed_at: Moment
    shift_sequence: int


class _StaffRow(NamedTuple):
    """A shift with one of those who serve on it; without anybody there is one row of None."""

    shift_id: int
    uid: str
    sequence: int
    people_changed_at: Moment
    minimum: int
    target: int
    needs: str
    qualifications: str | None
    assignment_id: int | None
    assignment_state: str | None
    assignment_changed_at: Moment | None
    confirmed_at: Moment | None
    full_name: str | None
    birth_date: date | str | None
    held: str | None


def _own_turn(row: Raw) -> OwnTurn:
    own, shift = _TurnRow._make(row[: len(_TurnRow._fields)]), _ShiftRow._make(row[len(_TurnRow._fields) :])
    return OwnTurn(
        uid=own.uid,
        sequence=own.sequence + own.shift_sequence,
        withdrawn=own.state == AssignmentState.CANCELLED,
        confirmed=own.confirmed_at is not None,
        shift=shift.shown(own.changed_at, own.confirmed_at),
    )


def _staffed_shift(rows: list[Raw]) -> StaffedShift:
    people = [_StaffRow._make(row[: len(_StaffRow._fields)]) for row in rows]
    first, columns = people[0], _ShiftRow._make(rows[0][len(_StaffRow._fields) :])
    shift = columns.shown(first.people_changed_at, *(row.assignment_changed_at for row in people))
    serving = [row for row in people if row.assignment_state == AssignmentState.ACTIVE]
    day = shift.starts_at.astimezone(ZoneInfo(shift.place.timezone)).date()
    return StaffedShift(
        uid=first.uid,
        sequence=first.sequence,
        expected=len(serving),
        confirmed=sum(row.confirmed_at is not None for row in serving),
        minimum=first.minimum,
        target=first.target,
        roles=_roles(first, serving, day),
        names=tuple(row.full_name for row in serving if row.full_name and _is_adult(row.birth_date, day)),
        shift=shift,
    )


def _roles(shift: _StaffRow, serving: list[_StaffRow], day: date) -> tuple[Role, ...]:
    names = {code: (vi, en) for code, vi, en in _records(shift.qualifications)}
    held = [code for row in serving for code, until in _records(row.held) if not until or until >= day.isoformat()]
    needs: dict[str, int] = json.loads(shift.needs)
    return tuple(
        Role(*names.get(code, (code, code)), expected=held.count(code), wanted=wanted)
        for code, wanted in sorted(needs.items())
    )


def _records(text: str | None) -> list[list[str]]:
    return [record.split(_FIELD) for record in (text or "").split(_RECORD) if record]


def _is_adult(birth_date: date | str | None, day: date) -> bool:
    born = date.fromisoformat(birth_date) if isinstance(birth_date, str) else birth_date
    return not Person(birth_date=born).is_minor(day)


def _raw(column: Any) -> Any:
    """The column without the conversions of its type, which `Prepared` wouldn't run."""
    return type_coerce(column, NullType())


_TARGET: BindParameter[int] = bindparam("target_id", required=False)
_NAMES: dict[FeedKind, type[Team | Unit | Site]] = {FeedKind.TEAM: Team, FeedKind.UNIT: Unit, FeedKind.SITE: Site}

_ADDRESS = Prepared(
    select(
        FeedToken.id,
        _raw(FeedToken.revoked_at),
        Account.active,
        _raw(FeedToken.kind),
        FeedToken.target_id,
        FeedToken.language,
        FeedDocument.alarm_minutes,
        # Only the branch that fits is looked up, and only by key.
        case(
            *(
                (FeedToken.kind == kind, select(named.name).where(named.id == FeedToken.target_id).scalar_subquery())
                for kind, named in _NAMES.items()
            )
        ),
        FeedDocument.id,
        FeedDocument.changes,
        FeedDocument.drawn_changes,
        FeedDocument.etag,
        FeedDocument.etag_gzip,
        _raw(FeedDocument.last_modified),
        _raw(FeedDocument.valid_until),
    )
    .join(Account, Account.id == FeedToken.account_id)
    .join(
        FeedDocument,
        and_(
            FeedDocument.kind == FeedToken.kind,
            FeedDocument.target_id == FeedToken.target_id,
            FeedDocument.language == FeedToken.language,
            FeedDocument.alarm_minutes == func.coalesce(FeedToken.alarm_minutes, NO_ALARM),
        ),
    )
    .where(FeedToken.token_hash == bindparam("token_hash"))
)

_KEPT_BYTES = Prepared(
    select(FeedBody.body, FeedBody.body_gzip)
    .join(FeedDocument, FeedDocument.id == FeedBody.document_id)
    .where(FeedDocument.id == bindparam("document_id"), FeedDocument.etag == bindparam("etag"))
)

_RECENT = Shift.ends_at >= bindparam("since", required=False)


def _turn_keys() -> Prepared:
    turns = select(
        Assignment.id,
        Assignment.sequence,
        _raw(Assignment.changed_at),
        _raw(Assignment.confirmed_at),
        Shift.sequence,
        _raw(Shift.changed_at),
        _raw(Site.changed_at),
    )
    turns = turns.join(Shift, Assignment.shift_id == Shift.id).join(Site, Shift.site_id == Site.id)
    return Prepared(turns.where(Assignment.person_id == _TARGET, _RECENT))


def _shift_keys(shown: ColumnElement[bool]) -> Prepared:
    active = case((Assignment.state == AssignmentState.ACTIVE, 1))
    shifts = select(
        Shift.id,
        Shift.sequence,
        _raw(Shift.changed_at),
        _raw(Shift.people_changed_at),
        _raw(Site.changed_at),
        func.count(active),
        _raw(func.max(Assignment.changed_at)),
    )
    shifts = shifts.join(Site, Shift.site_id == Site.id).outerjoin(Assignment, Assignment.shift_id == Shift.id)
    return Prepared(shifts.where(shown, _RECENT).group_by(Shift.id, Site.changed_at))


def _is_one_of(column: Any) -> ColumnElement[bool]:
    return or_(*(column == bindparam(f"id{n}", required=False) for n in range(_AT_ONCE)))


def _turns() -> tuple[Prepared, Prepared]:
    turns = (
        select(
            Assignment.id,
            Assignment.uid,
            Assignment.sequence,
            _raw(Assignment.state),
            _raw(Assignment.confirmed_at),
            _raw(Assignment.changed_at),
            Shift.sequence,
            *_SHIFT_COLUMNS,
        )
        .join(Shift, Assignment.shift_id == Shift.id)
        .join(Site, Shift.site_id == Site.id)
        .join(Unit, Site.unit_id == Unit.id)
        .join(Programme, Shift.programme_id == Programme.id)
    )
    every = turns.where(Assignment.person_id == _TARGET, _RECENT)
    return Prepared(turns.where(_is_one_of(Assignment.id))), Prepared(every)


def _staffed_shifts(shown: ColumnElement[bool]) -> tuple[Prepared, Prepared]:
    shifts = (
        select(
            Shift.id,
            Shift.uid,
            Shift.sequence,
            _raw(Shift.people_changed_at),
            Shift.minimum,
            Shift.target,
            cast(Shift.needs, String),
            _qualification_names(),
            Assignment.id,
            _raw(Assignment.state),
            _raw(Assignment.changed_at),
            _raw(Assignment.confirmed_at),
            case((Person.shares_name, Person.full_name)),
            _raw(Person.birth_date),
            _held_codes(),
            *_SHIFT_COLUMNS,
        )
        .join(Site, Shift.site_id == Site.id)
        .join(Unit, Site.unit_id == Unit.id)
        .join(Programme, Shift.programme_id == Programme.id)
        .outerjoin(Assignment, Assignment.shift_id == Shift.id)
        .outerjoin(Person, Assignment.person_id == Person.id)
        .order_by(Shift.id, Person.name_sort, Assignment.id)
    )
    return Prepared(shifts.where(_is_one_of(Shift.id))), Prepared(shifts.where(shown, _RECENT))


def _qualification_names() -> ScalarSelect[str]:
    """Every qualification's code and names, as records of one text: the same for all rows, so found once."""
    record = Qualification.code + _FIELD + Qualification.name_vi + _FIELD + Qualification.name_en
    return select(func.aggregate_strings(record, _RECORD)).scalar_subquery()


def _held_codes() -> ScalarSelect[str]:
    """What the row's person can do and until when, as records of one text."""
    until = func.coalesce(cast(_raw(PersonQualification.valid_until), String), "")
    return (
        select(func.aggregate_strings(Qualification.code + _FIELD + until, _RECORD))
        .join(PersonQualification, PersonQualification.qualification_id == Qualification.id)
        .where(PersonQualification.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )


_SHIFT_COLUMNS = (
    _raw(Shift.starts_at),
    _raw(Shift.ends_at),
    _raw(Shift.state),
    _raw(Shift.changed_at),
    _raw(Site.changed_at),
    Site.name,
    Site.address,
    Site.latitude,
    Site.longitude,
    Unit.timezone,
    Programme.name,
    Shift.note,
    Shift.cancel_reason,
)

_TOP = aliased(Unit)
_SHOWN: dict[FeedKind, ColumnElement[bool]] = {
    FeedKind.SITE: Shift.site_id == _TARGET,
    FeedKind.UNIT: Shift.site_id.in_(
        select(Site.id)
        .join(Unit, Site.unit_id == Unit.id)
        .join(_TOP, Unit.path.startswith(_TOP.path))
        .where(_TOP.id == _TARGET)
    ),
    FeedKind.TEAM: Shift.id.in_(
        select(Assignment.shift_id)
        .join(TeamMember, TeamMember.person_id == Assignment.person_id)
        .where(TeamMember.team_id == _TARGET, Assignment.state == AssignmentState.ACTIVE)
    ),
}

_KEYS = {FeedKind.VOLUNTEER: _turn_keys()} | {kind: _shift_keys(shown) for kind, shown in _SHOWN.items()}
_TURNS = _turns()
_SHIFTS = {kind: _staffed_shifts(shown) for kind, shown in _SHOWN.items()}
