"""Timetables: added by their owner, read by a worker, read anew each day if they are links, dropped.

What a timetable says is read in `roster.imports`; here stands who may bring one, and that the busy times of a reading
replace those of the one before in one transaction. Only the person themselves: not even their coordinator sees titles.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, NotFound
from roster.models import Account, BusyTime, Person, Timetable, TimetableKind, TimetableState
from roster.services import audit, fields, jobs

KIND = "timetable"
"""The job's kind; its payload is `timetable_id` and `turn`."""

MOST = 5
LABEL_LENGTH = 200
DAILY = timedelta(days=1)
AGAIN_AFTER_FAILURE = timedelta(hours=6)


class Busy(Protocol):
    """A busy time as `imports.calendars.Entry` is; named here because services import no imports."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def title(self) -> str: ...
    @property
    def whole_day(self) -> bool: ...


def add_file(session: Session, person: Person, data: bytes, label: str, *, by: Account, now: datetime) -> Timetable:
    """Have an uploaded calendar read. Raises NotAllowed, FieldError."""
    made = _new(session, person, TimetableKind.FILE, label, by=by, now=now, source=data)
    _read_at(session, made, now)
    return made


def add_link(session: Session, person: Person, url: str, label: str, *, by: Account, now: datetime) -> Timetable:
    """Have the calendar behind a link read now and every day from now on. Raises NotAllowed, FieldError."""
    made = _new(session, person, TimetableKind.LINK, label, by=by, now=now, url=url)
    _read_at(session, made, now)
    return made


def add_table(session: Session, person: Person, label: str, *, by: Account, now: datetime) -> Timetable:
    """Room for classes that were typed; the caller keeps them with `keep`. Raises NotAllowed, FieldError."""
    return _new(session, person, TimetableKind.TABLE, label, by=by, now=now)


def get(session: Session, timetable_id: int, *, by: Account) -> Timetable:
    """One of the account's own. Raises NotFound."""
    found = session.get(Timetable, timetable_id)
    if found is None or not access.is_self(by, found.person):
        raise NotFound(what="timetable", id=timetable_id)
    return found


def read_again(session: Session, timetable_id: int, *, by: Account, now: datetime) -> Timetable:
    """Have a link read now rather than tomorrow. Raises NotFound."""
    found = get(session, timetable_id, by=by)
    if found.kind is TimetableKind.LINK and found.state is not TimetableState.READING:
        _read_at(session, found, now)
        found.state = TimetableState.READING
    return found


def count_whole_days(session: Session, timetable_id: int, counts: bool, *, by: Account, now: datetime) -> Timetable:
    """Say whether entries of whole days keep one busy: exams do, deadlines don't. Raises NotFound."""
    found = get(session, timetable_id, by=by)
    found.whole_days = counts
    _record(session, "timetable.change", found, by, now)
    return found


def drop(session: Session, timetable_id: int, *, by: Account, now: datetime) -> None:
    """Forget a timetable with all its busy times. Raises NotFound."""
    found = get(session, timetable_id, by=by)
    _record(session, "timetable.drop", found, by, now)
    session.execute(delete(BusyTime).where(BusyTime.timetable_id == found.id))
    session.delete(found)


def keep(
    session: Session, found: Timetable, busy: Iterable[Busy], report: Mapping[str, Any], *, now: datetime
) -> Timetable:
    """What a reading found replaces what the one before found; a link is read again tomorrow."""
    session.execute(delete(BusyTime).where(BusyTime.timetable_id == found.id))
    rows = [
        {
            "timetable_id": found.id,
            "person_id": found.person_id,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "whole_day": one.whole_day,
            "title": one.title,
        }
        for one in busy
    ]
    if rows:
        session.execute(insert(BusyTime), rows)
    found.state, found.report, found.read_at, found.source = TimetableState.READ, dict(report), now, None
    if found.kind is TimetableKind.LINK:
        _read_at(session, found, now + DAILY)
    return found


def refuse(session: Session, found: Timetable, report: Mapping[str, Any], *, now: datetime) -> Timetable:
    """Nothing could be read. What an earlier reading found still counts, and a link is tried again in some hours."""
    found.state, found.report, found.source = TimetableState.REFUSED, dict(report), None
    if found.kind is TimetableKind.LINK:
        _read_at(session, found, now + AGAIN_AFTER_FAILURE)
    return found


def _new(
    session: Session, person: Person, kind: TimetableKind, label: str, *, by: Account, now: datetime, **columns: Any
) -> Timetable:
    access.require_self(by, person)
    kept = select(func.count()).select_from(Timetable).where(Timetable.person_id == person.id)
    if (session.scalar(kept) or 0) >= MOST:
        raise FieldError(field="label", reason="too_many", most=MOST)
    made = Timetable(
        person=person,
        kind=kind,
        state=TimetableState.READING,
        label=fields.one_line(label[-LABEL_LENGTH:], "label", longest=LABEL_LENGTH, required=False),
        report={},
        created_at=now,
        **columns,
    )
    session.add(made)
    session.flush()
    _record(session, "timetable.add", made, by, now)
    return made


def _read_at(session: Session, found: Timetable, when: datetime) -> None:
    """Each reading is numbered: a job that comes twice, or after a newer one, finds another number and does nothing."""
    found.turn = (found.turn or 0) + 1
    session.flush()
    jobs.enqueue(session, KIND, {"timetable_id": found.id, "turn": found.turn}, now=when)


def _record(session: Session, action: str, found: Timetable, by: Account, now: datetime) -> None:
    """Neither name nor address: an administrator who reads the trail need not know where somebody studies."""
    audit.record(session, action, f"person:{found.person_id}", by=by, now=now, unit=found.person.unit)
