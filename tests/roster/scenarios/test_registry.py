"""Loading: the same world every time, once, with one login per role, on either engine."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from roster import scenarios
from roster.errors import NotFound
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Base,
    FeedKind,
    Half,
    Level,
    Person,
    ProgrammeKind,
    Role,
    RoleKind,
    Roster,
    Shift,
    Site,
    SiteKind,
    Team,
    Unit,
    UnitKind,
    Weekday,
    WeeklyAvailability,
)
from roster.scenarios import registry
from roster.scenarios.generator import Cast, Scenario
from roster.scenarios.people import Point
from roster.services import accounts
from roster.vietnam.office_hours import MORNING

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
QUY_NHON = "quy-nhon-center"
HAMLET = "hamlet"


def build_hamlet(world):
    """The least a scenario can be: six neighbours who take turns at a desk on Mondays."""
    province = world.unit("Tỉnh đoàn Bình Định", UnitKind.PROVINCE)
    commune = world.unit("Đoàn xã An Tân", UnitKind.COMMUNE, province)
    desk = world.site(commune, SiteKind.DESK, "Bộ phận Một cửa xã An Tân", Point(14.5, 109.0))
    programme = world.programme(commune, ProgrammeKind.DESK, "Trực Một cửa")
    monday = {(Weekday.MONDAY, Half.MORNING): Level.PREFERRED}
    members = [
        world.volunteer(commune, monday, ages=(22, 30), near=Point(14.5, 109.0), skills=["trained"]) for _ in range(6)
    ]
    world.team(commune, "Tổ công nghệ số cộng đồng xã An Tân", members)
    world.demand(desk, programme, "Sáng", MORNING, [Weekday.MONDAY], people=(2, 2, 3), requires=["trained"])
    return Cast(province, province, desk, members[0])


@pytest.fixture(autouse=True)
def hamlet(monkeypatch):
    hamlet = Scenario(HAMLET, "Xã An Tân", "An Tân commune", "south_central", build_hamlet)
    monkeypatch.setattr(registry, "SCENARIOS", registry.SCENARIOS | {HAMLET: hamlet})


@pytest.fixture
def session(sessions):
    """A fresh database on each engine, unlike the modules beside this one."""
    with sessions() as session:
        yield session


@pytest.fixture
def load(session, passwords):
    def load(scenario_id=HAMLET, *, today=TODAY):
        now = NOW + (today - TODAY)
        return scenarios.load(session, scenario_id, now=now, today=today, passwords=passwords)

    return load


def rows_of(session):
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }


def contents(session):
    """What people would see, without ids, calendar identities and passwords."""
    return (
        session.execute(
            select(Person.full_name, Person.birth_date, Person.home_latitude, Person.max_turns).order_by(Person.id)
        ).all(),
        session.execute(
            select(WeeklyAvailability.weekday, WeeklyAvailability.half, WeeklyAvailability.level).order_by(
                WeeklyAvailability.person_id, WeeklyAvailability.weekday, WeeklyAvailability.half
            )
        ).all(),
        session.execute(
            select(Person.full_name, Site.name, Shift.starts_at)
            .select_from(Assignment)
            .join(Assignment.person)
            .join(Assignment.shift)
            .join(Shift.site)
            .order_by(Shift.starts_at, Site.name, Person.name_sort)
        ).all(),
    )


def test_the_same_scenario_on_the_same_day_is_the_same_world(session, load, passwords):
    load(QUY_NHON)
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as other:
        scenarios.load(other, QUY_NHON, now=NOW, today=TODAY, passwords=passwords)
        elsewhere = contents(other)
    engine.dispose()

    assert contents(session) == elsewhere


def test_loading_again_changes_nothing_and_tells_no_password(session, load):
    first = load()
    before = rows_of(session)

    second = load()

    assert first.is_new
    assert not second.is_new
    assert rows_of(session) == before
    assert [login.name for login in second.logins] == [login.name for login in first.logins]
    assert all(login.password is None for login in second.logins)
    assert second.feeds == first.feeds


def test_a_demo_started_again_weeks_later_has_a_week_to_plan(session, load):
    load()

    later = load(today=TODAY + timedelta(weeks=5))

    assert later.next_week.first_day == date(2026, 12, 28)
    begins = datetime(2026, 12, 27, 17, tzinfo=UTC)
    assert session.scalar(select(func.count()).select_from(Shift).where(Shift.starts_at >= begins)) >= 1


def test_an_interrupted_load_leaves_nothing_and_can_be_run_again(session, load):
    empty = rows_of(session)
    load()
    session.rollback()

    assert rows_of(session) == empty
    assert load().is_new


def test_each_role_signs_in_with_its_printed_password(session, load, passwords):
    loaded = load()
    session.commit()

    assert [login.role for login in loaded.logins] == list(RoleKind)
    for login in loaded.logins:
        account = accounts.sign_in(session, login.name, login.password, passwords=passwords, now=NOW)
        assert [role.kind for role in account.roles] == [login.role]


def test_passwords_are_kept_by_nobody_and_can_be_renewed(session, load, passwords):
    old = load().logins[0]
    kept = session.get_one(Account, old.account_id).password_hash
    new = scenarios.renew_passwords(session, HAMLET, passwords=passwords)[0]

    assert old.password not in kept
    assert new.password != old.password
    assert passwords.matches(session.get_one(Account, old.account_id).password_hash, new.password)
    assert not passwords.matches(session.get_one(Account, old.account_id).password_hash, old.password)


def test_the_administrator_stands_at_the_root_and_the_center_at_its_site(session, load):
    loaded = load()
    roles = {role.kind: role for role in session.scalars(select(Role))}

    assert roles[RoleKind.ADMINISTRATOR].unit.parent_id is None
    assert roles[RoleKind.COORDINATOR].unit == loaded.unit
    assert roles[RoleKind.CENTER].site_id == loaded.feeds[FeedKind.SITE]
    assert session.get_one(Team, loaded.feeds[FeedKind.TEAM])
    assert session.get_one(Unit, loaded.feeds[FeedKind.UNIT]) == loaded.unit
    assert session.get_one(Person, loaded.feeds[FeedKind.VOLUNTEER])


def test_the_volunteers_login_goes_to_somebody_who_is_on_duty_next(session, load):
    loaded = load()
    shift = session.scalars(select(Shift).where(Shift.starts_at > NOW).order_by(Shift.starts_at)).first()
    shown = session.get_one(Account, loaded.logins[3].account_id)
    other = session.scalars(select(Person).where(Person.id != shown.person_id)).first()
    other.unit = loaded.unit
    turn = {"shift": shift, "person": other, "uid": "u", "changed_at": NOW}
    session.add(Assignment(state=AssignmentState.ACTIVE, **turn))
    session.flush()

    scenarios.show_somebody_on_duty(session, HAMLET, now=NOW)

    assert (shown.person, shown.display_name, shown.roles[0].unit) == (other, other.full_name, other.unit)


def test_without_a_published_turn_the_volunteers_login_stays(session, load):
    loaded = load()
    before = loaded.feeds[FeedKind.VOLUNTEER]

    scenarios.show_somebody_on_duty(session, HAMLET, now=NOW)

    assert session.get_one(Account, loaded.logins[3].account_id).person_id == before


def test_two_scenarios_live_beside_each_other(session, load):
    load()
    load(QUY_NHON)

    assert session.scalar(select(func.count()).select_from(Unit).where(Unit.parent_id.is_(None))) == 2
    assert session.scalar(select(func.count()).select_from(Roster)) == 12


def test_past_turns_go_round_among_all_who_can(session, load):
    load()

    turns = session.execute(select(func.count()).select_from(Assignment).group_by(Assignment.person_id)).scalars().all()

    assert sorted(turns) == [1, 1, 1, 1, 2, 2]


def test_an_unknown_scenario_is_not_found(load):
    with pytest.raises(NotFound) as refusal:
        load("atlantis")

    assert refusal.value.facts == {"what": "scenario", "id": "atlantis"}
