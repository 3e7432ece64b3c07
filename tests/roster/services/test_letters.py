"""The outbox and its letters: gathered, held back at night, sent once, retried, and never twice by themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from roster.models import (
    Channel,
    ContactChoice,
    Delivery,
    DeliveryState,
    Letter,
    Message,
    MessageKind,
    Role,
    RoleKind,
)
from roster.services import letters, outbox
from tests.builders import MONDAY, a_person, a_shift, a_site, a_unit, an_account, local

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)  # local noon
LATER = NOON + outbox.GATHERING
MAIL = {Channel.EMAIL}
WORKING = timedelta(seconds=1)


@pytest.fixture
def lan(session):
    return a_person(session, a_unit(session), email="lan@example.org")


def tell_of(session, person, shift_id=1, *, kind=MessageKind.TURN_ADDED, now=NOON, **more):
    outbox.tell(session, person.id, kind, {"shift_id": shift_id}, now=now, **more)


def the_delivery(session) -> Delivery:
    session.expire_all()
    return session.scalars(select(Delivery)).one()


def a_claimed_delivery(session, lan):
    tell_of(session, lan)
    letters.gather(session, MAIL, now=LATER)
    return letters.claim(session, now=LATER)


def test_what_a_failed_change_would_have_told_is_never_heard_of(session, lan):
    session.commit()

    tell_of(session, lan)
    session.rollback()

    assert session.scalars(select(Message)).all() == []


def test_what_a_clock_tells_again_and_again_is_told_once(session, lan):
    for _round in range(3):
        tell_of(session, lan, once="reminder:1")

    assert len(session.scalars(select(Message)).all()) == 1


def test_changes_within_minutes_become_one_letter(session, lan):
    tell_of(session, lan)
    tell_of(session, lan, 2, now=NOON + timedelta(seconds=90))

    assert letters.gather(session, MAIL, now=NOON + timedelta(seconds=100)) == 0
    assert letters.gather(session, MAIL, now=LATER) == 1

    assert [len(letter.messages) for letter in session.scalars(select(Letter))] == [2]
    assert the_delivery(session).channel is Channel.EMAIL


def test_a_question_that_waits_for_its_answer_leaves_at_once(session, lan):
    tell_of(session, lan, kind=MessageKind.PROMOTED)

    assert letters.gather(session, MAIL, now=NOON) == 1


def test_nobody_is_written_to_by_a_channel_they_did_not_choose_or_that_leads_nowhere(session):
    unit = a_unit(session)
    silent = a_person(session, unit, email="an@example.org")
    unreachable = a_person(session, unit)
    session.add(ContactChoice(person_id=silent.id, channels=[Channel.TELEGRAM.value], changed_at=NOON))
    for person in (silent, unreachable):
        tell_of(session, person)

    assert letters.gather(session, MAIL, now=LATER) == 2

    assert session.scalars(select(Delivery)).all() == []


@pytest.mark.parametrize(
    ("told_at", "sent_at"),
    [("21:30", (20, "21:32")), ("22:30", (21, "06:00")), ("05:00", (20, "06:00")), ("06:00", (20, "06:02"))],
)
def test_at_night_letters_wait_for_the_morning(session, lan, told_at, sent_at):
    now = local(date(2026, 11, 20), told_at)
    tell_of(session, lan, now=now)

    letters.gather(session, MAIL, now=now + outbox.GATHERING)

    day, clock = sent_at
    assert the_delivery(session).due_at == local(date(2026, 11, day), clock)


def test_a_night_of_changes_is_one_letter_in_the_morning(session, lan):
    for told_at in ("22:30", "23:50"):
        now = local(date(2026, 11, 20), told_at)
        tell_of(session, lan, now=now)
        letters.gather(session, MAIL, now=now + outbox.GATHERING)

    assert [len(letter.messages) for letter in session.scalars(select(Letter))] == [2]
    assert the_delivery(session).due_at == local(date(2026, 11, 21), "06:00")


def test_what_cannot_wait_takes_along_what_could(session, lan):
    shift = a_shift(session, a_site(session, lan.unit), starts="06:30", ends="08:00")
    night = local(MONDAY, "04:30")
    tell_of(session, lan, 999, now=night)
    letters.gather(session, MAIL, now=night + outbox.GATHERING)

    tell_of(session, lan, shift.id, kind=MessageKind.REMINDER, now=night + outbox.GATHERING)
    letters.gather(session, MAIL, now=night + outbox.GATHERING)

    assert the_delivery(session).due_at == night + outbox.GATHERING


def test_a_letter_that_was_tried_already_takes_nothing_more(session, lan):
    claim = a_claimed_delivery(session, lan)
    letters.fail(session, claim, error="451", for_good=False, now=LATER)

    tell_of(session, lan, 2, now=LATER)
    letters.gather(session, MAIL, now=LATER + outbox.GATHERING - WORKING)
    letters.gather(session, MAIL, now=LATER + outbox.GATHERING)

    assert [len(letter.messages) for letter in session.scalars(select(Letter).order_by(Letter.id))] == [1, 1]


def test_a_letter_that_went_out_by_one_way_already_takes_nothing_more(session, lan):
    lan.phone = "+84912345678"
    both = [Channel.EMAIL.value, Channel.WEBHOOK.value]
    session.add(ContactChoice(person_id=lan.id, channels=both, changed_at=NOON))
    night = local(date(2026, 11, 20), "23:00")
    tell_of(session, lan, now=night)
    letters.gather(session, {*MAIL, Channel.WEBHOOK}, now=night + outbox.GATHERING)
    session.scalars(select(Delivery)).first().state = DeliveryState.SENT

    tell_of(session, lan, 2, now=night)
    letters.gather(session, {*MAIL, Channel.WEBHOOK}, now=night + outbox.GATHERING)

    assert [len(letter.messages) for letter in session.scalars(select(Letter).order_by(Letter.id))] == [1, 1]


def test_a_shift_early_in_the_morning_is_worth_a_disturbed_night(session, lan):
    shift = a_shift(session, a_site(session, lan.unit), starts="06:30", ends="08:00")
    night = local(MONDAY, "04:30")
    tell_of(session, lan, shift.id, kind=MessageKind.REMINDER, now=night)

    letters.gather(session, MAIL, now=night)

    assert the_delivery(session).due_at == night


def test_whoever_would_set_out_early_in_the_morning_hears_at_night_that_their_shift_has_moved(session, lan):
    early, evening = local(MONDAY, "06:30"), local(MONDAY - timedelta(days=1), "23:00")
    shift = a_shift(session, a_site(session, lan.unit), starts="16:00", ends="18:00")
    before = {"starts_at": early.isoformat(), "ends_at": (early + timedelta(hours=2)).isoformat()}
    outbox.tell(session, lan.id, MessageKind.SHIFT_MOVED, {"shift_id": shift.id, **before}, now=evening)

    letters.gather(session, MAIL, now=evening + outbox.GATHERING)

    assert the_delivery(session).due_at == evening + outbox.GATHERING


def test_only_one_worker_gets_a_delivery(session, lan):
    first = a_claimed_delivery(session, lan)

    assert first is not None
    assert letters.claim(session, now=LATER + WORKING) is None


def test_a_worker_that_died_before_handing_over_loses_nothing(session, lan):
    dead = a_claimed_delivery(session, lan)
    after = LATER + letters.WRITING + WORKING

    alive = letters.claim(session, now=after)

    assert alive is not None
    assert not letters.hand_over(session, dead, now=after), "the first could still have woken and sent it too"
    assert letters.hand_over(session, alive, now=after)
    assert letters.sent(session, alive, now=after)
    assert the_delivery(session).state is DeliveryState.SENT


def test_a_letter_whose_worker_died_while_handing_it_over_is_not_sent_twice(session, lan):
    claim = a_claimed_delivery(session, lan)
    letters.hand_over(session, claim, now=LATER)
    after = LATER + letters.HANDING_OVER + WORKING

    assert letters.sweep(session, now=after) == 1

    assert letters.claim(session, now=after) is None
    assert the_delivery(session).state is DeliveryState.UNSURE


def test_a_slow_worker_may_still_say_that_it_arrived(session, lan):
    claim = a_claimed_delivery(session, lan)
    letters.hand_over(session, claim, now=LATER)
    letters.sweep(session, now=LATER + letters.HANDING_OVER + WORKING)

    assert letters.sent(session, claim, now=LATER + timedelta(hours=1))

    assert the_delivery(session).state is DeliveryState.SENT


def test_a_refused_letter_is_tried_again_ever_later_and_then_given_up(session, lan):
    claim, now, pauses = a_claimed_delivery(session, lan), LATER, []

    while claim is not None:
        letters.hand_over(session, claim, now=now)
        letters.fail(session, claim, error="450 busy", for_good=False, now=now)
        delivery = the_delivery(session)
        if delivery.state is DeliveryState.WAITING:
            pauses.append(delivery.due_at - now)
            now = delivery.due_at
        claim = letters.claim(session, now=now)

    assert tuple(pauses) == letters.RETRIES
    assert the_delivery(session).state is DeliveryState.FAILED
    assert the_delivery(session).error == "450 busy"


def test_a_final_refusal_is_not_tried_again(session, lan):
    claim = a_claimed_delivery(session, lan)
    letters.hand_over(session, claim, now=LATER)

    letters.fail(session, claim, error="550 unknown", for_good=True, now=LATER)

    assert the_delivery(session).state is DeliveryState.FAILED


def test_coordinators_of_the_nearest_unit_are_told_and_not_those_above_them(session):
    university = a_unit(session)
    branch = a_unit(session, "Chi đoàn Toán", parent=university)
    class_ = a_unit(session, "Lớp Toán K45", parent=branch)
    above = an_account(session, Role(kind=RoleKind.COORDINATOR, unit=university))
    near = an_account(session, Role(kind=RoleKind.COORDINATOR, unit=branch))

    for unit in (class_, university):
        outbox.tell_coordinators(session, unit, MessageKind.WITHDRAWN, {"shift_id": 1, "person_id": 1}, now=NOON)

    assert [message.account_id for message in session.scalars(select(Message).order_by(Message.id))] == [
        near.id,
        above.id,
    ]
