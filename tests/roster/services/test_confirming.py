"""Reminders as each person likes them, told once; and what becomes of turns nobody confirmed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update

from roster.letters.desk import Desk
from roster.letters.parts import Part
from roster.letters.words import parts_of
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Channel,
    ClaimState,
    ContactChoice,
    DraftAssignment,
    Message,
    MessageKind,
    TurnRules,
)
from roster.services import claims, confirming, locks, outbox, placements, rosters
from roster.services.confirming import Due
from roster.services.contacts import Reader
from tests.builders import (
    MONDAY,
    ZONE,
    a_coordinator,
    a_person,
    a_roster,
    a_shift,
    a_site,
    a_unit,
    an_account,
    local,
)

STARTS = local(MONDAY, "07:30")
PUBLISHED = STARTS - timedelta(days=4)


class Place:
    """A published shift on Monday with Lan on it."""

    def __init__(self, session) -> None:
        self.session, self.unit = session, a_unit(session)
        self.coordinator = a_coordinator(session, self.unit)
        self.lan = a_person(session, self.unit, email="lan@example.org")
        self.shift = a_shift(session, a_site(session, self.unit))
        roster = a_roster(session, self.unit)
        session.add(DraftAssignment(roster_id=roster.id, shift_id=self.shift.id, person_id=self.lan.id))
        session.flush()
        rosters.publish(session, roster.id, revision_seen=0, by=self.coordinator, now=PUBLISHED)

    def told(self, kind: MessageKind) -> list[Message]:
        self.session.flush()
        return list(self.session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))

    def turn(self) -> Assignment:
        return self.session.scalars(select(Assignment)).one()

    def expects_confirmation(self, *, opens: bool) -> None:
        confirming.change_rules(self.session, self.unit, hours="48", opens=opens, by=self.coordinator, now=PUBLISHED)


@pytest.fixture
def place(session) -> Place:
    return Place(session)


def test_who_chose_nothing_is_reminded_a_day_before_and_only_once(session, place):
    for minutes in (-1, 0, 1, 20):
        confirming.remind(session, STARTS - timedelta(days=1) + timedelta(minutes=minutes))
    confirming.remind(session, STARTS - timedelta(hours=2))

    assert [message.facts for message in place.told(MessageKind.REMINDER)] == [
        {"shift_id": place.shift.id, "hours": 24}
    ]


def test_somebody_is_reminded_as_long_before_as_they_like(session, place):
    session.add(ContactChoice(person_id=place.lan.id, remind_hours=[2], changed_at=PUBLISHED))

    confirming.remind(session, STARTS - timedelta(days=1))
    confirming.remind(session, STARTS - timedelta(hours=2))

    assert [message.facts["hours"] for message in place.told(MessageKind.REMINDER)] == [2]


def test_a_clock_that_stood_still_for_long_reminds_nobody_late(session, place):
    confirming.remind(session, STARTS - timedelta(hours=23))

    assert place.told(MessageKind.REMINDER) == []


def test_where_nobody_has_to_confirm_nobody_is_chased(session, place):
    confirming.chase(session, STARTS - timedelta(hours=1))

    assert place.told(MessageKind.UNCONFIRMED) == []


def test_a_turn_not_confirmed_in_time_goes_to_its_coordinators_list_once(session, place):
    place.expects_confirmation(opens=False)

    confirming.chase(session, STARTS - timedelta(hours=49))
    assert place.told(MessageKind.UNCONFIRMED) == []
    for hours in (48, 47):
        confirming.chase(session, STARTS - timedelta(hours=hours))

    (told,) = place.told(MessageKind.UNCONFIRMED)
    assert (told.account_id, told.facts["opened"]) == (place.coordinator.id, False)
    assert place.turn().state is AssignmentState.ACTIVE
    assert confirming.unconfirmed_of(session, place.unit, now=STARTS - timedelta(hours=47)) == [place.turn()]


def test_the_place_opens_by_itself_where_the_unit_wants_that_and_everybody_is_told(session, place):
    place.expects_confirmation(opens=True)

    confirming.chase(session, STARTS - timedelta(hours=48))

    (told,) = place.told(MessageKind.UNCONFIRMED)
    assert told.facts["opened"] is True
    assert place.turn().state is AssignmentState.CANCELLED
    assert [message.person_id for message in place.told(MessageKind.TURN_CANCELLED)] == [place.lan.id]


def test_whoever_nothing_we_say_can_reach_keeps_the_place_and_stands_on_the_list(session, place):
    place.lan.email = None
    place.expects_confirmation(opens=True)

    confirming.chase(session, STARTS - timedelta(hours=48))

    (told,) = place.told(MessageKind.UNCONFIRMED)
    assert told.facts["opened"] is False
    assert place.turn().state is AssignmentState.ACTIVE


def test_whoever_was_only_invited_and_whom_no_channel_reaches_keeps_the_place(session, place):
    place.lan.email, place.lan.phone = None, "+84905123456"
    session.add(Account(login=place.lan.phone, display_name="Lan", person=place.lan, created_at=PUBLISHED))
    place.expects_confirmation(opens=True)

    confirming.chase(session, STARTS - timedelta(hours=48))

    assert place.turn().state is AssignmentState.ACTIVE


@pytest.mark.parametrize(("available", "state"), [((), "active"), ((Channel.EMAIL,), "cancelled")])
def test_an_address_to_which_nothing_is_sent_from_here_tells_nobody_to_confirm(session, place, available, state):
    place.expects_confirmation(opens=True)

    confirming.chase(session, STARTS - timedelta(hours=48), available=available)

    assert place.turn().state == state


def test_whoever_signs_in_can_have_seen_on_their_page_that_they_had_to_confirm(session, place):
    an_account(session, person=place.lan, password_hash="kept")
    place.lan.email = None
    place.expects_confirmation(opens=True)

    confirming.chase(session, STARTS - timedelta(hours=48), available=())

    assert place.turn().state is AssignmentState.CANCELLED


def test_whoever_has_a_day_left_to_confirm_is_asked_once_more(session, place):
    place.expects_confirmation(opens=True)

    for hours in (73, 72, 71, 48):
        confirming.ask_again(session, STARTS - timedelta(hours=hours))
        assert len(place.told(MessageKind.CONFIRM_ASKED)) == (hours <= 72)

    (told,) = place.told(MessageKind.CONFIRM_ASKED)
    assert (told.person_id, told.created_at) == (place.lan.id, STARTS - timedelta(hours=72))


def test_whoever_has_less_time_to_confirm_is_asked_once_more_when_half_of_it_is_over(session, place):
    place.expects_confirmation(opens=True)
    put_at = place.turn().changed_at = STARTS - timedelta(hours=40)

    confirming.ask_again(session, put_at + timedelta(hours=5))
    assert place.told(MessageKind.CONFIRM_ASKED) == []
    confirming.ask_again(session, put_at + timedelta(hours=6))
    assert len(place.told(MessageKind.CONFIRM_ASKED)) == 1


def test_the_letter_that_asks_once_more_says_by_when_takes_the_answer_and_is_none_once_it_is_given(session, place):
    place.expects_confirmation(opens=True)
    now = STARTS - timedelta(hours=72)
    confirming.ask_again(session, now)

    def letter() -> list[Part]:
        reader = Reader(place.lan, None, "vi", ZONE, "", (), {}, (0, 0))
        return parts_of(Desk(session, reader, now, "https://truc.example"), place.told(MessageKind.CONFIRM_ASKED))

    (part,) = letter()
    (line,) = part.lines
    assert part.heading == "Bạn có đến Thứ Hai 23/11 không?"
    assert line.note == "Bạn hãy xác nhận trước 07:30, Thứ Bảy 21/11. Quá hạn, chỗ này sẽ mở cho người khác."
    assert [action.label for action in line.actions] == ["Tôi sẽ đến", "Tôi không đến được"]

    place.turn().confirmed_at = now
    assert letter() == []


@pytest.mark.parametrize(
    ("opens", "heading", "words"),
    [
        (False, "2 người chưa xác nhận", "Hãy hỏi lại hoặc tìm người khác."),
        (True, "2 người bị rút khỏi ca vì chưa xác nhận", "Các chỗ này đã trống trở lại."),
    ],
)
def test_coordinators_read_of_many_who_did_not_confirm_as_of_one_matter(session, place, opens, heading, words):
    binh = a_person(session, place.unit, "Trần Văn Bình", email="binh@example.org")
    for number in range(1, 3):
        facts = {"shift_id": place.shift.id, "person_id": (place.lan, binh)[number - 1].id, "opened": opens}
        outbox.tell_coordinators(session, place.unit, MessageKind.UNCONFIRMED, facts, now=PUBLISHED, once=str(number))
    reader = Reader(None, place.coordinator, "vi", ZONE, "", (), {}, (0, 0))

    (part,) = parts_of(Desk(session, reader, PUBLISHED, "https://truc.example"), place.told(MessageKind.UNCONFIRMED))

    (line,) = part.lines
    assert (part.heading, part.sentences, line.note) == (heading, [words], "Nguyễn Thị Lan, Trần Văn Bình")
    assert [action.href for action in part.actions] == ["https://truc.example/attention"]


@pytest.mark.parametrize(("reminded", "asked"), [([24], 0), ([2], 1), ([], 1)])
def test_a_reminder_that_comes_in_time_asks_as_well(session, place, reminded, asked):
    session.add(ContactChoice(person_id=place.lan.id, remind_hours=reminded, changed_at=PUBLISHED))
    confirming.change_rules(session, place.unit, hours="12", opens=True, by=place.coordinator, now=PUBLISHED)

    confirming.ask_again(session, STARTS - timedelta(hours=20))

    assert len(place.told(MessageKind.CONFIRM_ASKED)) == asked


@pytest.mark.parametrize("case", ["confirmed", "no rule", "too late"])
def test_nobody_is_asked_once_more_who_need_not_answer(session, place, case):
    if case != "no rule":
        place.expects_confirmation(opens=False)
    if case == "confirmed":
        place.turn().confirmed_at = PUBLISHED

    confirming.ask_again(session, STARTS - timedelta(hours=47 if case == "too late" else 60))

    assert place.told(MessageKind.CONFIRM_ASKED) == []


def test_whoever_confirmed_is_left_alone(session, place):
    place.expects_confirmation(opens=True)
    place.turn().confirmed_at = PUBLISHED

    confirming.chase(session, STARTS - timedelta(hours=1))

    assert place.turn().state is AssignmentState.ACTIVE


def test_whoever_is_put_on_a_shift_late_gets_the_time_to_answer_that_others_get(session, place):
    place.expects_confirmation(opens=True)
    put_at = place.turn().changed_at = STARTS - timedelta(hours=40)

    confirming.chase(session, put_at + timedelta(hours=11))
    assert place.turn().state is AssignmentState.ACTIVE
    assert confirming.unconfirmed_of(session, place.unit, now=put_at + timedelta(hours=11)) == []

    confirming.chase(session, put_at + timedelta(hours=12))
    assert place.turn().state is AssignmentState.CANCELLED


def test_whoever_is_put_on_a_shift_at_night_has_time_to_confirm_from_the_morning_on(session, place):
    place.expects_confirmation(opens=True)
    session.add(TurnRules(unit_id=place.unit.id, withdraw_hours=24, answer_hours=2))
    place.turn().changed_at = local(MONDAY - timedelta(days=2), "23:30")

    confirming.chase(session, local(MONDAY - timedelta(days=1), "07:59"))
    assert place.turn().state is AssignmentState.ACTIVE

    confirming.chase(session, local(MONDAY - timedelta(days=1), "08:00"))
    assert place.turn().state is AssignmentState.CANCELLED


def test_whoever_confirms_while_the_clock_looks_keeps_the_turn_and_nobody_is_told(session, place, monkeypatch):
    place.expects_confirmation(opens=True)
    real = locks.take

    def confirmed_before(session, *ids) -> None:
        session.execute(update(Assignment).values(confirmed_at=PUBLISHED))
        real(session, *ids)

    monkeypatch.setattr(locks, "take", confirmed_before)

    confirming.chase(session, STARTS - timedelta(hours=1))

    assert place.turn().state is AssignmentState.ACTIVE
    assert place.told(MessageKind.UNCONFIRMED) == []
    assert place.told(MessageKind.TURN_CANCELLED) == []


def more_people(session, place) -> None:
    for name in ("Trần Văn Bình", "Lê Thị Hoa", "Vũ An"):
        person, uid = a_person(session, place.unit, name), uuid4().hex
        facts = {"state": AssignmentState.ACTIVE, "uid": uid, "sequence": 0, "changed_at": PUBLISHED}
        session.add(Assignment(shift=place.shift, person=person, **facts))
    session.flush()


def test_what_is_late_of_many_turns_is_read_with_no_more_queries_than_of_one(session, place):
    def queries_of(people: int) -> int:
        session.expire_all()
        seen.clear()
        late = confirming.unconfirmed_of(session, place.unit, place.unit, now=STARTS - timedelta(hours=1))
        assert len({turn.person.full_name for turn in late}) == len(late) == people
        return len(seen)

    place.expects_confirmation(opens=False)
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    few = queries_of(1)
    more_people(session, place)

    assert queries_of(4) <= few


def test_whom_a_reminder_asks_is_looked_at_again_and_again_with_as_many_queries_as_one(session, place):
    """A clock asks every half minute, for a day."""

    def queries() -> int:
        session.expire_all()
        seen.clear()
        confirming.ask_again(session, STARTS - timedelta(hours=30))
        assert place.told(MessageKind.CONFIRM_ASKED) == []
        return len(seen)

    confirming.change_rules(session, place.unit, hours="12", opens=True, by=place.coordinator, now=PUBLISHED)
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    few = queries()
    more_people(session, place)

    assert queries() <= few


def test_whoever_has_to_confirm_is_told_by_when_and_what_follows(session, place):
    turn = place.turn()
    reader = Reader(place.lan, None, "vi", ZONE, "", (), {}, (0, 0))

    def told() -> str:
        return Desk(session, reader, PUBLISHED, "").confirm_by(turn)

    assert told() == ""
    place.expects_confirmation(opens=True)
    assert confirming.due(session, [turn.id]) == {turn.id: Due(STARTS - timedelta(hours=48), opens=True)}
    assert told() == "Bạn hãy xác nhận trước 07:30, Thứ Bảy 21/11. Quá hạn, chỗ này sẽ mở cho người khác."
    place.expects_confirmation(opens=False)
    assert told() == "Bạn hãy xác nhận trước 07:30, Thứ Bảy 21/11."
    turn.confirmed_at = PUBLISHED
    session.flush()
    assert told() == ""


def test_whom_a_new_rule_catches_late_gets_time_to_answer_before_the_place_opens(session, place):
    ruled = STARTS - timedelta(hours=36)
    confirming.change_rules(session, place.unit, hours="48", opens=True, by=place.coordinator, now=ruled)

    confirming.chase(session, ruled + timedelta(hours=11))
    assert place.turn().state is AssignmentState.ACTIVE
    assert confirming.due(session, [place.turn().id])[place.turn().id].by == ruled + timedelta(hours=12)

    confirming.chase(session, ruled + timedelta(hours=12))
    assert place.turn().state is AssignmentState.CANCELLED


def test_a_rule_saved_again_as_it_was_gives_nobody_more_time(session, place):
    for hours in (96, 48):
        now = STARTS - timedelta(hours=hours)
        confirming.change_rules(session, place.unit, hours="48", opens=True, by=place.coordinator, now=now)

    confirming.chase(session, STARTS - timedelta(hours=48))

    assert place.turn().state is AssignmentState.CANCELLED


def test_a_unit_that_lets_places_open_later_opens_also_those_that_stood_on_the_list(session, place):
    place.expects_confirmation(opens=False)
    confirming.chase(session, STARTS - timedelta(hours=48))
    ruled = STARTS - timedelta(hours=40)
    confirming.change_rules(session, place.unit, hours="48", opens=True, by=place.coordinator, now=ruled)

    for hours in (12, 13):
        confirming.chase(session, ruled + timedelta(hours=hours))

    assert place.turn().state is AssignmentState.CANCELLED
    assert [message.facts["opened"] for message in place.told(MessageKind.UNCONFIRMED)] == [False, True]


def test_whoever_lost_a_place_by_not_confirming_may_take_it_again(session, place):
    place.expects_confirmation(opens=True)
    now = STARTS - timedelta(hours=48)
    confirming.chase(session, now)
    lan = Account(login="lan@example.org", display_name="Lan", person_id=place.lan.id, created_at=now)
    session.add(lan)
    session.flush()

    claim = claims.claim(session, place.shift.id, place.lan, by=lan, now=now)

    assert claim.state is ClaimState.TAKEN
    assert place.turn().confirmed_at == now


def test_whoever_is_put_back_and_confirms_no_more_than_before_is_asked_and_loses_the_place_once_more(session, place):
    place.expects_confirmation(opens=True)
    now = STARTS - timedelta(hours=48)
    confirming.ask_again(session, now - timedelta(hours=1))
    confirming.chase(session, now)
    placements.put(session, place.shift.id, place.lan.id, by=place.coordinator, now=now)

    confirming.ask_again(session, now + timedelta(hours=6))
    confirming.chase(session, now + timedelta(hours=12))

    assert len(place.told(MessageKind.CONFIRM_ASKED)) == 2
    assert place.turn().state is AssignmentState.CANCELLED
    assert len(place.told(MessageKind.UNCONFIRMED)) == 2
