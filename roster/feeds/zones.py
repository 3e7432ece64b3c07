"""Time zones: a VTIMEZONE with recurring rules, derived from zoneinfo.

Thunderbird misreads the list of single dates (RDATE) that libraries like to write, so a zone is described by
one rule for each change of its clocks. A zone whose changes follow no such rule (Morocco's Ramadan, Israel's
Friday before Sunday) has no VTIMEZONE here: its entries are written in UTC, which is right everywhere.
Source: RFC 5545 §3.6.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from roster.feeds.text import CRLF

# Fixed years, so that the bytes of a feed don't depend on the day it is drawn. Compiled zone files may end
# with 2037; what held for thirteen years is taken to hold on.
_OBSERVED = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC))
_YEARS = _OBSERVED[1].year - _OBSERVED[0].year
_EPOCH_YEAR = 1970
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Change:
    """Clocks change: when (UTC), and the offsets before and after."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def wall(self) -> datetime:
        """The moment as the clocks still showed it."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def kind(self) -> tuple[object, ...]:
        """What all changes described by one rule have in common."""
        return self.before, self.after, self.wall.month, self.wall.weekday(), self.wall.time()


@cache
def vtimezone(name: str) -> bytes | None:
    """The VTIMEZONE of an IANA zone, or None if its changes follow no yearly rule."""
    zone = ZoneInfo(name)
    changes = list(_changes(zone))
    if not changes:
        return _component(name, [_unchanging(zone)])
    kinds = {change.kind for change in changes}
    if len(changes) != len(kinds) * _YEARS:
        return None
    rules = [_rule([change for change in changes if change.kind == kind]) for kind in kinds]
    drawn = [rule for rule in rules if rule is not None]
    return _component(name, sorted(drawn)) if len(drawn) == len(rules) else None


def _changes(zone: ZoneInfo) -> Iterator[_Change]:
    start, end = _OBSERVED
    days = [start + timedelta(days=day) for day in range((end - start).days + 1)]
    for early, late in pairwise(days):
        before, after = _offset(zone, early), _offset(zone, late)
        if before != after:
            at = _first_second_with(after, zone, early, late)
            yield _Change(at, before, after, at.astimezone(zone).tzname() or "")


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # ZoneInfo always knows the offset of an aware time
    return offset


def _first_second_with(offset: timedelta, zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early).total_seconds() // 2)
        if _offset(zone, middle) == offset:
            late = middle
        else:
            early = middle
    return late


def _rule(changes: list[_Change]) -> bytes | None:
    """One observance for changes of the same kind, or None if no "n-th weekday of the month" fits all."""
    position = _common_position([change.wall for change in changes])
    if position is None:
        return None
    first = changes[0]
    byday = f"{position}{_WEEKDAYS[first.wall.weekday()]}"
    start = _nth_weekday(first.wall, position)
    return _observance(first, start, f"RRULE:FREQ=YEARLY;BYMONTH={first.wall.month};BYDAY={byday}")


def _common_position(days: list[datetime]) -> int | None:
    """1 for the first such weekday of its month, 2 for the second …, -1 for the last; None if it varies."""
    if all((day + timedelta(days=7)).month != day.month for day in days):
        return -1
    positions = {(day.day - 1) // 7 + 1 for day in days}
    return positions.pop() if len(positions) == 1 else None


def _nth_weekday(like: datetime, position: int) -> datetime:
    """The same weekday, position and time of day in the month of 1970."""
    days = [like.replace(year=_EPOCH_YEAR, day=day) for day in range(1, 29)]
    same = [day for day in days if day.weekday() == like.weekday()]
    if position > 0:
        return same[position - 1]
    last = same[-1] + timedelta(days=7)
    return last if last.month == like.month else same[-1]


def _unchanging(zone: ZoneInfo) -> bytes:
    at = _OBSERVED[0]
    offset = _offset(zone, at)
    change = _Change(at, offset, offset, at.astimezone(zone).tzname() or "")
    return _observance(change, datetime(_EPOCH_YEAR, 1, 1))  # noqa: DTZ001 - a wall clock's time


def _observance(change: _Change, start: datetime, rule: str | None = None) -> bytes:
    kind = "DAYLIGHT" if change.after > change.before else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        *([rule] if rule else []),
        f"TZOFFSETFROM:{_utc_offset(change.before)}",
        f"TZOFFSETTO:{_utc_offset(change.after)}",
        f"TZNAME:{change.name}",
        f"END:{kind}",
    ]
    return b"".join(text.encode() + CRLF for text in lines)


def _utc_offset(offset: timedelta) -> str:
    minutes, seconds = divmod(abs(int(offset.total_seconds())), 60)
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def _component(name: str, observances: list[bytes]) -> bytes:
    head = f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n".encode()
    return head + b"".join(observances) + b"END:VTIMEZONE" + CRLF
