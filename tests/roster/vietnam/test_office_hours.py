"""Office hours, weeks and the parts of a day, by the clock in Vietnam."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from roster.vietnam import office_hours
from roster.vietnam.office_hours import AFTERNOON, MORNING

MONDAY = date(2026, 8, 31)


def test_a_desk_works_seven_and_a_half_hours_a_day():
    assert MORNING.minutes + AFTERNOON.minutes == 450


def test_half_past_seven_in_vietnam_is_half_past_midnight_in_utc():
    assert office_hours.at(MONDAY, time(7, 30)) == datetime(2026, 8, 31, 0, 30, tzinfo=UTC)


@given(st.dates(min_value=date(2000, 1, 1)))
def test_a_week_begins_on_monday_at_most_six_days_back(day):
    monday = office_hours.monday_of(day)

    assert monday.weekday() == 0
    assert 0 <= (day - monday).days <= 6


def test_the_parts_of_a_day_touch_and_hold_the_desk_hours():
    morning, afternoon, evening, night = office_hours.HALVES.values()

    assert (morning.end, afternoon.end, evening.end, night.end) == (
        afternoon.start,
        evening.start,
        night.start,
        morning.start,
    )
    assert sum(part.minutes for part in office_hours.HALVES.values()) == 24 * 60
    assert morning.start <= MORNING.start <= MORNING.end <= morning.end
    assert afternoon.start <= AFTERNOON.start <= AFTERNOON.end <= afternoon.end
