"""What is asked: the rostering problem of the file formats `roster-problem/1` and `/2`, as frozen dataclasses.

Times are minutes of local wall-clock time since 00:00 of the period's first day, because every rule compares
and subtracts times and none asks for a time zone. `Problem.moment` and `Problem.minute` translate at the edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

FORMAT = "roster-problem/1"
FORMAT_2 = "roster-problem/2"  # with `show_up`, `service_level` and `under_service`; FORMAT.md describes both
MINUTES_PER_DAY = 24 * 60
SATURDAY, SUNDAY = 5, 6

Welcome = Literal["preferred", "available", "if_needed"]
PinState = Literal["assigned", "forbidden"]
PairRule = Literal["together", "apart"]

HARD_RULES = (
    "availability",
    "overlap",
    "rest",
    "limits",
    "days",
    "succession",
    "eligibility",
    "capacity",
    "minors",
    "newcomers",
    "all_or_nothing",
    "equipment",
    "pins",
    "pairs",
)
TERMS = (
    "under_min",
    "under_need",
    "under_service",
    "under_target",
    "over_target",
    "unfairness",
    "reluctance",
    "wishes",
    "travel",
    "changes",
)
RELUCTANCE: Mapping[Welcome, int] = MappingProxyType({"preferred": 0, "available": 1, "if_needed": 3})
DEFAULT_LEVELS: tuple[Mapping[str, int], ...] = (
    {"under_min": 1},
    {"under_need": 1},
    {"under_target": 1},
    {"changes": 1},
    {"unfairness": 1},
    {"reluctance": 1, "wishes": 1, "travel": 1},
)
SURE_LEVELS: tuple[Mapping[str, int], ...] = (*DEFAULT_LEVELS[:2], {"under_service": 1}, *DEFAULT_LEVELS[2:])

NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Assignment:
    """One volunteer on one shift: a turn."""

    volunteer: str
    shift: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the globe, in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Site:
    id: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Equipment:
    id: str
    count: int


@dataclass(frozen=True, slots=True)
class Need:
    """At least `min` of the people on the shift hold the qualification."""

    qualification: str
    min: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What one missing or superfluous person on this shift costs."""

    under_min: int = 1
    under_target: int = 1
    over_target: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """One site, one stretch of time, people wanted. `max` None is no limit; `pool` None lets anyone in.

    `service_level` is how surely (0 to 1) `min` people should come; None asks for nothing.
    """

    id: str
    start: int
    end: int
    site: str | None = None
    type: str | None = None
    min: int = 0
    target: int = 0
    max: int | None = None
    requires: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    pool: tuple[str, ...] | None = None
    adults_only: bool = False
    all_or_nothing: bool = False
    equipment: Mapping[str, int] = field(default_factory=dict)
    weights: Weights = Weights()
    service_level: float | None = None

    @property
    def day(self) -> int:
        """The day of the period the shift belongs to: the one it starts on, counted from 0."""
        return self.start // MINUTES_PER_DAY

    @property
    def minutes(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Interval:
    """Time a volunteer offers; it may reach beyond the period on either side."""

    start: int
    end: int
    level: Welcome = "available"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one volunteer wants at most, and at least; None is no limit."""

    turns: int | None = None
    minutes_max: int | None = None
    minutes_min: int | None = None
    turns_per_day: int | None = None
    rest_minutes: int | None = None
    consecutive_days_max: int | None = None
    consecutive_days_min: int | None = None
    consecutive_days_off_min: int | None = None
    weekends: int | None = None
    turns_per_type: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person. `available` None is always, an empty tuple never. `history_turns` are turns before this period.

    `show_up` is how surely they come when they have a turn, from 0 to 1, each independently of all others.
    """

    id: str
    groups: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    minor: bool = False
    newcomer: bool = False
    home: Place | None = None
    max_km: float | None = None
    available: tuple[Interval, ...] | None = None
    limits: Limits = Limits()
    history_turns: int = 0
    show_up: float = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    volunteer: str
    shift: str
    want: bool
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Pin:
    volunteer: str
    shift: str
    state: PinState


@dataclass(frozen=True, slots=True)
class Pair:
    """Two volunteers on exactly the same shifts, or never on the same one."""

    volunteers: tuple[str, str]
    rule: PairRule


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes between two sites, in either direction."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Rules:
    """`minors_latest_end` is in minutes after midnight of the day the shift starts on."""

    minors_latest_end: int | None = None
    forbidden_successions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One period's question. `previous` None: there was no roster before; (): there was one without turns."""

    first_day: date
    days: int
    shifts: tuple[Shift, ...] = ()
    volunteers: tuple[Volunteer, ...] = ()
    sites: tuple[Site, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    wishes: tuple[Wish, ...] = ()
    pins: tuple[Pin, ...] = ()
    pairs: tuple[Pair, ...] = ()
    travel: tuple[Travel, ...] = ()
    rules: Rules = Rules()
    previous: tuple[Assignment, ...] | None = None
    levels: tuple[Mapping[str, int], ...] = DEFAULT_LEVELS
    timezone: str = "Asia/Ho_Chi_Minh"
    shift_by_id: Mapping[str, Shift] = field(init=False, repr=False, compare=False)
    volunteer_by_id: Mapping[str, Volunteer] = field(init=False, repr=False, compare=False)
    site_by_id: Mapping[str, Site] = field(init=False, repr=False, compare=False)
    travel_minutes: Mapping[frozenset[str], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Frozen to everyone else; these four only repeat what the tuples say, by key.
        object.__setattr__(self, "shift_by_id", {shift.id: shift for shift in self.shifts})
        object.__setattr__(self, "volunteer_by_id", {person.id: person for person in self.volunteers})
        object.__setattr__(self, "site_by_id", {site.id: site for site in self.sites})
        minutes = {frozenset((way.origin, way.destination)): way.minutes for way in self.travel}
        object.__setattr__(self, "travel_minutes", minutes)

    def moment(self, minute: int) -> datetime:
        """The naive local date and time of a minute of the period."""
        return datetime.combine(self.first_day, time()) + timedelta(minutes=minute)

    def minute(self, moment: datetime) -> int:
        """The minute of a naive local date and time; negative before the period."""
        return (moment - datetime.combine(self.first_day, time())) // timedelta(minutes=1)

    def date_of(self, day: int) -> date:
        """The date of a day of the period, counted from 0."""
        return self.first_day + timedelta(days=day)

    def weekend_of(self, day: int) -> int | None:
        """The number of the weekend a Saturday or Sunday belongs to, or None on a working day."""
        weekday = self.date_of(day).weekday()
        if weekday not in (SATURDAY, SUNDAY):
            return None
        return (self.date_of(day).toordinal() - 1) // 7  # ordinal 1 is a Monday: whole weeks since then

    def travel_between(self, one: Shift, other: Shift) -> int:
        """Minutes on the way between two shifts: 0 within a site, without sites or where none is given."""
        if one.site is None or other.site is None or one.site == other.site:
            return 0
        return self.travel_minutes.get(frozenset((one.site, other.site)), 0)


def default_levels(shifts: Iterable[Shift]) -> tuple[Mapping[str, int], ...]:
    """What is minimised where a file does not say: with sureness after needs, if any shift asks for it."""
    return SURE_LEVELS if any(shift.service_level is not None for shift in shifts) else DEFAULT_LEVELS
