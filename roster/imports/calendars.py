"""Timetables as iCalendar files (RFC 5545): when their owner is busy, and what could not be read.

Universities, Google, Outlook and Apple each write them in their own way, and some are broken. So a file is first cut
down to the few lines that say when something is; what is left is read by icalendar event by event, and one bad event
costs itself, not the file. Repetitions that no timetable has (every second, since the year 1) are told and left out:
working them out would hold a worker for hours. Some look harmless (each 30 February, a time zone that changes every
second), so strangers' files are read in a process with limits (`read_confined`), which names the event it stuck at.
"""

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Component, Event, vDDDLists

from roster.errors import FieldError
from roster.imports import confined

MOST_BYTES = 5 * 1024 * 1024
MOST_EVENTS = 20_000
MOST_SERIES = 1_000
"""Repetitions; each costs some milliseconds to work out, and a student has a dozen."""

MOST_ENTRIES = 3_000
"""Busy times of one timetable; ten classes a day for half a year are 2,000."""

MOST_PROBLEMS = 40
LONGEST = timedelta(days=14)
"""A "Semester 1" drawn over five months is a heading, not a class."""

OLDEST_SERIES = 2000
TITLE_LENGTH = 200
MOST_HOURS_FROM_UTC = 14
LONGEST_REVISION = 10  # digits, as of RFC 5545's integers; Python turns no number of thousands of them into one
TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
BY_THE_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")

