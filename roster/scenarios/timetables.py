"""When invented people could serve: class timetables, working weeks, and how glad they are of each half-day."""

from collections.abc import Collection, Iterable, Mapping
from random import Random

from roster.models import BY_DAY, Half, Level, Weekday

Slot = tuple[Weekday, Half]
Week = dict[Slot, Level]

WEEKDAYS = tuple(Weekday)[:5]
WEEKEND = tuple(Weekday)[5:]
DAYTIME = (Half.MORNING, Half.AFTERNOON)
LECTURE_SLOTS: tuple[Slot, ...] = tuple((day, half) for day in WEEKDAYS for half in DAYTIME)


def chances(
    *, by_day: float, evening: float, weekend: float, special: Mapping[Slot, float] | None = None
) -> dict[Slot, float]:
    """How likely somebody could serve in each half-day: weekdays by day, weekday evenings, the weekend."""
    week = {
        (day, half): weekend if day in WEEKEND else evening if half is Half.EVENING else by_day
        for day in Weekday
        for half in BY_DAY
    }
    return week | dict(special or {})


def usual_week(rng: Random, likely: Mapping[Slot, float], lectures: Collection[Slot] = ()) -> Week:
    """One person's usual week: half-days without lectures, each offered or not, and how gladly."""
    offered = (slot for slot in sorted(likely) if rng.random() < likely[slot] and slot not in lectures)
    return {slot: _gladly(rng) for slot in offered}


def lectures(rng: Random, half_days: int, fixed: Iterable[Slot] = ()) -> frozenset[Slot]:
    """A class's timetable: so many half-days of lectures a week, the fixed ones among them."""
    held = set(fixed)
    free = [slot for slot in LECTURE_SLOTS if slot not in held]
    return frozenset(held | set(rng.sample(free, max(0, half_days - len(held)))))


def _gladly(rng: Random) -> Level:
    return rng.choices([Level.PREFERRED, Level.AVAILABLE, Level.IF_NEEDED], [3, 5, 2])[0]
