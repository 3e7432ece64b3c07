"""Builders that hide what a solver test does not care about: a week from Monday 23 November 2026."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from solver.problem import MINUTES_PER_DAY, Interval, Need, Problem, Shift, Volunteer, Welcome

MONDAY = date(2026, 11, 23)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHEN = re.compile(r"([a-z]{3})([+]\d+)? (\d\d):(\d\d)-(\d\d):(\d\d)")


def minutes(when: str) -> tuple[int, int]:
    """`mon 07:30-11:30` as start and end in minutes; `mon+1` is a week later, an early end is the next day."""
    found = WHEN.fullmatch(when)
    assert found, f"not a time like 'mon 07:30-11:30': {when}"
    day = DAYS.index(found[1]) + 7 * int(found[2] or 0)
    start = day * MINUTES_PER_DAY + int(found[3]) * 60 + int(found[4])
    end = day * MINUTES_PER_DAY + int(found[5]) * 60 + int(found[6])
    return start, end if end > start else end + MINUTES_PER_DAY


def a_shift(
    id: str = "mon-am", when: str = "mon 07:30-11:30", *, min: int = 1, target: int | None = None, **other: Any
) -> Shift:
    """A shift of one person. `needs` may be given as `{"lead": 1}`."""
    start, end = minutes(when)
    if isinstance(other.get("needs"), dict):
        other["needs"] = tuple(Need(name, least) for name, least in other["needs"].items())
    return Shift(id=id, start=start, end=end, min=min, target=min if target is None else target, **other)


def an_offer(when: str, level: Welcome = "available") -> Interval:
    return Interval(*minutes(when), level)


def a_volunteer(id: str = "lan", *, available: Iterable[str | Interval] | None = None, **other: Any) -> Volunteer:
    """A volunteer who can always serve; `available` takes `mon 07:30-11:30` or an_offer(…)."""
    offers = None
    if available is not None:
        offers = tuple(an_offer(offer) if isinstance(offer, str) else offer for offer in available)
    for key in ("groups", "qualifications"):
        other[key] = frozenset(other.get(key, ()))
    return Volunteer(id=id, available=offers, **other)


def a_problem(**parts: Any) -> Problem:
    """A week with one shift and one volunteer, unless told otherwise."""
    parts = {"first_day": MONDAY, "days": 7, "shifts": (a_shift(),), "volunteers": (a_volunteer(),)} | parts
    return Problem(**{key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()})
