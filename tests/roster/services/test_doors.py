"""A team's door: members come in by naming themselves, and nobody else learns anything."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from roster.errors import FieldError, LinkExpired, NotAllowed, NotFound
from roster.models import Account, Person, Role, RoleKind, Team, TeamDoor, Unit
from roster.services import accounts, doors, invitations, links
from roster.services.passwords import Passwords
from tests import builders

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "một câu dễ nhớ"
PASSWORDS = Passwords(time_cost=1)


@pytest.fixture
def unit(session: Session) -> Unit:
    return builders.a_unit(session)


@pytest.fixture
def coordinator(session: Session, unit: Unit) -> Account:
    return builders.a_coordinator(session, unit)


@pytest.fixture
def lan(session: Session, unit: Unit) -> Person:
    return builders.a_person(session, unit, "Nguyễn Thị Lan", phone="+84912345678")


@pytest.fixture
def team(session: Session, unit: Unit, lan: Person) -> Team:
    return builders.a_team(session, unit, lan)


@pytest.fixture
def door(session: Session, team: Team, coordinator: Account) -> TeamDoor:
    return doors.open_door(session, team.id, by=coordinator, now=NOW)


def enter(session: Session, token: str, phone: str = "0912 345 678", name: str = "nguyen thi lan", **more: object):
    session.commit()
    typed = {"phone": phone, "name": name, "password": PASSWORD, "repeated": PASSWORD, "now": NOW} | more
    return doors.enter(session, token, passwords=PASSWORDS, **typed)


def test_a_member_comes_in_and_signs_in_from_then_on(session: Session, door: TeamDoor, lan: Person):
    account = enter(session, door.token)
    session.commit()

    assert account.person_id == lan.id
    assert [role.kind for role in account.roles] == [RoleKind.VOLUNTEER]
    assert accounts.sign_in(session, "0912345678", PASSWORD, passwords=PASSWORDS, now=NOW).person_id == lan.id


def test_whoever_is_not_let_in_hears_the_same_whatever_the_reason(
    session: Session, unit: Unit, team: Team, door: TeamDoor, coordinator: Account
):
    outside = builders.a_person(session, unit, "Trần Văn Đức", phone="+84987654321")
    hung = builders.a_person(session, unit, "Võ Hưng", phone="+84905111222")
    hung_account = builders.an_account(session, Role(kind=RoleKind.COORDINATOR, unit=unit), person=hung)
    mai = builders.a_person(session, unit, "Lê Mai", phone="+84905333444")
    builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=mai, password_hash="kept")
    left = builders.a_person(session, unit, "Hồ An", phone="+84905555666", active=False)
    team.members += builders.a_team(session, unit, hung, mai, left, name="khác").members
    tries = [
        ("0912345678", "Trần Văn Đức"),  # a member's number, another name
        ("0900000000", "Nguyễn Thị Lan"),  # a member's name, another number
        ("0987654321", outside.full_name),  # known, but not in the team
        ("0905111222", "Võ Hưng"),  # may do more than volunteer
        ("0905333444", "Lê Mai"),  # chose a password before
        ("0905555666", "Hồ An"),  # no longer planned
        ("không phải số", "Nguyễn Thị Lan"),
    ]

    refusals = []
    for phone, name in tries:
        with pytest.raises(FieldError) as refusal:
            enter(session, door.token, phone, name)
        refusals.append(dict(refusal.value.facts))

    assert refusals == [{"field": "phone", "reason": "not_let_in"}] * len(tries)
    assert hung_account.password_hash is None


def test_nobody_comes_in_twice(session: Session, door: TeamDoor):
    token = door.token
    enter(session, token)

    with pytest.raises(FieldError):
        enter(session, token, password="ein anderer Satz", repeated="ein anderer Satz")


def test_a_door_closes_by_hand_and_by_itself_and_opens_at_another_address(
    session: Session, team: Team, door: TeamDoor, coordinator: Account
):
    first = door.token
    with pytest.raises(LinkExpired):
        doors.opened(session, first, now=NOW + timedelta(days=15))

    doors.close_door(session, team.id, by=coordinator, now=NOW)

    with pytest.raises(LinkExpired):
        enter(session, first)
    assert doors.open_door(session, team.id, by=coordinator, now=NOW).token != first
    with pytest.raises(NotFound):
        doors.opened(session, first, now=NOW)


def test_only_who_plans_the_team_opens_its_door(session: Session, team: Team):
    stranger = builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))

    with pytest.raises(NotAllowed):
        doors.open_door(session, team.id, by=stranger, now=NOW)


def test_a_file_of_links_is_for_those_without_a_password_each_once(
    session: Session, unit: Unit, coordinator: Account, lan: Person
):
    builders.a_person(session, unit, "Không Số")
    inside = builders.a_person(session, unit, "Lê Mai", phone="+84905333444")
    builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit), person=inside, password_hash="kept")
    same_number = builders.a_person(session, unit, "Lê Bình", phone="+84912345678")

    made = invitations.invite_all(session, unit, by=coordinator, now=NOW)

    assert {person.id for person, _ in made} < {lan.id, same_number.id}
    assert len(made) == 1
    assert links.opened(session, made[0][1].token, now=NOW).account.login == "+84912345678"
    assert made[0][0].id not in {p.id for p, _ in invitations.invite_all(session, unit, by=coordinator, now=NOW)}
    again = invitations.invite_all(session, unit, by=coordinator, now=NOW, again=True)
    assert [person.id for person, _ in again] == [made[0][0].id]


def test_who_can_be_sent_no_link_for_want_of_phone_and_email_is_named(
    session: Session, unit: Unit, coordinator: Account, lan: Person
):
    stranger = builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))
    nobody = builders.a_person(session, unit, "Không Số")
    builders.a_person(session, unit, "Lê Mai", email="mai@example.org")
    builders.a_person(session, unit, "Đã Nghỉ", active=False)

    listed, total = invitations.left_out(session, unit, by=coordinator)

    assert ([(one.person.id, one.reason) for one in listed], total) == ([(nobody.id, "no_way")], 1)
    with pytest.raises(NotAllowed):
        invitations.left_out(session, unit, by=stranger)


def test_who_can_be_sent_no_link_as_it_would_be_somebody_elses_is_named_and_not_counted(
    session: Session, unit: Unit, coordinator: Account, lan: Person
):
    """A family with one phone, and a volunteer who administers a unit above."""
    shared = builders.a_person(session, unit, "Lê Bình", phone="+84905333444", email="binh@example.org")
    builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=unit)).login = "+84905333444"
    sister = builders.a_person(session, unit, "Lê Mai", phone="+84905333444")
    higher = builders.a_person(session, unit, "Võ Linh", phone="+84905333555")
    account = builders.an_account(session, Role(kind=RoleKind.ADMINISTRATOR, unit=unit), person=higher)
    account.password_hash = None
    session.flush()

    counted = invitations.waiting(session, unit, by=coordinator)
    made = {
        person.id: one.account.login for person, one in invitations.invite_all(session, unit, by=coordinator, now=NOW)
    }
    listed, total = invitations.left_out(session, unit, by=coordinator)

    assert made == {lan.id: lan.phone, shared.id: "binh@example.org"}
    assert counted == len(made)
    assert ({one.person.id: one.reason for one in listed}, total) == ({sister.id: "taken", higher.id: "above"}, 2)
    assert invitations.waiting(session, unit, by=coordinator) == 0
