"""The scenarios by name, and how one gets into a database.

Loading is one transaction of the caller's: an interrupted one leaves nothing, and a scenario that is there already
is only described and brought up to the present week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.errors import NotFound
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    FeedKind,
    Period,
    Person,
    Role,
    RoleKind,
    Shift,
    ShiftState,
    TeamMember,
    Unit,
)
from roster.scenarios import dong_thap_desks, ha_tinh_saturday, logins, quy_nhon_center
from roster.scenarios.generator import WEEK, WEEKS_AHEAD, Scenario, World, open_week, planned_at
from roster.scenarios.logins import Login
from roster.services import demand, holidays
from roster.services.passwords import Passwords
from roster.vietnam import office_hours

SCENARIOS: Mapping[str, Scenario] = {
    module.SCENARIO.id: module.SCENARIO for module in (quy_nhon_center, dong_thap_desks, ha_tinh_saturday)
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario in the database.

    `unit` is the one whose weeks are planned. `this_week` is meant to be planned and published as of `planned_at`,
    `next_week` by whoever tries the scenario. `feeds`: for each kind of calendar, whose is worth showing.
    """

    scenario: Scenario
    is_new: bool
    unit: Unit
    logins: tuple[Login, ...]
    feeds: Mapping[FeedKind, int]
    this_week: Period
    next_week: Period
    planned_at: datetime


def load(session: Session, scenario_id: str, *, now: datetime, today: date, passwords: Passwords) -> Loaded:
    """Bring a scenario into the database, or up to date if it is there. Raises NotFound.

    The logins of a scenario that was there come without passwords; `renew_passwords` makes new ones.
    """
    if scenario_id not in SCENARIOS:
        raise NotFound(what="scenario", id=scenario_id)
    scenario, there = SCENARIOS[scenario_id], logins.existing(session, scenario_id)
    if there:
        _roll_on(session, there, now=now, today=today)
        return _described(session, scenario, there, today=today, now=now, is_new=False)
    _build(session, scenario, now=now, today=today)
    made = renew_passwords(session, scenario_id, passwords=passwords)
    return _described(session, scenario, made, today=today, now=now, is_new=True)


def renew_passwords(session: Session, scenario_id: str, *, passwords: Passwords) -> list[Login]:
    """New passwords for the scenario's logins, which ends their sessions."""
    return logins.with_passwords(session, logins.existing(session, scenario_id), passwords)


def show_somebody_on_duty(session: Session, scenario_id: str, *, now: datetime) -> None:
    """Hand the volunteer's login to somebody with a published turn to come, so that there is something to see.

    For the time between publishing and handing out the volunteer's calendar, which shows one person for ever.
    Changes nothing if nobody has a turn to come.
    """
    login = _of(logins.existing(session, scenario_id), RoleKind.VOLUNTEER)
    account = session.get_one(Account, login.account_id)
    planned = _planned_unit(session, logins.existing(session, scenario_id))
    person = session.scalars(_on_duty(planned, now).limit(1)).first()
    if person is not None:
        account.person, account.display_name = person, person.full_name
        _role(session, [login], RoleKind.VOLUNTEER).unit = person.unit


def _on_duty(planned: Unit, now: datetime) -> Select[Person]:
    """Adults with experience, whoever serves next first."""
    return (
        select(Person)
        .join(Person.unit)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Assignment.shift)
        .where(Unit.path.startswith(planned.path, autoescape=True), Shift.starts_at > now)
        .where(Assignment.state == AssignmentState.ACTIVE, Shift.state == ShiftState.OPEN)
        .where(Person.birth_date < now.date() - timedelta(days=19 * 366), Person.newcomer.is_(False))
        .order_by(Shift.starts_at, Person.name_sort, Person.id)
    )


def _build(session: Session, scenario: Scenario, *, now: datetime, today: date) -> None:
    world = World(session, scenario.id, region=scenario.region, now=now, today=today)
    cast = scenario.build(world)
    session.flush()
    coordinator = logins.create(session, RoleKind.COORDINATOR, scenario.id, unit=cast.planned, now=now)
    logins.create(session, RoleKind.ADMINISTRATOR, scenario.id, unit=cast.root, now=now)
    logins.create(session, RoleKind.CENTER, scenario.id, site=cast.site, now=now)
    person = cast.volunteer.person
    logins.create(session, RoleKind.VOLUNTEER, scenario.id, unit=person.unit, person=person, now=now)
    world.save(cast.planned, by=coordinator)


def _roll_on(session: Session, there: list[Login], *, now: datetime, today: date) -> None:
    """A demo that is started again weeks later still has shifts ahead."""
    holidays.seed(session, range(today.year, today.year + 2))
    until = office_hours.monday_of(today) + WEEKS_AHEAD * WEEK
    demand.expand_unit(session, _planned_unit(session, there), until=until, now=now)


def _described(
    session: Session, scenario: Scenario, made: list[Login], *, today: date, now: datetime, is_new: bool
) -> Loaded:
    unit, monday = _planned_unit(session, made), office_hours.monday_of(today)
    return Loaded(
        scenario=scenario,
        is_new=is_new,
        unit=unit,
        logins=tuple(made),
        feeds=_feeds(session, made, unit),
        this_week=open_week(session, unit, monday, now=now),
        next_week=open_week(session, unit, monday + WEEK, now=now),
        planned_at=planned_at(monday),
    )


def _feeds(session: Session, made: list[Login], unit: Unit) -> Mapping[FeedKind, int]:
    volunteer = session.get_one(Account, _of(made, RoleKind.VOLUNTEER).account_id)
    center = _role(session, made, RoleKind.CENTER)
    teams = select(TeamMember.team_id).where(TeamMember.person_id == volunteer.person_id)
    assert volunteer.person_id is not None
    assert center.site_id is not None
    return {
        FeedKind.VOLUNTEER: volunteer.person_id,
        FeedKind.TEAM: session.scalars(teams.order_by(TeamMember.id)).first() or 0,
        FeedKind.UNIT: unit.id,
        FeedKind.SITE: center.site_id,
    }


def _planned_unit(session: Session, made: list[Login]) -> Unit:
    unit = _role(session, made, RoleKind.COORDINATOR).unit
    assert unit is not None
    return unit


def _role(session: Session, made: list[Login], kind: RoleKind) -> Role:
    account_id = _of(made, kind).account_id
    return session.scalars(select(Role).where(Role.account_id == account_id, Role.kind == kind)).one()


def _of(made: list[Login], kind: RoleKind) -> Login:
    return next(login for login in made if login.role is kind)
