"""Whatever changes a draft can be taken back and done again, step by step, until it is published."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from roster.errors import NotAllowed, NotFound, Overtaken, RuleBroken, Stale
from roster.models import DraftStep, PinState
from roster.planning import drafts as planning
from roster.planning.drafts import Change
from roster.services import claims, drafts, rosters, shifts, withdrawals
from tests.builders import a_coordinator, a_unit
from tests.published import LATER, PublishedWeek
from tests.roster.services.test_rosters import NOW, TUESDAY, World


@pytest.fixture
def world(session):
    return World(session)


def undo(world, **how):
    return back_or_forth(world, drafts.undo, **how)


def redo(world, **how):
    return back_or_forth(world, drafts.redo, **how)


def back_or_forth(world, what, *, seen=None, by=None, now=NOW):
    revision = world.roster.revision if seen is None else seen
    what(world.session, world.roster.id, revision_seen=revision, by=by or world.by, now=now)


def move(world, person, source, target, *, seen=None):
    revision = world.roster.revision if seen is None else seen
    return rosters.move(
        world.session,
        world.roster.id,
        target.id,
        person.id,
        leaving=source.id,
        revision_seen=revision,
        by=world.by,
        now=NOW,
    )


def test_a_person_moves_in_one_step_and_is_kept_off_where_they_came_from(world):
    monday, tuesday, lan = world.shift(), world.shift(day=TUESDAY), world.person()
    world.add(monday, lan)

    assert move(world, lan, monday, tuesday) == []

    assert world.draft() == {(tuesday.id, lan.id)}
    assert world.pins() == {(tuesday.id, lan.id): PinState.ASSIGNED, (monday.id, lan.id): PinState.FORBIDDEN}
    assert world.roster.revision == 2


def test_the_turn_a_person_leaves_is_no_obstacle_to_the_one_they_move_to(world):
    early, late = world.shift(), world.shift(starts="08:00", ends="11:00")
    lan = world.person(max_turns=1)
    world.add(early, lan)

    move(world, lan, early, late)

    assert world.draft() == {(late.id, lan.id)}


def test_a_move_that_a_rule_forbids_leaves_the_person_where_they_were(world):
    monday, full = world.shift(), world.shift(day=TUESDAY, maximum=1)
    lan, minh = world.person(), world.person("Trần Minh")
    world.add(monday, lan)
    world.add(full, minh)

    with pytest.raises(RuleBroken) as refusal:
        move(world, lan, monday, full)

    assert refusal.value.facts["rule"] == "capacity"
    assert world.draft() == {(monday.id, lan.id), (full.id, minh.id)}


def test_nobody_moves_from_where_they_are_not_nor_in_a_draft_not_seen(world):
    monday, tuesday, lan = world.shift(), world.shift(day=TUESDAY), world.person()

    with pytest.raises(NotFound):
        move(world, lan, monday, tuesday)
    world.add(monday, lan)
    with pytest.raises(Stale):
        move(world, lan, monday, tuesday, seen=0)


def test_every_kind_of_step_is_taken_back_and_done_again_in_order(world):
    monday, tuesday, lan = world.shift(), world.shift(day=TUESDAY), world.person()
    states = [(world.draft(), world.pins())]
    for step in (
        lambda: world.add(monday, lan),
        lambda: world.hand(rosters.unpin, monday, lan),
        lambda: world.hand(rosters.pin, monday, lan),
        lambda: move(world, lan, monday, tuesday),
        lambda: world.hand(rosters.remove, tuesday, lan),
    ):
        step()
        states.append((world.draft(), world.pins()))

    for before in reversed(states[:-1]):
        undo(world)
        assert (world.draft(), world.pins()) == before
    for after in states[1:]:
        redo(world)
        assert (world.draft(), world.pins()) == after


def test_a_run_is_taken_back_whole(world):
    monday, lan, minh = world.shift(maximum=3), world.person(), world.person("Trần Minh")
    world.add(monday, lan)
    planned = Change(added=[(monday.id, minh.id)], removed=[(monday.id, lan.id)])
    planning.write(world.session, world.roster, planned, "roster.plan", by_id=None, now=NOW, run_id=7)

    undo(world)

    assert world.draft() == {(monday.id, lan.id)}


def test_a_new_step_forgets_what_was_taken_back(world):
    monday, lan, minh = world.shift(maximum=3), world.person(), world.person("Trần Minh")
    world.add(monday, lan)
    undo(world)
    world.add(monday, minh)

    with pytest.raises(NotFound):
        redo(world)


def test_publishing_forgets_every_step(world):
    world.add(world.shift(), world.person())
    world.publish()

    assert world.session.scalars(select(DraftStep)).all() == []
    with pytest.raises(NotFound):
        undo(world)


def test_what_somebody_else_changed_meanwhile_is_not_taken_back_unseen(world):
    monday, lan = world.shift(maximum=3), world.person()
    world.add(monday, lan)
    seen = world.roster.revision
    world.add(monday, world.person("Trần Minh"), by=a_coordinator(world.session, world.unit))

    with pytest.raises(Stale) as refusal:
        undo(world, seen=seen)

    assert [change["person"] for change in refusal.value.facts["changes"]] == ["Trần Minh"]


def test_a_step_whose_turn_changed_by_another_way_is_not_taken_back(world):
    monday, lan = world.shift(), world.person()
    world.add(monday, lan)
    left = Change(removed=[(monday.id, lan.id)])
    planning.put(world.session, world.roster, left, "turn.leave", by_id=None, now=NOW)

    with pytest.raises(Overtaken) as refusal:
        undo(world)

    assert refusal.value.facts["person"] == lan.full_name


def test_no_undo_puts_back_whoever_has_said_since_that_they_cannot_come(session):
    week = PublishedWeek(session)
    seen, turn = week.roster.revision, week.turn(week.monday, week.lan)
    rosters.remove(session, week.roster.id, turn.shift_id, turn.person_id, revision_seen=seen, by=week.by, now=LATER)
    withdrawals.withdraw(session, turn.id, reason="", by=week.account(week.lan), now=LATER + timedelta(hours=1))

    with pytest.raises(Overtaken):
        undo(week, now=LATER + timedelta(hours=2))


def test_no_undo_takes_off_whoever_has_taken_the_place_since(session):
    week = PublishedWeek(session)
    seen, where = week.roster.revision, (week.roster.id, week.monday.id)
    rosters.add(session, *where, week.minh.id, revision_seen=seen, by=week.by, now=LATER)
    claims.claim(session, week.monday.id, week.minh, by=week.account(week.minh), now=LATER + timedelta(hours=1))

    with pytest.raises(Overtaken):
        undo(week, now=LATER + timedelta(hours=2))


def test_a_step_on_a_shift_that_has_begun_is_not_taken_back(world):
    monday = world.shift()
    world.add(monday, world.person())

    with pytest.raises(RuleBroken) as refusal:
        undo(world, now=monday.starts_at + timedelta(minutes=1))

    assert refusal.value.facts["rule"] == "past"


def test_a_step_on_a_shift_that_went_to_another_week_is_not_taken_back(world):
    monday = world.shift()
    world.add(monday, world.person())
    monday.starts_at, monday.ends_at = monday.starts_at + timedelta(days=7), monday.ends_at + timedelta(days=7)

    with pytest.raises(Overtaken):
        undo(world)


def test_only_who_plans_the_unit_takes_steps_back(world):
    world.add(world.shift(), world.person())

    with pytest.raises(NotAllowed):
        undo(world, by=a_coordinator(world.session, a_unit(world.session, "Xã đoàn Hoài Tân")))


def test_a_step_on_a_cancelled_shift_can_still_be_taken_back(world):
    monday, lan = world.shift(), world.person()
    world.add(monday, lan)
    shifts.cancel(world.session, monday.id, reason="", by=world.by, now=NOW)

    undo(world)

    assert world.draft() == set()
