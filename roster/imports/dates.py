"""Birthdays as lists write them: 12/03/2005, 5.3.05, 2005-03-12, in words, or the number of days a spreadsheet counts.

Day before month, as everybody in Vietnam writes; only a column in which some "month" is above twelve and no "day" is
was written by an American machine, and is read month first.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

PARTS = re.compile(r"(\d{1,2})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{4}|\d{2})(?:\s+0?0:00(?::00)?)?")
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00)?)?")
IN_WORDS = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*tháng\s*(\d{1,2})\s*(?:năm|,)?\s*(\d{4})", re.IGNORECASE)
COMPACT = re.compile(r"(\d{2})(\d{2})(\d{4})")
EXCEL_EPOCH = date(1899, 12, 30)  # Excel's day 0, with its leap day of 1900 that never was
EXCEL_DAYS = range(10_000, 60_000)  # 1927 to 2064
CENTURY_TURNS = 30  # two-digit years up to 30 are of this century


def month_first(column: Iterable[str]) -> bool:
    """Whether a column of dates can only have been written month before day."""
    found = [match for text in column if (match := PARTS.fullmatch(text))]
    firsts, seconds = {int(match[1]) for match in found}, {int(match[2]) for match in found}
    return any(second > 12 for second in seconds) and all(first <= 12 for first in firsts)


def parse(text: str, *, month_first: bool = False) -> date | None:
    """The date, or None if the text is none."""
    if match := ISO.fullmatch(text):
        return _date(*map(int, match.groups()))
    if match := PARTS.fullmatch(text) or COMPACT.fullmatch(text):
        first, second, year = map(int, match.groups())
        if year < 100:
            year += 2000 if year <= CENTURY_TURNS else 1900
        return _date(year, first, second) if month_first else _date(year, second, first)
    if match := IN_WORDS.fullmatch(text):
        day, month, year = map(int, match.groups())
        return _date(year, month, day)
    if text.isascii() and text.isdigit() and int(text) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(text))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
