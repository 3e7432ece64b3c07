"""Weeks in a list: who plans one beneath a unit, and how far each has come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from roster.models import Period, Roster, Unit
from roster.planning import scope
from roster.queries.pages import page_number
from roster.queries.roster_totals import Totals, published_at, totals_of

PAGE_SIZE = 20  # each line's figures take a few queries of their own


@dataclass(frozen=True, slots=True)
class Week:
    """One planning period of a unit in a list."""

    roster_id: int
    unit_id: int
    unit_name: str
    first_day: date
    last_day: date
    published_number: int
    published_at: datetime | None
    totals: Totals


@dataclass(frozen=True, slots=True)
class WeekList:
    rows: tuple[Week, ...]
    total: int
    page: int


def weeks_beneath(session: Session, unit: Unit, day: date, *, page: int = 1) -> WeekList:
    """The rosters that units beneath this one plan for themselves on a day, by the name of their unit."""
    periods = session.execute(
        select(Period.id, Period.first_day, Period.days)
        .join(Period.unit)
        .where(scope.beneath(unit.path), Unit.id != unit.id)
        .where(Period.first_day <= day, Period.first_day > day - timedelta(days=scope.LONGEST))
    )
    there = [id for id, first_day, days in periods if first_day + timedelta(days=days) > day]
    page = page_number(page, len(there), PAGE_SIZE)
    rosters = session.scalars(
        select(Roster)
        .join(Roster.period)
        .join(Period.unit)
        .where(Period.id.in_(there))
        .options(contains_eager(Roster.period).contains_eager(Period.unit))
        .order_by(Unit.name_sort, Unit.id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    published = published_at(session, [roster.id for roster in rosters])
    rows = tuple(_week(session, roster, published.get(roster.id)) for roster in rosters)
    return WeekList(rows, len(there), page)


def anybody_beneath(session: Session, roster: Roster) -> bool:
    """Whether a unit beneath the roster's plans some of its days for itself."""
    return bool(scope.of(roster.period).apart)


def _week(session: Session, roster: Roster, published: datetime | None) -> Week:
    period = roster.period
    return Week(
        roster_id=roster.id,
        unit_id=period.unit_id,
        unit_name=period.unit.name,
        first_day=period.first_day,
        last_day=period.first_day + timedelta(days=period.days - 1),
        published_number=roster.published_number,
        published_at=published,
        totals=totals_of(session, roster),
    )
