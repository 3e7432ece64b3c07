"""A desk is open in office hours on working days, whatever the lunar calendar has done to the week."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster.vietnam import office_hours
from roster.vietnam.office_hours import AFTERNOON, MORNING, WorkingDays

MONDAY = date(2026, 8, 31)
SATURDAY = date(2026, 8, 22)


def test_a_desk_works_seven_and_a_half_hours_a_day():
    assert MORNING.minutes + AFTERNOON.minutes == 450


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        (time(7, 29), False),
        (time(7, 30), True),
        (time(11, 29), True),
        (time(11, 30), False),
        (time(13, 29), False),
        (time(13, 30), True),
        (time(16, 59), True),
        (time(17, 0), False),
    ],
)
def test_a_desk_is_open_in_office_hours_only(clock, is_open):
    moment = datetime.combine(date(2026, 8, 24), clock, office_hours.ZONE)

    assert WorkingDays().is_open(moment) == is_open


def test_a_moment_is_judged_by_the_date_in_vietnam():
    sunday_evening_in_new_york = datetime(2026, 8, 23, 21, 0, tzinfo=ZoneInfo("America/New_York"))

    assert WorkingDays().is_open(sunday_evening_in_new_york)


def test_a_day_off_is_closed_and_the_saturday_swapped_in_for_it_is_open():
    days = WorkingDays(off=frozenset({MONDAY}), swapped_in=frozenset({SATURDAY}))

    assert not days.includes(MONDAY)
    assert days.includes(SATURDAY)


def test_the_working_days_between_two_days_include_both_ends():
    days = WorkingDays(off=frozenset({date(2026, 9, 1), date(2026, 9, 2)}))

    assert list(days.between(MONDAY, date(2026, 9, 4))) == [MONDAY, date(2026, 9, 3), date(2026, 9, 4)]


def test_half_past_seven_in_vietnam_is_half_past_midnight_in_utc():
    assert office_hours.at(MONDAY, time(7, 30)) == datetime(2026, 8, 31, 0, 30, tzinfo=UTC)


@given(st.dates(min_value=date(2000, 1, 1)))
def test_a_week_begins_on_monday_at_most_six_days_back(day):
    monday = office_hours.monday_of(day)

    assert monday.weekday() == 0
    assert 0 <= (day - monday).days <= 6


def test_the_parts_of_a_day_touch_and_hold_the_desk_hours():
    morning, afternoon, evening = office_hours.HALVES.values()

    assert (morning.end, afternoon.end) == (afternoon.start, evening.start)
    assert morning.start <= MORNING.start <= MORNING.end <= morning.end
    assert afternoon.start <= AFTERNOON.start <= AFTERNOON.end <= afternoon.end
