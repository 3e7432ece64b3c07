"""The table of days that are not what their weekday says: proposed once a year, then corrected by people.

Changing it changes no shift by itself: demand patterns read it when they are expanded, and whether people who are
expected on a day that became a holiday stay at home is for those to say who planned with them. They are told.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.errors import AlreadyExists, FieldError, NotFound
from roster.models import (
    Account,
    DayKind,
    DemandPattern,
    Holiday,
    HolidayPolicy,
    MessageKind,
    Role,
    RoleKind,
    Shift,
    ShiftState,
    Site,
    Unit,
)
from roster.services import audit, fields, outbox
from roster.vietnam import holidays as proposals
from roster.vietnam.office_hours import SATURDAY

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class HolidayDetails:
    """What a form says of a special day, as typed. A working day names the weekday it is worked instead of."""

    day: str | date
    kind: str
    name_vi: str
    name_en: str
    instead_of: str | date | None = None


def seed(session: Session, years: Iterable[int]) -> int:
    """Propose the days of these years and answer how many were added.

    A year counts as proposed once any of its days is in the table, so a day that somebody dropped does
    not come back.
    """
    added = [
        Holiday(**day._asdict() | {"kind": DayKind(day.kind)})
        for year in years
        if not _has_days(session, year)
        for day in proposals.calendar_days(year)
    ]
    session.add_all(added)
    session.flush()
    return len(added)


def propose(session: Session, year: int, *, by: Account, now: datetime) -> int:
    """Fill a year that has no day yet from the built-in calendar; how many were added. Raises NotAllowed."""
    access.require_installation_editor(by)
    added = seed(session, [year])
    audit.record(session, "holiday.propose", f"year:{year}", by=by, now=now, added=added)
    return added


def special_days(session: Session, first: date, last: date) -> dict[date, Holiday]:
    """The days of the table from first to last, both included, by date."""
    days = session.scalars(select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day))
    return {holiday.day: holiday for holiday in days}


def add(session: Session, details: HolidayDetails, *, by: Account, now: datetime) -> Holiday:
    """Put one day into the table, and tell whoever coordinates shifts already planned on it.

    Raises NotAllowed, FieldError, AlreadyExists.
    """
    access.require_installation_editor(by)
    holiday = Holiday()
    _fill(holiday, details)
    _require_free(session, holiday.day)
    session.add(holiday)
    session.flush()
    audit.record(session, "holiday.add", f"holiday:{holiday.id}", by=by, now=now, **_facts(holiday))
    if holiday.kind is not DayKind.WORKING_DAY:
        _tell_planners(session, holiday.day, now)
    return holiday


def swap(session: Session, *, off: date, worked: date, by: Account, now: datetime) -> tuple[Holiday, Holiday]:
    """Close on a weekday and work on a weekend day instead, as a decree on a long weekend says.

    Raises NotAllowed, FieldError (`off`, `worked`), AlreadyExists; a swap that is refused changes neither day.
    """
    access.require_installation_editor(by)
    _require_weekday(off, "off")
    _require_weekend(worked, "worked")
    for day in (off, worked):
        _require_free(session, day)
    rested, working = (
        add(session, HolidayDetails(**half._asdict()), by=by, now=now)
        for half in proposals.swapped(off=off, worked=worked)
    )
    return rested, working


def drop(session: Session, holiday_id: int, *, by: Account, now: datetime) -> None:
    """Make a day an ordinary one again; raises NotFound."""
    access.require_installation_editor(by)
    holiday = session.get(Holiday, holiday_id)
    if holiday is None:
        raise NotFound(what="holiday", id=holiday_id)
    audit.record(session, "holiday.drop", f"holiday:{holiday.id}", by=by, now=now, **_facts(holiday))
    session.delete(holiday)


def _tell_planners(session: Session, day: date, now: datetime) -> None:
    """Of shifts that their patterns would not have made on a holiday; each coordinated unit once."""
    midnight = datetime.combine(day, time(), UTC)
    around = Shift.starts_at.between(midnight - timedelta(days=1), midnight + timedelta(days=2))
    planned = (
        select(Shift)
        .join(Shift.pattern)
        .where(around, Shift.starts_at > now, Shift.state == ShiftState.OPEN)
        .where(DemandPattern.holiday_policy == HolidayPolicy.SKIP)
        .options(joinedload(Shift.site).joinedload(Site.unit))
    )
    coordinated = set(session.scalars(select(Role.unit_id).where(Role.kind == RoleKind.COORDINATOR)))
    shifts = Counter(
        next((unit_id for unit_id in reversed(shift.site.unit.line) if unit_id in coordinated), shift.site.unit_id)
        for shift in session.scalars(planned)
        if shift.site.unit.day_of(shift.starts_at) == day
    )
    for unit_id, number in sorted(shifts.items()):
        facts = {"day": day.isoformat(), "shifts": number, "path": "/attention#holidays"}
        outbox.tell_coordinators(session, session.get_one(Unit, unit_id), MessageKind.HOLIDAY, facts, now=now)


def _has_days(session: Session, year: int) -> bool:
    in_year = Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
    return session.scalar(select(Holiday.id).where(in_year).limit(1)) is not None


def _require_free(session: Session, day: date) -> None:
    if session.scalar(select(Holiday.id).where(Holiday.day == day)) is not None:
        raise AlreadyExists(what="holiday", field="day", value=day)


def _fill(holiday: Holiday, details: HolidayDetails) -> None:
    holiday.day = fields.day(details.day, "day")
    holiday.kind = fields.choice(details.kind, "kind", DayKind)
    holiday.name_vi = fields.one_line(details.name_vi, "name_vi", longest=NAME_LENGTH)
    holiday.name_en = fields.one_line(details.name_en, "name_en", longest=NAME_LENGTH)
    if holiday.kind is DayKind.WORKING_DAY:
        _require_weekend(holiday.day, "day")
        holiday.instead_of = fields.day(details.instead_of, "instead_of")
        _require_weekday(holiday.instead_of, "instead_of")
    elif holiday.kind is DayKind.DAY_OFF:
        _require_weekday(holiday.day, "day")


def _require_weekend(day: date, field: str) -> None:
    if day.weekday() < SATURDAY:
        raise FieldError(field=field, reason="not_a_weekend")


def _require_weekday(day: date, field: str) -> None:
    if day.weekday() >= SATURDAY:
        raise FieldError(field=field, reason="not_a_weekday")


def _facts(holiday: Holiday) -> dict[str, Any]:
    return {"day": str(holiday.day), "kind": holiday.kind.value, "name": holiday.name_vi}
