"""Timetables on their way into busy times: files and links are read by a worker, pasted tables at once.

A link leads wherever a stranger likes and a file may be five megabytes: neither is read inside a request.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.errors import FieldError
from roster.imports import calendars, class_tables, fetching
from roster.imports.calendars import Reading
from roster.imports.class_tables import ClassHours
from roster.imports.fetching import Reach
from roster.models import Account, Person, Timetable
from roster.services import timetables

LOOK_BACK, LOOK_AHEAD = timedelta(days=7), timedelta(days=200)
"""A semester and its exams; links are read anew each day, so theirs never runs out."""


def upload(session: Session, person: Person, data: bytes, name: str, *, by: Account, now: datetime) -> Timetable:
    """Have a file read. Raises NotAllowed, FieldError."""
    if not data.strip():
        raise FieldError(field="file", reason="no_file")
    if len(data) > calendars.MOST_BYTES:
        raise FieldError(field="file", reason="calendar_too_large", most=calendars.MOST_BYTES // 1024 // 1024)
    return timetables.add_file(session, person, data, name, by=by, now=now)


def link(session: Session, person: Person, url: str, *, by: Account, now: datetime) -> Timetable:
    """Have a link read today and every day. Raises NotAllowed, FieldError."""
    address = fetching.normalised(url)
    return timetables.add_link(session, person, address, fetching.host_of(address), by=by, now=now)


def paste(
    session: Session,
    person: Person,
    text: str,
    *,
    last_day: date,
    hours: ClassHours,
    by: Account,
    now: datetime,
) -> Timetable:
    """Keep the classes of a pasted table until a last day. Raises NotAllowed, FieldError (`text`)."""
    if not text.strip():
        raise FieldError(field="text", reason="missing")
    unit = person.unit
    reading = class_tables.read(text, zone=unit.zone, first_day=unit.day_of(now), last_day=last_day, hours=hours)
    if not reading.entries:
        raise FieldError(field="text", reason="no_classes")
    made = timetables.add_table(session, person, "", by=by, now=now)
    return timetables.keep(session, made, reading.entries, report(reading), now=now)


def read(
    sessions: sessionmaker[Session],
    timetable_id: int,
    turn: int,
    *,
    reach: Reach = fetching.PUBLIC,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Read a file or a link, unless this reading has been done or overtaken. The network holds no transaction."""
    with sessions() as session:
        found = session.get(Timetable, timetable_id)
        if found is None or found.turn != turn:
            return
        source, url, zone = found.source, found.url, found.person.unit.zone
        session.rollback()
        now = clock()
        try:
            data = source if url is None else fetching.fetch(url, most_bytes=calendars.MOST_BYTES, reach=reach)
            reading = calendars.read_confined(data or b"", zone=zone, begins=now - LOOK_BACK, ends=now + LOOK_AHEAD)
        except FieldError as refusal:
            outcome: Reading | FieldError = refusal
        else:
            outcome = reading
        _end(session, timetable_id, turn, outcome, now)
        session.commit()


def report(reading: Reading) -> dict[str, Any]:
    """What a reading could not use, as JSON values; the words are `web/timetable_words.py`'s."""
    return {
        "entries": len(reading.entries),
        "left_out": dict(reading.left_out),
        "problems": [{"reason": one.reason, "facts": dict(one.facts)} for one in reading.problems],
    }


def _end(session: Session, timetable_id: int, turn: int, outcome: Reading | FieldError, now: datetime) -> None:
    found = session.get(Timetable, timetable_id, with_for_update=True, populate_existing=True)
    if found is None or found.turn != turn:
        return  # dropped or read anew meanwhile
    if isinstance(outcome, Reading):
        timetables.keep(session, found, outcome.entries, report(outcome), now=now)
        return
    facts = {name: value for name, value in outcome.facts.items() if name not in ("field", "reason")}
    problem = {"reason": outcome.facts["reason"], "facts": facts}
    timetables.refuse(session, found, {"entries": 0, "left_out": {}, "problems": [problem]}, now=now)
