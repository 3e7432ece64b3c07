"""A coordinator above has the weeks of all units beneath planned in one go, each by a job of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from roster.errors import NotAllowed
from roster.models import DraftAssignment, Job, Period, Role, RoleKind, RunState
from roster.planning import snapshot
from roster.queries.beneath import unit_weeks
from roster.services import beneath, runs
from roster.worker.loop import Worker
from roster.worker.plan import PlanHandler
from solver.engine import solve
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    an_account,
    local,
)
from tests.waiting import PATIENCE

NOW = local(MONDAY - timedelta(days=3), "09:00")
WEEK = timedelta(days=7)


@pytest.fixture
def province(session):
    return a_unit(session, "Tỉnh đoàn Bình Định")


@pytest.fixture
def communes(session, province):
    """Two that have nobody in common, each one person short."""
    found = [a_unit(session, name, parent=province) for name in ("Xã đoàn An", "Xã đoàn Đào")]
    for commune in found:
        a_person(session, commune)
        a_shift(session, a_site(session, commune), minimum=2)
    return found


@pytest.fixture
def by(session, province):
    return a_coordinator(session, province)


def test_every_week_beneath_is_planned_by_a_job_of_its_own(session, province, communes, by):
    for commune in communes:
        a_roster(session, commune)

    started = beneath.start(session, province, MONDAY, by=by, now=NOW)

    assert [run.roster.period.unit for run in started] == communes
    assert [run.workers for run in started] == [1, 1]
    assert session.scalar(select(func.count()).select_from(Job)) == 2
    session.commit()

    Worker(sessionmaker(session.get_bind()), {runs.KIND: PlanHandler(clock=lambda: NOW)}).drain()
    session.expire_all()

    weeks = unit_weeks(session, province, MONDAY)
    assert [(week.unit_name, week.run.state, week.run.filled) for week in weeks] == [
        ("Xã đoàn An", RunState.OPTIMAL, 1),
        ("Xã đoàn Đào", RunState.OPTIMAL, 1),
    ]
    assert session.scalar(select(func.count()).select_from(DraftAssignment)) == 2


def test_planned_apart_they_come_to_what_they_come_to_together(session, province, communes):
    whole = solve(snapshot.build(session, a_roster(session, province), now=NOW), seconds=PATIENCE)
    apart = [
        solve(snapshot.build(session, a_roster(session, commune), now=NOW), seconds=PATIENCE) for commune in communes
    ]

    assert whole.status == "optimal"
    assert whole.levels[0].value == 2
    for level, parts in zip(whole.levels, zip(*(one.levels for one in apart), strict=True), strict=True):
        assert level.value == sum(part.value for part in parts)


def test_whoever_planned_the_week_before_has_this_one_opened(session, province, communes, by):
    a_roster(session, communes[0], first_day=MONDAY - WEEK)
    [waiting] = unit_weeks(session, province, MONDAY)
    assert (waiting.unit_name, waiting.roster_id, waiting.run) == ("Xã đoàn An", None, None)

    [run] = beneath.start(session, province, MONDAY, by=by, now=NOW, workers=2)

    assert (run.roster.period.unit, run.roster.period.first_day, run.workers) == (communes[0], MONDAY, 2)
    assert [week.planning for week in unit_weeks(session, province, MONDAY)] == [True]


def test_a_week_being_planned_is_not_planned_twice(session, province, communes, by):
    first, second = (a_roster(session, commune) for commune in communes)
    runs.start(session, first.id, by=by, now=NOW)

    assert [run.roster for run in beneath.start(session, province, MONDAY, by=by, now=NOW)] == [second]


def test_a_week_somebody_else_had_planned_meanwhile_is_left_until_it_was_looked_at(session, province, communes, by):
    first, second = (a_roster(session, commune) for commune in communes)
    other = runs.start(session, first.id, by=a_coordinator(session, communes[0]), now=NOW)
    other.state = RunState.OPTIMAL

    assert [run.roster for run in beneath.start(session, province, MONDAY, by=by, now=NOW, seen=0)] == [second]
    assert other in beneath.planned_since(session, province, MONDAY, 0)
    assert len(beneath.start(session, province, MONDAY, by=by, now=NOW, seen=other.id + 1)) == 1


def test_all_of_them_are_stopped_at_once_and_other_weeks_go_on(session, province, communes, by):
    for commune in communes:
        a_roster(session, commune)
    later = runs.start(session, a_roster(session, communes[0], first_day=MONDAY + WEEK).id, by=by, now=NOW)
    started = beneath.start(session, province, MONDAY, by=by, now=NOW)

    assert beneath.cancel(session, province, MONDAY, by=by, now=NOW) == started

    assert {run.state for run in started} == {RunState.CANCELLED}
    assert later.state is RunState.QUEUED


def test_only_who_plans_the_unit_above_starts_or_stops_all(session, province, communes):
    roster = a_roster(session, communes[0])
    strangers = [
        a_coordinator(session, communes[0]),
        a_coordinator(session, a_unit(session, "Tỉnh khác")),
        an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=province), person=a_person(session, province)),
        an_account(session, Role(kind=RoleKind.CENTER, site=a_site(session, province, name="Cổng khác"))),
    ]
    for account in strangers:
        with pytest.raises(NotAllowed):
            beneath.start(session, province, MONDAY + WEEK, by=account, now=NOW)
        with pytest.raises(NotAllowed):
            beneath.cancel(session, province, MONDAY, by=account, now=NOW)

    assert runs.running(session, roster) is None
    assert session.scalar(select(func.count()).select_from(Period)) == 1

    assert len(beneath.start(session, communes[0], MONDAY, by=strangers[0], now=NOW)) == 1
