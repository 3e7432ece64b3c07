"""Of several who are asked to stand in the first yes has the place; the others are thanked."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, PlaceTaken, RuleBroken, TurnChanged
from roster.letters.desk import Desk
from roster.letters.words import parts_of
from roster.models import AskState, ClaimState, CoverAsk, Message, MessageKind, Shift
from roster.services import claims, covers, demand, placements, places, shifts, turns, withdrawals
from roster.services.contacts import Reader
from roster.services.demand import Demand, PatternDetails
from tests.builders import MONDAY, ZONE
from tests.published import LATER, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def asked(call, person):
    return next(ask for ask in call.asks if ask.person_id == person.id)


def answer(week: PublishedWeek, call, person, *, yes=True):
    return covers.answer(week.session, asked(call, person).id, yes=yes, by=week.account(person), now=LATER)


def test_the_first_yes_has_the_place_and_the_others_are_thanked(week):
    thuy = week.somebody()
    call = covers.ask(week.session, week.monday.id, [week.minh.id, thuy.id], text="Giúp nhé", by=week.by, now=LATER)
    assert week.told(thuy) == [MessageKind.COVER_ASKED]

    answer(week, call, week.minh)

    assert turns.is_serving(week.session, week.monday.id, week.minh.id)
    assert [asked(call, one).state for one in (week.minh, thuy)] == [AskState.YES, AskState.CLOSED]
    assert week.told(thuy)[-1] is MessageKind.COVER_THANKS
    assert week.told_coordinator() == [MessageKind.COVER_TAKEN]
    with pytest.raises(PlaceTaken):
        answer(week, call, thuy)


def test_only_those_who_could_come_are_asked(week):
    full = week.somebody("Đủ Ca", max_turns=0)

    call = covers.ask(week.session, week.monday.id, [week.minh.id, full.id], by=week.by, now=LATER)

    assert [ask.person_id for ask in call.asks] == [week.minh.id]
    with pytest.raises(FieldError):
        covers.ask(week.session, week.monday.id, [full.id], by=week.by, now=LATER)


def test_asking_more_people_adds_to_the_same_call_and_asks_nobody_twice(week):
    call = covers.ask(week.session, week.monday.id, [week.minh.id], by=week.by, now=LATER)
    thuy = week.somebody()

    again = covers.ask(week.session, week.monday.id, [week.minh.id, thuy.id], by=week.by, now=LATER)

    assert again.id == call.id
    assert week.told(week.minh) == [MessageKind.COVER_ASKED]


def test_a_volunteer_keeps_the_turn_until_somebody_stands_in(week):
    turn = week.turn(week.tuesday, week.ha)
    by = week.account(week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=by, now=LATER)
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)

    answer(week, call, week.minh)

    assert turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    assert not turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert week.told(week.ha) == [MessageKind.COVER_TAKEN]


def test_who_relieves_one_s_own_turn_waits_for_the_coordinator_where_the_unit_wants_it(week):
    week.rules(swaps_agreed=True)
    turn = week.turn(week.tuesday, week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=week.account(week.ha), now=LATER)

    said_yes = answer(week, call, week.minh)
    assert said_yes.state is AskState.AGREED
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)

    covers.agree(week.session, said_yes.id, agreed=True, by=week.by, now=LATER)
    assert turns.is_serving(week.session, week.tuesday.id, week.minh.id)


@pytest.mark.parametrize("agreed", [True, False])
def test_once_the_shift_has_begun_nobody_hears_whether_they_may_stand_in(week, agreed):
    week.rules(swaps_agreed=True)
    turn = week.turn(week.monday, week.lan)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=week.account(week.lan), now=LATER)
    said_yes, told = answer(week, call, week.minh), week.told(week.minh)

    with pytest.raises(RuleBroken, match="past"):
        covers.agree(week.session, said_yes.id, agreed=agreed, by=week.by, now=week.monday.starts_at)

    assert week.told(week.minh) == told


def test_a_place_taken_from_the_open_shifts_ends_the_asking_with_thanks(week):
    thuy = week.somebody()
    call = covers.ask(week.session, week.monday.id, [thuy.id], by=week.by, now=LATER)

    claims.claim(week.session, week.monday.id, week.minh, by=week.account(week.minh), now=LATER)

    assert call.closed_at == LATER
    assert week.told(thuy)[-1] is MessageKind.COVER_THANKS


def test_whoever_is_asked_and_comes_to_serve_there_otherwise_is_not_told_that_somebody_was_quicker(week):
    covers.ask(week.session, week.monday.id, [week.minh.id], by=week.by, now=LATER)

    placements.put(week.session, week.monday.id, week.minh.id, by=week.by, now=LATER)

    assert week.told(week.minh) == [MessageKind.COVER_ASKED, MessageKind.TURN_ADDED]
    ask = week.session.scalars(select(CoverAsk)).one()
    with pytest.raises(TurnChanged):  # by the link of the question
        covers.answer(week.session, ask.id, yes=True, by=week.account(week.minh), now=LATER)


def test_a_no_is_kept_and_not_asked_again(week):
    call = covers.ask(week.session, week.monday.id, [week.minh.id], by=week.by, now=LATER)

    assert answer(week, call, week.minh, yes=False).state is AskState.NO
    with pytest.raises(TurnChanged):
        answer(week, call, week.minh)


def test_whoever_seeks_a_stand_in_is_told_once_everybody_has_said_no(week):
    thuy, turn = week.somebody(), week.turn(week.tuesday, week.ha)
    asked_both = [week.minh.id, thuy.id]
    call = covers.ask_for_oneself(week.session, turn.id, asked_both, by=week.account(week.ha), now=LATER)

    answer(week, call, week.minh, yes=False)
    assert week.told(week.ha) == []
    answer(week, call, thuy, yes=False)
    assert week.told(week.ha) == [MessageKind.COVER_DECLINED]
    assert heading(week, week.ha, MessageKind.COVER_DECLINED) == "Nobody you asked can stand in for you"

    call = covers.ask(week.session, week.monday.id, [week.minh.id], by=week.by, now=LATER)
    answer(week, call, week.minh, yes=False)
    assert week.told_coordinator() == [MessageKind.COVER_DECLINED]


def test_whoever_asked_may_stop_it_and_nobody_else(week):
    turn = week.turn(week.tuesday, week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=week.account(week.ha), now=LATER)

    with pytest.raises(NotAllowed):
        covers.stop(week.session, call.id, by=week.account(week.lan), now=LATER)
    covers.stop(week.session, call.id, by=week.account(week.ha), now=LATER)

    assert call.closed_at == LATER
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)


def test_nobody_is_asked_for_a_place_that_is_not_empty(week):
    with pytest.raises(PlaceTaken):
        covers.ask(week.session, week.tuesday.id, [week.minh.id], by=week.by, now=LATER)


def test_a_place_kept_for_the_waiting_list_is_given_to_nobody_else_who_was_asked_but_to_its_holder(week):
    thuy = week.somebody()
    waiting = claims.claim(week.session, week.tuesday.id, thuy, by=week.account(thuy), now=LATER)
    week.tuesday.target = 2
    call = covers.ask(week.session, week.tuesday.id, [week.minh.id, thuy.id], by=week.by, now=LATER)
    places.settle(week.session, [week.tuesday.id], now=LATER)
    assert waiting.state is ClaimState.OFFERED

    with pytest.raises(PlaceTaken):
        answer(week, call, week.minh)

    answer(week, call, thuy)
    assert turns.is_serving(week.session, week.tuesday.id, thuy.id)
    assert waiting.state is ClaimState.TAKEN


def test_who_was_asked_for_a_series_that_ends_is_thanked(week):
    series = demand.create(week.session, week.site, a_series(week), by=week.by, now=LATER)
    shift = week.session.scalars(select(Shift).filter_by(pattern_id=series.id).order_by(Shift.starts_at)).first()
    call = covers.ask(week.session, shift.id, [week.minh.id], by=week.by, now=LATER)

    demand.end(week.session, series.id, by=week.by, now=LATER)

    assert (call.closed_at, asked(call, week.minh).state) == (LATER, AskState.CLOSED)
    assert week.told(week.minh) == [MessageKind.COVER_ASKED, MessageKind.COVER_THANKS]


def a_series(week: PublishedWeek) -> PatternDetails:
    rule, programme = "FREQ=WEEKLY;BYDAY=WE", week.monday.programme_id
    return PatternDetails("Trực sáng", programme, rule, MONDAY, None, "07:30", "11:30", "keep", Demand(2))


def test_whoever_said_yes_to_other_hours_confirms_once_the_place_is_theirs(week):
    week.rules(swaps_agreed=True)
    turn = week.turn(week.tuesday, week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=week.account(week.ha), now=LATER)
    found = answer(week, call, week.minh)
    week.move(week.tuesday, now=LATER + timedelta(minutes=1))

    covers.agree(week.session, found.id, agreed=True, by=week.by, now=LATER + timedelta(minutes=2))

    assert week.turn(week.tuesday, week.minh).confirmed_at is None


def test_whoever_is_asked_and_has_not_answered_hears_of_the_new_hours(week):
    thuy = week.somebody()
    call = covers.ask(week.session, week.monday.id, [week.minh.id, thuy.id], by=week.by, now=LATER)
    answer(week, call, thuy, yes=False)

    week.move(week.monday, now=LATER)

    assert week.told(week.minh) == [MessageKind.COVER_ASKED, MessageKind.COVER_ASKED]
    assert week.told(thuy) == [MessageKind.COVER_ASKED]


def heading(week: PublishedWeek, person, kind=MessageKind.COVER_THANKS) -> str:
    """Of the letter that ends the asking."""
    week.session.flush()
    messages = week.session.scalars(select(Message).filter_by(person_id=person.id, kind=kind)).all()
    reader = Reader(person, None, "en", ZONE, "", (), {}, (0, 0))
    (part,) = parts_of(Desk(week.session, reader, LATER, "https://truc.example"), messages)
    return part.heading


def leave(week: PublishedWeek, turn, _call) -> None:
    withdrawals.withdraw(week.session, turn.id, reason="", by=week.account(week.ha), now=LATER)


def stop(week: PublishedWeek, _turn, call) -> None:
    covers.stop(week.session, call.id, by=week.account(week.ha), now=LATER)


def call_it_off(week: PublishedWeek, turn, _call) -> None:
    shifts.cancel(week.session, turn.shift_id, reason="", by=week.by, now=LATER)


@pytest.mark.parametrize("end", [leave, stop, call_it_off])
def test_nobody_is_told_that_somebody_was_quicker_where_nobody_was(week, end):
    turn = week.turn(week.tuesday, week.ha)
    call = covers.ask_for_oneself(week.session, turn.id, [week.minh.id], by=week.account(week.ha), now=LATER)

    end(week, turn, call)

    assert heading(week, week.minh) == "Thank you, you are asked no more"
    with pytest.raises(TurnChanged):
        answer(week, call, week.minh)


def test_the_others_are_told_that_somebody_was_quicker(week):
    thuy = week.somebody()
    call = covers.ask(week.session, week.monday.id, [week.minh.id, thuy.id], by=week.by, now=LATER)

    answer(week, call, week.minh)

    assert heading(week, thuy) == "Thank you, the place is taken"
