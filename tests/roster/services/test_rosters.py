"""A draft is changed by hand within the rules, and volunteers see it once it is published, not before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, AlreadyPublished, NotAllowed, NotFound, RuleBroken, Stale
from roster.models import (
    Assignment,
    AssignmentState,
    AuditEntry,
    ChangeKind,
    DraftAssignment,
    FeedDocument,
    FeedKind,
    Half,
    Level,
    Pin,
    PinState,
    Publication,
    PublicationChange,
    ShiftState,
)
from roster.services import rosters
from tests.builders import (
    MONDAY,
    a_coordinator,
    a_person,
    a_qualification,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    local,
)

NOW = local(MONDAY - timedelta(days=3), "09:00")
LATER = NOW + timedelta(hours=1)
TUESDAY = MONDAY + timedelta(days=1)


class World:
    """A unit with a desk, a coordinator and an empty draft."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit = a_unit(session)
        self.site = a_site(session, self.unit)
        self.by = a_coordinator(session, self.unit)
        self.roster = a_roster(session, self.unit)

    def shift(self, **columns):
        return a_shift(self.session, self.site, **columns)

    def person(self, name="Nguyễn Thị Lan", **columns):
        return a_person(self.session, self.unit, name, **columns)

    def hand(self, what, shift, person, *, now: datetime = NOW, by=None):
        """Do something to the draft as somebody who has seen its present state."""
        return what(
            self.session,
            self.roster.id,
            shift.id,
            person.id,
            revision_seen=self.roster.revision,
            by=by or self.by,
            now=now,
        )

    def add(self, shift, person, **how):
        return self.hand(rosters.add, shift, person, **how)

    def publish(self, *, now: datetime = NOW, by=None) -> Publication:
        seen = self.roster.revision
        return rosters.publish(self.session, self.roster.id, revision_seen=seen, by=by or self.by, now=now)

    def draft(self):
        return {(row.shift_id, row.person_id) for row in self.session.scalars(select(DraftAssignment))}

    def pins(self):
        return {(row.shift_id, row.person_id): row.state for row in self.session.scalars(select(Pin))}

    def assignment(self, shift, person) -> Assignment | None:
        mine = (Assignment.shift_id == shift.id, Assignment.person_id == person.id)
        return self.session.scalars(select(Assignment).where(*mine)).one_or_none()


@pytest.fixture
def world(session):
    return World(session)


def test_who_is_added_by_hand_is_on_the_shift_and_pinned(world):
    shift, lan = world.shift(), world.person()

    assert world.add(shift, lan) == []

    assert world.draft() == {(shift.id, lan.id)}
    assert world.pins() == {(shift.id, lan.id): PinState.ASSIGNED}
    assert world.roster.revision == 1


def test_who_is_taken_off_is_kept_off_until_the_pin_is_lifted(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)

    world.hand(rosters.remove, shift, lan)
    assert (world.draft(), world.pins()) == (set(), {(shift.id, lan.id): PinState.FORBIDDEN})

    world.hand(rosters.unpin, shift, lan)
    assert world.pins() == {}


def test_a_turn_can_be_pinned_and_left_to_the_next_run_again(world):
    shift, lan = world.shift(), world.person()
    world.session.add(DraftAssignment(roster_id=world.roster.id, shift_id=shift.id, person_id=lan.id))

    world.hand(rosters.pin, shift, lan)
    assert world.pins() == {(shift.id, lan.id): PinState.ASSIGNED}

    world.hand(rosters.unpin, shift, lan)
    assert (world.pins(), world.draft()) == ({}, {(shift.id, lan.id)})


def test_a_hand_may_overrule_an_earlier_hand(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)
    world.hand(rosters.remove, shift, lan)

    world.add(shift, lan)

    assert world.pins() == {(shift.id, lan.id): PinState.ASSIGNED}


def test_an_overlapping_shift_is_refused_naming_the_other_one(world):
    market = a_site(world.session, world.unit, "Chợ Đầm")
    early, late = world.shift(), a_shift(world.session, market, starts="11:00", ends="12:00")
    lan = world.person(max_turns=None, max_turns_per_day=None)
    world.add(early, lan)

    with pytest.raises(RuleBroken) as refusal:
        world.add(late, lan)

    facts = refusal.value.facts
    assert (facts["rule"], facts["person"], facts["site"]) == ("overlap", "Nguyễn Thị Lan", "Chợ Đầm")
    assert (facts["other_shift_id"], facts["other_site"]) == (early.id, world.site.name)
    assert f"{facts['other_starts']:%H:%M}" == "07:30"
    assert (world.draft(), world.roster.revision) == ({(early.id, lan.id)}, 1)


