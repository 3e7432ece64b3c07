"""Last week's roster becomes a proposal for this one, as far as the rules let it, and one step takes it back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from roster.errors import NotFound, Stale
from roster.models import Assignment, DraftAssignment, Pin
from roster.services import copying, drafts
from tests.builders import MONDAY, a_coordinator, a_person, a_roster, a_shift, a_site, a_unit
from tests.roster.services.test_rosters import NOW, World

WEEK = timedelta(days=7)


@pytest.fixture
def world(session):
    return World(session)


def served(world, *turns, published=True):
    """The week before, with these turns."""
    earlier = a_roster(world.session, world.unit, first_day=MONDAY - WEEK)
    for number, (shift, person) in enumerate(turns):
        if published:
            earlier.published_number = 1
            turn = Assignment(shift=shift, person=person, state="active", uid=f"turn{number}", changed_at=NOW)
        else:
            turn = DraftAssignment(roster_id=earlier.id, shift=shift, person=person)
        world.session.add(turn)
    world.session.flush()


def copy(world, *, seen=0):
    return copying.copy_week(world.session, world.roster.id, revision_seen=seen, by=world.by, now=NOW)


def draft_of(world):
    rows = world.session.scalars(select(DraftAssignment).where(DraftAssignment.roster_id == world.roster.id))
    return {(row.shift_id, row.person_id) for row in rows}


@pytest.mark.parametrize("published", [True, False], ids=["published", "drafted"])
def test_whoever_served_last_week_serves_at_the_same_place_and_hour(world, published):
    before, lan = world.shift(day=MONDAY - WEEK), world.person()
    now = world.shift()
    served(world, (before, lan), published=published)

    copied = copy(world)

    assert (copied.added, copied.left) == (1, ())
    assert draft_of(world) == {(now.id, lan.id)}
    assert world.session.scalars(select(Pin)).all() == []


def test_the_same_hour_is_that_of_the_clock_in_a_week_with_a_change_of_clocks(session):
    sunday = date(2026, 10, 25)  # Berlin, from 02:59 to 02:00
    first_day, zone = sunday - timedelta(days=6), ZoneInfo("Europe/Berlin")
    unit = a_unit(session)
    unit.timezone = zone.key
    site, lan, by = a_site(session, unit), a_person(session, unit), a_coordinator(session, unit)
    before, now = (a_shift(session, site) for _week in range(2))
    for shift, day in ((before, 20), (now, 27)):
        shift.starts_at = datetime(2026, 10, day, 8, tzinfo=zone).astimezone(UTC)
        shift.ends_at = shift.starts_at + timedelta(hours=3)
    earlier, roster = (a_roster(session, unit, first_day=first_day + step) for step in (timedelta(0), WEEK))
    session.add(DraftAssignment(roster_id=earlier.id, shift_id=before.id, person_id=lan.id))
    session.flush()

    copying.copy_week(session, roster.id, revision_seen=0, by=by, now=before.starts_at)

    copied = select(DraftAssignment.shift_id).where(DraftAssignment.roster_id == roster.id)
    assert session.scalars(copied).all() == [now.id]


def test_what_a_rule_forbids_or_has_no_place_this_week_is_left_and_named(world):
    before, gone = (
        world.shift(day=MONDAY - WEEK, target=2),
        world.shift(day=MONDAY - WEEK, starts="18:00", ends="20:00"),
    )
    world.shift(target=2)
    away, lan = world.person("Trần An", free={}), world.person()
    served(world, (before, away), (before, lan), (gone, lan))

    copied = copy(world)

    assert copied.added == 1
    assert [(left.person_id, left.shift.id, left.refusal and left.refusal.rule) for left in copied.left] == [
        (away.id, before.id, "availability"),
        (lan.id, gone.id, None),
    ]


def test_rules_are_asked_of_what_was_copied_before_as_well(world):
    before = [world.shift(day=MONDAY - WEEK), world.shift(day=MONDAY - WEEK + timedelta(days=1))]
    world.shift()
    world.shift(day=MONDAY + timedelta(days=1))
    lan = world.person(max_turns=1)
    served(world, *((shift, lan) for shift in before))

    copied = copy(world)

    assert (copied.added, [left.refusal.detail for left in copied.left]) == (1, ["turns"])


def test_a_place_that_is_filled_already_is_not_filled_twice(world):
    before, lan, minh = world.shift(day=MONDAY - WEEK), world.person(), world.person("Trần Minh")
    world.add(world.shift(), minh)
    served(world, (before, lan))

    assert (copy(world, seen=1).added, len(draft_of(world))) == (0, 1)


def test_one_step_takes_the_whole_copy_back(world):
    before = world.shift(day=MONDAY - WEEK)
    world.shift()
    served(world, (before, world.person()))
    copy(world)

    drafts.undo(world.session, world.roster.id, revision_seen=1, by=world.by, now=NOW)

    assert draft_of(world) == set()


def test_without_a_week_before_there_is_nothing_to_copy_and_nobody_copies_unseen(world):
    with pytest.raises(NotFound):
        copy(world)
    with pytest.raises(Stale):
        copy(world, seen=7)
