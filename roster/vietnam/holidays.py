"""Vietnam's public holidays and swapped days of a year, as a first proposal for the editable table.

The `holidays` library knows the lunar calendar and the decrees of its release date, but decrees on swapped
days come late: so its answer only seeds a table, and people correct that.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Literal, NamedTuple

Kind = Literal["holiday", "day_off", "working_day"]

OBSERVED = re.compile(r"\(nghỉ bù\)$")
SWAPPED = re.compile(r"\(thay cho ngày (\d\d/\d\d/\d{4})\)$")


class CalendarDay(NamedTuple):
    """A day that is not what its weekday says; a working day is worked instead of a weekday off."""

    day: date
    kind: Kind
    name_vi: str
    name_en: str
    instead_of: date | None = None


def calendar_days(year: int) -> tuple[CalendarDay, ...]:
    """Every special day of the year, in order of date."""
    import holidays  # here, because it takes long to load and is asked once a year

    # A swap may join December and January, so the neighbours are asked too.
    years = range(year - 1, year + 2)
    vietnamese = holidays.country_holidays("VN", years=years, language="vi")
    english = holidays.country_holidays("VN", years=years, language="en_US")
    found = (part for day, name in vietnamese.items() for part in _days(day, name, english[day]))
    return tuple(sorted(part for part in found if part.day.year == year))


def swapped(*, off: date, worked: date) -> tuple[CalendarDay, CalendarDay]:
    """A weekday off and the weekend day worked for it, named for each other."""
    return (
        CalendarDay(off, "day_off", f"Nghỉ, làm bù {_vi(worked)}", f"Day off, worked on {_en(worked)}"),
        CalendarDay(worked, "working_day", f"Làm bù cho {_vi(off)}", f"Working day instead of {_en(off)}", off),
    )


def _days(day: date, name_vi: str, name_en: str) -> Iterator[CalendarDay]:
    if swap := SWAPPED.search(name_vi):
        worked = datetime.strptime(swap[1], "%d/%m/%Y").date()  # noqa: DTZ007  (a date has no zone)
        yield from swapped(off=day, worked=worked)
    else:
        yield CalendarDay(day, "day_off" if OBSERVED.search(name_vi) else "holiday", name_vi, name_en)


def _vi(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _en(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
