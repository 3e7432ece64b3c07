"""Demand patterns and the dated shifts they become.

A pattern makes its shifts as soon as it is saved, `HORIZON` ahead, and again whenever a week further on is opened.
For each date of its rule there is at most one shift, for ever: one moved or cancelled by hand (`edited`) is left
alone, so nothing comes back to life by itself. What nobody touched follows its pattern, both into a new time and out
of the rule.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, LongerThanANight, NoOccurrence, NotFound
from roster.models import (
    Account,
    DayKind,
    DemandPattern,
    Holiday,
    HolidayPolicy,
    Programme,
    Qualification,
    Shift,
    ShiftState,
    Site,
    Team,
    Unit,
)
from roster.models.demand import DemandColumns
from roster.planning import scope
from roster.services import audit, feeds, fields, locks, places, telling, turns

HORIZON = timedelta(weeks=8)
DAY, LONGEST_NIGHT = 24 * 60, 12 * 60
"""Minutes. Longer than a night no shift runs past midnight."""
DEMAND = tuple(DemandColumns.__annotations__)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# What a rule may say, and how. Nothing finer, because dateutil looks for the next date of a rule that has none day by
# day up to the year 9999, and for that of INTERVAL=0 for ever.
RULE_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d?",
    "BYDAY": r"[+-]?\d{0,2}(MO|TU|WE|TH|FR|SA|SU)",
    "BYMONTH": r"[1-9]|1[0-2]",
    "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])",
    "BYSETPOS": r"-?[1-9]\d?",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}
LISTS = frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"})
MONTHLY_ONLY = frozenset({"BYMONTHDAY", "BYSETPOS"})


@dataclass(frozen=True, slots=True)
class Demand:
    """Head-counts and conditions, as typed. `pool`: groups ("unit:12", "team:7"); empty means anybody of the unit."""

    minimum: str | int | None
    target: str | int | None = None
    maximum: str | int | None = None
    requires: tuple[str, ...] = ()
    needs: Mapping[str, str | int | None] = field(default_factory=dict)
    pool: tuple[str, ...] = ()
    adults_only: bool = False
    all_or_nothing: bool = False
    service_level: str | int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A day on which a pattern would have a shift and has none, as it is a holiday."""

    pattern: DemandPattern
    day: date
    holiday: Holiday


@dataclass(frozen=True, slots=True)
class PatternDetails:
    """What a form says of a pattern, as typed; `rule` is an RFC 5545 RRULE."""

    name: str
    programme_id: int
    rule: str
    first_day: str | date
    last_day: str | date | None
    starts: str | time
    ends: str | time
    holiday_policy: str
    demand: Demand


def get(session: Session, pattern_id: int) -> DemandPattern:
    """Raises NotFound."""
    pattern = session.get(DemandPattern, pattern_id)
    if pattern is None:
        raise NotFound(what="pattern", id=pattern_id)
    return pattern


def create(session: Session, site: Site, details: PatternDetails, *, by: Account, now: datetime) -> DemandPattern:
    """Add a pattern to a site and make its shifts. Raises NotAllowed, FieldError, LongerThanANight, NoOccurrence."""
    access.require_planner(by, site.unit)
    pattern = DemandPattern(site=site, changed_at=now)
    _fill(session, pattern, details)
    session.add(pattern)
    session.flush()
    made = expand(session, [pattern], until=_horizon(pattern, now), now=now)
    audit.record(
        session,
        "pattern.create",
        f"pattern:{pattern.id}",
        by=by,
        now=now,
        unit=site.unit,
        name=pattern.name,
        shifts=made,
    )
    return pattern


def change(session: Session, pattern_id: int, details: PatternDetails, *, by: Account, now: datetime) -> DemandPattern:
    """Change a pattern; shifts to come that nobody edited follow it. Raises as `create`."""
    pattern = get(session, pattern_id)
    access.require_planner(by, pattern.site.unit)
    _fill(session, pattern, details)
    pattern.changed_at = now
    _follow(session, pattern, by, now)
    expand(session, [pattern], until=_horizon(pattern, now), now=now)
    audit.record(session, "pattern.change", f"pattern:{pattern.id}", by=by, now=now, unit=pattern.site.unit)
    return pattern


