"""What a coordinator does at once to a published place, and above all a stand-in who can come after one swap."""

import pytest
from sqlalchemy.orm import Session

from roster.errors import NotAllowed, NotFound, RuleBroken, TurnChanged
from roster.models import MessageKind
from roster.planning import staffing
from roster.services import placements, turns
from tests.builders import a_person, a_unit
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


def test_no_refusal_tells_the_name_of_somebody_who_was_never_here(week):
    """Numbers typed one by one into an address would give the names of a whole country."""
    stranger = a_person(week.session, a_unit(week.session, "Xã Lạ"), "Vũ Thị Lạ")

    with pytest.raises(NotFound):
        placements.put(week.session, week.tuesday.id, stranger.id, by=week.by, now=LATER)
    with pytest.raises(NotFound):
        swap_in(week, to_id=stranger.id)


def test_whoever_served_here_and_stopped_is_refused_by_name(week):
    week.minh.active = False

    with pytest.raises(RuleBroken) as refusal:
        placements.put(week.session, week.monday.id, week.minh.id, by=week.by, now=LATER)

    assert (refusal.value.facts["detail"], refusal.value.facts["person"]) == ("inactive", week.minh.full_name)
