"""Favours: nobody is asked about one shift more than twice in a day, or more than six times in all, whoever asks."""

from datetime import timedelta

import pytest

from roster.errors import FieldError
from roster.models import MessageKind
from roster.services import asking, covers, outbox, swaps
from tests.builders import a_shift
from tests.published import LATER, PublishedWeek


@pytest.fixture
def week(session) -> PublishedWeek:
    return PublishedWeek(session)


def ask_and_stop(week: PublishedWeek, *people, now=LATER) -> list[int]:
    """Whom the call reached, which then was given up."""
    chosen = [person.id for person in people]
    call = covers.ask(week.session, week.monday.id, chosen, by=week.by, now=now)
    asked = [one.person_id for one in call.asks]
    covers.stop(week.session, call.id, by=week.by, now=now)
    return asked


def test_a_call_begun_again_and_again_reaches_somebody_twice_a_day(week):
    ask_and_stop(week, week.minh)
    ask_and_stop(week, week.minh)

    with pytest.raises(FieldError) as refusal:
        ask_and_stop(week, week.minh)

    assert refusal.value.facts["reason"] == "asked_enough"
    assert week.told(week.minh).count(MessageKind.COVER_ASKED) == 2
    assert ask_and_stop(week, week.minh, now=LATER + timedelta(hours=24)) == [week.minh.id]


def test_those_who_were_asked_enough_are_passed_over_for_the_others(week):
    ask_and_stop(week, week.minh)
    ask_and_stop(week, week.minh)
    thuy = week.somebody()

    assert ask_and_stop(week, week.minh, thuy) == [thuy.id]


def test_a_swap_proposed_and_taken_back_again_and_again_is_a_favour_too(week):
    by, mine, theirs = week.account(week.lan), week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)

    def propose():
        return swaps.propose(week.session, mine.id, theirs.id, by=by, now=LATER)

    for _ in range(2):
        swaps.take_back(week.session, propose().id, by=by, now=LATER)

    with pytest.raises(FieldError):
        propose()
    assert week.told(week.ha) == [MessageKind.SWAP_ASKED] * 2


def test_a_swap_proposed_twice_is_one_proposal_told_once(week):
    by, mine, theirs = week.account(week.lan), week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)

    first, second = (swaps.propose(week.session, mine.id, theirs.id, by=by, now=LATER) for _ in range(2))

    assert first is second
    assert week.told(week.ha) == [MessageKind.SWAP_ASKED]


def test_six_favours_in_a_day_are_enough_about_whatever_shifts(week):
    for _ in range(asking.MOST_A_DAY):
        shift = a_shift(week.session, week.site)
        outbox.tell(week.session, week.minh.id, MessageKind.COVER_ASKED, {"shift_id": shift.id}, now=LATER)
    week.session.flush()

    assert asking.askable(week.session, [week.minh.id, week.ha.id], week.monday.id, now=LATER) == {week.ha.id}
