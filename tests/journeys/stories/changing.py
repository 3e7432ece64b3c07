"""A published week changes: places are taken, waited for, left, swapped and covered, and coordinators agree."""

from tests.journeys.walker import Walker


def a_volunteer_takes_an_open_shift(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    walk.sign_in("minh")
    keys.press("Open shifts")
    keys.press("I take it")
    keys.see("The place is yours. They know you are coming.")
    keys.press("I cannot come, or swap")
    keys.see("Something came up?")


def a_volunteer_answers_in_a_tunnel(walk: Walker) -> None:
    keys, context = walk.keys, walk.page.context
    with walk.a_week():
        pass
    walk.sign_in("minh")
    keys.press("Open shifts")
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
    keys = walk.keys
    with walk.a_week() as week:
        walk.lets_in("bận", week.account(week.somebody("Đỗ Thị Bận", free={})))
    walk.sign_in("bận")
    keys.press("Open shifts")
    keys.see("Not for you as things are")
    keys.press("I can come then")
    keys.see("The place is yours. They know you are coming.")


def a_volunteer_waits_for_a_place_and_accepts_it_in_time(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    _wait_for_a_place(walk)
    keys.press("Leave the list")
    keys.see("Thank you. Somebody else may have it.")
    walk.sign_out()
    _wait_for_a_place(walk)
    walk.sign_out()
    _leave(walk, "hà")
    walk.sign_out()
    walk.sign_in("minh")
    keys.see("A place you waited for is free. It is kept for you until %(until)s.")
    keys.press("I take the place")
    keys.see("The place is yours. They know you are coming.")


def _wait_for_a_place(walk: Walker) -> None:
    walk.sign_in("minh")
    walk.keys.press("Open shifts")
    walk.keys.press("Wait for a place")
    walk.keys.see("All places are taken. You are next on the waiting list.")


def _leave(walk: Walker, who: str) -> None:
    keys = walk.keys
    walk.sign_in(who)
    keys.press("I cannot come, or swap")
    keys.write("Reason", "Thi giữa kỳ")
    keys.press("I cannot come", kind="button")
    keys.see("You are off this shift. Thank you for saying so early.")


def two_volunteers_swap_their_turns(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    _propose_a_swap(walk)
    walk.sign_out()
    walk.sign_in("hà")
    keys.see("%(who)s would take your turn %(yours)s if you take this one.")
    keys.press("I agree")
    keys.see("Swapped. Both calendars follow.")


def a_volunteer_takes_a_proposal_back(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    _propose_a_swap(walk)
    keys.press("Take it back")
    keys.see("Thank you for answering.")


def _propose_a_swap(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("lan")
    keys.press("I'll be there")
    keys.see("Thank you. They know you are coming.")
    keys.press("I cannot come, or swap")
    keys.press("Swap with somebody")
    keys.press("Propose this swap")
    keys.see("Proposed. You are told as soon as there is an answer; until then nothing changes.")


def a_volunteer_asks_for_a_stand_in_who_comes(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    _ask_for_a_stand_in(walk, "lan")
    keys.press("Ask nobody any more")
    keys.see("Nobody is asked any more; the turn stays yours.")
    walk.sign_out()
    _ask_for_a_stand_in(walk, "hà")
    walk.sign_out()
    walk.sign_in("minh")
    keys.press("I stand in")
    keys.see("The place is yours. Thank you for standing in!")


def _ask_for_a_stand_in(walk: Walker, who: str) -> None:
    keys = walk.keys
    walk.sign_in(who)
    keys.press("I cannot come, or swap")
    keys.press("Ask somebody to stand in")
    keys.write("A word to them", "Mình phải thi")
    keys.press("Ask them")
    keys.see("Asked. The first to say yes takes your place; until then it is yours.")


def a_coordinator_agrees_to_what_volunteers_ask(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week() as week:
        week.rules(claims_agreed=True, withdraw_hours=336)
    walk.sign_in("minh")
    keys.press("Open shifts")
    keys.press("I take it")
    keys.see("Your coordinator must still agree. You are told as soon as they have.")
    walk.sign_out()
    walk.sign_in("hà")
    keys.press("I cannot come, or swap")
    keys.press("Ask to be let off")
    keys.see("Your coordinator has been asked. Until they answer you are still expected.")
    walk.sign_out()
    walk.sign_in("planner")
    keys.press("To do")
    keys.see("Waiting for your word")
    keys.press("They must come")
    keys.press("Agree")
    walk.at_rest_without("#matters")
    keys.reach("What volunteers may do")


def a_coordinator_finds_cover_and_puts_somebody_on(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week():
        pass
    _leave(walk, "hà")
    walk.sign_out()
    walk.sign_in("planner")
    keys.press("To do")
    keys.press("Find cover")
    keys.press("Send")
    keys.press("Ask nobody any more")
    keys.press("Find cover")
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
