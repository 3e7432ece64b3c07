"""Consent: given and taken back by the person, asked of a guardian by link, and obeyed by every plan."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, LinkExpired, NotAllowed, NotFound, RuleBroken
from roster.models import (
    Account,
    AuditEntry,
    Consent,
    ConsentKind,
    GuardianLink,
    MessageKind,
    Person,
    Role,
    RoleKind,
    Roster,
    Shift,
    Unit,
)
from roster.planning import shortages, snapshot, staffing
from roster.queries import candidates, guardians
from roster.services import claims, consents, placements, rosters, turns
from tests import builders, published
from tests.published import PublishedWeek

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FIFTEEN = date(2011, 5, 4)
MOTHER = {"name": "Trần Thị Mai", "relation": "mother", "phone": "0905 123 456", "agrees": True}


@pytest.fixture
def unit(session: Session) -> Unit:
    return builders.a_unit(session)


@pytest.fixture
def coordinator(session: Session, unit: Unit) -> Account:
    return builders.a_coordinator(session, unit)


@pytest.fixture
def child(session: Session, unit: Unit) -> Person:
    return builders.a_person(session, unit, birth_date=FIFTEEN, phone="+84912345678", guardian=False)


def account_of(session: Session, person: Person) -> Account:
    return builders.an_account(session, Role(kind=RoleKind.VOLUNTEER, unit=person.unit), person=person)


def put_on(week: PublishedWeek, shift: Shift, person: Person) -> None:
    """As the coordinator does it by hand."""
    seen, now = week.roster.revision, published.LATER
    rosters.add(week.session, week.roster.id, shift.id, person.id, revision_seen=seen, by=week.by, now=now)


def planned(session: Session, unit: Unit) -> list[str]:
    """Whom a run of the unit would be told of."""
    roster = builders.a_roster(session, unit)
    builders.a_shift(session, builders.a_site(session, unit))
    return [one.id for one in snapshot.build(session, roster, now=NOW).volunteers]


def test_a_run_is_not_told_of_a_minor_until_a_guardian_agreed(
    session: Session, unit: Unit, coordinator: Account, child: Person
):
    adult = builders.a_person(session, unit, birth_date=date(2000, 1, 1))
    roster = builders.a_roster(session, unit)
    builders.a_shift(session, builders.a_site(session, unit))
    before = snapshot.build(session, roster, now=NOW)

    token = consents.make_guardian_link(session, child.id, by=coordinator, now=NOW)
    consents.agree(session, token, **MOTHER, now=NOW)

    after = snapshot.build(session, roster, now=NOW)
    assert [one.id for one in before.volunteers] == [f"p{adult.id}"]
    assert [one.id for one in after.volunteers] == [f"p{child.id}", f"p{adult.id}"]


def test_whoever_asks_for_somebody_without_consent_is_told_so_and_not_that_they_are_not_free(session: Session):
    week = PublishedWeek(session)
    child = week.somebody("Võ Minh Khôi", birth_date=FIFTEEN, guardian=False)
    adult = week.somebody("Bùi Thị Mơ")
    consents.withdraw(session, adult, by=week.account(adult), now=NOW)

    for person, whose in ((child, "guardian"), (adult, "own")):
        with pytest.raises(RuleBroken) as refusal:
            claims.claim(session, week.monday.id, person, by=week.account(person), now=published.LATER)
        assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("consent", whose)
        with pytest.raises(RuleBroken) as refusal:
            rosters.add(
                session,
                week.roster.id,
                week.monday.id,
                person.id,
                revision_seen=week.roster.revision,
                by=week.by,
                now=published.LATER,
            )
        assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("consent", whose)


def test_nobody_without_consent_is_proposed_anywhere_and_the_cause_of_a_short_place_counts_them(session: Session):
    week = PublishedWeek(session)
    child = week.somebody("Võ Minh Khôi", birth_date=FIFTEEN, guardian=False)
    for person in (week.ha, week.minh):
        person.max_turns = 0
    session.flush()

    about = staffing.everybody_published(session, week.roster, [week.monday], now=published.LATER)
    assert child.id not in {one.person_id for one in about.standins(week.monday.id)}
    board = candidates.candidates_for(session, week.roster, week.monday, search="khoi", now=published.LATER)
    assert [(one.may, one.refusals[0].rule, one.refusals[0].detail) for one in board.people] == [
        (False, "consent", "guardian")
    ]
    found = shortages.of_shift(session, week.roster, week.monday.id, now=published.LATER)
    assert found is not None
    key, first = f"p{child.id}", found.shortage.excluded[0]
    assert (first.rule, first.detail, first.volunteers) == ("consent", "guardian", (key,))
    assert not any(key in shortages.people_of(repair) for repair in found.shortage.repairs)


def test_a_turn_whose_consent_was_taken_back_is_published_no_more(session: Session):
    week = PublishedWeek(session)
    lan = week.lan
    rosters.add(
        session,
        week.roster.id,
        week.tuesday.id,
        lan.id,
        revision_seen=week.roster.revision,
        by=week.by,
        now=published.LATER,
    )
    consents.withdraw(session, lan, by=week.account(lan), now=published.LATER)

    with pytest.raises(RuleBroken) as refusal:
        rosters.publish(session, week.roster.id, revision_seen=week.roster.revision, by=week.by, now=published.LATER)

    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("consent", "own")


def test_a_guardian_who_takes_the_consent_back_is_obeyed_at_once(
    session: Session, unit: Unit, coordinator: Account, child: Person
):
    token = consents.make_guardian_link(session, child.id, by=coordinator, now=NOW)
    consents.agree(session, token, **MOTHER, now=NOW)

    consents.disagree(session, token, now=NOW)

    assert planned(session, unit) == []
    kept = session.scalars(select(Consent)).one()
    assert (kept.given_by, kept.relation, kept.phone, kept.text_version) == (
        "Trần Thị Mai",
        "mother",
        "+84905123456",
        consents.TEXT_VERSION,
    )
    assert kept.withdrawn_at == NOW


@pytest.mark.parametrize("kind", ["guardian", "own"])
def test_a_child_stays_on_no_shift_whose_guardian_takes_the_consent_back_and_those_who_plan_are_told(session, kind):
    week = PublishedWeek(session)
    child = week.somebody("Võ Khôi", birth_date=FIFTEEN)
    placements.put(session, week.monday.id, child.id, by=week.by, now=published.LATER)

    if kind == "guardian":
        token = consents.make_guardian_link(session, child.id, by=week.by, now=published.LATER)
        consents.disagree(session, token, now=published.TOO_LATE)
    else:
        consents.withdraw(session, child, by=week.account(child), now=published.TOO_LATE)

    assert turns.is_serving(session, week.monday.id, child.id) is (kind == "own")
    taken_off = [MessageKind.TURN_CANCELLED] if kind == "guardian" else []
    assert week.told(child) == [MessageKind.TURN_ADDED, *taken_off]
    assert week.told_coordinator() == ([MessageKind.WITHDRAWN] if kind == "guardian" else [])


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"name": " "}, "name", "missing"),
        ({"relation": ""}, "relation", "missing"),
        ({"relation": "friend"}, "relation", "unknown_choice"),
        ({"phone": ""}, "phone", "missing"),
        ({"phone": "0912345678"}, "phone", "childs_own_phone"),
        ({"agrees": False}, "agrees", "not_agreed"),
    ],
)
def test_a_guardian_says_who_they_are_and_agrees_in_so_many_words(
    session: Session, coordinator: Account, child: Person, typed: dict[str, object], field: str, reason: str
):
    token = consents.make_guardian_link(session, child.id, by=coordinator, now=NOW)

    with pytest.raises(FieldError) as refusal:
        consents.agree(session, token, **(MOTHER | typed), now=NOW)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == (field, reason)
    assert session.scalars(select(Consent)).all() == []


def test_a_link_is_for_minors_made_by_whom_it_concerns_and_ends_when_a_newer_one_is_made(
    session: Session, unit: Unit, coordinator: Account, child: Person
):
    adult = builders.a_person(session, unit, birth_date=date(2000, 1, 1))
    stranger = builders.a_coordinator(session, builders.a_unit(session, "Xã đoàn Hoài Tân"))
    with pytest.raises(FieldError):
        consents.make_guardian_link(session, adult.id, by=coordinator, now=NOW)
    with pytest.raises(NotAllowed):
        consents.make_guardian_link(session, child.id, by=stranger, now=NOW)

    old = consents.make_guardian_link(session, child.id, by=coordinator, now=NOW)
    new = consents.make_guardian_link(session, child.id, by=account_of(session, child), now=NOW)

    with pytest.raises(NotFound):
        consents.opened(session, old, now=NOW)
    assert consents.opened(session, new, now=NOW) is child
    with pytest.raises(LinkExpired):
        consents.opened(session, new, now=NOW + timedelta(days=401))
    assert new not in session.scalars(select(GuardianLink.token_hash)).all()


def test_coordinators_see_who_waits_first(session: Session, unit: Unit, coordinator: Account, child: Person):
    agreed = builders.a_person(session, unit, "An", birth_date=FIFTEEN)
    builders.a_person(session, unit, birth_date=date(2000, 1, 1))

    rows = guardians.minors(session, coordinator, today=NOW.date(), now=NOW)

    assert [(row.id, row.waits) for row in rows] == [(child.id, True), (agreed.id, False)]


def test_whoever_takes_their_consent_back_is_planned_no_more_until_they_agree_again(session: Session, unit: Unit):
    lan = builders.a_person(session, unit)
    account = account_of(session, lan)
    consents.give(session, lan, by=account, now=NOW)
    consents.give(session, lan, by=account, now=NOW)

    consents.withdraw(session, lan, by=account, now=NOW)

    assert planned(session, unit) == []
    consents.give(session, lan, by=account, now=NOW)
    assert len(session.scalars(select(Consent).where(Consent.kind == ConsentKind.OWN)).all()) == 2
    roster = session.scalars(select(Roster)).one()
    assert [one.id for one in snapshot.build(session, roster, now=NOW).volunteers] == [f"p{lan.id}"]


def test_nobody_agrees_for_another_adult(session: Session, unit: Unit, coordinator: Account):
    lan = builders.a_person(session, unit)

    with pytest.raises(NotAllowed):
        consents.give(session, lan, by=coordinator, now=NOW)


def test_the_trail_tells_of_no_yes_before_a_no(session: Session, coordinator: Account, child: Person):
    token = consents.make_guardian_link(session, child.id, by=coordinator, now=NOW)

    consents.disagree(session, token, now=NOW)
    consents.withdraw(session, child, by=account_of(session, child), now=NOW)

    session.flush()
    told = select(AuditEntry).where(AuditEntry.action.like("consent.%")).order_by(AuditEntry.id)
    assert [(entry.action, entry.facts.get("kind")) for entry in session.scalars(told)] == [
        ("consent.ask", None),
        ("consent.refuse", "guardian"),
        ("consent.refuse", "own"),
    ]
    assert session.scalar(select(Consent).where(Consent.withdrawn_at.is_(None))) is None
