"""When a public desk is open: office hours, local time, and which days are working days.

A day counts as its date in Vietnam, which keeps one time all year. Holidays and swapped Saturdays are not
known here: they are handed in, because each unit's table of them can be edited.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5


class Hours(NamedTuple):
    """A stretch of one day in local wall-clock time."""

    start: time
    end: time

    @property
    def minutes(self) -> int:
        return 60 * (self.end.hour - self.start.hour) + self.end.minute - self.start.minute


MORNING = Hours(time(7, 30), time(11, 30))
AFTERNOON = Hours(time(13, 30), time(17, 0))
DESK = (MORNING, AFTERNOON)
# The parts of a day by which people say when they could serve: wide enough for every shift people run.
HALVES = {
    "morning": Hours(time(6), time(12)),
    "afternoon": Hours(time(12), time(18)),
    "evening": Hours(time(18), time(22)),
}


@dataclass(frozen=True)
class WorkingDays:
    """Monday to Friday, less the days off, plus the Saturdays or Sundays swapped in for them."""

    off: frozenset[date] = frozenset()
    swapped_in: frozenset[date] = frozenset()

    def includes(self, day: date) -> bool:
        """Whether offices are open; a day marked both ways is a working day: the later decree wins."""
        if day in self.swapped_in:
            return True
        return day.weekday() < SATURDAY and day not in self.off

    def between(self, first: date, last: date) -> Iterator[date]:
        """The working days from first to last, both included."""
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return (day for day in days if self.includes(day))

    def is_open(self, moment: datetime) -> bool:
        """Whether a desk with normal office hours is open at this aware moment."""
        local = moment.astimezone(ZONE)
        return self.includes(local.date()) and any(hours.start <= local.time() < hours.end for hours in DESK)


def at(day: date, clock: time) -> datetime:
    """The UTC moment at which the clock shows this in Vietnam."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def monday_of(day: date) -> date:
    """The first day of the week the day belongs to."""
    return day - timedelta(days=day.weekday())
