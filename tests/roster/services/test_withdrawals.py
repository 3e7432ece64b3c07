""" "I cannot come": simply before the deadline, by asking after it, and never leaving a minor alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, RuleBroken, TurnChanged
from roster.models import AuditEntry, ClaimState, MessageKind, WithdrawalState
from roster.services import assignments, claims, erasure, placements, turns, withdrawals
from roster.services.turns import Way
from tests.builders import MONDAY
from tests.published import LATER, TOO_LATE, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def withdraw(week: PublishedWeek, shift, person, *, now=LATER, reason=""):
    turn = week.turn(shift, person)
    return withdrawals.withdraw(week.session, turn.id, reason=reason, by=week.account(person), now=now)


def test_before_the_deadline_one_simply_leaves_and_the_coordinator_is_told(week):
    left = withdraw(week, week.monday, week.lan, reason="Thi giữa kỳ")

    assert (left.state, left.reason, left.answered_at) == (WithdrawalState.GRANTED, "Thi giữa kỳ", LATER)
    assert not turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert week.told_coordinator() == [MessageKind.WITHDRAWN]


def test_after_the_deadline_it_is_a_request_and_one_is_expected_until_the_answer(week):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE)

    assert asked.state is WithdrawalState.ASKED
    assert turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert week.told_coordinator() == [MessageKind.WITHDRAWAL_ASKED]


def test_saying_that_one_will_be_there_takes_back_that_one_cannot_come(week):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE)
    turn = week.turn(week.monday, week.lan)

    assignments.confirm(week.session, turn.id, by=week.account(week.lan), now=TOO_LATE)

    assert (asked.state, turn.confirmed_at) == (WithdrawalState.TAKEN_BACK, TOO_LATE)
    with pytest.raises(TurnChanged):
        withdrawals.answer(week.session, asked.id, granted=True, by=week.by, now=TOO_LATE)


def test_nobody_says_that_they_will_be_there_once_the_shift_is_over(week):
    turn = week.turn(week.monday, week.lan)

    with pytest.raises(TurnChanged):
        assignments.confirm(week.session, turn.id, by=week.account(week.lan), now=week.monday.ends_at)

    assert turn.confirmed_at is None


def test_the_unit_sets_the_deadline(week):
    week.rules(withdraw_hours=1)

    assert withdraw(week, week.monday, week.lan, now=TOO_LATE).state is WithdrawalState.GRANTED


def test_what_a_phone_sends_twice_is_asked_once_and_keeps_its_reason(week):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE, reason="Ốm")

    for reason in ("Ốm", ""):
        assert withdraw(week, week.monday, week.lan, now=TOO_LATE, reason=reason) is asked

    assert asked.reason == "Ốm"
    assert week.told_coordinator() == [MessageKind.WITHDRAWAL_ASKED]
    entries = week.session.scalars(select(AuditEntry).filter_by(action="withdrawal.ask")).all()
    assert [entry.facts["reason"] for entry in entries] == ["Ốm"]


def test_asking_twice_is_one_request_with_the_later_reason(week):
    first = withdraw(week, week.monday, week.lan, now=TOO_LATE, reason="Bận")
    second = withdraw(week, week.monday, week.lan, now=TOO_LATE, reason="Ốm")

    assert (second.id, second.reason) == (first.id, "Ốm")


@pytest.mark.parametrize("granted", [True, False])
def test_a_coordinator_answers_and_the_volunteer_is_told(week, granted):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE)

    withdrawals.answer(week.session, asked.id, granted=granted, by=week.by, now=TOO_LATE)

    assert asked.state is (WithdrawalState.GRANTED if granted else WithdrawalState.REFUSED)
    assert turns.is_serving(week.session, week.monday.id, week.lan.id) is not granted
    assert week.told(week.lan) == [MessageKind.WITHDRAWAL_ANSWERED]


def test_who_can_come_after_all_takes_it_back_and_nobody_answers_it_any_more(week):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE)

    withdrawals.take_back(week.session, asked.id, by=week.account(week.lan), now=TOO_LATE)

    assert asked.state is WithdrawalState.TAKEN_BACK
    with pytest.raises(TurnChanged):
        withdrawals.answer(week.session, asked.id, granted=True, by=week.by, now=TOO_LATE)


def test_leaving_a_minor_alone_is_asked_even_early_and_cannot_be_granted_without_cover(week):
    child = week.somebody("Võ Bé Nhi", birth_date=MONDAY.replace(year=2012))
    turns.change(week.session, joining=[(week.monday.id, child.id)], way=Way.BY_HAND, by=week.by, now=LATER)

    asked = withdraw(week, week.monday, week.lan)

    assert (asked.state, asked.rule) == (WithdrawalState.ASKED, "minors")
    with pytest.raises(RuleBroken):
        withdrawals.answer(week.session, asked.id, granted=True, by=week.by, now=LATER)


def test_a_request_ends_by_itself_when_the_turn_is_taken_away_otherwise(week):
    asked = withdraw(week, week.monday, week.lan, now=TOO_LATE)

    placements.take_off(week.session, week.monday.id, week.lan.id, reason="", by=week.by, now=TOO_LATE)

    assert asked.state is WithdrawalState.CLOSED
    assert week.told(week.lan) == [MessageKind.TURN_CANCELLED]


def test_nobody_withdraws_for_another_or_after_the_shift_began_or_twice(week):
    turn = week.turn(week.monday, week.lan)
    by = week.account(week.lan)

    with pytest.raises(NotAllowed):
        withdrawals.withdraw(week.session, turn.id, reason="", by=week.account(week.ha), now=LATER)
    with pytest.raises(RuleBroken):
        withdrawals.withdraw(week.session, turn.id, reason="", by=by, now=week.monday.starts_at + timedelta(minutes=1))
    withdraw(week, week.monday, week.lan)
    with pytest.raises(TurnChanged):
        withdraw(week, week.monday, week.lan)


def test_an_overlong_reason_is_refused_beside_its_field(week):
    with pytest.raises(FieldError) as refusal:
        withdraw(week, week.monday, week.lan, reason="dài " * 100)

    assert (refusal.value.facts["field"], refusal.value.facts["reason"]) == ("reason", "too_long")


def test_who_left_freely_may_come_back_but_not_who_was_taken_off(week):

    withdraw(week, week.monday, week.lan)
    claims.claim(week.session, week.monday.id, week.lan, by=week.account(week.lan), now=LATER)
    assert turns.is_serving(week.session, week.monday.id, week.lan.id)

    placements.take_off(week.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=LATER)
    with pytest.raises(RuleBroken) as refusal:
        claims.claim(week.session, week.tuesday.id, week.ha, by=week.account(week.ha), now=LATER)
    assert (refusal.value.facts["rule"], refusal.value.facts["detail"]) == ("pins", "forbidden")


def test_who_is_forgotten_leaves_their_place_to_the_next_and_no_reason_behind(week):
    left = withdraw(week, week.monday, week.lan, reason="Khám bệnh")
    waiting = claims.claim(week.session, week.tuesday.id, week.minh, by=week.account(week.minh), now=LATER)

    erasure.erase(week.session, week.lan.id, by=week.account(week.lan), now=LATER)
    erasure.erase(week.session, week.ha.id, by=week.account(week.ha), now=LATER)

    assert left.reason == ""
    assert waiting.state is ClaimState.OFFERED


@pytest.mark.parametrize("granted", [True, False])
def test_once_the_shift_has_begun_nobody_is_let_off_or_asked_to_come(week, granted):
    turn = week.turn(week.monday, week.lan)
    found = withdrawals.withdraw(week.session, turn.id, reason="", by=week.account(week.lan), now=TOO_LATE)

    with pytest.raises(RuleBroken, match="past"):
        withdrawals.answer(week.session, found.id, granted=granted, by=week.by, now=week.monday.starts_at)

    assert week.told(week.lan) == []