@pytest.mark.parametrize(
    ("person", "shift", "rule", "facts"),
    [
        ({"max_turns": 0}, {}, ("limits", "turns"), {"value": 1, "most": 0}),
        ({"max_minutes": 200}, {}, ("limits", "minutes_max"), {"value": 240, "most": 200}),
        ({"free": {(1, Half.MORNING): Level.PREFERRED}}, {}, ("availability", ""), {}),
        ({}, {"requires": ["trained"]}, ("eligibility", "requires"), {"missing": ("trained",)}),
        ({}, {"pool": ["team:99"]}, ("eligibility", "pool"), {}),
        ({"birth_date": MONDAY.replace(year=2010)}, {"adults_only": True}, ("eligibility", "adults_only"), {}),
        (
            {"birth_date": MONDAY.replace(year=2010)},
            {"starts": "18:00", "ends": "20:00"},
            ("minors", "latest_end"),
            {},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_every_rule_in_the_way_is_named_with_its_facts(world, person, shift, rule, facts):
    a_qualification(world.session)
    shift, person = world.shift(**shift), world.person(**person)

    with pytest.raises(RuleBroken) as refusal:
        world.add(shift, person)

    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == rule
    assert refusal.value.facts.items() >= facts.items()
    assert world.draft() == set()


def test_a_full_shift_takes_nobody_more(world):
    shift = world.shift(maximum=1)
    world.add(shift, world.person("Trần An"))

    with pytest.raises(RuleBroken) as refusal:
        world.add(shift, world.person("Lê Bình"))

    assert (refusal.value.facts["rule"], refusal.value.facts["most"]) == ("capacity", 1)


def test_a_minor_may_be_put_first_but_is_not_published_without_an_adult(world):
    shift, minor = world.shift(), world.person(birth_date=MONDAY.replace(year=2010))

    assert [(one.rule, one.mendable) for one in world.add(shift, minor)] == [("minors", True)]
    with pytest.raises(RuleBroken) as refusal:
        world.publish()
    assert (refusal.value.facts["rule"], refusal.value.facts["person_ids"]) == ("minors", [minor.id])

    assert world.add(shift, world.person("Trần An")) == []
    assert world.publish().people == 2


@pytest.mark.parametrize("what", [rosters.add, rosters.remove, rosters.pin, rosters.unpin])
def test_a_shift_that_has_begun_or_was_cancelled_is_not_changed_any_more(world, what):
    begun, cancelled, lan = world.shift(), world.shift(day=TUESDAY, state=ShiftState.CANCELLED), world.person()

    for shift, rule in ((begun, "past"), (cancelled, "cancelled")):
        with pytest.raises(RuleBroken) as refusal:
            world.hand(what, shift, lan, now=begun.starts_at)
        assert (refusal.value.facts["rule"], refusal.value.facts["site"]) == (rule, world.site.name)


def test_shifts_and_people_of_others_are_not_found(world):
    other = a_unit(world.session, "Đoàn xã An Tân")
    foreign = a_shift(world.session, a_site(world.session, other))

    with pytest.raises(NotFound):
        world.add(foreign, world.person())
    with pytest.raises(NotFound):
        world.add(world.shift(), a_person(world.session, other))


def test_another_units_coordinator_may_neither_change_nor_publish(world):
    stranger = a_coordinator(world.session, a_unit(world.session, "Đoàn xã An Tân"))

    with pytest.raises(NotAllowed):
        world.add(world.shift(), world.person(), by=stranger)
    with pytest.raises(NotAllowed):
        world.publish(by=stranger)


def test_nobody_is_added_twice(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)

    with pytest.raises(AlreadyExists):
        world.add(shift, lan)


def test_somebody_who_has_not_seen_a_change_is_told_who_made_it_and_what_it_was(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)
    second = a_coordinator(world.session, world.unit)

    with pytest.raises(Stale) as refusal:
        rosters.publish(world.session, world.roster.id, revision_seen=0, by=second, now=LATER)

    facts = refusal.value.facts
    assert (facts["by"], facts["at"], facts["revision"]) == (world.by.display_name, NOW, 1)
    (change,) = facts["changes"]
    assert (change["action"], change["person"], change["site"]) == ("roster.add", lan.full_name, world.site.name)
    assert world.assignment(shift, lan) is None


def test_nothing_a_volunteer_sees_changes_before_publishing(world):
    shift, lan = world.shift(), world.person()

    world.add(shift, lan)
    assert world.assignment(shift, lan) is None
    publication = world.publish()

    assignment = world.assignment(shift, lan)
    assert (assignment.state, assignment.sequence, assignment.changed_at) == (AssignmentState.ACTIVE, 0, NOW)
    assert len(assignment.uid) == 32
    assert shift.people_changed_at == NOW
    counts = (publication.number, publication.people, publication.turns, publication.missing)
    assert counts == (1, 1, 1, 0)
    assert (world.roster.published_number, world.roster.published_revision) == (1, 1)


def test_a_turn_taken_back_and_given_again_keeps_its_calendar_identity(world):
    shift, lan, an = world.shift(), world.person(), world.person("Trần An")
    world.add(shift, lan)
    world.publish()
    uid = world.assignment(shift, lan).uid
    world.assignment(shift, lan).confirmed_at = NOW

    world.hand(rosters.remove, shift, lan)
    world.add(shift, an)
    second = world.publish(now=LATER)
    gone = world.assignment(shift, lan)
    assert (gone.state, gone.sequence, gone.changed_at) == (AssignmentState.CANCELLED, 1, LATER)
    changes = world.session.scalars(
        select(PublicationChange).where(PublicationChange.publication_id == second.id)
    ).all()
    assert {(one.kind, one.person_id) for one in changes} == {(ChangeKind.ADDED, an.id), (ChangeKind.REMOVED, lan.id)}

    world.add(shift, lan)
    world.publish(now=LATER + timedelta(hours=1))
    back = world.assignment(shift, lan)
    assert (back.state, back.sequence, back.uid, back.confirmed_at) == (AssignmentState.ACTIVE, 2, uid, None)


def test_publishing_leaves_every_turn_alone_that_stays(world):
    monday, tuesday, lan = world.shift(), world.shift(day=TUESDAY), world.person()
    world.add(monday, lan)
    world.publish()

    world.add(tuesday, lan)
    world.publish(now=LATER)

    kept = world.assignment(monday, lan)
    assert (kept.sequence, kept.changed_at, monday.people_changed_at) == (0, NOW, NOW)


def test_only_calendars_that_show_a_change_go_stale(world):
    shift, lan, an = world.shift(), world.person(), world.person("Trần An")
    world.add(shift, lan)
    world.publish()
    for person in (lan, an):
        world.session.add(
            FeedDocument(
                kind=FeedKind.VOLUNTEER,
                target_id=person.id,
                language="vi",
            )
        )
    world.hand(rosters.remove, shift, lan)
    world.publish(now=LATER)

    documents = world.session.scalars(select(FeedDocument).execution_options(populate_existing=True))
    assert {document.target_id: document.changes > 0 for document in documents} == {lan.id: True, an.id: False}


def test_publishing_the_same_again_is_refused_saying_who_published_it(world):
    world.add(world.shift(), world.person())
    world.publish()
    second = a_coordinator(world.session, world.unit)

    with pytest.raises(AlreadyPublished) as refusal:
        world.publish(now=LATER, by=second)

    facts = refusal.value.facts
    assert (facts["number"], facts["by"], facts["at"], facts["changes"]) == (1, world.by.display_name, NOW, 1)


def test_a_first_publication_may_be_empty_and_says_how_many_are_missing(world):
    world.shift(minimum=2)

    publication = world.publish()

    assert (publication.number, publication.turns, publication.missing) == (1, 0, 2)


def test_what_has_begun_stays_as_it_was_published(world):
    monday, tuesday, lan = world.shift(), world.shift(day=TUESDAY), world.person()
    world.add(monday, lan)
    world.add(tuesday, lan)
    world.publish()
    world.session.delete(world.session.scalars(select(DraftAssignment).filter_by(shift_id=monday.id)).one())
    world.hand(rosters.remove, tuesday, lan, now=local(MONDAY, "08:00"))

    world.publish(now=local(MONDAY, "08:00"))

    assert world.assignment(monday, lan).state is AssignmentState.ACTIVE
    assert world.assignment(tuesday, lan).state is AssignmentState.CANCELLED


def test_a_draft_that_time_has_overtaken_is_not_published(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)
    lan.max_turns = 0
    with pytest.raises(RuleBroken) as refusal:
        world.publish()
    assert (refusal.value.facts["rule"], refusal.value.facts["person"]) == ("limits", lan.full_name)

    lan.active = False
    with pytest.raises(RuleBroken) as refusal:
        world.publish()
    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("eligibility", "inactive")


def test_every_change_is_in_the_audit_trail(world):
    shift, lan = world.shift(), world.person()
    world.add(shift, lan)
    world.hand(rosters.unpin, shift, lan)
    world.publish()

    entries = world.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [entry.action for entry in entries] == ["roster.add", "roster.unpin", "roster.publish"]
    assert {(entry.subject, entry.account_id) for entry in entries} == {(f"roster:{world.roster.id}", world.by.id)}
