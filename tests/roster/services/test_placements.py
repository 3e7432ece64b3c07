"""What a coordinator does at once to a published place, and above all a stand-in who can come after one swap."""

import pytest
from sqlalchemy.orm import Session

from roster.errors import NotAllowed, RuleBroken, TurnChanged
from roster.models import MessageKind
from roster.planning import staffing
from roster.services import placements, turns
from tests.published import LATER, PublishedWeek
from tests.roster.services.test_repairs import only_lan_could_come_on_tuesday


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    """Only Lan could come instead of Hà, if Minh takes her Monday."""
    week = PublishedWeek(session)
    only_lan_could_come_on_tuesday(week)
    return week


def swap_in(week: PublishedWeek, *, by=None, **changes) -> None:
    given = {"gives_id": week.monday.id, "to_id": week.minh.id, "leaving_id": week.ha.id} | changes
    placements.put_by_swap(week.session, week.tuesday.id, week.lan.id, **given, by=by or week.by, now=LATER)


def test_what_the_solver_offers_after_a_swap_is_done_in_one_step_and_everybody_is_told(week):
    about = staffing.everybody_published(week.session, week.roster, [week.tuesday], now=LATER)
    (offered,) = [one for one in about.standins(week.tuesday.id, week.ha.id) if one.gives_id]
    assert (offered.person_id, offered.gives_id, offered.to_id) == (week.lan.id, week.monday.id, week.minh.id)

    swap_in(week)

    assert turns.is_serving(week.session, week.tuesday.id, week.lan.id)
    assert turns.is_serving(week.session, week.monday.id, week.minh.id)
    assert not turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert not turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert week.told(week.lan) == [MessageKind.TURN_CANCELLED, MessageKind.TURN_ADDED]
    assert week.told(week.minh) == [MessageKind.TURN_ADDED]
    assert week.told(week.ha) == [MessageKind.TURN_CANCELLED]


def test_nobody_is_taken_for_confirmed_who_was_not_asked(week):
    swap_in(week)

    assert week.turn(week.tuesday, week.lan).confirmed_at is None
    assert week.turn(week.monday, week.minh).confirmed_at is None


def test_a_rule_that_is_in_the_way_by_now_refuses_both_halves_with_its_facts(week):
    week.minh.max_turns = 0

    with pytest.raises(RuleBroken) as refusal:
        swap_in(week)

    assert refusal.value.facts["person"] == week.minh.full_name
    assert turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)


def test_a_turn_given_away_meanwhile_refuses_it(week):
    placements.take_off(week.session, week.monday.id, week.lan.id, reason="", by=week.by, now=LATER)

    with pytest.raises(TurnChanged):
        swap_in(week)


def test_only_the_units_coordinator_may(week):
    with pytest.raises(NotAllowed):
        swap_in(week, by=week.account(week.lan))
