"""Draws a calendar: entries in, bytes out.

Written by hand because a feed may be rebuilt inside a request: the icalendar library spends 43 ms on sixty
events, joining pieces that are already drawn some 20 µs. So an entry keeps its own bytes once drawn, and
whoever keeps the entries makes the next calendar for almost nothing. Sources: RFC 5545, RFC 7986 (NAME,
COLOR, REFRESH-INTERVAL), RFC 9074 (UID of an alarm).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property, lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from roster.feeds.text import CRLF, LINE_OCTETS, cleaned, line, text_line
from roster.feeds.zones import vtimezone

_UTC_ZONE = "Etc/UTC"
_LINE = re.compile(rb"[A-Za-z ][^\r\n]*")


class BrokenCalendar(Exception):
    """What was drawn is no calendar: it must not reach a subscriber, who would believe it."""


class Status(Enum):
    """How sure an entry is; the value is iCalendar's word."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One event.

    Times are aware; `stamp` is when what the entry shows last changed, never the time of drawing. Texts are
    as typed. `geo` is latitude and longitude in degrees; `alarm_minutes` counts back from the start.
    An entry that is not `busy` leaves its reader's time free.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    timezone: str
    summary: str
    description: str = ""
    location: str = ""
    status: Status = Status.CONFIRMED
    busy: bool = True
    alarm_minutes: int | None = None
    geo: tuple[float, float] | None = None
    url: str = ""

    @cached_property
    def drawn(self) -> bytes:
        """The VEVENT. Raises BrokenCalendar if it ends before it starts or comes out malformed."""
        if self.ends <= self.starts:
            raise BrokenCalendar(f"{self.uid} ends before it starts")
        return _checked(b"".join(_event(self)))


@dataclass(frozen=True)
class Calendar:
    """What a feed says about itself. `color` is a CSS colour name, `timezone` an IANA name."""

    name: str
    color: str
    timezone: str
    language: str
    refresh_hours: int = 1


def draw(calendar: Calendar, entries: Iterable[Entry]) -> bytes:
    """A whole VCALENDAR, equal for equal entries in any order. Raises BrokenCalendar."""
    events = sorted(entries, key=attrgetter("starts", "uid"))
    zones = {calendar.timezone, *(entry.timezone for entry in events)}
    parts = [_head(calendar), _zones(zones), *(entry.drawn for entry in events), b"END:VCALENDAR" + CRLF]
    return b"".join(parts)


def shown_name(name: str) -> str:
    """A calendar's name without what needs escaping: icalendar and ical.js would both show the backslash."""
    return re.sub(r"\s*[,;\n]\s*", " · ", cleaned(name)).replace("\\", "/")


@lru_cache(maxsize=1_000)
def _head(calendar: Calendar) -> bytes:
    name, refresh = shown_name(calendar.name), f"PT{calendar.refresh_hours}H"
    return _checked(
        b"".join(
            (
                line("BEGIN:VCALENDAR"),
                line("VERSION:2.0"),
                line(f"PRODID:-//Volunteer Roster//Feed//{calendar.language.upper()}"),
                line("CALSCALE:GREGORIAN"),
                text_line("NAME", name),
                text_line("X-WR-CALNAME", name),
                text_line("COLOR", calendar.color),
                line(f"X-WR-TIMEZONE:{calendar.timezone}"),
                line(f"REFRESH-INTERVAL;VALUE=DURATION:{refresh}"),
                line(f"X-PUBLISHED-TTL:{refresh}"),
            )
        )
    )


def _zones(names: set[str]) -> bytes:
    """The VTIMEZONE of each zone. Never none at all: a calendar without a component is not valid."""
    components = [component for name in sorted(names) if (component := vtimezone(name))]
    return b"".join(components) or (vtimezone(_UTC_ZONE) or b"")


def _event(entry: Entry) -> Iterator[bytes]:
    stamp = _utc(entry.stamp)
    yield line("BEGIN:VEVENT")
    yield text_line("UID", entry.uid)
    yield line(f"SEQUENCE:{entry.sequence}")
    # The last change, not this request: an unchanged roster must give unchanged bytes, or no subscriber
    # could ever be answered "304 Not Modified".
    yield line(f"DTSTAMP:{stamp}")
    yield line(f"LAST-MODIFIED:{stamp}")
    yield _time("DTSTART", entry.starts, entry.timezone)
    yield _time("DTEND", entry.ends, entry.timezone)
    yield text_line("SUMMARY", entry.summary)
    yield from _details(entry)
    yield line(f"STATUS:{entry.status.value}")
    yield from _occupation(entry)
    yield from _alarm(entry)
    yield line("END:VEVENT")


def _details(entry: Entry) -> Iterator[bytes]:
    """What an entry may have or lack."""
    if entry.description:
        yield text_line("DESCRIPTION", entry.description)
    if entry.location:
        yield text_line("LOCATION", entry.location)
    if entry.geo:
        yield line(f"GEO:{entry.geo[0]:.6f};{entry.geo[1]:.6f}")
    if entry.url:
        yield line(f"URL:{entry.url}")


def _time(name: str, at: datetime, timezone: str) -> bytes:
    wall = at.astimezone(ZoneInfo(timezone))
    # When the clocks go back an hour comes twice, and parsers disagree which one local time means.
    twice = wall.replace(fold=1).utcoffset() != wall.replace(fold=0).utcoffset()
    if twice or vtimezone(timezone) is None:
        return line(f"{name}:{_utc(at)}")
    return line(f"{name};TZID={timezone}:{wall:%Y%m%dT%H%M%S}")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _occupation(entry: Entry) -> Iterator[bytes]:
    """Whether the time is taken, in iCalendar's word and in the one Outlook looks at."""
    if entry.status is Status.CANCELLED or not entry.busy:
        yield line("TRANSP:TRANSPARENT")
        yield line("X-MICROSOFT-CDO-BUSYSTATUS:FREE")
    else:
        yield line("TRANSP:OPAQUE")
        outlook = "TENTATIVE" if entry.status is Status.TENTATIVE else "BUSY"
        yield line(f"X-MICROSOFT-CDO-BUSYSTATUS:{outlook}")


def _alarm(entry: Entry) -> Iterator[bytes]:
    if entry.alarm_minutes is None or entry.status is Status.CANCELLED:
        return
    yield line("BEGIN:VALARM")
    yield text_line("UID", f"{entry.uid}-alarm")
    yield line("ACTION:DISPLAY")
    yield text_line("DESCRIPTION", entry.summary)
    yield line(f"TRIGGER:-PT{entry.alarm_minutes}M")
    yield line("END:VALARM")


def _checked(drawn: bytes) -> bytes:
    """The same bytes, read once more as a parser would: whole lines, short enough, each a property."""
    *lines, rest = drawn.split(CRLF)
    broken = [text for text in lines if len(text) > LINE_OCTETS or not _LINE.fullmatch(text)]
    if rest or broken:
        raise BrokenCalendar(f"malformed line {(broken or [rest])[0]!r}")
    return drawn
