"""A free place goes to the first who takes it; the others wait in order, and a promotion must be accepted in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, NotAllowed, PlaceTaken, RuleBroken, TurnChanged
from roster.letters.desk import Desk
from roster.letters.words import parts_of
from roster.models import AuditEntry, ClaimState, ContactChoice, Message, MessageKind, Shift
from roster.services import claims, demand, placements, places, rosters, shifts, turns, withdrawals
from roster.services.contacts import Reader
from roster.services.demand import Demand, PatternDetails
from roster.services.shifts import ShiftDetails
from tests.builders import ALL_WEEK, MONDAY, ZONE, a_qualification, local
from tests.published import LATER, TOO_LATE, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def claim(week: PublishedWeek, shift, person, *, now=LATER):
    return claims.claim(week.session, shift.id, person, by=week.account(person), now=now)


def leave(week: PublishedWeek, shift, person, *, now=LATER):
    turn = week.turn(shift, person)
    return withdrawals.withdraw(week.session, turn.id, reason="", by=week.account(person), now=now)


def test_the_first_to_take_a_place_has_it_and_has_confirmed_it(week):
    assert claim(week, week.monday, week.minh).state is ClaimState.TAKEN
    assert week.turn(week.monday, week.minh).confirmed_at == LATER


def test_who_comes_too_late_waits_in_the_order_they_came(week):
    others = [week.somebody(name) for name in ("Đỗ An", "Vũ Bình")]

    waiting = [claim(week, week.tuesday, person) for person in others]

    assert [one.state for one in waiting] == [ClaimState.WAITING, ClaimState.WAITING]
    assert [claims.position(week.session, one) for one in waiting] == [1, 2]


def test_a_place_that_becomes_free_is_offered_to_the_first_who_waits_and_kept_for_them(week):
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, week.somebody())

    leave(week, week.tuesday, week.ha)

    assert (first.state, first.answer_by) == (ClaimState.OFFERED, LATER + timedelta(hours=12))
    assert second.state is ClaimState.WAITING
    assert week.told(week.minh) == [MessageKind.PROMOTED]
    late = week.somebody("Người Đến Sau")
    assert claim(week, week.tuesday, late).state is ClaimState.WAITING, "the place is kept"

    claims.accept(week.session, first.id, by=week.account(week.minh), now=LATER)
    assert first.state is ClaimState.TAKEN
    assert turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    assert claims.accept(week.session, first.id, by=week.account(week.minh), now=LATER) is first, "another tab says yes"


def test_a_place_not_accepted_in_time_goes_to_the_next(week):
    second_in_line = week.somebody()
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, second_in_line)
    leave(week, week.tuesday, week.ha)

    places.pass_on(week.session, LATER + timedelta(hours=13))

    assert (first.state, second.state) == (ClaimState.LAPSED, ClaimState.OFFERED)
    assert week.told(week.minh) == [MessageKind.PROMOTED, MessageKind.PROMOTION_LAPSED]
    with pytest.raises(TurnChanged):
        claims.accept(week.session, first.id, by=week.account(week.minh), now=LATER)


def test_an_offer_of_a_shift_moved_to_a_week_nobody_sees_yet_is_closed(week):
    offered = claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)
    for moment in ("starts_at", "ends_at"):
        setattr(week.tuesday, moment, getattr(week.tuesday, moment) + timedelta(days=7))

    places.pass_on(week.session, LATER + timedelta(hours=13))

    assert offered.state is ClaimState.CLOSED


@pytest.mark.parametrize(("quiet", "until"), [(None, "08:00"), ((20, 7), "09:00"), ((0, 0), "02:30")])
def test_whoever_is_offered_a_place_while_they_sleep_has_time_to_answer_from_the_morning_on(week, quiet, until):
    week.rules(answer_hours=2)
    if quiet:
        hours = {"quiet_from": quiet[0] * 60, "quiet_until": quiet[1] * 60}
        week.session.add(ContactChoice(person_id=week.minh.id, changed_at=LATER, **hours))
    offered = claim(week, week.tuesday, week.minh)
    saturday = MONDAY - timedelta(days=2)
    leave(week, week.tuesday, week.ha, now=local(saturday, "00:30"))

    assert offered.answer_by == local(saturday, until)


def test_nobody_is_passed_over_before_their_time_is_over(week):
    first = claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)

    places.pass_on(week.session, LATER + timedelta(hours=11))

    assert first.state is ClaimState.OFFERED


def test_who_declines_an_offer_passes_it_on_at_once(week):
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, week.somebody())
    leave(week, week.tuesday, week.ha)

    claims.let_go(week.session, first.id, by=week.account(week.minh), now=LATER)

    assert (first.state, second.state) == (ClaimState.LET_GO, ClaimState.OFFERED)


def test_who_may_not_take_the_place_any_more_is_passed_over_and_keeps_waiting(week):
    able = week.somebody()
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, able)
    week.minh.max_turns = 0

    leave(week, week.tuesday, week.ha)

    assert (first.state, second.state) == (ClaimState.WAITING, ClaimState.OFFERED)


def test_nobody_waits_for_a_place_a_rule_would_refuse(week):
    week.minh.max_turns = 0

    with pytest.raises(RuleBroken) as refusal:
        claim(week, week.tuesday, week.minh)

    assert refusal.value.facts["detail"] == "turns"


def test_a_unit_may_have_its_coordinator_agree_first(week):
    week.rules(claims_agreed=True)

    asked = claim(week, week.monday, week.minh)

    assert asked.state is ClaimState.ASKED
    assert not turns.is_serving(week.session, week.monday.id, week.minh.id)
    assert week.told_coordinator() == [MessageKind.CLAIM_ASKED]
    claims.answer(week.session, asked.id, agreed=True, by=week.by, now=LATER)
    assert turns.is_serving(week.session, week.monday.id, week.minh.id)
    assert week.told(week.minh) == [MessageKind.CLAIM_ANSWERED]


def test_who_asked_for_a_place_that_somebody_else_has_by_now_waits_for_the_next(week):
    week.rules(claims_agreed=True)
    asked = claim(week, week.monday, week.minh)
    placements.put(week.session, week.monday.id, week.ha.id, by=week.by, now=LATER)
    assert asked.state is ClaimState.WAITING

    placements.take_off(week.session, week.monday.id, week.ha.id, reason="", by=week.by, now=LATER)

    assert asked.state is ClaimState.OFFERED


@pytest.fixture
def accepted(week):
    """A place from the waiting list that was said yes to, in a unit whose coordinator agrees first; others wait too."""
    week.rules(claims_agreed=True, answer_hours=1)
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, week.somebody())
    leave(week, week.tuesday, week.ha)
    accept(week, first)
    return first, second


def accept(week, found, *, now=LATER):
    return claims.accept(week.session, found.id, by=week.account(found.person), now=now)


def test_a_place_from_the_waiting_list_needs_the_coordinator_s_word_too_and_stays_kept_until_then(week, accepted):
    first, second = accepted
    assert first.state is ClaimState.ASKED
    assert not turns.is_serving(week.session, week.tuesday.id, week.minh.id)
    assert week.told_coordinator() == [MessageKind.WITHDRAWN, MessageKind.CLAIM_ASKED]

    later = LATER + timedelta(hours=2)  # than the first had for their answer
    places.pass_on(week.session, later)
    assert accept(week, first, now=later) is first, "another tab says yes"
    assert claim(week, week.tuesday, week.minh, now=later) is first
    assert claim(week, week.tuesday, week.somebody("Người Đến Sau"), now=later).state is ClaimState.WAITING
    assert (first.state, second.state) == (ClaimState.ASKED, ClaimState.WAITING)
    assert places.left(week.session, week.tuesday) == 0
    assert week.told_coordinator() == [MessageKind.WITHDRAWN, MessageKind.CLAIM_ASKED]

    claims.answer(week.session, first.id, agreed=True, by=week.by, now=later)
    turn = week.turn(week.tuesday, week.minh)
    assert (first.state, turn.confirmed_at) == (ClaimState.TAKEN, later)
    assert second.state is ClaimState.WAITING
    assert week.told(week.minh) == [MessageKind.PROMOTED, MessageKind.CLAIM_ANSWERED]


def test_whom_the_coordinator_does_not_want_from_the_waiting_list_makes_room_for_the_next(week, accepted):
    first, second = accepted

    claims.answer(week.session, first.id, agreed=False, by=week.by, now=LATER)

    assert (first.state, second.state) == (ClaimState.REFUSED, ClaimState.OFFERED)


def test_whoever_waits_for_the_coordinator_s_word_waits_again_once_somebody_else_has_the_place(week, accepted):
    first, second = accepted

    placements.put(week.session, week.tuesday.id, week.somebody("Người Khác").id, by=week.by, now=LATER)

    assert (first.state, first.answer_by) == (ClaimState.WAITING, None)
    assert week.told(week.minh) == [MessageKind.PROMOTED, MessageKind.PROMOTION_LAPSED]
    assert [claims.position(week.session, one) for one in (first, second)] == [1, 2]
    with pytest.raises(TurnChanged):
        accept(week, first)


def test_a_place_offered_and_asked_for_from_the_list_of_open_shifts_needs_the_coordinator_s_word_too(week):
    week.rules(claims_agreed=True)
    waiting = claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)

    assert claim(week, week.tuesday, week.minh) is waiting
    assert waiting.state is ClaimState.ASKED
    week.tuesday.target = 2
    assert claim(week, week.tuesday, week.somebody()).state is ClaimState.ASKED, "the other place is free"
    assert waiting.state is ClaimState.ASKED


def test_whoever_may_not_take_the_place_is_told_so_before_the_coordinator_is_asked(week):
    week.rules(claims_agreed=True)
    waiting = claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)
    week.minh.max_turns = 0

    with pytest.raises(RuleBroken):
        accept(week, waiting)

    assert waiting.state is ClaimState.OFFERED
    assert week.told_coordinator() == [MessageKind.WITHDRAWN]


def test_whoever_taps_twice_stands_once_in_the_history_of_a_full_place(week):
    for _ in range(2):
        claim(week, week.tuesday, week.minh)

    entries = week.session.scalars(select(AuditEntry).filter_by(action="claim.wait")).all()
    assert [entry.facts for entry in entries] == [{"person_id": week.minh.id}]


def test_whoever_takes_a_place_twice_is_told_twice_that_it_is_theirs(week):
    taken = claim(week, week.monday, week.minh)

    assert claim(week, week.monday, week.minh) is taken


def test_a_coordinator_who_agrees_to_one_too_many_is_told_the_place_is_taken(week):
    week.rules(claims_agreed=True)
    asked = [claim(week, week.monday, person) for person in (week.minh, week.somebody())]
    claims.answer(week.session, asked[0].id, agreed=True, by=week.by, now=LATER)

    with pytest.raises(PlaceTaken):
        claims.answer(week.session, asked[1].id, agreed=True, by=week.by, now=LATER)


def test_somebody_on_the_shift_neither_takes_another_place_nor_waits(week):
    with pytest.raises(AlreadyExists):
        claim(week, week.tuesday, week.ha)
    with pytest.raises(AlreadyExists):
        claim(week, week.monday, week.lan)


def test_somebody_not_free_can_say_in_the_same_step_that_they_are(week):
    busy = week.somebody("Bận Việc", free={})
    with pytest.raises(RuleBroken) as refusal:
        claim(week, week.monday, busy)
    assert refusal.value.facts["rule"] == "availability"

    claims.say_free(week.session, week.monday.id, busy, by=week.account(busy), now=LATER)

    assert claim(week, week.monday, busy).state is ClaimState.TAKEN


def test_a_shift_begun_or_somebody_else_s_claim_is_refused(week):
    waiting = claim(week, week.tuesday, week.minh)
    with pytest.raises(NotAllowed):
        claims.let_go(week.session, waiting.id, by=week.account(week.ha), now=LATER)
    with pytest.raises(RuleBroken):
        claim(week, week.monday, week.minh, now=week.monday.starts_at)


def test_offers_end_when_the_coordinator_fills_the_place_and_waiting_when_put_there(week):
    waiting = claim(week, week.tuesday, week.minh)
    placements.take_off(week.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=TOO_LATE)
    assert waiting.state is ClaimState.OFFERED

    placements.put(week.session, week.tuesday.id, week.minh.id, by=week.by, now=TOO_LATE)

    assert waiting.state is ClaimState.TAKEN
    assert week.told(week.minh)[-1] is MessageKind.TURN_ADDED


def test_a_publication_that_fills_or_frees_a_place_is_followed_by_those_who_wait(week):
    waiting = claim(week, week.tuesday, week.minh)
    seen = {"revision_seen": week.roster.revision, "by": week.by, "now": LATER}
    rosters.remove(week.session, week.roster.id, week.tuesday.id, week.ha.id, **seen)
    assert waiting.state is ClaimState.WAITING, "nothing is published yet"

    rosters.publish(week.session, week.roster.id, revision_seen=week.roster.revision, by=week.by, now=LATER)

    assert waiting.state is ClaimState.OFFERED


def test_a_shift_called_off_ends_every_claim_on_it(week):
    waiting = claim(week, week.tuesday, week.minh)

    shifts.cancel(week.session, week.tuesday.id, reason="Bão", by=week.by, now=LATER)

    assert waiting.state is ClaimState.CLOSED


def test_the_last_places_are_kept_for_whom_the_shift_still_needs(week):
    trained = a_qualification(week.session)
    able = week.somebody("Có Chứng Nhận", qualifications=[trained])
    week.monday.needs = {"trained": 1}

    with pytest.raises(RuleBroken) as refusal:
        claim(week, week.monday, week.minh)

    assert (refusal.value.facts["rule"], refusal.value.facts["needs"]) == ("kept", ["trained"])
    assert claim(week, week.monday, able).state is ClaimState.TAKEN
    assert claim(week, week.monday, week.minh).state is ClaimState.WAITING


def test_a_promotion_passes_over_who_lacks_what_the_place_is_kept_for(week):
    able = week.somebody("Có Chứng Nhận", qualifications=[a_qualification(week.session)])
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, able)
    week.tuesday.needs = {"trained": 1}

    leave(week, week.tuesday, week.ha)

    assert (first.state, second.state) == (ClaimState.WAITING, ClaimState.OFFERED)


def test_a_kept_place_that_is_filled_otherwise_is_taken_back_and_its_holder_told_and_first_in_line_again(week):
    thuy = week.somebody()
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, thuy)
    leave(week, week.tuesday, week.ha)

    placements.put(week.session, week.tuesday.id, week.lan.id, by=week.by, now=LATER)

    assert (first.state, first.answer_by, second.state) == (ClaimState.WAITING, None, ClaimState.WAITING)
    assert places.left(week.session, week.tuesday) == 0
    assert week.told(week.minh) == [MessageKind.PROMOTED, MessageKind.PROMOTION_LAPSED]
    leave(week, week.tuesday, week.lan)
    assert (first.state, second.state) == (ClaimState.OFFERED, ClaimState.WAITING)


def test_of_two_kept_places_the_one_that_is_wanted_no_more_is_that_of_who_came_later(week):
    first, second = claim(week, week.tuesday, week.minh), claim(week, week.tuesday, week.somebody())
    want(week, week.tuesday, 3)

    want(week, week.tuesday, 2)

    assert (first.state, second.state) == (ClaimState.OFFERED, ClaimState.WAITING)


def test_places_that_a_shift_is_given_are_offered_to_those_who_wait(week):
    waiting = claim(week, week.tuesday, week.minh)

    want(week, week.tuesday, 2)

    assert waiting.state is ClaimState.OFFERED
    assert week.told(week.minh) == [MessageKind.PROMOTED]


def want(week: PublishedWeek, shift, people: int) -> None:
    zone = week.unit.zone
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    details = ShiftDetails(
        shift.programme_id, starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}", "", Demand(shift.minimum, people)
    )
    shifts.change(week.session, shift.id, details, by=week.by, now=LATER)


@pytest.mark.parametrize("agreed", [True, False])
def test_once_the_shift_has_begun_nobody_hears_whether_the_place_is_theirs(week, agreed):
    week.rules(claims_agreed=True)
    asked = claim(week, week.monday, week.minh)

    with pytest.raises(RuleBroken, match="past"):
        claims.answer(week.session, asked.id, agreed=agreed, by=week.by, now=week.monday.starts_at)

    assert week.told(week.minh) == []


@pytest.mark.parametrize("starts", ["06:30", "05:30"])
def test_a_series_may_be_given_hours_that_have_begun_while_a_place_is_offered(week, starts):
    """On the morning itself; whoever was offered the place is asked for it no more."""
    wednesday = PatternDetails(
        "Trực sáng", week.monday.programme_id, "FREQ=WEEKLY;BYDAY=WE", MONDAY, None, "07:30", "11:30", "keep", Demand(1)
    )
    pattern = demand.create(week.session, week.site, wednesday, by=week.by, now=LATER)
    shift = week.session.scalars(select(Shift).filter_by(pattern_id=pattern.id).order_by(Shift.starts_at)).first()
    week.publish((shift, week.lan), now=LATER)
    offered = claim(week, shift, week.minh)
    now = shift.starts_at - timedelta(hours=1, minutes=30)
    placements.take_off(week.session, shift.id, week.lan.id, reason="", by=week.by, now=now)
    assert offered.state is ClaimState.OFFERED

    demand.change_hours(week.session, pattern.id, starts=starts, ends="11:30", by=week.by, now=now)

    has_begun = starts == "05:30"
    assert offered.state is (ClaimState.CLOSED if has_begun else ClaimState.OFFERED)


def test_whoever_asked_for_a_place_at_other_hours_confirms_once_it_is_theirs(week):
    week.rules(claims_agreed=True)
    asked = claim(week, week.monday, week.minh)
    week.move(week.monday, now=LATER + timedelta(minutes=1))

    claims.answer(week.session, asked.id, agreed=True, by=week.by, now=LATER + timedelta(minutes=2))

    assert asked.state is ClaimState.TAKEN
    assert week.turn(week.monday, week.minh).confirmed_at is None


@pytest.mark.parametrize("agreed_first", [True, False])
def test_whoever_reckoned_with_a_place_is_told_when_its_shift_is_called_off(week, agreed_first):
    week.rules(claims_agreed=agreed_first)
    asked_or_offered, waits = claim(week, week.tuesday, week.minh), week.somebody()
    claim(week, week.tuesday, waits)
    if agreed_first:
        asked_or_offered = claim(week, week.monday, week.minh)
    else:
        leave(week, week.tuesday, week.ha)

    shifts.cancel(week.session, asked_or_offered.shift_id, reason="Bão", by=week.by, now=LATER)

    assert asked_or_offered.state is ClaimState.CLOSED
    assert week.told(week.minh)[-1:] == [MessageKind.CLAIM_ANSWERED]
    assert week.told(waits) == []


def test_whoever_is_offered_a_place_hears_of_its_new_hours_and_has_time_to_answer_anew(week):
    offered = claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)
    almost_over = offered.answer_by - timedelta(minutes=5)

    week.move(week.tuesday, now=almost_over)

    assert (offered.state, offered.answer_by) == (ClaimState.OFFERED, almost_over + timedelta(hours=12))
    messages = week.session.scalars(select(Message).filter_by(kind=MessageKind.PROMOTED).order_by(Message.id)).all()
    reader = Reader(week.minh, None, "vi", ZONE, "", (), {}, (0, 0))
    (part,) = parts_of(Desk(week.session, reader, almost_over, "https://truc.example"), messages)
    assert (part.heading, part.sentences[0]) == (
        "Có chỗ cho bạn vào Thứ Năm 26/11",
        "Chỗ được giữ cho bạn đến 09:55, Thứ Bảy 21/11, sau đó sẽ chuyển cho người kế tiếp.",
    )


def test_a_place_is_kept_no_more_for_whoever_cannot_come_at_its_new_hours(week):
    but_for_thursday = {key: level for key, level in ALL_WEEK.items() if key[0] != 3}
    binh = week.somebody("Vũ Bình", free=but_for_thursday)
    first, second = claim(week, week.tuesday, binh), claim(week, week.tuesday, week.minh)
    leave(week, week.tuesday, week.ha)

    week.move(week.tuesday, now=LATER)

    assert (first.state, second.state) == (ClaimState.WAITING, ClaimState.OFFERED)
    assert week.told(binh) == [MessageKind.PROMOTED, MessageKind.PROMOTION_LAPSED]
