"""Hà Tĩnh's scenario: 216 communes, nearly 300 teams of police and youth together, over 6,000 members."""

from sqlalchemy import func, select

from roster.models import Period, Person, Shift, Site, SiteKind, Team, TeamMember, Unit, UnitKind
from tests.roster.scenarios import rows

SCENARIO_ID = "ha-tinh-saturday"


def test_nearly_300_teams_in_216_communes_with_over_6000_members(session):
    assert rows.count(session, Unit, Unit.kind == UnitKind.COMMUNE) == 216
    assert len(set(session.scalars(select(Team.unit_id)))) == 216
    assert 290 <= rows.count(session, Team) < 300
    assert 6_000 < rows.count(session, Person) == rows.count(session, TeamMember)


def test_every_team_mixes_police_and_youth(session):
    for members in rows.skills_by_team(session).values():
        police = sum("police" in skills for skills in members)
        assert 1 <= police < len(members) / 2


def test_police_are_at_home_in_their_own_union_not_in_the_commune(session):
    homes = (
        select(Unit.kind, func.count())
        .join(Person, Person.unit_id == Unit.id)
        .where(Person.qualifications.any())
        .group_by(Unit.kind)
    )

    assert dict(session.execute(homes).all())[UnitKind.AGENCY] == 3 * rows.count(session, Team)


def test_every_saturday_each_team_serves_by_day_and_goes_from_house_to_house_in_the_evening(session, loaded):
    monday = loaded.next_week.first_day
    week = session.scalars(
        select(Shift).where(Shift.pattern_day >= monday, Shift.pattern_day <= monday.replace(day=29))
    ).all()

    assert len(week) == 2 * rows.count(session, Team)
    assert {shift.pattern_day.weekday() for shift in week} == {5}
    assert {(shift.shift_type, shift.site.kind) for shift in week} == {
        ("morning", SiteKind.CULTURAL_HOUSE),
        ("evening", SiteKind.HOME_VISITS),
    }
    assert all(shift.needs == {"police": 1} for shift in week)


def test_a_round_of_homes_is_two_adults_one_of_them_police_or_nobody(session):
    rounds = session.scalars(select(Shift).join(Site).where(Site.kind == SiteKind.HOME_VISITS)).all()

    assert all(one.adults_only and one.all_or_nothing and one.minimum == 2 for one in rounds)


def test_the_last_saturday_obeys_every_rule(session, loaded):
    last = select(Period).where(Period.first_day < loaded.this_week.first_day).order_by(Period.first_day.desc())
    problem = rows.problem_of(session, session.scalars(last).first())
    turns = rows.published_turns(session, problem)

    assert len(turns) > 1_800
    assert rows.broken_rules(problem, turns) == []