KEPT = frozenset(
    """BEGIN END UID SEQUENCE DTSTART DTEND DURATION RRULE RDATE EXDATE EXRULE RECURRENCE-ID STATUS TRANSP SUMMARY
    FREEBUSY X-MICROSOFT-CDO-BUSYSTATUS TZID TZOFFSETFROM TZOFFSETTO TZNAME""".split()  # noqa: SIM905  (shorter than a list)
)
READ = frozenset({"VCALENDAR", "VEVENT", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
ZONE_WITH_A_COLON = re.compile(r";TZID=([^\";]*:[^\";]*)(?=:\d{8})", re.IGNORECASE)
OFFSET = re.compile(r"(?:UTC|GMT) ?([+-])(\d\d?):?(\d\d)?", re.IGNORECASE)
WEB_PAGE = re.compile(rb"^\s*(?:<!doctype html|<html|<head|<!--)", re.IGNORECASE)
FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
CALENDAR = re.compile(r"(?:^|[\r\n])BEGIN:VCALENDAR\s*[\r\n]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One time in which somebody is busy; aware, the end excluded. Whole days run from midnight to midnight."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: the reason (worded in `web/timetable_words.py`) and its facts, JSON values."""

    reason: str
    facts: Mapping[str, Any]


@dataclass
class Reading:
    """What a timetable says. `left_out`: how many entries take no time, by reason ("free", "cancelled", "moments")."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def note(self, reason: str, **facts: Any) -> None:
        problem = Problem(reason, facts)
        if problem not in self.problems and len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def read_confined(
    data: bytes, *, zone: ZoneInfo, begins: datetime, ends: datetime, seconds: int = confined.MOST_SECONDS
) -> Reading:
    """As `read`, in a process that may take only so much memory and time; half a second to begin.

    Raises as `read`, and `endless_event` (fact `title`) where an event takes longer than all may.
    """
    told = confined.run(__name__, data, zone.key, begins.isoformat(), ends.isoformat(), seconds=seconds)
    if not told.lines:
        raise _refused("too_many_events", most=MOST_EVENTS)
    last: Mapping[str, Any] = told.lines[-1]
    if "refused" in last:
        raise FieldError(**last["refused"])
    if "entries" not in last:
        raise _refused("endless_event", title=last["title"])
    return _from_json(last)


def read(
    data: bytes,
    *,
    zone: ZoneInfo,
    begins: datetime,
    ends: datetime,
    begin_event: Callable[[str], None] = lambda title: None,
) -> Reading:
    """The busy times between two moments; `zone`: where times that name no zone are meant.

    `begin_event` is called with the title of each event before it is worked out.
    Raises FieldError on `file`: `no_file`, `a_web_page`, `not_a_calendar`, `calendar_too_large` (fact `most`, in MB),
    `too_many_events` (fact `most`).
    """
    reading = Reading()
    calendar = _parsed(list(_needed_parts(_text(data), reading)), reading)
    groups = [_Group(events, reading, zone, begins, ends) for events in _series(calendar)]
    if sum(group.repeats for group in groups) > MOST_SERIES:
        raise _refused("too_many_events", most=MOST_SERIES)
    for group in groups:
        begin_event(_title(group.events[0]))
        group.read()
    for component in calendar.walk("VFREEBUSY"):
        _read_free_busy(component, reading, zone)
    reading.entries = sorted(
        {one for one in reading.entries if one.ends_at > begins and one.starts_at < ends},
        key=lambda one: (one.starts_at, one.ends_at, one.title),
    )
    if len(reading.entries) > MOST_ENTRIES:
        reading.note("too_many_entries", most=MOST_ENTRIES)
        del reading.entries[MOST_ENTRIES:]
    return reading


def _refused(reason: str, **facts: Any) -> FieldError:
    return FieldError(field="file", reason=reason, **facts)


def _text(data: bytes) -> str:
    """The unfolded lines of a file."""
    if not data.strip():
        raise _refused("no_file")
    if len(data) > MOST_BYTES:
        raise _refused("calendar_too_large", most=MOST_BYTES // 1024 // 1024)
    if WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise _refused("a_web_page")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode(errors="replace")
    # Unfolded before it is letters (RFC 5545, section 3.1): many programs fold in the middle of a "ả".
    text = FOLD.sub(b"", data).decode("utf-8-sig", errors="replace")
    if not CALENDAR.search(text):
        raise _refused("not_a_calendar")
    return text


def _parsed(parts: Sequence[Sequence[str]], reading: Reading) -> Component:
    """One calendar of these components, without those that icalendar breaks down over: a zone called "Asia", say."""
    try:
        return _as_calendar(parts)
    except Exception:
        sound = [part for part in parts if _stands_alone(part, reading)]
    try:
        return _as_calendar(sound)
    except Exception as error:
        raise _refused("not_a_calendar") from error


def _as_calendar(parts: Iterable[Sequence[str]]) -> Component:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *(line for part in parts for line in part), "END:VCALENDAR"]
    return Calendar.from_ical("\r\n".join(lines))


def _stands_alone(part: Sequence[str], reading: Reading) -> bool:
    try:
        _as_calendar([part])
    except Exception:
        summary = next((line.partition(":")[2] for line in part if line.upper().startswith("SUMMARY")), "")
        reading.note("unreadable_event", title=summary[:TITLE_LENGTH])
        return False
    return True


def _needed_parts(text: str, reading: Reading) -> Iterator[Sequence[str]]:
    """The lines that say when something is, by component, whole ones only; several calendars become one.

    What a calendar with METHOD:CANCEL names is called off, whatever each event says of itself.
    """
    open_parts: list[str] = []
    lines: list[str] = []
    events, called_off = 0, False
    for name, line in _named(text):
        if name == "BEGIN":
            open_parts.append(line.partition(":")[2].strip().upper())
            called_off = called_off and len(open_parts) > 1
        if name == "METHOD" and open_parts == ["VCALENDAR"]:
            called_off = line.partition(":")[2].strip().upper() == "CANCEL"
        if called_off and name == "STATUS":
            continue
        if called_off and name == "END" and open_parts == ["VCALENDAR", "VEVENT"]:
            lines.append("STATUS:CANCELLED")
        if open_parts[:1] == ["VCALENDAR"] and len(open_parts) > 1 and set(open_parts) <= READ and name in KEPT:
            lines.append(line)
        if name == "END" and open_parts:
            ended = open_parts.pop()
            if ended == "VEVENT":
                events += 1
            if len(open_parts) == 1:
                yield lines
                lines = []
        if events > MOST_EVENTS:
            raise _refused("too_many_events", most=MOST_EVENTS)
    if open_parts:
        reading.note("cut_off")


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Each content line with its name (RFC 5545, section 3.1); lines that are none are dropped."""
    for written in re.split(r"\r\n|\r|\n", text):
        line = ZONE_WITH_A_COLON.sub(r';TZID="\1"', written)
        if match := LINE.fullmatch(line):
            yield match[1].upper(), line.strip()


def _series(calendar: Component) -> list[list[Event]]:
    """Events with the exceptions of their own series; what has no UID stands alone.

    Of two revisions of one event the newer counts. Universities give all classes of a course one UID: each of equal
    revision is a class, and a series of its own.
    """
    groups: dict[object, list[Event]] = defaultdict(list)
    for number, event in enumerate(calendar.walk("VEVENT")):
        assert isinstance(event, Event)
        event.subcomponents = []  # an event that another broke off into: it is looked at by itself
        groups[str(event.get("UID", "")) or number].append(event)
    return [series for events in groups.values() for series in _apart(events)]


def _apart(events: list[Event]) -> list[list[Event]]:
    """Events of one UID as the series that they are, each with all exceptions."""
    exceptions = [event for event in events if "RECURRENCE-ID" in event]
    masters = [event for event in events if "RECURRENCE-ID" not in event]
    newest = max(map(_revision, masters), default=0)
    return [[event, *exceptions] for event in masters if _revision(event) == newest] or [exceptions]


def _revision(event: Event) -> int:
    number = str(event.get("SEQUENCE", ""))
    return int(number) if number.isascii() and number.isdigit() and len(number) <= LONGEST_REVISION else 0


@dataclass
class _Group:
    """A single event, or a series with its changed occurrences."""

    events: Sequence[Event]
    reading: Reading
    zone: ZoneInfo
    begins: datetime
    ends: datetime

    @property
    def repeats(self) -> bool:
        return any(name in event for event in self.events for name in ("RRULE", "RDATE", "RECURRENCE-ID"))

    def read(self) -> None:
        sound = [event for event in self.events if self._is_sound(event)]
        for event in sound:
            self._give_zone(event)
        for event in self._occurrences(sound) if sound and self.repeats else sound:
            self._keep(event)

    def _give_zone(self, event: Event) -> None:
        """Times without a zone are those of ours, or of the offset that their zone's name says ("GMT+07:00")."""
        start = event.start
        if not isinstance(start, datetime):
            return
        named = str(event["DTSTART"].params.get("TZID", ""))
        offset = _offset(named)
        if named and not start.tzinfo and not offset:
            self.reading.note("unknown_zone", zone=named[:80])
        zone = start.tzinfo or offset or self.zone
        event.DTSTART = _in_zone(start, zone)
        if "DTEND" in event and isinstance(event.end, datetime):
            event.DTEND = _in_zone(event.end, zone)

    def _occurrences(self, events: Sequence[Event]) -> Iterable[Event]:
        calendar = Calendar()
        start = next((event for event in events if "RECURRENCE-ID" not in event), events[0]).start
        try:
            for event in events:
                self._repeat_like(start, event)
                calendar.add_component(event)
            found: list[Event] = recurring_ical_events.of(calendar).between(self.begins, self.ends)
        except Exception:  # whatever the library stumbles over is this one series
            self.reading.note("unreadable_event", title=_title(events[0]))
            return []
        return found

    def _repeat_like(self, start: date, event: Event) -> None:
        """Have all that tells of repetitions speak of days, or of times with a zone, as the series' start does.

        Otherwise one exception written in UTC would make the library move the whole series there, and a day on which
        to end would leave out that day's class.
        """
        for name in ("RDATE", "EXDATE"):
            if name in event:
                event[name] = [
                    vDDDLists([self._alike(start, one.dt) for one in listed.dts]) for listed in _as_list(event[name])
                ]
        if "RECURRENCE-ID" in event:
            changed: Any = event["RECURRENCE-ID"]
            changed.dt = self._alike(start, changed.dt)
        for rule in _rules(event):
            for place, until in enumerate(rule.get("UNTIL", ())):
                rule["UNTIL"][place] = self._last(start, until)

    def _alike(self, start: date, value: Any) -> Any:
        """A day, a moment, or a period: a pair of a moment and a moment or a length."""
        if isinstance(value, tuple):
            return tuple(one if isinstance(one, timedelta) else self._alike(start, one) for one in value)
        if not isinstance(start, datetime):
            return self._day(value)
        clock = self._clock_of(start)
        if not isinstance(value, datetime):
            return datetime.combine(value, start.astimezone(clock).time(), clock)
        return _in_zone(value, clock)

    def _last(self, start: date, until: date) -> date:
        """Until when a series runs: a day to its end, or a moment of UTC (RFC 5545, section 3.3.10)."""
        if not isinstance(start, datetime):
            return self._day(until)
        if not isinstance(until, datetime):
            until = datetime.combine(until, time.max)
        if until.year == MAXYEAR:  # for ever, as some write it: elsewhere that may be no year any more
            return until.replace(tzinfo=UTC)
        return _in_zone(until, self._clock_of(start)).astimezone(UTC)

    def _clock_of(self, start: datetime) -> tzinfo | None:
        """By which clock the times of a series are meant that name none; nobody's clock shows UTC."""
        return self.zone if start.tzname() == "UTC" else start.tzinfo

    def _day(self, value: date) -> date:
        if not isinstance(value, datetime):
            return value
        return (value.astimezone(self.zone) if value.tzinfo else value).date()

    def _is_sound(self, event: Event) -> bool:
        """Whether its times can be read and its repetition worked out in reasonable time."""
        try:
            begins = event.start
            _ = event.end
        except Exception:  # icalendar has a dozen ways to say that a time is none
            self.reading.note("unreadable_event", title=_title(event))
            return False
        if any(name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID") for name, _ in event.errors):
            self.reading.note("unreadable_event", title=_title(event))
            return False
        # A rule in the manner of vCalendar 1.0 ("W1 MO #4") is read as one that says nothing.
        if "EXRULE" in event or not all(rule.get("FREQ") for rule in _rules(event)):
            self.reading.note("unreadable_event", title=_title(event))
            return False
        for rule in _rules(event):
            by_the_clock = any(len(rule.get(name, ())) > 1 for name in BY_THE_CLOCK)
            too_often = set(map(str, rule.get("FREQ", ()))) & TOO_OFTEN
            standing = any(step < 1 for step in rule.get("INTERVAL", ()))
            if too_often or standing or by_the_clock or begins.year < OLDEST_SERIES:
                self.reading.note("strange_series", title=_title(event))
                return False
        return True

    def _keep(self, event: Event) -> None:
        if reason := _takes_no_time(event):
            self.reading.left_out[reason] += 1
            return
        starts, ends = self._moment(event.start), self._moment(event.end)
        if starts >= self.ends:
            return
        whole_day = not isinstance(event.start, datetime)
        if whole_day and ends == starts:
            ends += timedelta(days=1)  # the day an event begins and ends on, as those write it who count the last one
        if ends <= starts:
            self.reading.left_out["moments"] += 1
        elif ends - starts > LONGEST:
            self.reading.note("endless_entry", title=_title(event))
        else:
            self.reading.entries.append(Entry(starts, ends, _title(event), whole_day))

    def _moment(self, value: date) -> datetime:
        return value if isinstance(value, datetime) else datetime.combine(value, time(), self.zone)


def _offset(name: str) -> timezone | None:
    """The zone of a name that says only how far it is from UTC: "GMT+07:00", "(UTC+07:00) Bangkok, Hanoi, Jakarta"."""
    said = OFFSET.search(name)
    if not said or int(said[2]) > MOST_HOURS_FROM_UTC:
        return None
    away = timedelta(hours=int(said[2]), minutes=int(said[3] or 0))
    return timezone(-away if said[1] == "-" else away)


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _takes_no_time(event: Event) -> str:
    """Why an event keeps nobody busy, or ""."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return "cancelled"
    status = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or status in ("FREE", "WORKINGELSEWHERE"):
        return "free"
    return ""


def _read_free_busy(component: Component, reading: Reading, zone: ZoneInfo) -> None:
    """Calendars that tell strangers only when somebody is busy."""
    periods = component.get("FREEBUSY", [])
    for listed in periods if isinstance(periods, list) else [periods]:
        for period in listed if isinstance(listed, list) else [listed]:
            if str(getattr(period, "params", {}).get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            try:
                starts, ends = _in_zone(period.start, zone), _in_zone(period.end, zone)
            except AttributeError:  # a moment or a day, where only a span can be meant
                reading.note("unreadable_event", title="")
                continue
            if starts < ends <= starts + LONGEST:
                reading.entries.append(Entry(starts, ends))


def _rules(event: Event) -> list[Mapping[str, Any]]:
    return _as_list(event.get("RRULE", []))


def _as_list(value: Any) -> list[Any]:
    """What icalendar gives of a property: one, or a list of those that stand there several times."""
    return value if isinstance(value, list) else [value]


_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def _title(event: Event) -> str:
    text = unicodedata.normalize("NFC", str(event.get("SUMMARY", "")))
    return " ".join(_UNSEEN.sub(" ", text).split())[:TITLE_LENGTH]


def _main() -> None:
    zone, begins, ends = confined.limit()
    try:
        reading = read(
            sys.stdin.buffer.read(),
            zone=ZoneInfo(zone),
            begins=datetime.fromisoformat(begins),
            ends=datetime.fromisoformat(ends),
            begin_event=lambda title: confined.tell({"title": title}),
        )
    except FieldError as refusal:
        confined.tell({"refused": refusal.facts})
    else:
        confined.tell(_as_json(reading))


def _as_json(reading: Reading) -> Mapping[str, Any]:
    return {
        "entries": [
            (one.starts_at.isoformat(), one.ends_at.isoformat(), one.title, one.whole_day) for one in reading.entries
        ],
        "problems": [(one.reason, dict(one.facts)) for one in reading.problems],
        "left_out": reading.left_out,
    }


def _from_json(told: Mapping[str, Any]) -> Reading:
    entries = [
        Entry(datetime.fromisoformat(starts), datetime.fromisoformat(ends), title, whole_day)
        for starts, ends, title, whole_day in told["entries"]
    ]
    problems = [Problem(reason, facts) for reason, facts in told["problems"]]
    return Reading(entries, problems, Counter(told["left_out"]))


if __name__ == "__main__":
    _main()
