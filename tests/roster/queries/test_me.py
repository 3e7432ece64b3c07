"""Volunteers see their own published turns, with the company that may be named."""

from datetime import date
from uuid import uuid4

import pytest

from roster.errors import Conflict, NotAllowed
from roster.models import Assignment, AssignmentState, ShiftState
from roster.queries import me
from roster.services import assignments
from tests.builders import LONG_AGO, MONDAY, a_person, a_shift, a_site, a_unit, an_account, local

NOW = local(MONDAY, "06:00")


@pytest.fixture
def unit(session):
    return a_unit(session)


@pytest.fixture
def shift(session, unit):
    return a_shift(session, a_site(session, unit))


@pytest.fixture
def lan(session, unit):
    return a_person(session, unit)


def a_turn(session, shift, person, state=AssignmentState.ACTIVE):
    turn = Assignment(shift=shift, person=person, state=state, uid=uuid4().hex, sequence=0, changed_at=LONG_AGO)
    session.add(turn)
    session.flush()
    return turn


def test_companions_are_named_if_they_agreed_and_minors_never(session, unit, shift, lan):
    a_turn(session, shift, lan)
    a_turn(session, shift, a_person(session, unit, "Trần Văn Đức", shares_name=True))
    a_turn(session, shift, a_person(session, unit, "Phạm Thu An", shares_name=False))
    a_turn(session, shift, a_person(session, unit, "Lê Minh", shares_name=True, birth_date=date(2011, 1, 1)))

    mine = me.my_shifts(session, lan, now=NOW).coming[0]
    assert (mine.companions, mine.others) == (["Đức"], 2)
    assert (mine.starts.hour, mine.starts.minute, mine.confirmed, mine.cancelled) == (7, 30, False, False)


def test_a_turn_taken_away_is_gone_and_one_of_a_cancelled_shift_is_told(session, unit, shift, lan):
    taken = a_turn(session, shift, lan, AssignmentState.CANCELLED)
    assert me.my_shifts(session, lan, now=NOW).coming == []

    taken.state = AssignmentState.ACTIVE
    shift.state, shift.cancel_reason = ShiftState.CANCELLED, "Bão"
    session.flush()
    mine = me.my_shifts(session, lan, now=NOW).coming[0]
    assert (mine.cancelled, mine.cancel_reason) == (True, "Bão")


def test_served_turns_of_four_weeks_are_counted(session, unit, shift, lan):
    a_turn(session, a_shift(session, shift.site, day=date(2026, 11, 20)), lan)
    a_turn(session, a_shift(session, shift.site, day=date(2026, 11, 19)), lan).absent = True
    a_turn(session, a_shift(session, shift.site, day=date(2026, 10, 1)), lan)

    assert me.my_shifts(session, lan, now=NOW).served == 1


def test_a_volunteer_confirms_their_own_turn_once(session, shift, lan):
    turn, account = a_turn(session, shift, lan), an_account(session, person=lan)

    assignments.confirm(session, turn.id, by=account, now=NOW)
    assignments.confirm(session, turn.id, by=account, now=local(MONDAY, "07:00"))

    assert (turn.confirmed_at, turn.changed_at) == (NOW, NOW)
    assert me.my_shifts(session, lan, now=NOW).coming[0].confirmed


def test_nobody_confirms_for_another_or_a_cancelled_turn(session, unit, shift, lan):
    turn = a_turn(session, shift, lan)
    with pytest.raises(NotAllowed):
        assignments.confirm(session, turn.id, by=an_account(session), now=NOW)

    shift.state = ShiftState.CANCELLED
    with pytest.raises(Conflict):
        assignments.confirm(session, turn.id, by=an_account(session, person=lan), now=NOW)
