"""A volunteer's own timetables: how each was read, and what keeps them busy next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster.models import BusyTime, Person, Timetable, TimetableKind, TimetableState

SHOWN_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One timetable. `busy`: its busy times; `until`: their last day; `report`: see `imports.timetables.report`."""

    id: int
    kind: TimetableKind
    state: TimetableState
    label: str
    read_at: datetime | None
    busy: int
    until: date | None
    whole_days: bool
    has_whole_days: bool
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BusyEntry:
    """One busy time, local; the end excluded."""

    starts: datetime
    ends: datetime
    title: str
    whole_day: bool


@dataclass(frozen=True, slots=True)
class BusyDay:
    day: date
    entries: Sequence[BusyEntry]


def of_person(session: Session, person: Person) -> Sequence[TimetableRow]:
    """The person's timetables, the oldest first."""
    found = session.scalars(select(Timetable).where(Timetable.person_id == person.id).order_by(Timetable.id)).all()
    counts = _counts(session, [one.id for one in found])
    return [_row(one, counts, person) for one in found]


def one(session: Session, timetable: Timetable) -> TimetableRow:
    return _row(timetable, _counts(session, [timetable.id]), timetable.person)


def next_days(session: Session, timetable: Timetable, *, now: datetime) -> Sequence[BusyDay]:
    """What keeps its owner busy in the next two weeks, by day."""
    zone = timetable.person.unit.zone
    rows = session.scalars(
        select(BusyTime)
        .where(BusyTime.timetable_id == timetable.id, BusyTime.ends_at > now, BusyTime.starts_at < now + SHOWN_AHEAD)
        .order_by(BusyTime.starts_at, BusyTime.ends_at)
    )
    entries = [
        BusyEntry(row.starts_at.astimezone(zone), row.ends_at.astimezone(zone), row.title, row.whole_day)
        for row in rows
    ]
    return [BusyDay(day, list(found)) for day, found in groupby(entries, key=lambda entry: entry.starts.date())]


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, datetime, bool]]:
    rows = session.execute(
        select(
            BusyTime.timetable_id,
            func.count(),
            func.max(BusyTime.ends_at),
            func.count().filter(BusyTime.whole_day),
        )
        .where(BusyTime.timetable_id.in_(ids))
        .group_by(BusyTime.timetable_id)
    )
    return {key: (count, last, bool(whole)) for key, count, last, whole in rows}


def _row(found: Timetable, counts: Mapping[int, tuple[int, datetime, bool]], person: Person) -> TimetableRow:
    busy, last, has_whole_days = counts.get(found.id, (0, None, False))
    return TimetableRow(
        id=found.id,
        kind=found.kind,
        state=found.state,
        label=found.label,
        read_at=found.read_at,
        busy=busy,
        until=last.astimezone(person.unit.zone).date() if last else None,
        whole_days=found.whole_days,
        has_whole_days=has_whole_days,
        report=found.report,
    )
