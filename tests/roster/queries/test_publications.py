"""What publishing would change, and what each publication changed, by shift and by person."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from roster.models import DraftAssignment, ShiftState
from roster.queries.publications import changes_of, pending_changes, publications_of
from roster.services import rosters
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit, local

NOW = local(MONDAY - timedelta(days=3), "09:00")
LATER = NOW + timedelta(hours=1)


class World:
    def __init__(self, session):
        self.session = session
        self.unit = a_unit(session)
        self.roster, self.by = a_roster(session, self.unit), a_coordinator(session, self.unit)
        site = a_site(session, self.unit)
        self.monday, self.tuesday = a_shift(session, site), a_shift(session, site, day=MONDAY + timedelta(days=1))
        self.an, self.binh = a_person(session, self.unit, "Trần An"), a_person(session, self.unit, "Lê Bình")

    def draft(self, *turns):
        self.session.execute(delete(DraftAssignment))
        self.session.add_all(
            DraftAssignment(roster_id=self.roster.id, shift_id=shift.id, person_id=person.id) for shift, person in turns
        )
        self.session.flush()

    def publish(self, now=NOW):
        rosters.publish(self.session, self.roster.id, revision_seen=self.roster.revision, by=self.by, now=now)

    def pending(self, now=NOW):
        return pending_changes(self.session, self.roster, now=now)


@pytest.fixture
def world(session):
    return World(session)


def labels(people):
    return [person.label for person in people]


def test_before_the_first_publication_every_turn_is_new(world):
    world.draft((world.monday, world.an))

    changes = world.pending()

    assert (changes.added, changes.removed, changes.any) == (1, 0, True)
    (shift,) = changes.shifts
    assert (shift.place.shift_id, labels(shift.before), labels(shift.after)) == (world.monday.id, [], ["An"])


def test_changes_are_told_by_shift_and_by_person(world):
    world.draft((world.monday, world.an), (world.tuesday, world.an))
    world.publish()
    world.draft((world.monday, world.an), (world.monday, world.binh), (world.tuesday, world.binh))

    changes = world.pending()

    told = [(labels(one.before), labels(one.after), labels(one.added), labels(one.removed)) for one in changes.shifts]
    assert told == [(["An"], ["An", "Bình"], ["Bình"], []), (["An"], ["Bình"], ["Bình"], ["An"])]
    an, binh = changes.people
    assert ([place.shift_id for place in an.gained], [place.shift_id for place in an.lost]) == ([], [world.tuesday.id])
    assert [f"{place.starts:%d/%m %H:%M}" for place in binh.gained] == ["23/11 07:30", "24/11 07:30"]
    assert (changes.added, changes.removed) == (2, 1)


def test_after_publishing_nothing_is_pending(world):
    world.draft((world.monday, world.an))
    world.publish()

    assert not world.pending().any


def test_shifts_that_have_begun_or_were_cancelled_are_no_change(world):
    world.draft((world.monday, world.an), (world.tuesday, world.an))
    world.tuesday.state = ShiftState.CANCELLED
    world.session.flush()

    assert not world.pending(now=world.monday.starts_at).any


def test_publications_are_listed_newest_first_with_what_each_changed(world):
    world.draft((world.monday, world.an))
    world.publish()
    world.draft((world.monday, world.binh))
    world.publish(LATER)

    second, first = publications_of(world.session, world.roster)

    assert (second.number, second.added, second.removed, second.published_at) == (2, 1, 1, LATER)
    assert (first.number, first.added, first.removed) == (1, 1, 0)
    assert (first.by, first.people, first.turns, first.missing, first.evidence) == (world.by.display_name, 1, 1, 1, {})


def test_what_an_old_publication_changed_can_still_be_read(world):
    world.draft((world.monday, world.an))
    world.publish()
    world.draft((world.monday, world.binh))
    world.publish(LATER)

    (change,) = changes_of(world.session, world.roster, 2).shifts

    assert (labels(change.removed), labels(change.added)) == (["An"], ["Bình"])
    assert changes_of(world.session, world.roster, 3).shifts == ()
