"""Volunteers answer, change their turns and choose how they are told; centers see whom to expect."""

import re
from datetime import UTC, datetime

from roster.models import MessageKind, Role, RoleKind
from roster.services import outbox
from tests.builders import an_account
from tests.journeys.stories.letters import everybody_is_asked
from tests.journeys.walker import PASSWORD, Walker

CLASSES = "\r\n".join(
    """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T000000Z
DTSTART:20261103T000000Z
DTEND:20261103T020000Z
RRULE:FREQ=WEEKLY
EXDATE:20261110T000000Z
SUMMARY:Giải tích
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261104
RRULE:FREQ=WEEKLY
SUMMARY:Thực tập
END:VEVENT
END:VCALENDAR
""".splitlines()
)
"""A class of each week but one, and a whole day of each."""


def a_volunteer_says_when_they_can_come(walk: Walker) -> None:
    keys = walk.sign_in("volunteer", "My availability")
    stop = keys.reach(re.compile(".*"), kind="input")
    keys.hit("ArrowRight")
    now = keys.here()
    assert now is not None
    assert now != stop, "an arrow changes nothing"
    keys.press("Save my week")
    keys.see("Saved. The next plan knows when you can come.")
    keys.press("Add days", kind="summary")
    keys.write("First day", walk.day(3))
    keys.write("Last day", walk.day(2))
    keys.press("Add days", kind="button")
    keys.write("Last day", walk.day(3, 2))
    keys.choose("Availability", "Not")
    keys.write("Note", "Thi")
    keys.press("Add days", kind="button")
    keys.see("Noted for these days.")
    keys.press("Remove %(day)s")
    keys.see("Your usual week holds again.")
    keys.write("Shifts a week", "3")
    keys.tick("My given name may be shown")
    keys.press("Save", kind="button")


def a_volunteer_brings_a_timetable(walk: Walker) -> None:
    keys, page = walk.sign_in("volunteer", "My availability", "Bring a timetable"), walk.page
    keys.press("A calendar file (.ics)", kind="summary")
    walk.choose_file("File", "lich.ics", CLASSES)
    keys.press("Read this file")
    keys.see("The next two weeks")
    keys.see("Thực tập")
    keys.press(walk.either("Do not count them", "Count them"))
    keys.see("Saved.")
    keys.press("Forget it")
    keys.escape()
    keys.press("Forget it")
    keys.reach("Not now")
    keys.press("Forget it", kind="button")
    if not page.locator("#text:visible").count():
        keys.press("Type or paste the table", kind="summary")
    keys.write("One class a line", "Thứ 2 tiết 1-3 Giải tích")
    keys.press("Read this table")
    keys.see("Giải tích")
    keys.press("Classes and exams", back=True)
    keys.press("A link, read anew every day", kind="summary")
    keys.write("Link to the calendar", "https://127.0.0.1/x.ics")
    keys.press("Read this link")
    keys.see("This timetable could not be read")
    keys.press("Read it now")
    keys.see("This timetable could not be read")
    keys.press("Forget it")
    keys.reach("Not now")
    keys.press("Forget it", kind="button")


def a_volunteer_reads_messages_and_changes_the_account(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        facts = {"shift_id": week.monday.id}
        for _ in range(2):
            outbox.tell(week.session, week.lan.id, MessageKind.COVER_THANKS, facts, now=now)
    keys = walk.sign_in("lan")
    keys.press("Messages", kind="a")
    keys.press("Mark all as read")
    walk.at_rest_without(".inbox-new")
    keys.press(walk.called(".inbox-row"), kind="a")
    keys.press("Account, language and colours")
    keys.press("My account")
    keys.press("Save")
    keys.write("Phone number", "0987654321")
    keys.write("Your password", PASSWORD)
    keys.press("Save")
    keys.press("Change the password", kind="button")
    keys.write("Present password", PASSWORD)
    keys.write("New password", PASSWORD + "!")
    keys.write("New password once more", PASSWORD + "!")
    keys.press("Change the password", kind="button")
    keys.reach("My data")


def a_volunteer_chooses_how_they_are_told(walk: Walker) -> None:
    keys = walk.sign_in("volunteer", "Messages", "How I am told")
    keys.write("From", "21:30")
    keys.write("Until", "06:30")
    keys.press("Save")
    keys.see("Saved.")


def a_volunteer_answers_for_a_week_they_are_asked_about(walk: Walker) -> None:
    everybody_is_asked(walk)
    keys = walk.sign_in("minh", "Say when I can come", "As last week", "Done")
    keys.see("Thank you. The next plan knows when you can come.")
    keys.press("Change my answer for %(week)s")
    keys.press("Not this week")


def a_center_sees_whom_to_expect(walk: Walker) -> None:
    walk.sign_in("center", "Later", "Earlier").reach("Calendar")


def a_center_counts_who_came(walk: Walker) -> None:
    keys = walk.sign_in("center", "Earlier", "How many came?")
    keys.write(walk.called("main form[method=post] label"), "1")
    keys.press("Save")
    keys.reach("Change the count")


def a_center_counts_fewer_and_the_coordinator_says_who_was_missing(walk: Walker) -> None:
    with walk.a_week(-1) as week:
        walk.lets_in("desk", an_account(week.session, Role(kind=RoleKind.CENTER, site=week.site)))
    keys = walk.sign_in("desk", "Earlier", "How many came?")
    keys.write(walk.called("main form[method=post] label"), "0")
    keys.press("Save")
    walk.sign_in("planner", "To do")
    keys.see("Fewer came than expected")
    keys.press("Who was missing?")
    keys.see("Who was expected")
    keys.press("Did not come")
    walk.sign_in("lan", "I was there").see("You said that you were there. Your coordinator looks again.")
    walk.sign_in("planner", "To do", "They were there").see("Saved. The turn counts as served.")
