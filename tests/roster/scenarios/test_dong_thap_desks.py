"""Đồng Tháp's scenario: 12 district and 143 commune teams of 950 members, desks on Mondays and Fridays."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from roster.models import (
    Period,
    Person,
    Programme,
    ProgrammeKind,
    Shift,
    Site,
    SiteKind,
    Team,
    TeamMember,
    Unit,
    UnitKind,
)
from tests.roster.scenarios import rows

SCENARIO_ID = "dong-thap-desks"


def test_every_district_and_every_commune_has_its_team(session):
    teams = Counter(session.scalars(select(Unit.kind).join(Team, Team.unit_id == Unit.id)))

    assert teams == {UnitKind.DISTRICT: 12, UnitKind.COMMUNE: 143}
    assert rows.count(session, Unit, Unit.kind == UnitKind.DISTRICT) == 12
    assert rows.count(session, Unit, Unit.kind == UnitKind.COMMUNE) == 143


def test_950_members_each_in_one_team(session):
    assert rows.count(session, Person) == rows.count(session, TeamMember) == 950


def test_each_commune_desk_is_served_on_mondays_and_fridays_only(session):
    desks = select(Programme.id).where(Programme.kind == ProgrammeKind.DESK)

    days = rows.local_days(session, Shift.programme_id.in_(desks))

    assert rows.count(session, Site, Site.kind == SiteKind.DESK) == 143
    assert {day.weekday() for day in days} == {0, 4}


def test_weekends_bring_four_outings_which_makes_two_hundred_a_year(session, loaded):
    weekend = session.scalars(select(Shift).join(Programme).where(Programme.kind != ProgrammeKind.DESK)).all()
    weeks = Counter((shift.pattern_day - timedelta(days=shift.pattern_day.weekday())) for shift in weekend)

    assert len(weeks) >= 6
    assert set(weeks.values()) == {4}
    assert {shift.pattern_day.weekday() for shift in weekend} == {5, 6}


def test_only_the_own_team_serves_a_desk(session):
    pools = session.scalars(select(Shift.pool)).all()

    assert all(pool is not None and len(pool) == 1 and pool[0].startswith("team:") for pool in pools)


def test_the_last_week_obeys_every_rule_with_pupils_among_adults(session, loaded):
    last = select(Period).where(Period.first_day < loaded.this_week.first_day).order_by(Period.first_day.desc())
    problem = rows.problem_of(session, session.scalars(last).first())
    turns = rows.published_turns(session, problem)

    assert len(turns) > 1000
    assert any(person.minor for person in problem.volunteers)
    assert rows.broken_rules(problem, turns) == []
