"""The public shift scheduling benchmark of Curtois and Qu (2014) as a `roster-problem/1`.

Source: T. Curtois, R. Qu, "Computational results on new staff scheduling benchmark instances", 2014. Its hard rules
are limits of the volunteers; its objective (requests not granted, people below and above the cover) is one level,
so the optimal value of that level is the benchmark's objective.

The benchmark gives a shift's length but no hour. We start every shift at midnight: whatever hour it were, nobody
works two shifts of one day, and what may follow what is said by type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from solver.document import BadInput, Fault
from solver.problem import (
    MINUTES_PER_DAY,
    Interval,
    Limits,
    Problem,
    Rules,
    Shift,
    Volunteer,
    Weights,
    Wish,
)

A_MONDAY = date(2014, 1, 6)  # the instances say they start on a Monday, not on which
MOST_DAYS = 3660
LEVEL: Mapping[str, int] = {"under_target": 1, "over_target": 1, "wishes": 1}


@dataclass(frozen=True, slots=True)
class _Cover:
    required: int
    under: int
    over: int


@dataclass(slots=True)
class _Instance:
    """What the lines read so far say, by the benchmark's own names."""

    days: int = 0
    minutes: dict[str, int] = field(default_factory=dict)
    successions: list[tuple[str, str]] = field(default_factory=list)
    staff: dict[str, Limits] = field(default_factory=dict)
    days_off: dict[str, set[int]] = field(default_factory=dict)
    wishes: dict[tuple[str, int, str], tuple[bool, int]] = field(default_factory=dict)
    cover: dict[tuple[int, str], _Cover] = field(default_factory=dict)


class _Wrong(ValueError):
    """What is wrong with the line just read."""