def change_hours(
    session: Session, pattern_id: int, *, starts: str | time, ends: str | time, by: Account, now: datetime
) -> int:
    """Give a whole series other hours: the pattern, and its shifts to come that nobody edited; how many those are.

    Raises NotFound, NotAllowed, FieldError, LongerThanANight.
    """
    pattern = get(session, pattern_id)
    access.require_planner(by, pattern.site.unit)
    before = (pattern.starts, pattern.ends)
    pattern.starts, pattern.ends = span(starts, ends)
    pattern.shift_type = shift_type(pattern.starts)
    pattern.changed_at = now
    changed = _follow(session, pattern, by, now)
    hours = {
        "before": [f"{clock:%H:%M}" for clock in before],
        "after": [f"{pattern.starts:%H:%M}", f"{pattern.ends:%H:%M}"],
    }
    audit.record(
        session,
        "pattern.change",
        f"pattern:{pattern.id}",
        by=by,
        now=now,
        unit=pattern.site.unit,
        shifts=changed,
        **hours,
    )
    return changed


def end(session: Session, pattern_id: int, *, by: Account, now: datetime) -> DemandPattern:
    """Make no more shifts, and cancel those to come that nobody edited. Raises NotFound, NotAllowed."""
    pattern = get(session, pattern_id)
    access.require_planner(by, pattern.site.unit)
    pattern.active = False
    pattern.changed_at = now
    _follow(session, pattern, by, now)
    audit.record(session, "pattern.end", f"pattern:{pattern.id}", by=by, now=now, unit=pattern.site.unit)
    return pattern


def expand_unit(session: Session, unit: Unit, *, until: date, now: datetime) -> int:
    """Make the shifts of all patterns of a unit and beneath, up to a day; how many were new."""
    patterns = session.scalars(
        select(DemandPattern)
        .join(Site)
        .join(Unit)
        .where(Unit.path.startswith(unit.path, autoescape=True), DemandPattern.active)
    ).all()
    return expand(session, patterns, until=until, now=now)


def expand(session: Session, patterns: Iterable[DemandPattern], *, until: date, now: datetime) -> int:
    """Make the missing shifts of patterns, from today up to a day; how many were new."""
    patterns = [pattern for pattern in patterns if pattern.active]
    if not patterns:
        return 0
    today = patterns[0].site.unit.day_of(now)
    calendar = _calendar(session)
    there = set(
        session.execute(
            select(Shift.pattern_id, Shift.pattern_day).where(
                Shift.pattern_id.in_([pattern.id for pattern in patterns]), Shift.pattern_day >= today
            )
        )
    )
    made = [
        _shift(pattern, day, now)
        for pattern in patterns
        for day in dates(pattern, today, until, calendar)
        if (pattern.id, day) not in there
    ]
    session.add_all(made)
    session.flush()
    feeds.shifts_changed(session, [shift.id for shift in made], now=now)
    return len(made)


def dates(pattern: DemandPattern, first: date, last: date, calendar: Mapping[date, Holiday]) -> list[date]:
    """The local days within first…last on which the pattern has a shift, by its rule and its holiday policy."""
    first = max(first, pattern.first_day)
    last = min(last, pattern.last_day) if pattern.last_day else last
    if first > last:
        return []
    wanted = _rule_days(pattern, first, last)
    if pattern.holiday_policy is HolidayPolicy.KEEP:
        return sorted(wanted)
    if pattern.holiday_policy is HolidayPolicy.ONLY:
        return sorted(day for day in wanted if day in calendar and calendar[day].kind is DayKind.HOLIDAY)
    closed = _closed(calendar)
    swapped_in = {
        day
        for day, special in calendar.items()
        if special.kind is DayKind.WORKING_DAY
        and first <= day <= last
        and special.instead_of
        and _rule_days(pattern, special.instead_of, special.instead_of)
    }
    return sorted((wanted - closed) | swapped_in)


