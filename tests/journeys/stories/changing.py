"""A published week changes: places are taken, waited for, left, swapped and covered, and coordinators agree."""

from datetime import UTC, datetime

from roster.services import withdrawals
from tests.journeys.keyboard import Keys
from tests.journeys.walker import Walker
from tests.roster.services.test_repairs import only_lan_could_come_on_tuesday


def a_volunteer_takes_an_open_shift(walk: Walker) -> None:
    keys = walk.sign_in("minh", "Open shifts")
    keys.press("I take it")
    keys.see("The place is yours. They know you are coming.")
    keys.press("I cannot come, or swap")
    keys.see("Something came up?")


def a_volunteer_answers_in_a_tunnel(walk: Walker) -> None:
    keys, context = walk.sign_in("minh", "Open shifts"), walk.page.context
    walk.keeps("/me/open")
    context.set_offline(True)
    keys.press("I take it")
    keys.see("Kept on this device, and sent as soon as there is a connection:")
    keys.press("Take it back")
    keys.press("I take it")
    keys.see("Kept on this device, and sent as soon as there is a connection:")
    context.set_offline(False)
    keys.see("The place is yours. They know you are coming.")


def a_volunteer_takes_a_shift_they_were_not_free_for(walk: Walker) -> None:
    with walk.a_week() as week:
        walk.lets_in("bận", week.account(week.somebody("Đỗ Thị Bận", free={})))
    keys = walk.sign_in("bận", "Open shifts")
    keys.see("Not for you as things are")
    keys.press("I can come then")
    keys.see("The place is yours. They know you are coming.")


def a_volunteer_waits_for_a_place_and_accepts_it_in_time(walk: Walker) -> None:
    _wait_for_a_place(walk).press("Leave the list")
    walk.keys.see("Thank you. Somebody else may have it.")
    _wait_for_a_place(walk)
    _leave(walk, "hà")
    keys = walk.sign_in("minh")
    keys.see("A place you waited for is free. It is kept for you until %(until)s.")
    keys.press("I take the place")
    keys.see("The place is yours. They know you are coming.")


def _wait_for_a_place(walk: Walker) -> Keys:
    keys = walk.sign_in("minh", "Open shifts", "Wait for a place")
    keys.see("All places are taken. You are next on the waiting list.")
    return keys


def _leave(walk: Walker, who: str) -> None:
    keys = walk.sign_in(who, "I cannot come, or swap")
    keys.write("Reason", "Thi giữa kỳ")
    keys.press("I cannot come", kind="button")
    keys.see("You are off this shift. Thank you for saying so early.")


def two_volunteers_swap_their_turns(walk: Walker) -> None:
    _propose_a_swap(walk)
    keys = walk.sign_in("hà")
    keys.see("%(who)s would take your turn %(yours)s if you take this one.")
    keys.press("I agree")
    keys.see("Swapped. Both calendars follow.")


def a_volunteer_takes_a_proposal_back(walk: Walker) -> None:
    _propose_a_swap(walk).press("Take it back")
    walk.keys.see("Thank you for answering.")


def _propose_a_swap(walk: Walker) -> Keys:
    keys = walk.sign_in("lan", "I'll be there")
    keys.see("Thank you. They know you are coming.")
    keys.press("I cannot come, or swap")
    keys.press("Swap with somebody")
    keys.press("Propose this swap")
    keys.see("Proposed. You are told as soon as there is an answer; until then nothing changes.")
    return keys


def a_volunteer_asks_for_a_stand_in_who_comes(walk: Walker) -> None:
    _ask_for_a_stand_in(walk, "lan").press("Ask nobody any more")
    walk.keys.see("Nobody is asked any more; the turn stays yours.")
    _ask_for_a_stand_in(walk, "hà")
    walk.sign_in("minh", "I stand in").see("The place is yours. Thank you for standing in!")


def _ask_for_a_stand_in(walk: Walker, who: str) -> Keys:
    keys = walk.sign_in(who, "I cannot come, or swap", "Ask somebody to stand in")
    keys.write("A word to them", "Mình phải thi")
    keys.press("Ask them")
    keys.see("Asked. The first to say yes takes your place; until then it is yours.")
    return keys


def a_coordinator_agrees_to_what_volunteers_ask(walk: Walker) -> None:
    with walk.a_week(1) as week:  # whose turns all begin within these hours
        week.rules(claims_agreed=True, withdraw_hours=336)
    keys = walk.sign_in("minh", "Open shifts", "I would take it")
    keys.see("Your coordinator must still agree. You are told as soon as they have.")
    walk.sign_in("hà")
    _ask_to_be_let_off(keys)
    keys.press("I can come after all")
    keys.see("Good that you can come after all.")
    _ask_to_be_let_off(keys)
    walk.sign_in("planner", "To do")
    keys.see("Waiting for your word")
    keys.press("They must come")
    keys.press("Agree")
    walk.at_rest_without("#matters")
    keys.reach("What volunteers may do")


def _ask_to_be_let_off(keys: Keys) -> None:
    keys.press("I cannot come, or swap")
    keys.press("Ask to be let off")
    keys.see("Your coordinator has been asked. Until they answer you are still expected.")


def a_coordinator_finds_cover_and_puts_somebody_on(walk: Walker) -> None:
    with walk.a_week(1):  # so near that its places are asked for already
        pass
    _leave(walk, "hà")
    keys = walk.sign_in("planner", "To do", "Find cover", "Send", "Ask nobody any more", "Find cover")
    keys.press(walk.called("[aria-label]:is(button)[aria-label*=': ']"))
    keys.see("Who is expected")
    keys.press("Find somebody instead")
    keys.press("The place")
    keys.press("Take off")
    keys.escape()
    keys.press("Take off")
    keys.write("Reason", "Ốm")
    keys.press("Take off", kind="button")
    keys.see("How it came so")


def a_coordinator_has_somebody_come_after_a_swap(walk: Walker) -> None:
    with walk.a_week(1) as week:
        only_lan_could_come_on_tuesday(week)
        hers, now = week.turn(week.tuesday, week.ha), datetime.now(UTC)
        withdrawals.withdraw(week.session, hers.id, reason="Ốm", by=week.account(week.ha), now=now)
        week.ha.max_turns = 0
    keys = walk.sign_in("planner", "To do", "Find cover", "Do both now")
    keys.see("How it came so")
