"""Units, teams and programmes: added where one may, named so that they can be told apart."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, FieldError, NotAllowed, NotFound
from roster.models import Account, Role, RoleKind, Unit
from roster.queries import units as queries
from roster.services import programmes, teams, units
from roster.services.programmes import ProgrammeDetails
from roster.services.units import UnitDetails
from tests import builders

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def province(session: Session) -> Unit:
    return builders.a_unit(session, "Tỉnh đoàn Bình Định")


@pytest.fixture
def administrator(session: Session, province: Unit) -> Account:
    return builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=province))


def test_a_new_unit_lies_beneath_its_parent_and_is_reached_from_there(
    session: Session, province: Unit, administrator: Account
):
    made = units.create(session, province.id, UnitDetails("Xã đoàn Hoài Tân", "commune"), by=administrator, now=NOW)

    assert province.covers(made)
    assert made.path == f"{province.path}{made.id}/"
    assert queries.choices(session, administrator) == [
        (province.id, "Tỉnh đoàn Bình Định"),
        (made.id, "\N{EM SPACE}Xã đoàn Hoài Tân"),
    ]


def test_sisters_have_different_names(session: Session, province: Unit, administrator: Account):
    details = UnitDetails("Xã đoàn Hoài Tân", "commune")
    units.create(session, province.id, details, by=administrator, now=NOW)

    with pytest.raises(AlreadyExists):
        units.create(session, province.id, details, by=administrator, now=NOW)


def test_a_unit_may_keep_its_name_when_its_kind_changes(session: Session, province: Unit, administrator: Account):
    made = units.create(session, province.id, UnitDetails("Hoài Tân", "commune"), by=administrator, now=NOW)

    units.change(session, made.id, UnitDetails("Hoài Tân", "district"), by=administrator, now=NOW)

    assert made.kind == "district"


def test_a_coordinator_adds_no_units(session: Session, province: Unit):
    with pytest.raises(NotAllowed):
        units.create(
            session, province.id, UnitDetails("X", "branch"), by=builders.a_coordinator(session, province), now=NOW
        )


def test_a_unit_of_no_known_kind_is_refused(session: Session, province: Unit, administrator: Account):
    with pytest.raises(FieldError):
        units.create(session, province.id, UnitDetails("X", "galaxy"), by=administrator, now=NOW)


def test_the_tree_lists_each_unit_after_the_one_above_it(session: Session, province: Unit, administrator: Account):
    town = builders.a_unit(session, "Thị đoàn An Nhơn", parent=province)
    builders.a_unit(session, "Xã đoàn Hoài Tân", parent=province)
    builders.a_unit(session, "Phường đoàn Bình Định", parent=town)

    tree = queries.tree(session, administrator)

    assert [(row.depth, row.name) for row in tree.rows] == [
        (0, "Tỉnh đoàn Bình Định"),
        (1, "Thị đoàn An Nhơn"),
        (2, "Phường đoàn Bình Định"),
        (1, "Xã đoàn Hoài Tân"),
    ]
    assert [row.name for row in queries.tree(session, administrator, search="hoai tan").rows] == ["Xã đoàn Hoài Tân"]


def test_a_team_takes_members_of_any_unit_its_planner_reaches(session: Session, province: Unit, administrator: Account):
    team = teams.create(session, province, "Tổ công nghệ số", by=administrator, now=NOW)
    member = builders.a_person(session, builders.a_unit(session, "Công an tỉnh", parent=province))

    teams.add_member(session, team.id, member.id, by=administrator, now=NOW)
    teams.set_lead(session, team.id, member.id, True, by=administrator, now=NOW)

    assert [(row.person, row.leads) for row in team.members] == [(member, True)]
    with pytest.raises(AlreadyExists):
        teams.add_member(session, team.id, member.id, by=administrator, now=NOW)
    teams.remove_member(session, team.id, member.id, by=administrator, now=NOW)
    with pytest.raises(NotFound):
        teams.remove_member(session, team.id, member.id, by=administrator, now=NOW)


def test_a_team_takes_nobody_its_planner_does_not_plan_for(session: Session, province: Unit):
    own = builders.a_unit(session, "Xã đoàn Hoài Tân", parent=province)
    coordinator = builders.a_coordinator(session, own)
    team = teams.create(session, own, "Tổ công nghệ số", by=coordinator, now=NOW)
    stranger = builders.a_person(session, province)

    with pytest.raises(NotAllowed):
        teams.add_member(session, team.id, stranger.id, by=coordinator, now=NOW)


def test_two_teams_or_programmes_of_a_unit_have_different_names(
    session: Session, province: Unit, administrator: Account
):
    desk = ProgrammeDetails("Trực Một cửa", "desk")
    teams.create(session, province, "Tổ 1", by=administrator, now=NOW)
    other = teams.create(session, province, "Tổ 2", by=administrator, now=NOW)
    programmes.create(session, province, desk, by=administrator, now=NOW)

    with pytest.raises(AlreadyExists):
        teams.rename(session, other.id, "Tổ 1", by=administrator, now=NOW)
    with pytest.raises(AlreadyExists):
        programmes.create(session, province, desk, by=administrator, now=NOW)
