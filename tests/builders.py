"""Builders of rows for tests: each makes a believable thing, hides what does not matter and flushes it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from roster.models import (
    BY_DAY,
    Account,
    Consent,
    ConsentKind,
    Half,
    Level,
    Period,
    Person,
    PersonQualification,
    Programme,
    ProgrammeKind,
    Qualification,
    Role,
    RoleKind,
    Roster,
    Shift,
    Site,
    SiteKind,
    Team,
    TeamMember,
    Unit,
    UnitKind,
    WeeklyAvailability,
)
from roster.vietnam import names

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
"""The first day of the week that rosters of tests are for."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ALL_WEEK: Mapping[tuple[int, Half], Level] = {
    (weekday, half): Level.AVAILABLE for weekday in range(7) for half in BY_DAY
}
_number = count(1)


def a_unit(session: Session, name: str = "Đoàn Trường Đại học Quy Nhơn", *, parent: Unit | None = None) -> Unit:
    kind = UnitKind.BRANCH if parent else UnitKind.UNIVERSITY
    unit = Unit(kind=kind, name=name, name_sort=names.text_sort_key(name), parent=parent)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit


def a_site(session: Session, unit: Unit, name: str = "Trung tâm Phục vụ hành chính công", **columns: object) -> Site:
    site = Site(
        unit=unit,
        kind=SiteKind.SERVICE_CENTER,
        name=name,
        name_sort=names.text_sort_key(name),
        changed_at=LONG_AGO,
        **columns,
    )
    session.add(site)
    session.flush()
    return site


def a_programme(session: Session, unit: Unit, name: str = "Trực bộ phận Một cửa") -> Programme:
    programme = Programme(unit_id=unit.id, kind=ProgrammeKind.DESK, name=name)
    session.add(programme)
    session.flush()
    return programme


def a_qualification(session: Session, code: str = "trained") -> Qualification:
    qualification = Qualification(code=code, name_vi=f"Kỹ năng {code}", name_en=code.capitalize())
    session.add(qualification)
    session.flush()
    return qualification


def an_account(session: Session, *roles: Role, **columns: object) -> Account:
    login = f"nguoi{next(_number)}@example.org"
    account = Account(login=login, display_name=login, created_at=LONG_AGO, roles=list(roles), **columns)
    session.add(account)
    session.flush()
    return account


def a_coordinator(session: Session, unit: Unit) -> Account:
    return an_account(session, Role(kind=RoleKind.COORDINATOR, unit=unit))


def local(day: date, clock: str) -> datetime:
    """A moment in Vietnam: `local(MONDAY, "07:30")`."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def a_person(
    session: Session,
    unit: Unit,
    full_name: str = "Nguyễn Thị Lan",
    *,
    free: Mapping[tuple[int, Half], Level] = ALL_WEEK,
    qualifications: Iterable[Qualification] = (),
    guardian: bool = True,
    **columns: object,
) -> Person:
    """A volunteer who is always free, unless `free` says which half-days (Monday is 0) they are.

    `guardian`: if they are under 18, whether a guardian has agreed.
    """
    person = Person(
        unit=unit,
        full_name=full_name,
        name_sort=names.sort_key(full_name),
        name_search=names.search_key(full_name),
        **{"availability_at": LONG_AGO} | columns,
    )
    person.qualifications = [
        PersonQualification(qualification=qualification, granted_on=LONG_AGO.date()) for qualification in qualifications
    ]
    session.add(person)
    session.flush()
    if person.is_minor(MONDAY) and guardian:
        session.add(Consent(person=person, kind=ConsentKind.GUARDIAN, text_version="1", given_at=LONG_AGO))
    session.add_all(
        WeeklyAvailability(person_id=person.id, weekday=weekday, half=half, level=level)
        for (weekday, half), level in free.items()
    )
    session.flush()
    return person


def a_team(session: Session, unit: Unit, *members: Person, name: str = "Tổ công nghệ số cộng đồng") -> Team:
    team = Team(unit=unit, name=name, name_sort=names.text_sort_key(name))
    team.members = [TeamMember(person=member) for member in members]
    session.add(team)
    session.flush()
    return team


def a_shift(
    session: Session,
    site: Site,
    programme: Programme | None = None,
    *,
    day: date = MONDAY,
    starts: str = "07:30",
    ends: str = "11:30",
    minimum: int = 1,
    **columns: object,
) -> Shift:
    """An open shift of one person; hours are local."""
    demand: dict[str, object] = {"shift_type": "morning", "target": minimum, "maximum": None, "pool": None}
    shift = Shift(
        site=site,
        programme=programme or a_programme(session, site.unit),
        starts_at=local(day, starts),
        ends_at=local(day, ends),
        minimum=minimum,
        uid=uuid4().hex,
        changed_at=LONG_AGO,
        people_changed_at=LONG_AGO,
        **(demand | columns),
    )
    session.add(shift)
    session.flush()
    return shift


def a_roster(session: Session, unit: Unit, *, first_day: date = MONDAY, days: int = 7) -> Roster:
    """The empty draft of a unit's period."""
    period = Period(unit=unit, first_day=first_day, days=days)
    roster = Roster(period=period, revision=0, published_number=0, changed_at=LONG_AGO)
    session.add(roster)
    session.flush()
    return roster
