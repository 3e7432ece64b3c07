"""Availability: what a volunteer offers in a usual week, what differs on some days, what they ask not to exceed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import EndsBeforeStart, FieldError, NotFound
from roster.models import Account, AvailabilityException, Half, Level, Person, Weekday, WeeklyAvailability
from roster.services import audit, feeds, fields

MOST_EXCEPTIONS = 200
LONGEST_EXCEPTION = timedelta(days=366)

WeekOffer = Mapping[tuple[Weekday, Half], Level]


@dataclass(frozen=True, slots=True)
class ExceptionDetails:
    """Days, both included, and hours of each end, as typed; without hours whole days are meant."""

    first_day: str | date
    last_day: str | date | None
    starts: str | time | None
    ends: str | time | None
    level: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a volunteer asks not to exceed in a week, as typed; nothing typed means no limit."""

    max_turns: str | int | None
    max_turns_per_day: str | int | None
    max_hours: str | int | None
    max_km: str | int | None


def set_week(session: Session, person: Person, offer: WeekOffer, *, by: Account, now: datetime) -> None:
    """Replace the person's usual week. Half-days not named are not offered. Raises NotAllowed."""
    access.require_self_or_planner(by, person)
    session.execute(delete(WeeklyAvailability).where(WeeklyAvailability.person_id == person.id))
    session.add_all(
        WeeklyAvailability(person_id=person.id, weekday=weekday, half=half, level=level)
        for (weekday, half), level in offer.items()
        if level is not Level.NOT
    )
    person.availability_at = now
    audit.record(session, "availability.week", f"person:{person.id}", by=by, now=now, unit=person.unit)


def add_exception(
    session: Session, person: Person, details: ExceptionDetails, *, by: Account, now: datetime
) -> AvailabilityException:
    """Say that some days differ from the usual week. Raises NotAllowed, FieldError, EndsBeforeStart."""
    access.require_self_or_planner(by, person)
    starts_at, ends_at = _span(details, person.unit.zone)
    _require_room(session, person)
    exception = AvailabilityException(
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        level=fields.choice(details.level, "level", Level),
        note=fields.one_line(details.note, "note", longest=200, required=False),
    )
    session.add(exception)
    session.flush()
    _own_word(person, by, now)
    audit.record(session, "availability.exception", f"person:{person.id}", by=by, now=now, unit=person.unit)
    return exception


def note_absence(
    session: Session, person: Person, first_day: date, last_day: date, *, by: Account, now: datetime
) -> None:
    """Keep that somebody cannot come on these days, as a coordinator was told. The caller has asked whether `by` may.

    No word of the person's own: whoever has not said when they could come has not said it now. And without a reason,
    which may be about others who are ill as well.
    """
    whole_days = ExceptionDetails(first_day, last_day, None, None, Level.NOT.value)
    starts_at, ends_at = _span(whole_days, person.unit.zone)
    span = AvailabilityException.starts_at <= starts_at, AvailabilityException.ends_at >= ends_at
    mine = select(AvailabilityException.id).filter_by(person_id=person.id, level=Level.NOT)
    if session.scalars(mine.where(*span).limit(1)).first() is not None:
        return
    session.add(AvailabilityException(person_id=person.id, starts_at=starts_at, ends_at=ends_at, level=Level.NOT))
    session.flush()
    audit.record(session, "availability.exception", f"person:{person.id}", by=by, now=now, unit=person.unit)


def drop_exception(session: Session, exception_id: int, *, by: Account, now: datetime) -> None:
    """Take an exception back. Raises NotFound, NotAllowed."""
    exception = session.get(AvailabilityException, exception_id)
    if exception is None:
        raise NotFound(what="exception", id=exception_id)
    person = session.get_one(Person, exception.person_id)
    access.require_self_or_planner(by, person)
    session.delete(exception)
    _own_word(person, by, now)
    audit.record(session, "availability.exception_dropped", f"person:{person.id}", by=by, now=now, unit=person.unit)


def set_limits(session: Session, person: Person, limits: Limits, *, by: Account, now: datetime) -> None:
    """Change what a person asked not to exceed. Raises NotAllowed, FieldError."""
    access.require_self_or_planner(by, person)
    hours = fields.whole_number(limits.max_hours, "max_hours", most=168)
    person.max_turns = fields.whole_number(limits.max_turns, "max_turns", most=50)
    person.max_turns_per_day = fields.whole_number(limits.max_turns_per_day, "max_turns_per_day", most=10)
    person.max_minutes = None if hours is None else hours * 60
    person.max_km = fields.whole_number(limits.max_km, "max_km", most=2_000)
    audit.record(session, "availability.limits", f"person:{person.id}", by=by, now=now, unit=person.unit)


def share_name(session: Session, person: Person, shares: bool, *, by: Account, now: datetime) -> None:
    """Let one's given name be shown to companions and site staff, or not. The person's own word. Raises NotAllowed."""
    access.require_self(by, person)
    if person.shares_name == shares:
        return
    person.shares_name = shares
    feeds.people_changed(session, [person.id], now=now)
    audit.record(session, "person.shares_name", f"person:{person.id}", by=by, now=now, unit=person.unit, shares=shares)


def _own_word(person: Person, by: Account, now: datetime) -> None:
    """Who has not said when they could come has not said it because a coordinator noted a day."""
    if by.person_id == person.id:
        person.availability_at = now


def _span(details: ExceptionDetails, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first hour of the first day to the last hour of the last, aware."""
    first = fields.day(details.first_day, "first_day")
    last = fields.day(details.last_day, "last_day") if details.last_day else first
    if last < first:
        raise EndsBeforeStart(field="last_day", starts=first, ends=last)
    starts_at = datetime.combine(first, fields.clock(details.starts, "starts") if details.starts else time(), zone)
    if details.ends:
        ends_at = datetime.combine(last, fields.clock(details.ends, "ends"), zone)
    else:
        ends_at = datetime.combine(last + timedelta(days=1), time(), zone)
    if ends_at <= starts_at:
        raise EndsBeforeStart(field="ends" if details.ends else "last_day", starts=starts_at, ends=ends_at)
    if ends_at - starts_at > LONGEST_EXCEPTION:
        raise FieldError(field="last_day", reason="too_far", days=LONGEST_EXCEPTION.days)
    return starts_at, ends_at


def _require_room(session: Session, person: Person) -> None:
    kept = select(func.count()).select_from(AvailabilityException).where(AvailabilityException.person_id == person.id)
    if (session.scalar(kept) or 0) >= MOST_EXCEPTIONS:
        raise FieldError(field="first_day", reason="too_many", most=MOST_EXCEPTIONS)
