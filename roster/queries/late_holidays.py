"""Days that became holidays when shifts were planned on them already: what a coordinator has to decide on.

Only shifts that their pattern would not have made on a holiday; drives that are held on holidays stay as they are. What
was called off for a holiday is known by its reason, a name the holiday has or had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import (
    Account,
    AuditEntry,
    DayKind,
    DemandPattern,
    Holiday,
    HolidayPolicy,
    Shift,
    ShiftState,
    Site,
    Unit,
)
from roster.planning.scope import beneath
from roster.vietnam.office_hours import monday_of

AHEAD = timedelta(weeks=9)
"""Patterns make shifts eight weeks ahead."""


@dataclass(frozen=True, slots=True)
class LateHoliday:
    """A holiday of a unit: how many shifts are `planned` on it still, and how many were `called_off` because of it."""

    unit_id: int
    unit_name: str
    day: date
    name_vi: str
    name_en: str
    planned: int
    called_off: int

    @property
    def monday(self) -> date:
        return monday_of(self.day)


def late_holidays_of(session: Session, account: Account, *, now: datetime) -> Sequence[LateHoliday]:
    """Of all units the account plans, the soonest first; without those whose shifts somebody wants to keep."""
    today = now.date()
    ahead = select(Holiday).where(Holiday.day >= today, Holiday.day <= today + AHEAD)
    holidays = session.scalars(ahead.where(Holiday.kind != DayKind.WORKING_DAY).order_by(Holiday.day)).all()
    found = (_of(session, unit, holiday, now) for holiday in holidays for unit in access.units_of(account))
    return [one for one in found if one is not None]


def concerned(unit: Unit, day: date, *, now: datetime) -> Select[Shift]:
    """The shifts to come of the unit and beneath on the local day that their patterns would not have made."""
    begins = datetime.combine(day, time(), unit.zone)
    return (
        select(Shift)
        .join(Shift.site)
        .join(Site.unit)
        .join(Shift.pattern)
        .where(DemandPattern.holiday_policy == HolidayPolicy.SKIP, Shift.starts_at > now)
        .where(Shift.starts_at >= begins, Shift.starts_at < begins + timedelta(days=1), beneath(unit.path))
        .order_by(Shift.starts_at, Shift.id)
    )


def called_off(holiday: Holiday) -> ColumnElement[bool]:
    """The shift is, because of this holiday, by whatever name the day was put into the table since."""
    day = AuditEntry.facts["day"].as_string() == holiday.day.isoformat()
    names = select(AuditEntry.facts["name"].as_string()).where(
        AuditEntry.action.in_(["holiday.add", "holiday.drop"]), day
    )
    named = (Shift.cancel_reason == holiday.name_vi) | Shift.cancel_reason.in_(names)
    return and_(Shift.state == ShiftState.CANCELLED, named)


def _of(session: Session, unit: Unit, holiday: Holiday, now: datetime) -> LateHoliday | None:
    counted = concerned(unit, holiday.day, now=now).order_by(None)
    planned, off = session.execute(
        counted.with_only_columns(
            func.count(case((Shift.state == ShiftState.OPEN, 1))), func.count(case((called_off(holiday), 1)))
        )
    ).one()
    if (not planned and not off) or (planned and _is_kept(session, unit, holiday.day)):
        return None
    return LateHoliday(unit.id, unit.name, holiday.day, holiday.name_vi, holiday.name_en, planned, off)


def _is_kept(session: Session, unit: Unit, day: date) -> bool:
    """Whether somebody said, for this unit or one above it, that the shifts take place: nobody is asked any more."""
    said = select(AuditEntry.id).where(AuditEntry.action == "holiday.keep", AuditEntry.unit_id.in_(unit.line))
    return session.scalar(said.where(AuditEntry.facts["day"].as_string() == day.isoformat()).limit(1)) is not None
