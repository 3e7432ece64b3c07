"""People: what is kept of what was typed, who may change whom, and how they get in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, EndsBeforeStart, FieldError, NotAllowed, NotFound
from roster.models import Account, AuditEntry, RoleKind, Unit
from roster.queries.people import AccountState, account_states, person_list
from roster.services import people, qualifications
from roster.services.people import PersonDetails
from tests import builders

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def unit(session: Session) -> Unit:
    return builders.a_unit(session)


@pytest.fixture
def coordinator(session: Session, unit: Unit) -> Account:
    return builders.a_coordinator(session, unit)


@pytest.fixture
def stranger(session: Session) -> Account:
    return builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))


def test_a_person_is_kept_tidily_and_findable(session: Session, unit: Unit, coordinator: Account):
    typed = PersonDetails(
        "  Đặng   Thị Ánh ", phone="0165 234 5678", email=" Anh@Example.org ", birth_date="2009-02-28"
    )

    person = people.create(session, unit, typed, by=coordinator, now=NOW)

    assert person.full_name == "Đặng Thị Ánh"
    assert person.name_search == "dang thi anh"
    assert (person.phone, person.email) == ("+84352345678", "anh@example.org")
    assert person.is_minor(TODAY)


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"full_name": " \u200b "}, "full_name", "missing"),
        ({"full_name": "–"}, "full_name", "not_a_name"),
        ({"full_name": "😀\n" * 4000}, "full_name", "too_long"),
        ({"phone": "12345"}, "phone", "not_a_phone"),
        ({"email": "lan at example"}, "email", "not_an_email"),
        ({"birth_date": "30/02/2009"}, "birth_date", "not_a_date"),
        ({"birth_date": "2027-01-01"}, "birth_date", "in_the_future"),
        ({"birth_date": "1066-10-14"}, "birth_date", "too_long_ago"),
        ({"max_turns": "many"}, "max_turns", "not_a_number"),
        ({"max_turns_per_day": "-1"}, "max_turns_per_day", "out_of_range"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, unit: Unit, coordinator: Account, typed: dict[str, str], field: str, reason: str
):
    with pytest.raises(FieldError) as refusal:
        people.create(session, unit, PersonDetails(**({"full_name": "Lan"} | typed)), by=coordinator, now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == (field, reason)


def test_another_units_coordinator_changes_nobody_here(
    session: Session, unit: Unit, coordinator: Account, stranger: Account
):
    person = builders.a_person(session, unit)
    own_unit = stranger.roles[0].unit

    with pytest.raises(NotAllowed):
        people.change(session, person.id, own_unit, PersonDetails("Lan"), by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        people.change(session, person.id, own_unit, PersonDetails("Lan"), by=coordinator, now=NOW)
    with pytest.raises(NotAllowed):
        people.set_active(session, person.id, False, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        people.invite(session, person.id, by=stranger, now=NOW)


def test_whoever_moves_to_another_branch_stays_a_volunteer_there(session: Session, unit: Unit, coordinator: Account):
    branch = builders.a_unit(session, "Chi đoàn Toán 45A", parent=unit)
    person = builders.a_person(session, unit, phone="+84912345678")
    account = people.invite(session, person.id, by=coordinator, now=NOW).account

    people.change(session, person.id, branch, PersonDetails("Lê Lan", phone="0912345678"), by=coordinator, now=NOW)

    assert [(role.kind, role.unit) for role in account.roles] == [(RoleKind.VOLUNTEER, branch)]
    assert account.display_name == "Lê Lan"


def test_nobody_is_invited_without_a_way_to_sign_in(session: Session, unit: Unit, coordinator: Account):
    person = builders.a_person(session, unit)

    with pytest.raises(FieldError) as refusal:
        people.invite(session, person.id, by=coordinator, now=NOW)

    assert refusal.value.facts["reason"] == "no_way_to_sign_in"


def test_two_who_share_a_phone_cannot_share_a_login(session: Session, unit: Unit, coordinator: Account):
    lan, her_mother = (builders.a_person(session, unit, phone="+84912345678") for _ in range(2))
    people.invite(session, lan.id, by=coordinator, now=NOW)

    with pytest.raises(AlreadyExists):
        people.invite(session, her_mother.id, by=coordinator, now=NOW)


def test_the_list_says_how_far_each_has_come_in(session: Session, unit: Unit, coordinator: Account):
    alone, invited = builders.a_person(session, unit), builders.a_person(session, unit, phone="+84912345678")
    account = people.invite(session, invited.id, by=coordinator, now=NOW).account

    def state(now: datetime = NOW) -> AccountState:
        session.flush()
        return account_states(session, [alone.id, invited.id], now=now).get(invited.id, AccountState.NONE)

    assert alone.id not in account_states(session, [alone.id], now=NOW)
    assert state() is AccountState.INVITED
    assert state(NOW + timedelta(days=15)) is AccountState.EXPIRED
    account.password_hash = "set"
    assert state() is AccountState.ACTIVE
    people.set_active(session, invited.id, False, by=coordinator, now=NOW)
    assert state() is AccountState.CLOSED


def test_taking_somebody_out_of_planning_ends_their_sessions(session: Session, unit: Unit, coordinator: Account):
    person = builders.a_person(session, unit, phone="+84912345678")
    account = people.invite(session, person.id, by=coordinator, now=NOW).account
    epoch = account.session_epoch

    people.set_active(session, person.id, False, by=coordinator, now=NOW)

    assert not person.active
    assert (account.active, account.session_epoch) == (False, epoch + 1)


@pytest.mark.parametrize("search", ["anh", "Ánh", "dang anh", "DANG THI", "0912 345", "84912345"])
def test_people_are_found_without_marks_and_by_phone(session: Session, unit: Unit, coordinator: Account, search: str):
    builders.a_person(session, unit, "Đặng Thị Ánh", phone="+84912345678")
    builders.a_person(session, unit, "Lê Văn Bình", phone="+84987654321")

    found = person_list(session, coordinator, now=NOW, language="vi", search=search)

    assert [row.name for row in found.rows] == ["Đặng Thị Ánh"]


def test_the_list_is_sorted_by_given_name_and_holds_nobody_of_other_units(
    session: Session, unit: Unit, coordinator: Account, stranger: Account
):
    for name in ("Lê Đào", "Phạm Dương", "Trần Đặng", "Nguyễn Da"):
        builders.a_person(session, unit, name)
    builders.a_person(session, stranger.roles[0].unit, "Hồ An")

    listed = person_list(session, coordinator, now=NOW, language="vi")

    assert [row.name for row in listed.rows] == ["Nguyễn Da", "Phạm Dương", "Lê Đào", "Trần Đặng"]


def test_a_qualification_is_granted_renewed_and_withdrawn(session: Session, unit: Unit, coordinator: Account):
    person, trained = builders.a_person(session, unit), builders.a_qualification(session)
    qualifications.grant(session, person.id, trained.id, granted_on=TODAY, by=coordinator, now=NOW)

    renewed = qualifications.grant(
        session, person.id, trained.id, granted_on=TODAY, valid_until=date(2027, 12, 31), by=coordinator, now=NOW
    )

    assert [held.valid_until for held in person.qualifications] == [renewed.valid_until] == [date(2027, 12, 31)]
    qualifications.withdraw(session, person.id, trained.id, by=coordinator, now=NOW)
    assert person.qualifications == []
    with pytest.raises(NotFound):
        qualifications.withdraw(session, person.id, trained.id, by=coordinator, now=NOW)


def test_a_qualification_does_not_end_before_it_begins(session: Session, unit: Unit, coordinator: Account):
    person, trained = builders.a_person(session, unit), builders.a_qualification(session)

    with pytest.raises(EndsBeforeStart):
        qualifications.grant(
            session, person.id, trained.id, granted_on=TODAY, valid_until=date(2026, 1, 1), by=coordinator, now=NOW
        )


def test_every_change_of_a_person_is_on_the_audit_trail(session: Session, unit: Unit, coordinator: Account):
    person = people.create(session, unit, PersonDetails("Lan", phone="0912345678"), by=coordinator, now=NOW)
    people.invite(session, person.id, by=coordinator, now=NOW)
    people.set_active(session, person.id, False, by=coordinator, now=NOW)
    session.flush()

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["person.create", "link.invitation", "person.deactivate"]
    assert {(entry.account_id, entry.unit_id) for entry in entries} == {(coordinator.id, unit.id)}


def test_a_birthday_of_the_local_day_is_not_in_the_future(session: Session, unit: Unit, coordinator: Account):
    day = builders.MONDAY
    early = builders.local(day, "00:30")

    born = people.create(session, unit, PersonDetails("An", birth_date=day), by=coordinator, now=early)

    assert born.birth_date == day