def read(data: bytes) -> Problem:
    """The problem in the bytes of an instance. Raises BadInput with every faulty line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput((Fault("", f"byte {error.start}: is not UTF-8"),)) from error
    instance, faults = _Instance(), []
    for number, section, line in _lines(text):
        try:
            if section not in SECTIONS:
                raise _Wrong(f"stands in no section this format has ({section or 'none yet'})")
            SECTIONS[section](instance, [part.strip() for part in line.split(",")])
        except _Wrong as wrong:
            faults.append(Fault(f"line {number}", str(wrong)))
    if not instance.days and not faults:
        faults.append(Fault("SECTION_HORIZON", "is missing"))
    if faults:
        raise BadInput(tuple(faults))
    return _problem(instance)


def shift_id(kind: str, day: int) -> str:
    """The name a shift of the benchmark has in the problem."""
    return f"{kind}-{day:03}"


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Number, section and content of each line that says something."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if content.startswith("SECTION_"):
            section = content
        elif content and not content.startswith("#"):
            yield number, section, content


def _horizon(instance: _Instance, parts: list[str]) -> None:
    [days] = _exactly(parts, 1)
    instance.days = _whole(days)
    if not 1 <= instance.days <= MOST_DAYS:
        raise _Wrong(f"{days} is not from 1 to {MOST_DAYS} days")


def _shift(instance: _Instance, parts: list[str]) -> None:
    kind, length, never_next = _exactly(parts, 3)
    if kind in instance.minutes:
        raise _Wrong(f"shift {kind} is given twice")
    instance.minutes[kind] = _whole(length)
    if not 1 <= instance.minutes[kind] <= MINUTES_PER_DAY:
        raise _Wrong(f"{length} is not a length in minutes of at most a day")
    instance.successions += [(kind, after) for after in never_next.split("|") if after]


def _staff(instance: _Instance, parts: list[str]) -> None:
    name, most_of, *numbers = _exactly(parts, 8)
    if name in instance.staff:
        raise _Wrong(f"employee {name} is given twice")
    minutes_max, minutes_min, days_max, days_min, off_min, weekends = map(_whole, numbers)
    instance.staff[name] = Limits(
        minutes_max=minutes_max,
        minutes_min=minutes_min,
        turns_per_day=1,
        consecutive_days_max=days_max,
        consecutive_days_min=days_min,
        consecutive_days_off_min=off_min,
        weekends=weekends,
        turns_per_type=dict(_most(instance, part) for part in most_of.split("|") if part),
    )


def _most(instance: _Instance, part: str) -> tuple[str, int]:
    kind, _, most = part.partition("=")
    return _known(instance.minutes, kind, "shift"), _whole(most)


def _days_off(instance: _Instance, parts: list[str]) -> None:
    name, *days = parts
    off = instance.days_off.setdefault(_known(instance.staff, name, "employee"), set())
    off.update(_day(instance, day) for day in days)


def _on_request(instance: _Instance, parts: list[str]) -> None:
    _request(instance, parts, want=True)


def _off_request(instance: _Instance, parts: list[str]) -> None:
    _request(instance, parts, want=False)


def _request(instance: _Instance, parts: list[str], *, want: bool) -> None:
    name, day, kind, weight = _exactly(parts, 4)
    key = _known(instance.staff, name, "employee"), _day(instance, day), _known(instance.minutes, kind, "shift")
    wanted, before = instance.wishes.get(key, (want, 0))
    if wanted != want:
        raise _Wrong("asks for a shift and against it")
    instance.wishes[key] = want, before + _whole(weight)


def _cover(instance: _Instance, parts: list[str]) -> None:
    day, kind, *numbers = _exactly(parts, 5)
    key = _day(instance, day), _known(instance.minutes, kind, "shift")
    if key in instance.cover:
        raise _Wrong("the cover of this shift is given twice")
    instance.cover[key] = _Cover(*map(_whole, numbers))


SECTIONS: Mapping[str, Callable[[_Instance, list[str]], None]] = {
    "SECTION_HORIZON": _horizon,
    "SECTION_SHIFTS": _shift,
    "SECTION_STAFF": _staff,
    "SECTION_DAYS_OFF": _days_off,
    "SECTION_SHIFT_ON_REQUESTS": _on_request,
    "SECTION_SHIFT_OFF_REQUESTS": _off_request,
    "SECTION_COVER": _cover,
}


def _exactly(parts: list[str], count: int) -> list[str]:
    if len(parts) != count:
        raise _Wrong(f"has {len(parts)} fields, not {count}")
    return parts


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _Wrong(f"{text[:20]!r} is not a whole number")
    return int(text)


def _day(instance: _Instance, text: str) -> int:
    day = _whole(text)
    if day >= instance.days:
        raise _Wrong(f"day {day} is outside the horizon")
    return day


def _known(names: Mapping[str, object], name: str, what: str) -> str:
    if name not in names:
        raise _Wrong(f"{name!r} is no {what} of this file")
    return name


def _problem(instance: _Instance) -> Problem:
    """Every type on every day is a shift, covered or not: people may work where nobody is asked for."""
    return Problem(
        first_day=A_MONDAY,
        days=instance.days,
        shifts=tuple(_one_shift(instance, day, kind) for day in range(instance.days) for kind in instance.minutes),
        volunteers=tuple(
            Volunteer(name, limits=limits, available=_available(instance.days, instance.days_off.get(name)))
            for name, limits in instance.staff.items()
        ),
        wishes=tuple(
            Wish(name, shift_id(kind, day), want, weight)
            for (name, day, kind), (want, weight) in instance.wishes.items()
        ),
        rules=Rules(forbidden_successions=tuple(instance.successions)),
        levels=(LEVEL,),
    )


def _one_shift(instance: _Instance, day: int, kind: str) -> Shift:
    cover = instance.cover.get((day, kind), _Cover(0, 0, 0))
    start = day * MINUTES_PER_DAY
    return Shift(
        shift_id(kind, day),
        start,
        start + instance.minutes[kind],
        type=kind,
        target=cover.required,
        weights=Weights(under_target=cover.under, over_target=cover.over),
    )


def _available(days: int, off: set[int] | None) -> tuple[Interval, ...] | None:
    """Every day but those off; always, if there are none."""
    if not off:
        return None
    return tuple(Interval(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY) for day in range(days) if day not in off)
