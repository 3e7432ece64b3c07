"""Planning periods: opening the days that a unit plans together, normally a week from its Monday."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, FieldError
from roster.models import Account, Period, Roster, Unit
from roster.services import audit, demand

WEEK = 7
LONGEST = 31


def open_period(
    session: Session, unit: Unit, first_day: date, *, days: int = WEEK, by: Account, now: datetime
) -> Roster:
    """The roster of a period, empty if nobody opened it before; the shifts of its days are made if they aren't yet.

    Raises NotAllowed; FieldError (`out_of_range`) for a length that is no period; AlreadyExists if it overlaps
    another period of the unit.
    """
    access.require_planner(by, unit)
    if not 1 <= days <= LONGEST:
        raise FieldError(field="days", reason="out_of_range", least=1, most=LONGEST, value=days)
    # Two who open the same week at once would make it, and its shifts, twice; the second waits for the first here.
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))
    roster = _existing(session, unit, first_day, days)
    if roster is None:
        roster = _new(session, unit, first_day, days, by, now)
    demand.expand_unit(session, unit, until=first_day + timedelta(days=roster.period.days - 1), now=now)
    return roster


def _existing(session: Session, unit: Unit, first_day: date, days: int) -> Roster | None:
    after = first_day + timedelta(days=days)
    nearby = select(Roster).join(Roster.period).where(Period.unit_id == unit.id, Period.first_day < after)
    rosters = session.scalars(nearby.where(Period.first_day > first_day - timedelta(days=LONGEST))).all()
    for roster in rosters:
        period = roster.period
        if (period.first_day, period.days) == (first_day, days):
            return roster
        if period.first_day + timedelta(days=period.days) > first_day:
            raise AlreadyExists(what="period", field="first_day", value=period.first_day)
    return None


def _new(session: Session, unit: Unit, first_day: date, days: int, by: Account, now: datetime) -> Roster:
    roster = Roster(period=Period(unit=unit, first_day=first_day, days=days), changed_at=now)
    roster.revision = roster.published_number = 0
    session.add(roster)
    session.flush()
    audit.record(
        session, "period.open", f"roster:{roster.id}", by=by, now=now, unit=unit, first_day=first_day.isoformat()
    )
    return roster
