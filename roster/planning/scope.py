"""What a roster covers: the local days of its period, the shifts that start in them, and the people who may serve.

A period belongs to a unit and reaches all beneath it, but for units that plan these days for themselves: each shift is
planned by one roster alone, that of the nearest unit above its site. The people are those whose home is there, and the
members of its teams wherever they are at home: a joint team brings police youth of another unit to a commune's desk.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, contains_eager, object_session

from roster.models import Period, Person, PersonQualification, Roster, Shift, ShiftState, Site, Team, TeamMember, Unit

LOOK_BACK = timedelta(days=28)
"""How far back turns count for fairness."""
LONGEST = 31
"""Days of the longest period."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Days that a unit beneath plans for itself: from `begins` up to `ends`, aware."""

    unit_path: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """The days of a period in the unit's time zone; `begins` and `ends` are their aware bounds, the end excluded.

    `apart`: what units beneath plan for themselves in these days.
    """

    unit_path: str
    first_day: date
    days: int
    zone: ZoneInfo
    apart: tuple[Apart, ...] = ()

    @property
    def begins(self) -> datetime:
        return self.midnight(0)

    @property
    def ends(self) -> datetime:
        return self.midnight(self.days)

    def midnight(self, day: int) -> datetime:
        """When the day counted from 0 begins."""
        return datetime.combine(self.date_of(day), time(), self.zone)

    def date_of(self, day: int) -> date:
        return self.first_day + timedelta(days=day)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def minute(self, moment: datetime) -> int:
        """Minutes of wall-clock time since 00:00 of the first day, as the solver counts."""
        wall = self.local(moment).replace(tzinfo=None)
        return (wall - datetime.combine(self.first_day, time())) // timedelta(minutes=1)


def of(period: Period) -> Scope:
    """The scope of a period that belongs to a session: the periods of units beneath are looked up in it."""
    own = Scope(period.unit.path, period.first_day, period.days, period.unit.zone)
    return replace(own, apart=tuple(_apart(period, own)))


def _apart(period: Period, own: Scope) -> Iterator[Apart]:
    session = object_session(period)
    assert session is not None
    beneath_it = session.scalars(
        select(Period)
        .join(Period.unit)
        .where(beneath(own.unit_path), Period.unit_id != period.unit_id, Period.first_day < own.date_of(own.days))
        .where(Period.first_day > own.first_day - timedelta(days=LONGEST))
        .options(contains_eager(Period.unit))
        .order_by(Period.id)
    )
    for other in beneath_it:
        theirs = Scope(other.unit.path, other.first_day, other.days, other.unit.zone)
        if theirs.ends > own.begins:
            yield Apart(theirs.unit_path, theirs.begins, theirs.ends)


def planned_by(session: Session, unit: Unit, day: date) -> Roster | None:
    """The roster that plans the unit's shifts of a day: its own or the nearest above; None if nobody opened it."""
    return next((session.get_one(Roster, found) for found in planners(session, {(unit, day)})), None)


def planners(session: Session, days: Collection[tuple[Unit, date]]) -> set[int]:
    """The ids of the rosters that plan the shifts of these units, each of its day."""
    if not days:
        return set()
    first, last = min(day for _, day in days), max(day for _, day in days)
    rows = session.execute(
        select(Roster.id, Period.unit_id, Period.first_day, Period.days)
        .join(Roster.period)
        .where(Period.unit_id.in_({above for unit, _ in days for above in unit.line}))
        .where(Period.first_day <= last, Period.first_day > first - timedelta(days=LONGEST))
    )
    opened = {
        (unit_id, first_day + timedelta(days=number)): roster_id
        for roster_id, unit_id, first_day, length in rows
        for number in range(length)
    }
    nearest = (
        next((opened[above, day] for above in reversed(unit.line) if (above, day) in opened), None)
        for unit, day in days
    )
    return {roster_id for roster_id in nearest if roster_id is not None}


def shifts_in(scope: Scope) -> Select[Shift]:
    """Every shift, open or cancelled, that starts in the period at a site of the unit or beneath, in time order."""
    return (
        select(Shift)
        .join(Shift.site)
        .join(Site.unit)
        .where(_starts_within(scope), *(~_starts_within(apart) for apart in scope.apart))
        .order_by(Shift.starts_at, Shift.id)
    )


def open_shifts_in(scope: Scope) -> Select[Shift]:
    return shifts_in(scope).where(Shift.state == ShiftState.OPEN)


def people_in(scope: Scope) -> Select[int]:
    """The ids of the active people of the unit and beneath, and of the members of their teams."""
    return select(Person.id).where(Person.active, belongs(scope.unit_path))


def belongs(unit_path: str) -> ColumnElement[bool]:
    """The person, active or not, is at home in the unit with this path or beneath it, or in one of its teams."""
    return or_(_homes(beneath(unit_path)), _members(beneath(unit_path)))


def people_of(scope: Scope, groups: Iterable[str]) -> Select[int]:
    """The ids of those people who are in one of the groups ("unit:12" with all beneath it and its teams, "team:7")."""
    units, teams = set[int](), set[int]()
    for group in groups:
        kind, _, number = group.partition(":")
        if number.isdigit():  # A group of another kind holds nobody, as for the solver.
            (units if kind == "unit" else teams).add(int(number))
    under = or_(false(), *(Unit.path.contains(f"/{unit}/", autoescape=True) for unit in sorted(units)))
    chosen = _active(_homes(under), _members(or_(under, Team.id.in_(sorted(teams)))))
    return chosen.where(Person.id.in_(people_in(scope)))


def is_valid(scope: Scope) -> ColumnElement[bool]:
    """The selected PersonQualification is granted by the last day of the period, and lasts as long."""
    last_day, held = scope.date_of(scope.days - 1), PersonQualification
    return and_(held.granted_on <= last_day, or_(held.valid_until.is_(None), held.valid_until >= last_day))


def _starts_within(area: Scope | Apart) -> ColumnElement[bool]:
    return and_(beneath(area.unit_path), Shift.starts_at >= area.begins, Shift.starts_at < area.ends)


def beneath(path: str) -> ColumnElement[bool]:
    """The joined unit is the one with this path or lies beneath it."""
    return Unit.path.startswith(path, autoescape=True)


def family(unit: Unit) -> ColumnElement[bool]:
    """The joined unit is this one, above it, or beneath it."""
    return or_(Unit.id.in_(unit.line), beneath(unit.path))


def _homes(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Person.unit_id.in_(select(Unit.id).where(condition))


def _members(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    teams = select(TeamMember.person_id).join(TeamMember.team).join(Team.unit).where(condition)
    return Person.id.in_(teams)


def _active(*ways_in: ColumnElement[bool]) -> Select[int]:
    return select(Person.id).where(Person.active, or_(*ways_in))
