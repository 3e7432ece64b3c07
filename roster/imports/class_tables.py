"""Timetables pasted as text: "Thứ 2 tiết 1-3 Giải tích", "Mon 7:00-9:30 Calculus", "15/12/2026 7h30-9h30 Thi Toán".

Each line is one class of every week, or one date (an exam). Whatever else stands in it is its title. Students copy
these lines out of portals whose columns come in any order, so a line is searched, not split; only where a row above
names the columns are they trusted (`class_columns`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roster.imports import class_columns, dates
from roster.imports.calendars import MOST_ENTRIES, TITLE_LENGTH, Entry, Reading
from roster.imports.class_columns import DAY, Line
from roster.vietnam.names import search_key

MOST_LINES = 200
MOST_CHARACTERS = 20_000
LONGEST_SPAN = timedelta(days=200)

WEEKDAYS: Mapping[str, int] = {
    **{"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5},
    **{str(number): number - 2 for number in range(2, 8)},
    **{"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6},
    **{"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6},
}
# On text without marks: "thu 2", "thu hai", "t2", "chu nhat", "cn".
WEEKDAY = re.compile(
    r"\b(?:thu\s*(?P<number>[2-7](?![:h.]\d)|hai|ba|tu|nam|sau|bay)|t(?P<short>[2-7])|(?P<sunday>chu\s*nhat|cn))\b"
)
# On text with its marks, or every "Môn" (subject) would be a Monday.
ENGLISH = re.compile(
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|thu|fri|sat|sun)\b"
)
AND = re.compile(r"\s*(?:[,;&+/]|va|and)\s*")
TO = re.compile(r"\s*(?:->|[-–—~]|den|to)\s*")
MORE = re.compile(r"\s*(?:,|&|va)\s*([2-7])(?![\d:h.]|\s*[-–—/])")
"""Thứ 2, 4 và 6."""
CLOCK = r"(\d{1,2})\s*(?:[:hg.]\s*(?:(\d{2})(?::\d{2})?)?)\s*(?:phut)?"
HOURS = re.compile(rf"(?<![\d/]){CLOCK}\s*(?:-|–|—|~|den|to|until)\s*{CLOCK}(?!\d|/)")
SEVERAL = r"\d{1,2}(?:\s*(?:->|[-–—~,])\s*\d{1,2})"
PERIODS = re.compile(
    # As many as there are or none: "tiết 1-3: Toán" with a colon must not become the first period alone.
    rf"\b(?:tiet|periods?|ca hoc)\s*:?\s*((?>{SEVERAL}*)|\d{{3,}})(?!h|\s*[:/]\s*\d)\b"
    rf"|\bt[2-7]\s*\(\s*({SEVERAL}+)\s*\)"
)
ROW_OF_PERIODS = re.compile(r"\btiet\s*:?\s*(?=[\d-]{8})(-*)(\d+)-*(?![\d-])")
"""Tiết --34------, as portals draw a day: each period at its place, a dash where there is none."""
SINCE = re.compile(r"((?<!thu )\btu|from|since)\s*(ngay)?\s*:?\s*$")
UNTIL = re.compile(r"\b(den|until|to)\s*(ngay)?\s*:?\s*$")
LEFT_OVER = re.compile(
    r"^\s*(?:từ|from)\b|\b(?:từ|đến|from|since|until)\s*(?:ngày\b|$)|\(\s*[-–]?\s*\)|\|", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ClassHours:
    """When the periods ("tiết") of a school are: 1 to 5 in the morning, 6 to 10 after noon, from 11 in the evening.

    Minutes: of a period, and from one period's end to the next one's beginning.
    """

    morning: time = time(7, 0)
    afternoon: time = time(13, 0)
    evening: time = time(18, 0)
    minutes: int = 50
    pause: int = 5

    def of(self, first: int, last: int) -> tuple[int, int] | None:
        """From the first one's beginning to the last one's end, in minutes after midnight; None if there are none."""
        if not 1 <= first <= last <= 16:
            return None
        return self._begins(first), self._begins(last) + self.minutes

    def _begins(self, period: int) -> int:
        start, offset = next(
            (start, period - before)
            for before, start in ((11, self.evening), (6, self.afternoon), (1, self.morning))
            if period >= before
        )
        return start.hour * 60 + start.minute + offset * (self.minutes + self.pause)


USUAL = ClassHours()


def read(text: str, *, zone: ZoneInfo, first_day: date, last_day: date, hours: ClassHours = USUAL) -> Reading:
    """The classes of a pasted table between two days, both included. Lines that could not be read are told."""
    reading = Reading()
    reader = _Reader(zone, first_day, min(last_day, first_day + LONGEST_SPAN), hours)
    lines = list(class_columns.lines(text[:MOST_CHARACTERS]))
    for line in lines[:MOST_LINES]:
        found = reader.entries(line)
        if found is None and any(char.isdigit() for char in line.text):
            reading.note("unreadable_line", line=line.text[:120])
        elif not found and found is not None:
            reading.left_out["past"] += 1
        reading.entries += found or ()
    if len(lines) > MOST_LINES or len(text) > MOST_CHARACTERS:
        reading.note("too_many_lines", most=MOST_LINES)
    reading.entries = sorted(set(reading.entries), key=lambda one: (one.starts_at, one.ends_at, one.title))
    if len(reading.entries) > MOST_ENTRIES:
        reading.note("too_many_entries", most=MOST_ENTRIES)
        del reading.entries[MOST_ENTRIES:]
    return reading


@dataclass(frozen=True)
class _Reader:
    zone: ZoneInfo
    first_day: date
    last_day: date
    hours: ClassHours

    def entries(self, line: Line) -> list[Entry] | None:
        """The times that a line names; None if it names none."""
        plain = search_key(line.times).replace("\t", " ")
        span, days = self._span(plain), self._days(plain, _weekdays(plain, line.times)[0])
        if span is None or days is None:
            return None
        title = _title(line.times) if line.title is None else line.title[:TITLE_LENGTH]
        found = []
        for day in days:
            midnight = datetime.combine(day, time())
            starts, ends = (midnight + timedelta(minutes=minute) for minute in span)
            found.append(Entry(starts.replace(tzinfo=self.zone), ends.replace(tzinfo=self.zone), title))
        return found

    def _span(self, plain: str) -> tuple[int, int] | None:
        """From when to when, in minutes after midnight; clock times win over periods."""
        if match := HOURS.search(plain):
            first, first_minutes, last, last_minutes = (int(part or 0) for part in match.groups())
            starts, ends = first * 60 + first_minutes, last * 60 + last_minutes
            sound = starts < ends <= 24 * 60 and max(first_minutes, last_minutes) < 60
            return (starts, ends) if sound else None
        if (match := ROW_OF_PERIODS.search(plain)) and "-" in match[0]:
            before, periods = match.groups()
            return self.hours.of(len(before) + 1, len(before) + len(periods))
        if match := PERIODS.search(plain):
            said = match[1] or match[2]
            periods = [int(part) for part in re.findall(r"\d+", said)]
            if len(said) >= 3 and said.isdigit():
                periods = [int(digit) for digit in said]  # "Tiết 123", as some portals print it
            return self.hours.of(min(periods), max(periods))
        return None

    def _days(self, plain: str, weekdays: Sequence[int]) -> list[date] | None:
        """A date alone is that day, as of an exam; weekdays are each such day between two dates, or of all days."""
        plain = HOURS.sub(" ", plain)
        named = [(day, plain[: match.start()]) for match in DAY.finditer(plain) if (day := dates.parse(match[0]))]
        span = self._span_of_days(named)
        if len(named) == 1 and (span is None or not weekdays):
            day = named[0][0]
            if day > self.first_day + LONGEST_SPAN:  # a slip of the finger, which is told
                return None
            return [day] if day >= self.first_day else []
        if not weekdays:
            return None
        first, last = span or (self.first_day, self.last_day)
        first = max(first, self.first_day)
        between = (min(last, first + LONGEST_SPAN) - first).days
        days = [first + timedelta(days=number) for number in range(between + 1)]
        return [day for day in days if day.weekday() in weekdays]

    def _span_of_days(self, named: Sequence[tuple[date, str]]) -> tuple[date, date] | None:
        """From the first to the last day named; one alone, with what stands before it, may say from or until when."""
        if len(named) == 1:
            day, before = named[0]
            if SINCE.search(before):
                return day, self.last_day
            return (self.first_day, day) if UNTIL.search(before) else None
        days = [day for day, _ in named]
        return (min(days), max(days)) if days else None


def _weekdays(plain: str, line: str) -> tuple[list[int], slice]:
    """The weekdays that a line names in a row ("thứ 2, 4 và 6", "Mon, Wed", "thứ 2 đến thứ 6"), and where."""
    days, where = _in_a_row(plain, WEEKDAY)
    return (days, where) if days else _in_a_row(line.lower(), ENGLISH)


def _in_a_row(text: str, pattern: re.Pattern[str]) -> tuple[list[int], slice]:
    days: list[int] = []
    match, start, end, up_to = pattern.search(text), 0, 0, False
    while match:
        start = start if days else match.start()
        days += range(days[-1] + 1, _weekday(match)) if up_to else ()
        days.append(_weekday(match))
        end = match.end()
        while more := MORE.match(text, end):
            days.append(WEEKDAYS[more[1]])
            end = more.end()
        joint = AND.match(text, end) or TO.match(text, end)
        up_to = bool(joint and joint.re is TO)
        match = pattern.match(text, joint.end()) if joint else None
    return days, slice(start, end)


def _weekday(match: re.Match[str]) -> int:
    found = match.groupdict()
    if not found:
        return WEEKDAYS[match[0]]
    return 6 if found["sunday"] else WEEKDAYS[found["number"] or found["short"]]


def _title(line: str) -> str:
    """What is left of the line once its times are taken out, as far as marks leave lengths alone."""
    plain = search_key(line)
    text = " ".join(line.split())
    if len(plain) != len(text):
        return text[:TITLE_LENGTH]
    places = [
        slice(*match.span()) for pattern in (HOURS, ROW_OF_PERIODS, PERIODS, DAY) for match in pattern.finditer(plain)
    ]
    for place in (*places, _weekdays(plain, text)[1]):
        text = text[: place.start] + " " * (place.stop - place.start) + text[place.stop :]
    return " ".join(LEFT_OVER.sub(" ", text).strip(" ,;:|-–()").split())[:TITLE_LENGTH]
