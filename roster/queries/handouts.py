"""A week to hand out to a chat group: who serves where, by given name, and never with a phone number.

A chat group is read by whoever is in it, so names follow the same consent as everywhere: those who agreed, never
minors; the others are counted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from roster.models import (
    Assignment,
    AssignmentState,
    Person,
    Roster,
    Shift,
    ShiftState,
    Site,
    Team,
    TeamMember,
)
from roster.planning import scope
from roster.queries.turns import namesakes, shown_names
from roster.vietnam.office_hours import monday_of
from roster.wanted import Wanted, still_wanted


@dataclass(frozen=True, slots=True)
class HandoutShift:
    """One shift; times are local. `others`: how many more serve there; `wanted`: who else is."""

    starts: datetime
    ends: datetime
    site: str
    names: Sequence[str]
    others: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class HandoutDay:
    day: date
    shifts: Sequence[HandoutShift]


def of_team(session: Session, team: Team, first_day: date) -> Sequence[HandoutDay]:
    """The published turns of a team's members in a week, with the people of the team alone."""
    members = set(session.scalars(_members(team)))
    begins = datetime.combine(first_day, time(), team.unit.zone)
    return _days(session, _served_by(team, begins).where(Shift.starts_at < begins + timedelta(days=7)), only=members)


def week_of_team(session: Session, team: Team, today: date) -> date:
    """The first day of the week to hand out: the present one, or else the next in which the team serves."""
    present, zone = monday_of(today), team.unit.zone
    begins = datetime.combine(present, time(), zone)
    soonest = session.scalars(_served_by(team, begins).order_by(Shift.starts_at).limit(1)).first()
    return monday_of(soonest.starts_at.astimezone(zone).date()) if soonest else present


def of_roster(session: Session, roster: Roster) -> Sequence[HandoutDay]:
    """Every open shift of a roster, as it was published last."""
    return _days(session, scope.open_shifts_in(scope.of(roster.period)), only=None)


def _members(team: Team) -> Select[int]:
    return select(TeamMember.person_id).where(TeamMember.team_id == team.id)


def _served_by(team: Team, begins: datetime) -> Select[Shift]:
    served = select(Assignment.shift_id).where(
        Assignment.person_id.in_(_members(team)), Assignment.state == AssignmentState.ACTIVE
    )
    return select(Shift).where(Shift.id.in_(served), Shift.starts_at >= begins, Shift.state == ShiftState.OPEN)


def _days(session: Session, query: Select[Shift], *, only: set[int] | None) -> Sequence[HandoutDay]:
    shifts = session.scalars(
        query.options(joinedload(Shift.site).joinedload(Site.unit)).order_by(Shift.starts_at, Shift.id)
    ).all()
    people = _people_on(session, shifts)
    alike = namesakes(session, {person for here in people.values() for person in here})
    days: dict[date, list[HandoutShift]] = defaultdict(list)
    for shift in shifts:
        here = people[shift.id]
        shown = here if only is None else [person for person in here if person.id in only]
        wanted = still_wanted(len(here), shift.minimum, shift.target) if only is None else Wanted(0, 0)
        drawn = _shift(shift, shown, alike, wanted)
        days[drawn.starts.date()].append(drawn)
    return [HandoutDay(day, tuple(rows)) for day, rows in sorted(days.items())]


def _people_on(session: Session, shifts: Sequence[Shift]) -> dict[int, list[Person]]:
    found = defaultdict(list)
    rows = session.execute(
        select(Assignment.shift_id, Person)
        .join(Assignment.person)
        .where(Assignment.shift_id.in_([shift.id for shift in shifts]), Assignment.state == AssignmentState.ACTIVE)
        .options(joinedload(Person.unit))
        .order_by(Person.name_sort, Person.id)
    )
    for shift_id, person in rows:
        found[shift_id].append(person)
    return found


def _shift(shift: Shift, people: Sequence[Person], alike: Mapping[int, str], wanted: Wanted) -> HandoutShift:
    zone = shift.site.unit.zone
    named = [name for name in shown_names(people, shift, alike).values() if name]
    return HandoutShift(
        starts=shift.starts_at.astimezone(zone),
        ends=shift.ends_at.astimezone(zone),
        site=shift.site.name,
        names=named,
        others=len(people) - len(named),
        wanted=wanted,
    )
