"""What people type, made fit to keep: one place where text, numbers and choices of a form are checked.

Each function returns the clean value or raises FieldError naming the field and the reason, which `web/errors.py` words.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar

from roster.errors import FieldError

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days a form may name. Beyond them lie slips of the finger, and times no clock in UTC can tell."""

Choice = TypeVar("Choice", bound=StrEnum)
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def together(*checks: Callable[[], Any]) -> list[Any]:
    """What each check gives. Raises the first FieldError, with those of the other checks in `others`."""
    found, wrong = [], list[FieldError]()
    for check in checks:
        try:
            found.append(check())
        except FieldError as refusal:
            wrong.append(refusal)
    if wrong:
        wrong[0].others = wrong[1:]
        raise wrong[0]
    return found


def one_line(value: str | None, field: str, *, longest: int, required: bool = True) -> str:
    """NFC text on one line: line breaks become spaces, control and direction marks go.

    Reasons: `missing`, `too_long` (facts `longest`, `length`, in characters).
    """
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", value or ""))
    text = " ".join(text.split())
    if required and not text:
        raise FieldError(field=field, reason="missing")
    if len(text) > longest:
        raise FieldError(field=field, reason="too_long", longest=longest, length=len(text))
    return text


def whole_number(value: str | int | None, field: str, *, least: int = 0, most: int = 10_000) -> int | None:
    """A whole number, or None for nothing typed. Reasons: `not_a_number`, `out_of_range` (facts `least`, `most`)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = int(value)
    except ValueError:
        raise FieldError(field=field, reason="not_a_number", value=value) from None
    if not least <= number <= most:
        raise FieldError(field=field, reason="out_of_range", least=least, most=most, value=number)
    return number


def decimal(value: str | float | None, field: str, *, least: float, most: float) -> float | None:
    """A decimal number (comma or point), or None for nothing typed. Reasons: `not_a_decimal`, `out_of_range`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) else float(value)
    except ValueError:
        raise FieldError(field=field, reason="not_a_decimal", value=value) from None
    if not least <= number <= most:  # also refuses NaN, which compares false with everything
        raise FieldError(field=field, reason="out_of_range", least=least, most=most, value=number)
    return number


def choice(value: str | None, field: str, kinds: type[Choice]) -> Choice:
    """A member of the enum. Reasons: `missing`, `unknown_choice`."""
    if not value:
        raise FieldError(field=field, reason="missing")
    try:
        return kinds(value)
    except ValueError:
        raise FieldError(field=field, reason="unknown_choice", value=value) from None


def day(value: str | date | None, field: str) -> date:
    """A date, ISO 8601 as browsers send it. Reasons: `missing`, `not_a_date`, `too_long_ago`, `too_far_ahead`."""
    if not value:
        raise FieldError(field=field, reason="missing")
    try:
        found = value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        raise FieldError(field=field, reason="not_a_date", value=value) from None
    if found < FIRST_DAY:
        raise FieldError(field=field, reason="too_long_ago", value=found)
    if found > LAST_DAY:
        raise FieldError(field=field, reason="too_far_ahead", value=found)
    return found


def clock(value: str | time | None, field: str) -> time:
    """A local time of day to the minute, HH:MM. Reasons: `missing`, `not_a_time`."""
    if isinstance(value, time):
        return value
    if not value:
        raise FieldError(field=field, reason="missing")
    try:
        found = time.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found != time(found.hour, found.minute):
        raise FieldError(field=field, reason="not_a_time", value=value)
    return found
