"""The weeks of a unit and all beneath it side by side: who plans one, and where its latest run stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from roster.models import Period, Roster, Run, Unit
from roster.planning import scope
from roster.queries.runs import RunView, run_view

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """One unit's own week. `roster_id` None: it is not opened yet, but the unit planned the week before."""

    unit_id: int
    unit_name: str
    first_day: date
    roster_id: int | None
    run: RunView | None

    @property
    def planning(self) -> bool:
        return self.run is not None and not self.run.is_over


def unit_weeks(session: Session, unit: Unit, monday: date) -> tuple[UnitWeek, ...]:
    """Of this unit and all beneath it, by name; two queries for the weeks, one for the runs."""
    rosters = rosters_on(session, unit, monday)
    runs = _latest_runs(session, [roster.id for roster in rosters])
    opened = [
        UnitWeek(period.unit_id, period.unit.name, period.first_day, roster.id, runs.get(roster.id))
        for roster, period in ((roster, roster.period) for roster in rosters)
    ]
    waiting = [UnitWeek(one.id, one.name, monday, None, None) for one in unopened(session, unit, monday)]
    return (*opened, *waiting)


def rosters_on(session: Session, unit: Unit, day: date) -> Sequence[Roster]:
    """The rosters by which this unit and those beneath it plan a day, by the name of their unit."""
    found = session.scalars(
        _around(unit, day)
        .options(contains_eager(Roster.period).contains_eager(Period.unit))
        .order_by(Unit.name_sort, Unit.id)
    )
    return [roster for roster in found if roster.period.first_day + timedelta(days=roster.period.days) > day]


def unopened(session: Session, unit: Unit, monday: date) -> Sequence[Unit]:
    """Who planned the week before for themselves, and has not opened this one."""
    planning = {roster.period.unit_id for roster in rosters_on(session, unit, monday)}
    before = rosters_on(session, unit, monday - WEEK)
    return [roster.period.unit for roster in before if roster.period.unit_id not in planning]


def _around(unit: Unit, day: date) -> Select[Roster]:
    return (
        select(Roster)
        .join(Roster.period)
        .join(Period.unit)
        .where(scope.beneath(unit.path))
        .where(Period.first_day <= day, Period.first_day > day - timedelta(days=scope.LONGEST))
    )


def _latest_runs(session: Session, roster_ids: Sequence[int]) -> dict[int, RunView]:
    latest = select(func.max(Run.id)).where(Run.roster_id.in_(roster_ids)).group_by(Run.roster_id)
    runs = session.scalars(
        select(Run)
        .where(Run.id.in_(latest))
        .options(joinedload(Run.job), joinedload(Run.asked_by), joinedload(Run.roster), defer(Run.problem))
    )
    return {run.roster_id: run_view(session, run) for run in runs}