def closed_days(session: Session, site: Site, *, until: date, now: datetime) -> list[Closed]:
    """Where the coming shifts of a site have a gap because of a holiday, up to a day."""
    calendar, today = _calendar(session), site.unit.day_of(now)
    skipping = (DemandPattern.active, DemandPattern.holiday_policy == HolidayPolicy.SKIP)
    patterns = session.scalars(select(DemandPattern).where(DemandPattern.site_id == site.id, *skipping)).all()
    there = select(Shift.pattern_id, Shift.pattern_day).where(Shift.site_id == site.id, Shift.pattern_day >= today)
    made = set(session.execute(there))
    found = []
    for pattern in patterns:
        first = max(today, pattern.first_day)
        last = min(until, pattern.last_day) if pattern.last_day else until
        missed = _rule_days(pattern, first, last) & _closed(calendar) if first <= last else set()
        found += [Closed(pattern, day, calendar[day]) for day in missed if (pattern.id, day) not in made]
    return found


def _closed(calendar: Mapping[date, Holiday]) -> set[date]:
    return {day for day, special in calendar.items() if special.kind is not DayKind.WORKING_DAY}


def _rule_days(pattern: DemandPattern, first: date, last: date) -> set[date]:
    rule = rrulestr(pattern.rule, dtstart=datetime.combine(pattern.first_day, time()), ignoretz=True)
    found = rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    return {moment.date() for moment in found}


def _fill(session: Session, pattern: DemandPattern, details: PatternDetails) -> None:
    pattern.name = fields.one_line(details.name, "name", longest=200)
    pattern.programme = programme_for(session, pattern.site.unit, details.programme_id)
    pattern.starts, pattern.ends = span(details.starts, details.ends)
    pattern.first_day = fields.day(details.first_day, "first_day")
    pattern.last_day = fields.day(details.last_day, "last_day") if details.last_day else None
    pattern.rule = checked_rule(details.rule)
    pattern.holiday_policy = fields.choice(details.holiday_policy, "holiday_policy", HolidayPolicy)
    pattern.shift_type = shift_type(pattern.starts)
    fill_demand(session, pattern, details.demand)
    pattern.active = True
    _require_a_date(session, pattern)


