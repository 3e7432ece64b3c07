"""The generator: scenario modules say in the domain's words what there is, and this turns it into rows.

All chance comes from the scenario's own id, so the same scenario on the same day is the same world everywhere, to the
last timetable; only calendar identities and passwords are truly random. Times hang on `today`: four weeks lie
behind, this week is there to be planned and published, next week to be planned by whoever signs in.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    AvailabilityException,
    Base,
    ChangeKind,
    Consent,
    ConsentKind,
    DemandPattern,
    DraftAssignment,
    HolidayPolicy,
    Level,
    Period,
    Person,
    PersonQualification,
    Programme,
    ProgrammeKind,
    Publication,
    PublicationChange,
    Qualification,
    Roster,
    Shift,
    Site,
    SiteKind,
    Team,
    TeamMember,
    Unit,
    UnitKind,
    Weekday,
    WeeklyAvailability,
)
from roster.scenarios.history import Past, Volunteer
from roster.scenarios.people import People, Point, Region
from roster.scenarios.timetables import Week
from roster.services import demand as demands
from roster.services import holidays
from roster.services.consents import TEXT_VERSION
from roster.vietnam import names, office_hours
from roster.vietnam.office_hours import Hours

Row = TypeVar("Row", bound=Base)

HISTORY_WEEKS = 4
WEEKS_AHEAD = 4
WEEK = timedelta(weeks=1)
# How long before its Monday a week was planned and published.
PUBLISHED_BEFORE = timedelta(days=3)
PLANNING_HOUR = time(17, 30)

QUALIFICATIONS = {
    "trained": ("Đã tập huấn dịch vụ công trực tuyến", "Trained in online public services"),
    "lead": ("Trưởng ca", "Shift lead"),
    "police": ("Cán bộ, chiến sĩ công an", "Police partner"),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom a scenario is shown with: the unit that is planned, and who signs in to look at it."""

    root: Unit
    planned: Unit
    site: Site
    volunteer: Volunteer


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named task. `region` decides what people are called there."""

    id: str
    name_vi: str
    name_en: str
    region: Region
    build: "Callable[[World], Cast]"


class World:
    """A scenario under construction. Its methods flush what later ones need an id of; the caller commits."""

    def __init__(self, session: Session, scenario_id: str, *, region: Region, now: datetime, today: date) -> None:
        self.session, self.now, self.today = session, now, today
        self.rng = Random(scenario_id)  # noqa: S311  (invented people are no secret)
        self.monday = office_hours.monday_of(today)
        self.first_monday = self.monday - HISTORY_WEEKS * WEEK
        self.invented = People(self.rng, region, today)
        self.volunteers: list[Volunteer] = []
        self.patterns: list[DemandPattern] = []
        self._qualifications: dict[str, Qualification] = {}
        self._members: list[dict[str, Any]] = []

    # The organisation and its places.

    def unit(self, name: str, kind: UnitKind, under: Unit | None = None) -> Unit:
        unit = Unit(name=name, name_sort=names.text_sort_key(name), kind=kind, parent=under)
        self._flushed(unit)
        unit.path = f"{under.path if under else '/'}{unit.id}/"
        return unit

    def site(
        self, unit: Unit, kind: SiteKind, name: str, at: Point, *, address: str = "", promised_min: int | None = None
    ) -> Site:
        site = Site(
            unit=unit,
            kind=kind,
            name=name,
            name_sort=names.text_sort_key(name),
            address=address,
            latitude=at.latitude,
            longitude=at.longitude,
            promised_min=promised_min,
            changed_at=planned_at(self.first_monday),
        )
        return self._flushed(site)

    def programme(self, unit: Unit, kind: ProgrammeKind, name: str) -> Programme:
        return self._flushed(Programme(unit_id=unit.id, kind=kind, name=name))

    # Who is there.

    def volunteer(
        self,
        unit: Unit,
        week: Week,
        *,
        ages: tuple[int, int],
        near: Point,
        km: float = 4,
        skills: Iterable[str] = (),
        women: float = 0.5,
        **limits: Any,
    ) -> Volunteer:
        """Somebody of the unit who could serve in `week`; `limits` are columns of Person (max_turns, newcomer …)."""
        invented, home = self.invented.person(ages, women), near.scattered(self.rng, km)
        person = Person(
            unit=unit,
            full_name=invented.full_name,
            name_sort=names.sort_key(invented.full_name),
            name_search=names.search_key(invented.full_name),
            birth_date=invented.birth_date,
            home_latitude=home.latitude,
            home_longitude=home.longitude,
            shares_name=self.rng.random() < 0.9,
            availability_at=self._answered_at() if week else None,
            **limits,
        )
        self.session.add(person)
        if person.is_minor(self.first_monday):  # who came of age since served the first weeks as a minor
            self.session.add(self._guardians_consent(person))
        one = Volunteer(person, week, groups={f"unit:{part}" for part in unit.path.split("/") if part})
        self.volunteers.append(one)
        for code in skills:
            self.grant(one, code)
        return one

    def grant(self, one: Volunteer, code: str) -> None:
        """Qualify somebody some time before the history begins."""
        one.skills[code] = self.first_monday - timedelta(days=self.rng.randint(7, 300))

    def away(self, one: Volunteer, first: date, last: date, why: str) -> None:
        """No time on these days, whatever the usual week says."""
        one.away.append((office_hours.at(first, time()), office_hours.at(last + timedelta(days=1), time()), why))

    def team(self, unit: Unit, name: str, members: Sequence[Volunteer], leads: Collection[Volunteer] = ()) -> Team:
        team = self._flushed(Team(unit=unit, name=name, name_sort=names.text_sort_key(name)))
        for one in members:
            one.groups |= {f"team:{team.id}", *(f"unit:{part}" for part in unit.path.split("/") if part)}
            self._members.append({"team_id": team.id, "person_id": one.person.id, "leads": one in leads})
        return team

    # What is wanted.

    def demand(
        self,
        site: Site,
        programme: Programme,
        name: str,
        hours: Hours,
        weekdays: Iterable[Weekday],
        *,
        people: tuple[int, int, int | None],
        pool: Unit | Team | None = None,
        requires: Sequence[str] = (),
        needs: Mapping[str, int] | None = None,
        every: int = 1,
        from_week: int = 0,
        holiday_policy: HolidayPolicy = HolidayPolicy.SKIP,
        **conditions: bool,
    ) -> DemandPattern:
        """Weekly demand at a site. `people`: minimum, target, maximum; `every` n weeks from week `from_week` on."""
        minimum, target, maximum = people
        pattern = DemandPattern(
            site=site,
            programme=programme,
            name=name,
            rule=demands.weekly_rule(weekdays, every),
            first_day=self.first_monday + from_week * WEEK,
            starts=hours.start,
            ends=hours.end,
            shift_type=demands.shift_type(hours.start),
            minimum=minimum,
            target=target,
            maximum=maximum,
            requires=sorted(requires),
            needs=dict(needs or {}),
            pool=_group(pool),
            holiday_policy=holiday_policy,
            changed_at=planned_at(self.first_monday),
            **conditions,
        )
        for code in (*requires, *pattern.needs):
            self.qualification(code)
        self.patterns.append(pattern)
        return pattern

    def qualification(self, code: str) -> Qualification:
        """The qualification of this code, which other scenarios in the same database may have brought along."""
        if code not in self._qualifications:
            found = self.session.scalar(select(Qualification).where(Qualification.code == code))
            name_vi, name_en = QUALIFICATIONS[code]
            made = found or self._flushed(Qualification(code=code, name_vi=name_vi, name_en=name_en))
            self._qualifications[code] = made
        return self._qualifications[code]

    # Turning it into rows.

    def save(self, planned: Unit, by: Account) -> None:
        """Write it all, with the past weeks published by `by`. This week and those to come are not planned."""
        self._write_people()
        holidays.seed(self.session, range(self.first_monday.year, self.today.year + 2))
        self.session.add_all(self.patterns)
        self.session.flush()
        begun = planned_at(self.first_monday)
        demands.expand(self.session, self.patterns, until=self.monday + WEEKS_AHEAD * WEEK, now=begun)
        self._write_history(planned, by)

    def _write_people(self) -> None:
        self.session.flush()
        for table, rows in (
            (TeamMember, self._members),
            (PersonQualification, self._granted()),
            (WeeklyAvailability, self._weeks()),
            (AvailabilityException, self._exceptions()),
        ):
            self._insert(table, rows)

    def _granted(self) -> list[dict[str, Any]]:
        return [
            {"person_id": one.person.id, "qualification_id": self.qualification(code).id, "granted_on": day}
            for one in self.volunteers
            for code, day in one.skills.items()
        ]

    def _weeks(self) -> list[dict[str, Any]]:
        return [
            {"person_id": one.person.id, "weekday": day, "half": half, "level": level}
            for one in self.volunteers
            for (day, half), level in one.week.items()
        ]

    def _exceptions(self) -> list[dict[str, Any]]:
        return [
            {"person_id": one.person.id, "starts_at": gone, "ends_at": back, "level": Level.NOT, "note": why}
            for one in self.volunteers
            for gone, back, why in one.away
        ]

    def _write_history(self, planned: Unit, by: Account) -> None:
        past = Past(self.volunteers, self.rng)
        for number in range(HISTORY_WEEKS):
            monday = self.first_monday + number * WEEK
            turns = list(past.week(monday, self._shifts_of(monday)))
            period = self._flushed(Period(unit=planned, first_day=monday, days=7))
            self._publish(period, turns, by)

    def _shifts_of(self, monday: date) -> Sequence[Shift]:
        begins, ends = office_hours.at(monday, time()), office_hours.at(monday + WEEK, time())
        mine = [pattern.id for pattern in self.patterns]
        return self.session.scalars(
            select(Shift).where(Shift.pattern_id.in_(mine), Shift.starts_at >= begins, Shift.starts_at < ends)
        ).all()

    def _publish(self, period: Period, turns: Sequence[tuple[Shift, list[Volunteer]]], by: Account) -> None:
        """Publication number 1 of a past week, with everybody's turn confirmed."""
        at = planned_at(period.first_day)
        roster = Roster(period=period, revision=1, published_number=1, published_revision=1, changed_at=at)
        pairs = [{"shift_id": shift.id, "person_id": one.person.id} for shift, people in turns for one in people]
        publication = Publication(
            roster=roster,
            number=1,
            published_at=at,
            published_by=by,
            people=len({pair["person_id"] for pair in pairs}),
            turns=len(pairs),
            missing=sum(max(0, shift.minimum - len(people)) for shift, people in turns),
        )
        self._flushed(publication)
        for shift, _ in turns:
            shift.people_changed_at = at
        said_yes = {"state": AssignmentState.ACTIVE, "confirmed_at": at + timedelta(hours=20), "changed_at": at}
        self._insert(Assignment, [pair | said_yes | {"uid": uuid4().hex} for pair in pairs])
        self._insert(DraftAssignment, [pair | {"roster_id": roster.id} for pair in pairs])
        added = {"publication_id": publication.id, "kind": ChangeKind.ADDED}
        self._insert(PublicationChange, [pair | added for pair in pairs])

    def _guardians_consent(self, person: Person) -> Consent:
        given_at = planned_at(self.first_monday)
        return Consent(person=person, kind=ConsentKind.GUARDIAN, text_version=TEXT_VERSION, given_at=given_at)

    def _answered_at(self) -> datetime:
        return planned_at(self.first_monday) - timedelta(hours=self.rng.randint(1, 200))

    def _insert(self, table: type[Base], rows: list[dict[str, Any]]) -> None:
        if rows:
            self.session.execute(insert(table), rows)

    def _flushed(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row


def planned_at(monday: date) -> datetime:
    """When the roster of the week from this Monday is planned and published."""
    return office_hours.at(monday - PUBLISHED_BEFORE, PLANNING_HOUR)


def open_week(session: Session, planned: Unit, monday: date, *, now: datetime) -> Period:
    """The unit's week from this Monday, with its roster; still empty if nobody opened it before."""
    period = session.scalar(select(Period).where(Period.unit_id == planned.id, Period.first_day == monday))
    if period is None:
        period = Period(unit=planned, first_day=monday, days=7)
        session.add(Roster(period=period, changed_at=now))
        session.flush()
    return period


def _group(pool: Unit | Team | None) -> list[str] | None:
    if pool is None:
        return None
    return [f"{'team' if isinstance(pool, Team) else 'unit'}:{pool.id}"]
