"""Erasure: data go, counts stay, and no table that points at a person is forgotten."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, NotFound, Stale
from roster.imports import timetables as reading
from roster.imports.class_tables import ClassHours
from roster.models import (
    Account,
    Agreement,
    AgreementKind,
    Assignment,
    AssignmentState,
    AuditEntry,
    Base,
    BusyTime,
    DraftAssignment,
    DraftStep,
    FeedKind,
    FeedToken,
    ImportState,
    Message,
    MessageKind,
    Objection,
    PeopleImport,
    Person,
    PersonQualification,
    Pin,
    Role,
    RoleKind,
    TeamMember,
    Unit,
    WeeklyAvailability,
)
from roster.queries import personal_data, places
from roster.queries.people import person_list
from roster.services import claims, consents, erasure, people, placements, remedies, rosters, shifts, turns, withdrawals
from roster.services.passwords import Passwords
from tests import builders
from tests.builders import LONG_AGO, MONDAY
from tests.published import LATER, PublishedWeek

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "một câu dễ nhớ"


@pytest.fixture
def unit(session: Session) -> Unit:
    return builders.a_unit(session)


@pytest.fixture
def lan(session: Session, unit: Unit) -> Person:
    trained = builders.a_qualification(session)
    lan = builders.a_person(
        session,
        unit,
        "Nguyễn Thị Lan",
        phone="+84912345678",
        email="lan@example.org",
        birth_date=date(2001, 2, 3),
        qualifications=[trained],
    )
    builders.a_team(session, unit, lan)
    return lan


@pytest.fixture
def account(session: Session, lan: Person) -> Account:
    hashed = Passwords(time_cost=1).hash(PASSWORD)
    role = Role(kind=RoleKind.VOLUNTEER, unit=lan.unit)
    account = builders.an_account(session, role, person=lan, password_hash=hashed)
    token = FeedToken(
        account=account, kind=FeedKind.VOLUNTEER, target_id=lan.id, token_hash="hash", created_at=LONG_AGO
    )
    session.add(token)
    consents.give(session, lan, by=account, now=NOW)
    reading.paste(session, lan, "Thứ 2 tiết 1 Bí mật", last_day=MONDAY, hours=ClassHours(), by=account, now=NOW)
    return account


def served(session: Session, lan: Person) -> Assignment:
    shift = builders.a_shift(session, builders.a_site(session, lan.unit), day=date(2026, 11, 2))
    turn = Assignment(shift=shift, person=lan, state=AssignmentState.ACTIVE, uid="u", sequence=0, changed_at=LONG_AGO)
    session.add(turn)
    session.flush()
    return turn


def test_every_table_that_points_at_a_person_or_account_has_been_decided_about():
    pointing = {
        target: {
            table.name
            for table in Base.metadata.sorted_tables
            for foreign in table.foreign_keys
            if foreign.column.table.name == target
        }
        for target in ("people", "accounts")
    }
    undecided = pointing["people"] - erasure.KEPT - erasure.DELETED

    assert undecided == set(), "Name these tables in KEPT or DELETED of roster/services/erasure.py"
    assert pointing["people"] == erasure.KEPT | erasure.DELETED
    assert pointing["accounts"] - erasure.OF_ACCOUNTS == personal_data.ON_RECORD, "… or in OF_ACCOUNTS or ON_RECORD"


def test_somebody_erased_leaves_a_count_and_no_trace(session: Session, lan: Person, account: Account):
    turn = served(session, lan)
    person_id, account_id = lan.id, account.id
    session.commit()

    erasure.erase_oneself(session, PASSWORD, by=account, passwords=Passwords(time_cost=1), now=NOW)
    session.commit()

    person, closed = session.get_one(Person, person_id), session.get_one(Account, account_id)
    assert (person.full_name, person.phone, person.email, person.birth_date) == ("–", None, None, None)
    assert (person.active, closed.active, closed.password_hash, closed.person_id) == (False, False, None, None)
    assert "lan" not in closed.login
    assert session.get_one(Assignment, turn.id).state is AssignmentState.ACTIVE
    for gone in (WeeklyAvailability, BusyTime, PersonQualification, TeamMember, FeedToken, Role):
        assert session.scalars(select(gone)).all() == []
    rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    told = " ".join(str(value) for row in rows for value in row)
    for secret in ("Nguyễn Thị Lan", "912345678", "lan@example.org", "Bí mật"):
        assert secret not in told


def test_nobody_plans_again_with_somebody_erased_nor_finds_them_in_a_list(session: Session, unit: Unit, lan: Person):
    by = builders.a_coordinator(session, unit)
    erasure.erase(session, lan.id, by=by, now=NOW)

    with pytest.raises(NotFound):
        people.set_active(session, lan.id, True, by=by, now=NOW)

    assert lan.active is False
    assert person_list(session, by, now=NOW, language="vi", active=False).rows == []


def test_an_open_phone_in_another_hand_erases_nobody(session: Session, lan: Person, account: Account):
    session.commit()

    with pytest.raises(FieldError):
        erasure.erase_oneself(session, "đoán bừa", by=account, passwords=Passwords(time_cost=1), now=NOW)

    assert session.get_one(Person, lan.id).full_name == "Nguyễn Thị Lan"


def test_a_coordinator_erases_their_own_people_only(session: Session, unit: Unit, lan: Person):
    stranger = builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))
    with pytest.raises(NotAllowed):
        erasure.erase(session, lan.id, by=stranger, now=NOW)

    erasure.erase(session, lan.id, by=builders.a_coordinator(session, unit), now=NOW)

    assert lan.full_name == "–"
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "person.erase"


def test_a_shift_that_was_called_off_keeps_nobody_from_being_forgotten(session: Session):
    week = PublishedWeek(session)
    shifts.cancel(session, week.monday.id, reason="Bão", by=week.by, now=LATER)

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=LATER)

    assert week.lan.full_name == "–"
    assert week.turn(week.monday, week.lan).state is AssignmentState.CANCELLED
    latest, *_ = places.history_of(session, week.monday)
    assert (latest.came, latest.way) == (False, "forgotten")


def test_why_somebody_could_not_come_is_forgotten_with_them(session: Session):
    week = PublishedWeek(session)
    turn = week.turn(week.monday, week.lan)
    withdrawals.withdraw(session, turn.id, reason="Sốt xuất huyết", by=week.account(week.lan), now=LATER)

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=LATER)

    session.flush()
    rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert "Sốt xuất huyết" not in " ".join(str(value) for row in rows for value in row)


def test_what_was_said_of_somebody_to_those_who_were_moved_for_them_is_forgotten(session: Session):
    week = PublishedWeek(session)
    placements.rearrange(
        session,
        joining=[(week.monday.id, week.ha.id), (week.tuesday.id, week.minh.id)],
        leaving=[(week.monday.id, week.lan.id), (week.tuesday.id, week.ha.id)],
        way=turns.Way.REPAIRED,
        reason="Lan sốt xuất huyết",
        by=week.by,
        now=LATER,
    )

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=LATER)

    session.flush()
    rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert "sốt xuất huyết" not in " ".join(str(value) for row in rows for value in row)
    assert week.told(week.ha) == [MessageKind.TURN_CANCELLED, MessageKind.TURN_ADDED]


def test_a_faulty_row_of_a_list_forgets_whom_it_named(session: Session):
    week = PublishedWeek(session)
    bad_rows = [
        {"row": row, "name": name, "problems": [{"field": "phone", "reason": "phone_of_another", "facts": facts}]}
        for row, name, facts in (
            (2, "NGUYỄN THỊ LAN", {"value": "09123", "name": "Võ Thị Tư"}),
            (3, "Võ Thị Tư", {"value": "09456", "name": "Nguyễn Thị Lan"}),
        )
    ]
    read = PeopleImport(unit=week.unit, asked_by=week.by, state=ImportState.DONE, file_name="ds.xlsx", columns=[])
    read.report, read.created_at, read.finished_at = {"bad": 2, "bad_rows": bad_rows}, LATER, LATER
    session.add(read)

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=LATER)

    session.flush()
    session.refresh(read)
    told = [(row["name"], row["problems"][0]["facts"]) for row in read.report["bad_rows"]]
    assert told == [("", {"value": "", "name": "Võ Thị Tư"}), ("Võ Thị Tư", {"value": "09456", "name": ""})]


def test_nobody_is_kept_on_record_because_a_minor_would_be_left_alone(session: Session):
    week = PublishedWeek(session)
    child = week.somebody("Đỗ Bé Na", birth_date=date(2010, 1, 1))
    week.publish((week.monday, child))

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=LATER)

    assert week.lan.full_name == "–"
    assert week.turn(week.monday, week.lan).state is AssignmentState.CANCELLED
    assert week.turn(week.monday, child).state is AssignmentState.ACTIVE
    told = session.scalars(select(Message).where(Message.kind == MessageKind.FORGOTTEN)).one()
    assert (told.account_id, told.facts["shift_id"]) == (week.by.id, week.monday.id)
    assert told.facts["rules"] == ["minors"]


def test_whoever_coordinates_hears_of_a_place_that_an_erasure_left(session: Session):
    week = PublishedWeek(session)

    erasure.erase(session, week.ha.id, by=week.account(week.ha), now=LATER)

    assert week.told_coordinator() == [MessageKind.FORGOTTEN]
    (told,) = session.scalars(select(Message).filter_by(kind=MessageKind.FORGOTTEN))
    assert told.facts["rules"] == []


def test_a_place_kept_for_the_erased_is_offered_to_the_next_who_waits(session: Session):
    week = PublishedWeek(session)
    thuy = week.somebody()
    for person in (week.minh, thuy):
        claims.claim(session, week.tuesday.id, person, by=week.account(person), now=LATER)
    placements.take_off(session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=LATER)

    erasure.erase(session, week.minh.id, by=week.by, now=LATER)

    assert week.told(thuy) == [MessageKind.PROMOTED]


def test_a_draft_without_the_erased_is_another_draft(session: Session):
    """Whoever had it open is told, and no undo brings the erased back."""
    week = PublishedWeek(session)
    mine = {"roster_id": week.roster.id, "shift_id": week.tuesday.id, "person_id": week.minh.id}
    seen = week.roster.revision
    rosters.add(session, *mine.values(), revision_seen=seen, by=week.by, now=LATER)
    seen = week.roster.revision

    erasure.erase(session, week.minh.id, by=week.account(week.minh), now=LATER)

    assert week.roster.revision > seen
    assert session.scalars(select(DraftAssignment.id).filter_by(person_id=week.minh.id)).all() == []
    assert session.scalars(select(Pin.id).filter_by(person_id=week.minh.id)).all() == []
    assert session.scalars(select(DraftStep.id)).all() == []
    with pytest.raises(Stale):
        rosters.publish(session, week.roster.id, revision_seen=seen, by=week.by, now=LATER)


def test_no_undo_gives_back_what_the_erased_had_agreed_to(session: Session):
    """Taking back an agreement with somebody who has left the draft is a step that names them nowhere else."""
    week = PublishedWeek(session)
    key = {"roster_id": week.roster.id, "person_id": week.minh.id, "shift_id": week.tuesday.id}
    agreed = Agreement(**key, kind=AgreementKind.MORE, limit="turns", more=1, noted_by_id=week.by.id, noted_at=LATER)
    session.add(agreed)
    session.flush()
    seen = week.roster.revision
    remedies.take_back(session, agreed.id, revision_seen=seen, by=week.by, now=LATER)

    erasure.erase(session, week.minh.id, by=week.account(week.minh), now=LATER)

    assert session.scalars(select(DraftStep.id)).all() == []


def test_a_week_that_is_over_stays_in_its_draft_as_it_was(session: Session):
    week = PublishedWeek(session)
    over = builders.local(MONDAY, "12:00")
    seen = week.roster.revision

    erasure.erase(session, week.lan.id, by=week.account(week.lan), now=over)

    assert week.roster.revision == seen
    assert session.scalars(select(DraftAssignment.shift_id).filter_by(person_id=week.lan.id)).all() == [week.monday.id]


def test_the_download_holds_everything_but_secrets(session: Session, lan: Person, account: Account):
    served(session, lan)

    kept = personal_data.everything(session, lan, account, now=NOW)

    text = json.dumps(kept, ensure_ascii=False)
    assert kept["person"]["full_name"] == "Nguyễn Thị Lan"
    assert kept["served_and_coming_shifts"][0]["starts"] == "2026-11-02T07:30:00+07:00"
    assert kept["served_and_coming_shifts"][0]["absent"] is False
    assert [row["title"] for row in kept["busy_times"]] == ["Bí mật"]
    assert {"weekly_availability", "person_qualifications", "team_members", "consents", "roles"} <= kept.keys()
    assert account.password_hash is not None
    assert account.password_hash not in text
    assert '"hash"' not in text


def test_the_download_of_a_coordinator_tells_what_they_did_and_nothing_of_others(session: Session):
    week = PublishedWeek(session)
    chief = week.somebody("Võ Thị Tư")
    by = week.account(chief)
    by.roles.append(Role(kind=RoleKind.COORDINATOR, unit=week.unit))
    week.rules(withdraw_hours=24 * 14)
    asked = withdrawals.withdraw(
        session, week.turn(week.monday, week.lan).id, reason="Sốt xuất huyết", by=week.account(week.lan), now=LATER
    )
    withdrawals.answer(session, asked.id, granted=True, by=by, now=LATER)
    session.flush()

    kept = personal_data.everything(session, chief, by, now=LATER)

    told = {table: rows for table, rows in kept.items() if table in personal_data.ON_RECORD}
    assert "Sốt xuất huyết" not in json.dumps(told, ensure_ascii=False)
    assert [row["id"] for row in told["withdrawals"]] == [asked.id]
    assert {row["action"] for row in told["audit_entries"]} == {"turn.leave"}


def test_the_download_tells_what_was_said_against_being_noted_as_missing(
    session: Session, lan: Person, account: Account
):
    turn = served(session, lan)
    turn.absent, turn.objection = True, Objection.WAITING

    kept = personal_data.everything(session, lan, account, now=NOW)

    (shift,) = kept["served_and_coming_shifts"]
    assert (shift["absent"], shift["objection"]) == (True, "waiting")
