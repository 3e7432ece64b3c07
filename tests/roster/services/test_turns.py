"""Published turns change in one place: rules first, then turn, draft, calendars and audit trail together."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, NotFound, RuleBroken, TurnChanged
from roster.models import Assignment, AssignmentState, AuditEntry, FeedDocument, FeedKind, Pin, PinState
from roster.planning import difference
from roster.services import rosters, turns
from roster.services.turns import Way
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")
LATER = NOW + timedelta(hours=1)


class World:
    """A published week of one unit: Lan serves on Monday morning, Hà on Tuesday morning; Minh is free."""

    def __init__(self, session: Session) -> None:
        self.unit = a_unit(session)
        self.roster = a_roster(session, self.unit)
        self.by = a_coordinator(session, self.unit)
        self.site = a_site(session, self.unit)
        self.monday = a_shift(session, self.site, minimum=2, maximum=2)
        self.tuesday = a_shift(session, self.site, self.monday.programme, day=MONDAY + timedelta(days=1))
        self.lan, self.ha = a_person(session, self.unit), a_person(session, self.unit, "Trần Thị Hà")
        self.minh = a_person(session, self.unit, "Lê Quang Minh")
        publish(session, self, (self.monday, self.lan), (self.tuesday, self.ha))


def publish(session: Session, world: World, *turns) -> None:
    for shift, person in turns:
        seen = world.roster.revision
        rosters.add(session, world.roster.id, shift.id, person.id, revision_seen=seen, by=world.by, now=NOW)
    rosters.publish(session, world.roster.id, revision_seen=world.roster.revision, by=world.by, now=NOW)
    session.flush()


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def turn_of(session: Session, shift, person) -> Assignment:
    return session.scalars(select(Assignment).filter_by(shift_id=shift.id, person_id=person.id)).one()


def test_who_takes_a_place_is_on_it_for_volunteers_and_in_the_draft_alike(session, world):
    turns.change(session, joining=[(world.monday.id, world.minh.id)], way=Way.CLAIMED, by=world.by, now=LATER)

    turn = turn_of(session, world.monday, world.minh)
    assert (turn.state, turn.sequence, turn.confirmed_at) == (AssignmentState.ACTIVE, 0, LATER)
    assert world.monday.people_changed_at == LATER
    change = difference.of(session, world.roster, now=LATER)
    assert (change.added, change.removed) == ([], [])
    assert session.scalars(select(Pin.state).filter_by(person_id=world.minh.id)).all() == [PinState.ASSIGNED]
    assert world.roster.published_revision == world.roster.revision


def test_who_leaves_is_gone_from_both_and_kept_off_by_every_run(session, world):
    before = turn_of(session, world.monday, world.lan).sequence

    turns.change(session, leaving=[(world.monday.id, world.lan.id)], way=Way.WITHDRAWN, by=world.by, now=LATER)

    turn = turn_of(session, world.monday, world.lan)
    assert (turn.state, turn.sequence, turn.changed_at) == (AssignmentState.CANCELLED, before + 1, LATER)
    assert difference.of(session, world.roster, now=LATER).added == []
    assert session.scalars(select(Pin.state).filter_by(person_id=world.lan.id)).all() == [PinState.FORBIDDEN]


def test_who_comes_back_keeps_the_event_that_calendars_know(session, world):
    uid = turn_of(session, world.monday, world.lan).uid
    for leaving, joining in (([(world.monday.id, world.lan.id)], []), ([], [(world.monday.id, world.lan.id)])):
        turns.change(session, joining=joining, leaving=leaving, way=Way.BY_HAND, by=world.by, now=LATER)
        session.execute(Pin.__table__.delete())  # a coordinator lifts it

    turn = turn_of(session, world.monday, world.lan)
    assert (turn.uid, turn.sequence, turn.state) == (uid, 2, AssignmentState.ACTIVE)
    assert turn.confirmed_at is None, "somebody else decided it"


def test_what_a_coordinator_has_not_published_yet_stays_unpublished(session, world):
    seen = world.roster.revision
    add = {"revision_seen": seen, "by": world.by, "now": NOW}
    rosters.add(session, world.roster.id, world.monday.id, world.minh.id, **add)

    turns.change(session, leaving=[(world.tuesday.id, world.ha.id)], way=Way.WITHDRAWN, by=world.by, now=LATER)

    change = difference.of(session, world.roster, now=LATER)
    assert (change.added, change.removed) == ([(world.monday.id, world.minh.id)], [])
    assert world.roster.published_revision != world.roster.revision


def test_a_change_names_both_turns_in_the_audit_trail_with_its_reason(session, world):
    turns.change(
        session,
        joining=[(world.tuesday.id, world.minh.id)],
        leaving=[(world.tuesday.id, world.ha.id)],
        way=Way.COVERED,
        by=world.by,
        now=LATER,
        reason="Ốm",
    )

    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("turn."))).all()
    told = {(entry.action, entry.facts["person_id"], entry.facts["way"], entry.facts["reason"]) for entry in entries}
    assert told == {
        ("turn.leave", world.ha.id, "covered", "Ốm"),
        ("turn.take", world.minh.id, "covered", "Ốm"),
    }


def test_a_change_makes_exactly_the_calendars_stale_that_show_it(session, world):
    def a_document(kind, target_id):
        document = FeedDocument(kind=kind, target_id=target_id, language="vi", changes=0)
        session.add(document)
        session.flush()
        return document

    shown = [
        a_document(FeedKind.SITE, world.site.id),
        a_document(FeedKind.UNIT, world.unit.id),
        *(a_document(FeedKind.VOLUNTEER, person.id) for person in (world.lan, world.minh)),
    ]
    other = a_document(FeedKind.VOLUNTEER, world.ha.id)

    turns.change(session, joining=[(world.monday.id, world.minh.id)], way=Way.CLAIMED, by=world.by, now=LATER)

    session.expire_all()
    assert [document.changes for document in shown] == [1, 1, 1, 1]
    assert other.changes == 0


def test_a_hard_rule_refuses_with_its_facts_and_nothing_changes(session, world):
    world.minh.max_turns = 0

    with pytest.raises(RuleBroken) as refusal:
        turns.change(session, joining=[(world.monday.id, world.minh.id)], way=Way.CLAIMED, by=world.by, now=LATER)

    facts = refusal.value.facts
    assert (facts["rule"], facts["detail"], facts["most"]) == ("limits", "turns", 0)
    assert facts["person"] == "Lê Quang Minh"
    assert not turns.is_serving(session, world.monday.id, world.minh.id)


def test_nobody_leaves_a_minor_alone(session, world):
    child = a_person(session, world.unit, "Võ Bé Nhi", birth_date=MONDAY.replace(year=2012))
    turns.change(session, joining=[(world.monday.id, child.id)], way=Way.CLAIMED, by=world.by, now=LATER)

    with pytest.raises(RuleBroken) as refusal:
        turns.change(session, leaving=[(world.monday.id, world.lan.id)], way=Way.WITHDRAWN, by=world.by, now=LATER)
    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("minors", "company")

    exchange = {"joining": [(world.monday.id, world.minh.id)], "leaving": [(world.monday.id, world.lan.id)]}
    turns.change(session, **exchange, way=Way.COVERED, by=world.by, now=LATER)
    assert turns.is_serving(session, world.monday.id, world.minh.id)


def test_a_full_shift_takes_nobody_more_but_somebody_instead(session, world):
    turns.change(session, joining=[(world.monday.id, world.minh.id)], way=Way.CLAIMED, by=world.by, now=LATER)
    thuy = a_person(session, world.unit, "Phạm Thuỷ")

    with pytest.raises(RuleBroken) as refusal:
        turns.change(session, joining=[(world.monday.id, thuy.id)], way=Way.CLAIMED, by=world.by, now=LATER)
    assert refusal.value.facts["rule"] == "capacity"

    exchange = {"joining": [(world.monday.id, thuy.id)], "leaving": [(world.monday.id, world.minh.id)]}
    turns.change(session, **exchange, way=Way.COVERED, by=world.by, now=LATER)
    assert turns.is_serving(session, world.monday.id, thuy.id)


def test_a_swap_asks_each_person_without_the_turn_they_give(session, world):
    for person in (world.lan, world.ha):
        person.max_turns = 1
    joining = [(world.tuesday.id, world.lan.id), (world.monday.id, world.ha.id)]
    leaving = [(world.monday.id, world.lan.id), (world.tuesday.id, world.ha.id)]

    turns.change(session, joining=joining, leaving=leaving, way=Way.SWAPPED, by=world.by, now=LATER)

    assert all(turns.is_serving(session, *turn) for turn in joining)
    assert not any(turns.is_serving(session, *turn) for turn in leaving)


def test_somebody_who_is_not_active_any_more_takes_nothing(session, world):
    world.minh.active = False

    with pytest.raises(RuleBroken) as refusal:
        turns.change(session, joining=[(world.monday.id, world.minh.id)], way=Way.CLAIMED, by=world.by, now=LATER)

    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("eligibility", "inactive")


def test_a_turn_that_is_not_there_cannot_be_left_and_one_that_is_not_taken_twice(session, world):
    with pytest.raises(TurnChanged):
        turns.change(session, leaving=[(world.monday.id, world.minh.id)], way=Way.WITHDRAWN, by=world.by, now=LATER)
    with pytest.raises(AlreadyExists):
        turns.change(session, joining=[(world.monday.id, world.lan.id)], way=Way.CLAIMED, by=world.by, now=LATER)


def test_a_shift_that_has_begun_or_was_never_published_is_nobody_s_to_change(session, world):
    joining = [(world.monday.id, world.minh.id)]
    with pytest.raises(RuleBroken) as refusal:
        turns.change(session, joining=joining, way=Way.CLAIMED, by=world.by, now=world.monday.starts_at)
    assert refusal.value.facts["rule"] == "past"

    world.roster.published_number = 0
    with pytest.raises(NotFound):
        turns.change(session, joining=joining, way=Way.CLAIMED, by=world.by, now=LATER)
