"""Two volunteers exchange turns: both agree, every rule is asked both ways, and a week that moved on ends it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from roster.errors import NotAllowed, RuleBroken, TurnChanged
from roster.models import MessageKind, SwapState, TurnRules
from roster.queries import places
from roster.services import placements, rosters, swaps, turns, withdrawals
from tests.builders import ALL_WEEK, MONDAY, a_coordinator, a_roster, a_shift, a_site, a_team, a_unit
from tests.published import LATER, NOW, PublishedWeek


@pytest.fixture
def week(session: Session) -> PublishedWeek:
    return PublishedWeek(session)


def propose(week: PublishedWeek):
    mine, theirs = week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)
    return swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.lan), now=LATER)


def answer(week: PublishedWeek, swap, *, agreed=True):
    return swaps.answer(week.session, swap.id, agreed=agreed, by=week.account(week.ha), now=LATER)


def serving(week: PublishedWeek) -> set[tuple[str, str]]:
    people, shifts = (week.lan, week.ha), {"mon": week.monday, "tue": week.tuesday}
    return {
        (person.full_name.rpartition(" ")[2], day)
        for person in people
        for day, shift in shifts.items()
        if turns.is_serving(week.session, shift.id, person.id)
    }


def test_a_yes_exchanges_both_turns_at_once(week):
    swap = propose(week)
    assert serving(week) == {("Lan", "mon"), ("Hà", "tue")}
    assert week.told(week.ha) == [MessageKind.SWAP_ASKED]

    answer(week, swap)

    assert swap.state is SwapState.DONE
    assert serving(week) == {("Lan", "tue"), ("Hà", "mon")}
    assert week.told(week.lan) == [MessageKind.SWAP_ANSWERED]


def test_a_no_changes_nothing(week):
    swap = answer(week, propose(week), agreed=False)

    assert swap.state is SwapState.DECLINED
    assert serving(week) == {("Lan", "mon"), ("Hà", "tue")}


def test_a_coordinator_agrees_where_the_unit_wants_it(week):
    week.rules(swaps_agreed=True)
    swap = answer(week, propose(week))
    assert swap.state is SwapState.AGREED
    assert serving(week) == {("Lan", "mon"), ("Hà", "tue")}

    swaps.decide(week.session, swap.id, agreed=True, by=week.by, now=LATER)

    assert serving(week) == {("Lan", "tue"), ("Hà", "mon")}


def two_communes(week: PublishedWeek):
    """Lan serves in one commune of the unit, Hà in another; each has a coordinator. The proposal of Lan to swap."""
    communes = [a_unit(week.session, name, parent=week.unit) for name in ("Xã đoàn Tuy Phước", "Xã đoàn An Tân")]
    sites = [a_site(week.session, commune, commune.name) for commune in communes]
    days = [MONDAY + timedelta(days=number) for number in (3, 4)]
    first, second = (
        a_shift(week.session, site, week.monday.programme, day=day, pool=[f"unit:{week.unit.id}"])
        for site, day in zip(sites, days, strict=True)
    )
    week.publish((first, week.lan), (second, week.ha))
    mine, theirs = week.turn(first, week.lan), week.turn(second, week.ha)
    swap = swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.lan), now=LATER)
    return communes, swap


@pytest.mark.parametrize("wants", [0, 1])
def test_either_unit_of_two_may_want_a_coordinators_word_and_who_plans_both_is_asked(week, wants):
    communes, swap = two_communes(week)
    of_one = a_coordinator(week.session, communes[0])
    rules = {"withdraw_hours": 24, "answer_hours": 12, "claims_agreed": False, "swaps_agreed": True}
    week.session.add(TurnRules(unit_id=communes[wants].id, **rules))

    answer(week, swap)

    assert swap.state is SwapState.AGREED
    assert week.told_coordinator() == [MessageKind.CLAIM_ASKED]
    asked = {one.id: places.attention(week.session, one, now=LATER).matters for one in (week.by, of_one)}
    assert [matter.kind for matter in asked[week.by.id]] == ["swap"]
    assert not asked[of_one.id]
    with pytest.raises(NotAllowed):
        swaps.decide(week.session, swap.id, agreed=True, by=of_one, now=LATER)


@pytest.mark.parametrize("days_between", [0, 1])
def test_the_turn_one_gives_is_no_obstacle_to_the_one_one_gets_where_each_commune_plans_for_itself(week, days_between):
    """At the same hour, or as the one turn that each of them offered for the week."""
    communes = [a_unit(week.session, name, parent=week.unit) for name in ("Xã đoàn Tuy Phước", "Xã đoàn An Tân")]
    pool, day = [f"unit:{commune.id}" for commune in communes], MONDAY + timedelta(days=3)
    turns_of_both = []
    for number, commune in enumerate(communes):
        roster, person = a_roster(week.session, commune), week.somebody(f"Nguyễn Thị {number}", max_turns=1)
        a_team(week.session, communes[1 - number], person, name=f"Tổ {number}")
        person.unit = commune
        site, when = a_site(week.session, commune, commune.name), day + timedelta(days=days_between * number)
        shift = a_shift(week.session, site, week.monday.programme, day=when, pool=pool)
        rosters.add(week.session, roster.id, shift.id, person.id, revision_seen=0, by=week.by, now=NOW)
        rosters.publish(week.session, roster.id, revision_seen=roster.revision, by=week.by, now=NOW)
        turns_of_both.append(week.turn(shift, person))
    mine, theirs = turns_of_both

    swap = swaps.propose(week.session, mine.id, theirs.id, by=week.account(mine.person), now=LATER)
    swaps.answer(week.session, swap.id, agreed=True, by=week.account(theirs.person), now=LATER)

    assert turns.is_serving(week.session, theirs.shift_id, mine.person_id)
    assert turns.is_serving(week.session, mine.shift_id, theirs.person_id)


def test_what_keeps_the_other_is_not_told_to_the_one_who_proposes(week):
    busy = week.somebody("Chỉ Thứ Ba", free={key: level for key, level in ALL_WEEK.items() if key[0] == 1})
    placements.put(week.session, week.tuesday.id, busy.id, by=week.by, now=LATER)
    mine, theirs = week.turn(week.monday, week.lan), week.turn(week.tuesday, busy)

    with pytest.raises(RuleBroken) as refusal:
        swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.lan), now=LATER)

    assert dict(refusal.value.facts) == {"rule": "partner", "detail": "", "also": []}


def test_what_keeps_oneself_is_told_with_its_facts(week):
    busy = week.somebody("Bận Thứ Ba", free={key: level for key, level in ALL_WEEK.items() if key[0] == 0})
    placements.put(week.session, week.monday.id, busy.id, by=week.by, now=LATER)
    mine, theirs = week.turn(week.monday, busy), week.turn(week.tuesday, week.ha)

    with pytest.raises(RuleBroken) as refusal:
        swaps.propose(week.session, mine.id, theirs.id, by=week.account(busy), now=LATER)

    assert refusal.value.facts["rule"] == "availability"


def test_the_rules_are_asked_again_when_it_is_done(week):
    swap = propose(week)
    week.lan.active = False

    with pytest.raises(RuleBroken):
        answer(week, swap)

    assert serving(week) == {("Lan", "mon"), ("Hà", "tue")}


def test_a_turn_that_changes_otherwise_ends_the_proposal(week):
    swap = propose(week)

    placements.take_off(week.session, week.monday.id, week.lan.id, reason="", by=week.by, now=LATER)

    assert swap.state is SwapState.CLOSED
    with pytest.raises(TurnChanged):
        answer(week, swap)


def test_only_the_one_asked_answers_and_only_who_proposed_takes_it_back(week):
    swap = propose(week)

    with pytest.raises(NotAllowed):
        swaps.answer(week.session, swap.id, agreed=True, by=week.account(week.lan), now=LATER)
    with pytest.raises(NotAllowed):
        swaps.take_back(week.session, swap.id, by=week.account(week.ha), now=LATER)
    swaps.take_back(week.session, swap.id, by=week.account(week.lan), now=LATER)
    assert swap.state is SwapState.TAKEN_BACK


def test_proposing_the_same_swap_twice_is_one_proposal(week):
    assert propose(week).id == propose(week).id


def test_a_turn_that_is_gone_cannot_be_wanted(week):
    gone = week.turn(week.tuesday, week.ha)
    placements.take_off(week.session, week.tuesday.id, week.ha.id, reason="", by=week.by, now=LATER)

    mine, by = week.turn(week.monday, week.lan).id, week.account(week.lan)

    for wanted in (gone.id, 999):
        with pytest.raises(TurnChanged):
            swaps.propose(week.session, mine, wanted, by=by, now=LATER)


def test_whoever_serves_on_the_same_shift_already_is_not_named_to_the_one_who_proposes(week):
    placements.put(week.session, week.monday.id, week.ha.id, by=week.by, now=LATER)

    with pytest.raises(RuleBroken) as refusal:
        propose(week)

    assert dict(refusal.value.facts) == {"rule": "partner", "detail": "", "also": []}


@pytest.mark.parametrize("which", ["monday", "tuesday"])
@pytest.mark.parametrize("agreed", [False, True])
def test_nobody_gets_a_turn_at_hours_they_never_said_yes_to(week, which, agreed):
    week.rules(swaps_agreed=True)
    swap = propose(week)
    if agreed:
        answer(week, swap)

    week.move(getattr(week, which), now=LATER)

    assert swap.state is SwapState.CLOSED
    assert serving(week) == {("Lan", "mon"), ("Hà", "tue")}
    assert week.told(week.lan)[-1] is MessageKind.SWAP_ANSWERED, "or they would wait for an answer"


def test_who_proposed_is_told_when_the_other_has_left_the_turn_they_wanted(week):
    swap = propose(week)

    withdrawals.withdraw(
        week.session, week.turn(week.tuesday, week.ha).id, reason="", by=week.account(week.ha), now=LATER
    )

    assert swap.state is SwapState.CLOSED
    assert week.told(week.lan) == [MessageKind.SWAP_ANSWERED]
    assert week.told(week.ha) == [MessageKind.SWAP_ASKED]


def leave(week: PublishedWeek, _swap) -> None:
    turn = week.turn(week.monday, week.lan)
    withdrawals.withdraw(week.session, turn.id, reason="", by=week.account(week.lan), now=LATER)


def be_taken_off(week: PublishedWeek, _swap) -> None:
    placements.take_off(week.session, week.monday.id, week.lan.id, reason="", by=week.by, now=LATER)


def take_back(week: PublishedWeek, swap) -> None:
    swaps.take_back(week.session, swap.id, by=week.account(week.lan), now=LATER)


def have_it_moved(week: PublishedWeek, _swap) -> None:
    week.move(week.monday, now=LATER)


@pytest.mark.parametrize("how", [leave, be_taken_off, take_back, have_it_moved])
def test_whoever_has_said_yes_to_a_swap_is_told_that_nothing_comes_of_it(week, how):
    week.rules(swaps_agreed=True)
    swap = answer(week, propose(week))

    how(week, swap)

    assert week.told(week.ha) == [MessageKind.SWAP_ASKED, MessageKind.CLAIM_ANSWERED]


def test_of_two_proposals_that_cross_the_one_that_is_left_says_no_to_nobody(week):
    first = propose(week)
    mine, theirs = week.turn(week.tuesday, week.ha), week.turn(week.monday, week.lan)
    second = swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.ha), now=LATER)

    answer(week, first)

    assert (first.state, second.state) == (SwapState.DONE, SwapState.CLOSED)
    assert week.told(week.ha) == [MessageKind.SWAP_ASKED]