def span(first: str | time, last: str | time) -> tuple[time, time]:
    """Hours of a shift as typed; an end before the start is on the next day, as far as a night goes.

    Raises FieldError, LongerThanANight: what would be longer than a night is a slip of the finger.
    """
    starts, ends = fields.clock(first, "starts"), fields.clock(last, "ends")
    if ends <= starts and minutes_of(starts, ends) > LONGEST_NIGHT:
        raise LongerThanANight(field="ends", starts=starts, ends=ends, hours=LONGEST_NIGHT // 60)
    return starts, ends


def minutes_of(starts: time, ends: time) -> int:
    """How long a shift with these hours is, a whole day if they are the same."""
    return (60 * (ends.hour - starts.hour) + ends.minute - starts.minute) % DAY or DAY


def moments(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a shift of a local day begins and ends."""
    last_day = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, zone), datetime.combine(last_day, ends, zone)


def shift_type(starts: time) -> str:
    """The part of the day a shift belongs to, by when it starts."""
    if starts < time(12):
        return "morning"
    return "afternoon" if starts < time(17, 30) else "evening"


def checked_rule(rule: str) -> str:
    """An RRULE over whole days. Raises FieldError (`not_a_rule`): times of day come from the pattern's hours."""
    text = fields.one_line(rule, "rule", longest=500).upper().removeprefix("RRULE:")
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    try:
        if not _is_rule(parts):
            raise ValueError(text)
        rrulestr(text, dtstart=datetime(2026, 1, 1), ignoretz=True)  # noqa: DTZ001  (a rule over local days has no zone)
    except (ValueError, TypeError, KeyError):
        raise FieldError(field="rule", reason="not_a_rule", value=rule) from None
    return text


def _is_rule(parts: Mapping[str, str]) -> bool:
    """Whether each part is one we know, and together they are no rule that would be searched for long."""
    for name, value in parts.items():
        values = value.split(",") if name in LISTS else [value]
        if name not in RULE_PARTS or not all(re.fullmatch(RULE_PARTS[name], one, re.ASCII) for one in values):
            return False
    if parts.get("FREQ") in ("DAILY", "WEEKLY") and parts.keys() & MONTHLY_ONLY:
        return False
    if parts.get("FREQ") == "DAILY" and parts.get("INTERVAL", "1") != "1" and "BYDAY" in parts:
        return (
            False  # "every 7 days, on Tuesdays" never comes if the first day is no Tuesday; WEEKLY says what is meant
        )
    return "FREQ" in parts and not {"COUNT", "UNTIL"} <= parts.keys()


def weekly_rule(weekdays: Iterable[int], every: int = 1) -> str:
    """The RRULE of "every n weeks on these weekdays" (Monday is 0)."""
    days = ",".join(WEEKDAYS[weekday] for weekday in sorted(set(weekdays)))
    interval = f";INTERVAL={every}" if every > 1 else ""
    return f"FREQ=WEEKLY{interval};BYDAY={days}"


def programme_for(session: Session, unit: Unit, programme_id: int) -> Programme:
    """A programme that a site of the unit may serve: one of its own, of a unit above or of one beneath.

    Raises FieldError (`missing`), also for programmes of other units, which this one must not read the names of.
    """
    near = select(Programme).join(Unit, Unit.id == Programme.unit_id).where(scope.family(unit))
    with session.no_autoflush:
        programme = session.scalars(near.where(Programme.id == programme_id)).one_or_none()
    if programme is None:
        raise FieldError(field="programme_id", reason="missing")
    return programme


def fill_demand(session: Session, target: DemandPattern | Shift, demand: Demand) -> None:
    """Check head-counts and conditions and write them to a pattern or shift. Raises FieldError naming the field."""
    minimum = fields.whole_number(demand.minimum, "minimum", most=500)
    if minimum is None:
        raise FieldError(field="minimum", reason="missing")
    wanted = fields.whole_number(demand.target, "target", most=500)
    maximum = fields.whole_number(demand.maximum, "maximum", most=500)
    wanted = max(minimum, 0) if wanted is None else wanted
    if wanted < minimum:
        raise FieldError(field="target", reason="below", other="minimum", value=wanted, least=minimum)
    if maximum is not None and maximum < wanted:
        raise FieldError(field="maximum", reason="below", other="target", value=maximum, least=wanted)
    known = set(session.scalars(select(Qualification.code)))
    needs = {code: fields.whole_number(count, f"needs-{code}", most=500) or 0 for code, count in demand.needs.items()}
    for code in (*demand.requires, *needs):
        if code not in known:
            raise FieldError(field="requires", reason="unknown_choice", value=code)
    target.minimum, target.target, target.maximum = minimum, wanted, maximum
    target.requires = sorted(set(demand.requires))
    target.needs = {code: count for code, count in sorted(needs.items()) if count}
    target.pool = _pool(session, target.site.unit, demand.pool)
    target.adults_only, target.all_or_nothing = demand.adults_only, demand.all_or_nothing
    target.service_level = fields.whole_number(demand.service_level, "service_level", least=1, most=99)


def _pool(session: Session, unit: Unit, groups: Iterable[str]) -> list[str] | None:
    """The groups, each a unit or team of the unit's family; None for none. Raises FieldError (`unknown_choice`)."""
    asked = sorted(set(groups))
    known = set[str]()
    with session.no_autoflush:
        if any(group.startswith("unit:") for group in asked):
            known |= {f"unit:{id}" for id in session.scalars(select(Unit.id).where(scope.family(unit)))}
        if any(group.startswith("team:") for group in asked):
            known |= {f"team:{id}" for id in session.scalars(select(Team.id).join(Team.unit).where(scope.family(unit)))}
    for group in asked:
        if group not in known:
            raise FieldError(field="pool", reason="unknown_choice", value=group)
    return asked or None


def _require_a_date(session: Session, pattern: DemandPattern) -> None:
    """A pattern without a single date is a mistake its author would only notice weeks later."""
    with session.no_autoflush:
        calendar = _calendar(session)
    last = pattern.last_day or pattern.first_day + timedelta(days=366)
    if not dates(pattern, pattern.first_day, last, calendar):
        raise NoOccurrence(field="rule", rule=pattern.rule, first_day=pattern.first_day, last_day=pattern.last_day)


def _calendar(session: Session) -> dict[date, Holiday]:
    return {special.day: special for special in session.scalars(select(Holiday))}


def _horizon(pattern: DemandPattern, now: datetime) -> date:
    """Eight weeks from today; a pattern that starts later gets its first eight weeks."""
    return max(pattern.site.unit.day_of(now), pattern.first_day) + HORIZON


def _shift(pattern: DemandPattern, day: date, now: datetime) -> Shift:
    shift = Shift(
        site_id=pattern.site_id,
        programme_id=pattern.programme_id,
        pattern_id=pattern.id,
        pattern_day=day,
        uid=uuid4().hex,
        changed_at=now,
        people_changed_at=now,
    )
    _copy(pattern, shift)
    return shift


def _copy(pattern: DemandPattern, shift: Shift) -> None:
    """Give a shift its pattern's hours and demand."""
    assert shift.pattern_day is not None
    zone = pattern.site.unit.zone
    shift.programme_id = pattern.programme_id
    shift.starts_at, shift.ends_at = moments(shift.pattern_day, pattern.starts, pattern.ends, zone)
    for name in DEMAND:
        setattr(shift, name, copy(getattr(pattern, name)))


def following(session: Session, pattern: DemandPattern, now: datetime) -> Sequence[Shift]:
    """The shifts to come of a pattern that nobody edited."""
    to_come = (Shift.pattern_id == pattern.id, Shift.starts_at > now)
    return session.scalars(select(Shift).where(*to_come, Shift.edited.is_(False))).all()


def _follow(session: Session, pattern: DemandPattern, by: Account, now: datetime) -> int:
    """Bring the shifts to come that nobody edited in line with the changed pattern; how many had to change."""
    locks.take_rosters_of(session, following(session, pattern, now))
    shifts = following(session, pattern, now)
    if not shifts:
        return 0
    days = [shift.pattern_day for shift in shifts if shift.pattern_day]
    kept = set(dates(pattern, min(days), max(days), _calendar(session))) if pattern.active else set()
    was = {shift: (shift.starts_at, shift.ends_at, shift.state) for shift in shifts}
    changed = [shift for shift in shifts if _follows(pattern, shift, now, open_still=shift.pattern_day in kept)]
    back = [shift for shift in changed if was[shift][2] is ShiftState.CANCELLED]
    turns.let_stay_away(session, back, by=by, now=now)
    for shift in changed:
        _tell(session, shift, *was[shift], now)
    feeds.shifts_changed(session, [shift.id for shift in changed], now=now)
    places.follow(session, [shift.id for shift in changed], now=now)
    return len(changed)


def _tell(
    session: Session, shift: Shift, starts_at: datetime, ends_at: datetime, state: ShiftState, now: datetime
) -> None:
    """Whoever serves on it, if it is called off, takes place after all, or is at another time than before.

    Those are asked anew whether they will be there.
    """
    if shift.state is not state:
        tell = telling.shift_cancelled if shift.state is ShiftState.CANCELLED else telling.shift_restored
        tell(session, shift, now=now)
    elif (shift.starts_at, shift.ends_at) != (starts_at, ends_at):
        telling.shift_moved(session, shift, starts_at=starts_at, ends_at=ends_at, site_id=shift.site_id, now=now)
        turns.ask_anew(session, shift, now=now)
        places.moved(session, shift, now=now)


def _follows(pattern: DemandPattern, shift: Shift, now: datetime, *, open_still: bool) -> bool:
    """Whether the shift had to change; one that stays as it was must not look new to calendars."""
    before, when = _copied(shift), (shift.starts_at, shift.ends_at, shift.state)
    _copy(pattern, shift)
    shift.state = ShiftState.OPEN if open_still else ShiftState.CANCELLED
    if (shift.starts_at, shift.ends_at, shift.state) != when:
        shift.sequence += 1
    elif _copied(shift) == before:
        return False
    shift.changed_at = now
    return True


def _copied(shift: Shift) -> tuple[object, ...]:
    """What a shift has from its pattern, for comparison."""
    return tuple(getattr(shift, name) for name in ("programme_id", *DEMAND))
