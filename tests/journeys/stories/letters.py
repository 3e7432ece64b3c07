"""Whoever has a letter answers by its links without signing in; a guardian says yes or no, and takes it back."""

from datetime import UTC, datetime, timedelta

from roster.models import AnswerPurpose
from roster.services import claims, rounds, swaps, withdrawals
from tests.journeys.keyboard import Keys
from tests.journeys.walker import ANYTHING, Walker


def a_letter_about_a_turn_is_answered(walk: Walker) -> None:
    keys = walk.opens_letter("lan", AnswerPurpose.TURN)
    keys.press("I can't come")
    keys.press("Back")
    keys.press("I'll be there")
    keys.see("You said that you will be there.")
    walk.opens_letter("lan", AnswerPurpose.TURN)
    keys.press("I can't come")
    keys.write("Why can't you come?", "Ốm")
    keys.press("I can't come", kind="button")
    keys.see("You are off this shift. Thank you for saying so early.")


def a_letter_chooses_a_stand_in_and_another_answers(walk: Walker) -> None:
    keys = walk.opens_letter("hà", AnswerPurpose.TURN)
    keys.press("I can't come")
    keys.press("Ask somebody to stand in instead")
    keys.press("Back")
    keys.press("Ask somebody to stand in instead")
    keys.write("A word to them", "Mình phải thi")
    keys.press("Ask them")
    keys.see("Asked. The first to say yes takes your place; until then it is yours.")
    walk.opens_letter("lan", AnswerPurpose.COVER)
    keys.press("I can't")
    keys.see("You said that you cannot come.")
    walk.opens_letter("minh", AnswerPurpose.COVER)
    keys.press("Yes, I'll stand in")
    keys.see("You said that you will come. Thank you!")


def a_letter_about_a_swap_is_answered(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        mine, theirs = week.turn(week.monday, week.lan), week.turn(week.tuesday, week.ha)
        swaps.propose(week.session, mine.id, theirs.id, by=week.account(week.lan), now=now)
    keys = walk.opens_letter("hà", AnswerPurpose.SWAP)
    keys.see("Would you swap shifts?")
    keys.press("I agree")
    keys.see("Swapped. Both calendars follow.")


def a_letter_about_a_kept_place_is_answered(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        claims.claim(week.session, week.tuesday.id, week.minh, by=week.account(week.minh), now=now)
        turn = week.turn(week.tuesday, week.ha)
        withdrawals.withdraw(week.session, turn.id, reason="Ốm", by=week.account(week.ha), now=now)
    keys = walk.opens_letter("minh", AnswerPurpose.OFFER)
    keys.see("A place is free for you")
    keys.press("I take the place")
    keys.see("The place is yours. They know you are coming.")


def a_letter_takes_the_calendar_along_and_chooses_quiet_hours(walk: Walker) -> None:
    keys = walk.opens_letter("lan", AnswerPurpose.CALENDAR)
    keys.press("Give me the address")
    keys.press("Copy")
    walk.opens_letter("lan", AnswerPurpose.CHOICES)
    keys.write("From", "21:00")
    keys.press("Save")


def everybody_is_asked(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        deadline = now.date() + timedelta(days=3)
        rounds.ask(week.session, week.roster.id, deadline=deadline, by=week.by, now=now)


def a_week_is_answered_in_three_keys(walk: Walker) -> None:
    everybody_is_asked(walk)
    keys = walk.opens_letter("minh", AnswerPurpose.AVAILABILITY)
    keys.press("As last week")
    keys.reach(ANYTHING, kind="input")
    keys.hit("ArrowRight")
    keys.press("Done")
    keys.see("You have answered")


def _a_week_with_a_child(walk: Walker) -> None:
    with walk.a_week() as week:
        born = datetime.now(UTC).date() - timedelta(days=16 * 365)
        walk.lets_in("an", week.account(week.somebody("Vũ Bình An", birth_date=born, guardian=False)))


def a_guardian_refuses_agrees_and_takes_it_back(walk: Walker) -> None:
    _a_week_with_a_child(walk)
    keys = walk.sign_in("an", "Ask my parents", "Make a link", "Copy")
    address = walk.address_shown()
    walk.sign_out()
    keys.go(address)
    keys.press("I do not agree")
    keys.escape()
    keys.press("I do not agree")
    keys.press("Say no")
    keys.see("You said no on %(day)s. Nobody plans with %(name)s.")
    keys.press("Agree", kind="button")
    _agree(keys)
    keys.see("You agreed on %(day)s. Thank you!")
    keys.press("Take my consent back")
    keys.press("Take it back")
    keys.see("You said no on %(day)s. Nobody plans with %(name)s.")


def _agree(keys: Keys) -> None:
    keys.write("Full name", "Vũ Văn Cha")
    keys.choose("You are", "Father")
    keys.write("Phone number", "0912345678")
    keys.tick("I am the parent or guardian and agree to this.")
    keys.press("Agree", kind="button")


def a_coordinator_asks_a_guardian_and_notes_what_became_of_it(walk: Walker) -> None:
    _a_week_with_a_child(walk)
    keys = walk.sign_in("planner", "To do", "See who, and send the link")
    keys.press("Ask the guardian of %(name)s")
    keys.press("Send the question")
    keys.write("E-mail address of the mother, father or guardian", "cha.me@example.org")
    keys.press("Send the question")
    keys.see("The question is on its way. You see here what becomes of it.")
    keys.press("Take the question back")
    keys.see("Nobody is asked any more, and the address is forgotten.")
    keys.press("Guardians' consent", back=True)
    keys.press("Link for the guardian of %(name)s")
    keys.press("Copy")
    address = walk.address_shown()
    walk.sign_out()
    keys.go(address)
    _agree(keys)
    keys = walk.sign_in("planner", "People", "Guardians' consent")
    keys.press("The guardian of %(name)s took the consent back")
    keys.see("Noted. Nobody plans with them until a guardian agrees again.")
