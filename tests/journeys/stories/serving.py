"""Volunteers answer, change their turns and choose how they are told; centers see whom to expect."""

import re

from roster.models import AnswerPurpose
from tests.journeys.walker import Walker

CLASSES = "\r\n".join(
    """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:20261201T000000Z
DTEND:20261201T020000Z
SUMMARY:Thi
END:VEVENT
END:VCALENDAR
""".splitlines()
)


def a_volunteer_says_when_they_can_come(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("volunteer")
    keys.press("My availability")
    stop = keys.reach(re.compile(".*"), kind="input")
    keys.hit("ArrowRight")
    now = keys.here()
    assert now is not None
    assert now != stop, "an arrow changes nothing"
    keys.press("Save my week")
    page.wait_for_timeout(1500)  # it is kept on the device first, and sent from there
    keys.press("Add days", kind="summary")
    keys.write("First day", walk.day(3))
    keys.write("Last day", walk.day(2))
    keys.press("Add days", kind="button")
    keys.write("Last day", walk.day(3, 2))
    keys.choose("Availability", "Not")
    keys.write("Note", "Thi")
    keys.press("Add days", kind="button")
    page.wait_for_load_state()
    keys.press("Remove")
    keys.write("Shifts a week", "3")
    keys.tick("My given name may be shown")
    keys.press("Save", kind="button")


def a_volunteer_brings_a_timetable(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("volunteer")
    walk.go("/me/timetables/")
    keys.press("A calendar file (.ics)", kind="summary")
    walk.choose_file("File", "lich.ics", CLASSES)
    keys.press("Read this file")
    keys.see("The next two weeks")
    keys.press("Forget it")
    keys.escape()
    keys.press("Forget it")
    keys.reach("Not now")
    keys.press("Forget it", kind="button")
    if not page.locator("#text:visible").count():
        keys.press("Type or paste the table", kind="summary")
    keys.write("One class a line", "Thứ 2 tiết 1-3 Giải tích")
    keys.press("Read this table")
    walk.waits_for("[data-dialog=forget]")
    walk.go("/me/timetables/")
    keys.press("A link, read anew every day", kind="summary")
    keys.write("Link to the calendar", "https://127.0.0.1/x.ics")
    keys.press("Read this link")
    page.wait_for_timeout(2500)
    keys.press("Forget it")
    keys.reach("Not now")
    keys.press("Forget it", kind="button")


def a_volunteer_changes_their_turns(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("volunteer")
    if walk.offers("I'll be there"):
        keys.press("I'll be there")
        page.wait_for_timeout(1500)
    keys.press("I cannot come, or swap")
    keys.press("Swap with somebody")
    if walk.offers("Propose this swap"):
        keys.press("Propose this swap")
        page.wait_for_url(re.compile(r"/me/turns/\d+$"))
    walk.go("/me/")
    keys.press("I cannot come, or swap")
    keys.press("Ask somebody to stand in")
    if walk.offers("Ask them"):
        keys.press("Ask them")
        page.wait_for_timeout(1500)
    walk.go("/me/")
    keys.press("Open shifts")
    for name in ("I take it", "Wait for a place", "Leave the list"):
        if walk.offers(name):
            keys.press(name)
            page.wait_for_timeout(1200)
            if "/me/open" not in page.url:
                keys.press("Open shifts")
    walk.go("/me/")
    keys.press("I cannot come, or swap")
    keys.write("Reason", "Thi")
    keys.press(walk.either("I cannot come", "Ask to be let off"), kind="button")
    page.wait_for_timeout(1000)
    keys.tab()


def a_volunteer_answers_a_round_in_three_keys(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.go(walk.letter(AnswerPurpose.AVAILABILITY))
    keys.press("As last week")
    keys.reach(re.compile(".*"), kind="input")
    keys.hit("ArrowRight")
    keys.press("Done")
    page.wait_for_load_state()
    keys.see("You said when you can come.")


def letters_are_answered_by_their_links(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.go(walk.letter(AnswerPurpose.TURN))
    keys.press("I can't come")
    keys.press("Ask somebody to stand in instead") if page.get_by_text(
        keys.words("Ask somebody to stand in instead")
    ).count() else None
    keys.press("Back")
    keys.press("Back") if "no=1" in page.url else None
    keys.press("I'll be there")
    keys.see("You said that you will be there.")
    walk.go(walk.letter(AnswerPurpose.COVER))
    keys.press("I can't")
    keys.see("You said that you cannot stand in.")
    walk.go(walk.letter(AnswerPurpose.CHOICES))
    keys.write("From", "21:00")
    keys.press("Save")


def a_volunteer_takes_the_calendar_along(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("volunteer")
    keys.press("My calendar")
    keys.choose("Reminder", re.compile("."))
    keys.write("For which device?", "Điện thoại")
    keys.press("Make the address")
    keys.press("Copy")
    walk.go("/calendars")
    keys.press("Replace address")
    keys.escape()
    keys.press("Close address", kind="button")
    keys.reach("Not now")
    keys.press("Close address", kind="button")
    page.wait_for_load_state()


def a_volunteer_chooses_how_they_are_told(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("volunteer")
    keys.press("Messages")
    keys.press("How I am told")
    keys.press("Tell me on this device") if walk.page.get_by_role(
        "button", name=keys.words("Tell me on this device")
    ).count() else None
    keys.write("From", "21:30")
    keys.write("Until", "06:30")
    keys.press("Save")


def a_center_sees_whom_to_expect(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("center")
    keys.press("Later")
    keys.press("Earlier")
    keys.press("Calendar")
    keys.press("Make the address")
