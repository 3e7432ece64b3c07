"""Who may give roles and links to whom: nobody rises above themselves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, FieldError, NotAllowed, NotFound
from roster.models import Account, Role, RoleKind, Unit
from roster.queries.people import person_page
from roster.queries.roles import role_list
from roster.services import links, people, roles
from roster.services.roles import RoleDetails
from tests import builders

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def province(session: Session) -> Unit:
    return builders.a_unit(session, "Tỉnh đoàn Bình Định")


@pytest.fixture
def unit(session: Session, province: Unit) -> Unit:
    return builders.a_unit(session, "Xã đoàn Hoài Tân", parent=province)


@pytest.fixture
def administrator(session: Session, province: Unit) -> Account:
    return builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=province))


@pytest.fixture
def coordinator(session: Session, unit: Unit) -> Account:
    return builders.a_coordinator(session, unit)


def a_role(unit: Unit, kind: RoleKind = RoleKind.COORDINATOR, login: str = "0912 345 678") -> RoleDetails:
    return RoleDetails(kind=kind, login=login, name="Nguyễn Thị Lan", unit_id=unit.id)


def test_an_administrator_makes_somebody_new_a_coordinator(session: Session, unit: Unit, administrator: Account):
    role = roles.grant(session, a_role(unit), by=administrator, now=NOW)

    assert (role.account.login, role.account.display_name) == ("+84912345678", "Nguyễn Thị Lan")
    assert (role.kind, role.unit) == (RoleKind.COORDINATOR, unit)
    assert role.account.password_hash is None


def test_somebody_known_gets_one_more_role_under_the_same_account(
    session: Session, unit: Unit, province: Unit, administrator: Account
):
    first = roles.grant(session, a_role(unit), by=administrator, now=NOW)
    second = roles.grant(session, a_role(province, login="+84912345678"), by=administrator, now=NOW)

    assert second.account is first.account


def test_the_same_role_is_not_given_twice(session: Session, unit: Unit, administrator: Account):
    roles.grant(session, a_role(unit), by=administrator, now=NOW)

    with pytest.raises(AlreadyExists):
        roles.grant(session, a_role(unit), by=administrator, now=NOW)


@pytest.mark.parametrize("kind", [RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR])
def test_a_coordinator_makes_nobody_their_equal_or_better(
    session: Session, unit: Unit, coordinator: Account, kind: RoleKind
):
    with pytest.raises(NotAllowed):
        roles.grant(session, a_role(unit, kind), by=coordinator, now=NOW)


def test_a_coordinator_lets_center_staff_look_into_a_site_of_the_unit_only(
    session: Session, unit: Unit, province: Unit, coordinator: Account
):
    own, other = builders.a_site(session, unit), builders.a_site(session, province)

    role = roles.grant(
        session, RoleDetails("center", "desk@example.org", "Một cửa", site_id=own.id), by=coordinator, now=NOW
    )

    assert role.site is own
    with pytest.raises(NotAllowed):
        roles.grant(
            session, RoleDetails("center", "desk@example.org", "Một cửa", site_id=other.id), by=coordinator, now=NOW
        )


def test_being_a_volunteer_is_no_role_one_can_give(session: Session, unit: Unit, administrator: Account):
    with pytest.raises(FieldError) as refusal:
        roles.grant(session, a_role(unit, RoleKind.VOLUNTEER), by=administrator, now=NOW)

    assert refusal.value.facts["field"] == "kind"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"login": "nobody"}, "login"),
        ({"name": ""}, "name"),
        ({"unit_id": None}, "unit_id"),
        ({"kind": "center"}, "site_id"),
        ({"kind": "emperor"}, "kind"),
    ],
)
def test_a_role_form_is_refused_at_the_field_that_is_wrong(
    session: Session, unit: Unit, administrator: Account, details: dict[str, object], field: str
):
    typed = {"kind": "coordinator", "login": "0912345678", "name": "Lan", "unit_id": unit.id} | details

    with pytest.raises(FieldError) as refusal:
        roles.grant(session, RoleDetails(**typed), by=administrator, now=NOW)

    assert refusal.value.facts["field"] == field


def test_nobody_takes_a_role_from_themselves(session: Session, administrator: Account):
    with pytest.raises(NotAllowed):
        roles.revoke(session, administrator.roles[0].id, by=administrator, now=NOW)


def test_a_role_taken_away_is_gone(session: Session, unit: Unit, administrator: Account, coordinator: Account):
    roles.revoke(session, coordinator.roles[0].id, by=administrator, now=NOW)
    session.flush()

    assert coordinator.roles == []


def test_a_coordinator_takes_no_role_from_the_administrator(
    session: Session, administrator: Account, coordinator: Account
):
    with pytest.raises(NotAllowed):
        roles.revoke(session, administrator.roles[0].id, by=coordinator, now=NOW)


def test_a_coordinator_cannot_become_administrator_by_a_password_link(
    session: Session, unit: Unit, province: Unit, coordinator: Account
):
    lan = builders.a_person(session, unit, phone="+84912345678")
    invited = people.invite(session, lan.id, by=coordinator, now=NOW)
    invited.account.roles.append(Role(kind=RoleKind.ADMINISTRATOR, unit=province))
    session.flush()

    with pytest.raises(NotAllowed):
        people.invite(session, lan.id, by=coordinator, now=NOW)
    with pytest.raises(NotAllowed):
        links.make(session, invited.account, by=coordinator, now=NOW)


def test_a_link_for_an_account_that_is_not_there_is_not_found(session: Session, administrator: Account):
    with pytest.raises(NotFound):
        roles.invite(session, 4711, by=administrator, now=NOW)


def test_whoever_gives_a_former_coordinator_a_role_does_not_get_their_account_with_it(
    session: Session, province: Unit, administrator: Account, coordinator: Account
):
    """Whose inbox still tells who could not come in the other unit, and why."""
    coordinator.login, coordinator.password_hash = "lan@example.org", "hash"
    roles.revoke(session, coordinator.roles[0].id, by=administrator, now=NOW)
    elsewhere = builders.a_unit(session, "Xã đoàn An Tân", parent=province)
    stranger, site = builders.a_coordinator(session, elsewhere), builders.a_site(session, elsewhere)
    desk = RoleDetails(kind=RoleKind.CENTER, login="lan@example.org", site_id=site.id)
    roles.grant(session, desk, by=stranger, now=NOW)

    with pytest.raises(NotAllowed):
        links.make(session, coordinator, by=stranger, now=NOW)

    assert links.make(session, coordinator, by=administrator, now=NOW)
    offered = {reader: role_list(session, reader, now=NOW) for reader in (stranger, administrator)}
    assert [row.may_invite for row in offered[stranger] if row.kind is RoleKind.CENTER] == [False]
    assert [row.may_invite for row in offered[administrator] if row.kind is RoleKind.CENTER] == [True]


def test_the_page_of_a_former_coordinator_offers_no_link_to_whoever_may_not_make_one(
    session: Session, province: Unit, administrator: Account, coordinator: Account
):
    elsewhere = builders.a_unit(session, "Xã đoàn An Tân", parent=province)
    lan, planner = builders.a_person(session, elsewhere, "Nguyễn Thị Lan"), builders.a_coordinator(session, elsewhere)
    coordinator.person, coordinator.password_hash = lan, "hash"
    coordinator.roles.append(Role(kind=RoleKind.VOLUNTEER, unit=elsewhere))
    roles.revoke(session, coordinator.roles[0].id, by=administrator, now=NOW)
    session.expire_all()

    page = {one: person_page(session, lan, one, now=NOW, language="vi") for one in (planner, administrator)}

    assert not page[planner].may_invite
    assert page[administrator].may_invite
