"""When a public desk is open, the parts of a day, and local time.

A day counts as its date in Vietnam, which keeps one time all year. Holidays and swapped Saturdays are not
known here: they are a table that can be edited (`services/holidays.py`).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5


class Hours(NamedTuple):
    """A stretch of local wall-clock time; one that ends no later than it starts ends on the next day."""

    start: time
    end: time

    @property
    def minutes(self) -> int:
        return (60 * (self.end.hour - self.start.hour) + self.end.minute - self.start.minute) % (24 * 60)


MORNING = Hours(time(7, 30), time(11, 30))
AFTERNOON = Hours(time(13, 30), time(17, 0))
# The parts of a day by which people say when they could serve: together they leave no minute out, as a shift may be
# at any hour.
HALVES = {
    "morning": Hours(time(6), time(12)),
    "afternoon": Hours(time(12), time(18)),
    "evening": Hours(time(18), time(22)),
    "night": Hours(time(22), time(6)),
}


def at(day: date, clock: time) -> datetime:
    """The UTC moment at which the clock shows this in Vietnam."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def monday_of(day: date) -> date:
    """The first day of the week the day belongs to."""
    return day - timedelta(days=day.weekday())
