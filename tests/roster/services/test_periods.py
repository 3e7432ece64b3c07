"""A period is opened once, with the shifts of its days, and never overlaps another of the same unit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from roster.errors import AlreadyExists, FieldError, NotAllowed
from roster.models import Account, DemandPattern, HolidayPolicy, Roster, Shift, Unit
from roster.services import periods
from tests.builders import LONG_AGO, MONDAY, a_coordinator, a_programme, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def by(session, unit):
    return a_coordinator(session, unit)


def a_daily_pattern(session, unit) -> DemandPattern:
    pattern = DemandPattern(
        site=a_site(session, unit),
        programme=a_programme(session, unit),
        name="Trực",
        rule="FREQ=DAILY",
        first_day=date(2026, 1, 1),
        starts=time(7, 30),
        ends=time(11, 30),
        holiday_policy=HolidayPolicy.KEEP,
        shift_type="morning",
        minimum=1,
        target=1,
        changed_at=LONG_AGO,
    )
    session.add(pattern)
    session.flush()
    return pattern


def test_a_week_far_ahead_has_its_shifts_once_it_is_opened(session, unit, by):
    a_daily_pattern(session, unit)
    far = MONDAY + timedelta(weeks=20)

    periods.open_period(session, unit, far, by=by, now=NOW)

    last = session.scalar(select(func.max(Shift.pattern_day)))
    assert last == far + timedelta(days=6)


@pytest.mark.parametrize(("weeks", "reason"), [(54, "too_far_ahead"), (-54, "too_long_ago")])
def test_a_week_more_than_a_year_away_is_not_opened(session, unit, by, weeks, reason):
    with pytest.raises(FieldError) as refusal:
        periods.open_period(session, unit, MONDAY + timedelta(weeks=weeks), by=by, now=NOW)

    assert refusal.value.facts["reason"] == reason


def test_two_who_open_a_week_at_once_open_the_same_one(sessions):
    with sessions() as session:
        unit = a_unit(session)
        a_daily_pattern(session, unit)
        by_id, unit_id = a_coordinator(session, unit).id, unit.id
        session.commit()
    start = threading.Barrier(2)

    def open_it(_number: int) -> int:
        start.wait()
        with sessions() as session:
            unit, by = session.get_one(Unit, unit_id), session.get_one(Account, by_id)
            roster = periods.open_period(session, unit, MONDAY + timedelta(weeks=20), by=by, now=NOW)
            session.commit()
            return roster.id

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(open_it, range(2))

    assert first == second


def test_opening_a_week_again_gives_the_same_roster(session, unit, by):
    first = periods.open_period(session, unit, MONDAY, by=by, now=NOW)
    again = periods.open_period(session, unit, MONDAY, by=by, now=NOW)

    assert again is first
    assert session.scalar(select(func.count()).select_from(Roster)) == 1
    assert (first.revision, first.published_number) == (0, 0)


@pytest.mark.parametrize(("days_later", "days"), [(3, 7), (-3, 7), (0, 3)])
def test_a_period_that_overlaps_another_is_refused_naming_its_first_day(session, unit, by, days_later, days):
    periods.open_period(session, unit, MONDAY, by=by, now=NOW)

    with pytest.raises(AlreadyExists) as refusal:
        periods.open_period(session, unit, MONDAY + timedelta(days=days_later), days=days, by=by, now=NOW)

    assert refusal.value.facts["value"] == MONDAY


def test_neighbouring_weeks_and_other_units_are_no_overlap(session, unit, by):
    branch = a_unit(session, "Chi đoàn Toán", parent=unit)

    opened = {
        periods.open_period(session, of, MONDAY + timedelta(weeks=week), by=by, now=NOW).id
        for of in (unit, branch)
        for week in (-1, 0, 1)
    }

    assert len(opened) == 6


@pytest.mark.parametrize("days", [0, 32])
def test_a_period_is_one_day_to_a_month_long(session, unit, by, days):
    with pytest.raises(FieldError) as refusal:
        periods.open_period(session, unit, MONDAY, days=days, by=by, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("days", "out_of_range")


def test_only_who_plans_the_unit_opens_its_weeks(session, unit):
    stranger = a_coordinator(session, a_unit(session, "Đoàn xã An Tân"))

    with pytest.raises(NotAllowed):
        periods.open_period(session, unit, MONDAY, by=stranger, now=NOW)
