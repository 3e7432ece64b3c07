"""Three people are ill: what changes least is proposed, obeys every rule, and is accepted in whole or line by line."""

import pytest
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotAllowed, RuleBroken
from roster.models import MessageKind
from roster.queries import repairs as queries
from roster.services import placements, repairs, turns
from tests.published import LATER, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def proposal(week: PublishedWeek, *people, day=None):
    ids = [person.id for person in people]
    return queries.proposal(week.session, week.roster, ids, day, now=LATER)


def accept(week: PublishedWeek, lines, *, by=None):
    return repairs.accept(
        week.session,
        week.roster.id,
        joining=[(line.place.shift_id, one.id) for line in lines for one in line.joining],
        leaving=[(line.place.shift_id, one.id) for line in lines for one in line.leaving],
        reason="Cúm",
        by=by or week.by,
        now=LATER,
    )


def test_each_place_lost_goes_to_one_who_may_take_it_and_all_else_stays(week):
    found = proposal(week, week.ha)

    (line,) = found.lines
    assert line.place.shift_id == week.tuesday.id
    assert [one.id for one in line.leaving] == [week.ha.id]
    assert [one.id for one in line.joining] == [week.minh.id]
    assert found.missing == 0


def test_what_is_accepted_is_published_at_once_and_told_to_everybody_concerned(week):
    accept(week, proposal(week, week.ha).lines)

    assert turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    assert not turns.is_serving(week.session, week.tuesday.id, week.ha.id)
    assert week.told(week.ha) == [MessageKind.TURN_CANCELLED]
    assert week.told(week.minh) == [MessageKind.TURN_ADDED]
    assert week.turn(week.tuesday, week.minh).confirmed_at is None


def test_one_line_may_be_accepted_without_the_others(week):
    lines = proposal(week, week.lan, week.ha).lines

    accept(week, [line for line in lines if line.place.shift_id == week.monday.id])

    assert not turns.is_serving(week.session, week.monday.id, week.lan.id)
    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)


def test_only_the_day_named_is_repaired(week):
    placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)

    found = proposal(week, week.lan, day=week.monday.starts_at.date())

    assert [line.place.shift_id for line in found.lines] == [week.monday.id]


def test_a_place_nobody_may_take_stays_empty_and_says_so(week):
    week.minh.max_turns, week.lan.max_turns = 0, 1  # Lan has one already

    found = proposal(week, week.ha)

    (line,) = found.lines
    assert (line.joining, line.missing) == ((), 1)


def test_somebody_who_has_become_busy_since_is_refused_and_nothing_changes(week):
    lines = proposal(week, week.ha).lines
    week.minh.max_turns = 0

    with pytest.raises(RuleBroken):
        accept(week, lines)

    assert turns.is_serving(week.session, week.tuesday.id, week.ha.id)


def test_nothing_ticked_and_somebody_else_s_week_are_refused(week):
    with pytest.raises(FieldError):
        accept(week, [])
    with pytest.raises(NotAllowed):
        accept(week, proposal(week, week.ha).lines, by=week.account(week.lan))
