"""A day that became a holiday after it was planned: called off by one click, taken back by another, or kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.errors import NotAllowed, NotFound
from roster.models import (
    DayKind,
    DemandPattern,
    Holiday,
    HolidayPolicy,
    Message,
    MessageKind,
    Role,
    RoleKind,
    ShiftState,
)
from roster.queries.late_holidays import late_holidays_of
from roster.services import holidays, late_holidays, shifts
from roster.services.holidays import HolidayDetails
from tests.builders import MONDAY, a_coordinator, a_shift, a_unit, an_account
from tests.published import LATER, PublishedWeek

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def week(session):
    """Tuesday became a holiday: Hà's shift would not have been made on it, a drive of that day would."""
    week = PublishedWeek(session)
    week.tuesday.pattern = a_pattern(week, HolidayPolicy.SKIP)
    afternoon = {"day": TUESDAY, "starts": "13:30", "ends": "17:00"}
    only = a_pattern(week, HolidayPolicy.ONLY)
    week.drive = a_shift(session, week.site, week.tuesday.programme, pattern=only, **afternoon)
    session.add(Holiday(day=TUESDAY, kind=DayKind.HOLIDAY, name_vi="Quốc khánh", name_en="National Day"))
    session.flush()
    return week


def a_pattern(week, policy):
    tuesday = week.tuesday
    return DemandPattern(
        site=tuesday.site,
        programme=tuesday.programme,
        name=policy.value,
        rule="FREQ=DAILY",
        first_day=MONDAY,
        starts=LATER.time(),
        ends=(LATER + timedelta(hours=4)).time(),
        holiday_policy=policy,
        shift_type="morning",
        minimum=1,
        target=1,
        changed_at=LATER,
    )


def offered(session, week):
    return [(one.day, one.planned, one.called_off) for one in late_holidays_of(session, week.by, now=LATER)]


def test_one_click_calls_the_day_off_and_tells_each_who_serves_once(session, week):
    assert offered(session, week) == [(TUESDAY, 1, 0)]

    assert late_holidays.close(session, week.unit, TUESDAY, by=week.by, now=LATER) == 1

    assert (week.tuesday.state, week.tuesday.cancel_reason) == (ShiftState.CANCELLED, "Quốc khánh")
    assert week.drive.state is ShiftState.OPEN
    told = select(Message.person_id).where(Message.kind == MessageKind.SHIFT_CANCELLED)
    assert session.scalars(told).all() == [week.ha.id]
    assert offered(session, week) == [(TUESDAY, 0, 1)]


def test_taking_it_back_brings_back_what_the_holiday_took_and_nothing_else(session, week):
    shifts.cancel(session, week.drive.id, reason="Hỏng xe", by=week.by, now=LATER)
    late_holidays.close(session, week.unit, TUESDAY, by=week.by, now=LATER)

    assert len(late_holidays.reopen(session, week.unit, TUESDAY, by=week.by, now=LATER).shifts) == 1

    assert (week.tuesday.state, week.drive.state) == (ShiftState.OPEN, ShiftState.CANCELLED)
    assert week.turn(week.tuesday, week.ha).state.value == "active"


def test_a_holiday_that_got_another_name_can_still_be_taken_back(session, week):
    holiday = session.scalars(select(Holiday)).one()
    late_holidays.close(session, week.unit, TUESDAY, by=week.by, now=LATER)
    admin = an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=week.unit))
    holidays.drop(session, holiday.id, by=admin, now=LATER)
    named = HolidayDetails(day=TUESDAY, kind=DayKind.HOLIDAY.value, name_vi="Ngày Văn hoá", name_en="Culture Day")
    holidays.add(session, named, by=admin, now=LATER)

    assert offered(session, week) == [(TUESDAY, 0, 1)]
    assert len(late_holidays.reopen(session, week.unit, TUESDAY, by=week.by, now=LATER).shifts) == 1


def test_shifts_that_take_place_nevertheless_are_asked_about_no_more(session, week):
    late_holidays.keep(session, week.unit, TUESDAY, by=week.by, now=LATER)

    assert (offered(session, week), week.tuesday.state) == ([], ShiftState.OPEN)


def test_only_who_plans_there_decides_and_only_on_a_holiday(session, week):
    stranger = a_coordinator(session, a_unit(session, "Xã đoàn Hoài Tân"))
    for choice in (late_holidays.close, late_holidays.reopen, late_holidays.keep):
        with pytest.raises(NotAllowed):
            choice(session, week.unit, TUESDAY, by=stranger, now=LATER)
        with pytest.raises(NotFound):
            choice(session, week.unit, MONDAY, by=week.by, now=LATER)
    assert late_holidays_of(session, stranger, now=LATER) == []
