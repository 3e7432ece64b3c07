"""A day that became a holiday after its shifts were made: call them off at once, or say that they take place."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import Account, DayKind, Holiday, Shift, ShiftState, Unit
from roster.queries.late_holidays import called_off, concerned
from roster.services import audit, shifts
from roster.services.shifts import Restored


def close(session: Session, unit: Unit, day: date, *, by: Account, now: datetime) -> int:
    """Call off what is planned on the holiday, of the unit and beneath; how many shifts. Everybody on them is told.

    Raises NotAllowed, NotFound if the day is no holiday.
    """
    access.require_planner(by, unit)
    holiday = _holiday(session, day)
    planned = session.scalars(concerned(unit, day, now=now).where(Shift.state == ShiftState.OPEN)).all()
    shifts.cancel_all(session, planned, holiday.name_vi, by, now)
    return len(planned)


def reopen(session: Session, unit: Unit, day: date, *, by: Account, now: datetime) -> Restored:
    """Take that back, with everybody who was on the shifts and could still come. Raises NotAllowed, NotFound."""
    access.require_planner(by, unit)
    found = session.scalars(concerned(unit, day, now=now).where(called_off(_holiday(session, day)))).all()
    return shifts.restore_all(session, found, by, now)


def keep(session: Session, unit: Unit, day: date, *, by: Account, now: datetime) -> None:
    """Note that the shifts take place although it is a holiday. Raises NotAllowed, NotFound."""
    access.require_planner(by, unit)
    _holiday(session, day)
    audit.record(session, "holiday.keep", f"unit:{unit.id}", by=by, now=now, unit=unit, day=day.isoformat())


def _holiday(session: Session, day: date) -> Holiday:
    found = session.scalar(select(Holiday).where(Holiday.day == day, Holiday.kind != DayKind.WORKING_DAY))
    if found is None:
        raise NotFound(what="holiday", id=day)
    return found
