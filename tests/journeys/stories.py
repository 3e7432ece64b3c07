"""What people do with the service, told key by key; `by_keyboard.py` walks them, in the order of STORIES."""

import re
from collections.abc import Callable
from contextlib import suppress

from roster.models import AnswerPurpose
from tests.journeys.keyboard import OutOfReach
from tests.journeys.walker import Walker

PLANNED = 90_000  # milliseconds for a week to be planned
A_LIST = """Họ và tên;Điện thoại;Tổ
Nguyễn Thị Bàn Phím;0912000{0:03};Tổ phím
Trần Văn Phím;0913000{0:03};Tổ phím
;0914000{0:03};
"""
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
PASSWORD = "một câu dễ nhớ"


# Everybody.


def anybody_signs_in_and_changes_the_language(walk: Walker) -> None:
    keys = walk.keys
    walk.go("/account/sign-in")
    first = keys.tab()
    assert first is not None
    assert keys.words("Skip to the content").match(first.name), "the skip link is not first"
    keys.hit("Enter")
    keys.write("Phone number or e-mail address", "0900000000")
    keys.write("Password", "wrong")
    keys.press("Sign in")
    keys.press("Account, language and colours")
    keys.press("English")
    keys.speak("en")
    keys.see("For volunteers, coordinators and service centers.")
    keys.press("Account, language and colours")
    keys.escape()
    keys.press("Account, language and colours")
    keys.press("Tiếng Việt")
    keys.speak("vi")
    keys.see("Sign in")


# Coordinators.


def a_coordinator_adds_a_site_and_its_demand(walk: Walker) -> None:
    keys, name = walk.keys, f"Điểm phím {walk.screen}"
    walk.sign_in("coordinator")
    keys.press("Sites")
    keys.press("Add a site", kind="a")
    keys.press("Save")
    keys.write("Name", name)
    keys.choose("Kind", "Market")
    keys.write("Address", "Chợ Đầm")
    keys.press("Save")
    keys.see(name)
    keys.press("Add demand")
    keys.press("Save")
    keys.write("Name", "Trực sáng thứ Bảy", back=False)
    keys.tick(re.compile("Thứ Bảy"))
    keys.write("From", "08:00")
    keys.write("Until", "11:00")
    keys.write("First day", walk.day(1))
    keys.write("At least", "1")
    keys.press("Save")
    keys.see("Trực sáng thứ Bảy")
    keys.press("End", kind="button")
    keys.escape()
    keys.press("Edit", kind="a")
    keys.write("At most", "2")
    keys.press("Save")
    keys.press("Add one shift")
    keys.write("Day", walk.day(2, 1))
    keys.write("From", "14:00")
    keys.write("Until", "16:00")
    keys.write("At least", "1")
    keys.press("Save")
    keys.press(re.compile(keys.words("Edit").pattern), kind="a")
    keys.press("Back")
    keys.press("Cancel", kind="button")
    keys.write("Reason", "Mưa bão")
    keys.press("Cancel the shift")
    keys.press("Restore")


def a_coordinator_changes_the_hours_of_a_series(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press(re.compile(r"\d\d:\d\d–\d\d:\d\d"), kind="a")
    keys.press("Hours of the whole series")
    keys.escape()
    keys.press("Hours of the whole series")
    keys.write("From", "07:15")
    keys.press("Change the hours")


def a_coordinator_brings_in_people(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press("People")
    keys.press("From a spreadsheet")
    keys.press("Read the list")
    walk.choose_file("The list", "ds.csv", A_LIST.format(len(walk.screen)))
    keys.press("Read the list")
    keys.see("What the columns hold")
    keys.choose("Column “%(name)s” holds", "Phone number")
    keys.press("Read it like this")
    keys.choose("Column “%(name)s” holds", "Full name")
    keys.press("Read it like this")
    keys.see("What the columns hold")
    keys.press("Throw away")
    walk.choose_file("The list", "ds.csv", A_LIST.format(len(walk.screen)))
    keys.press("Read the list")
    keys.press("Write one person")
    walk.waits_for("main .message a[href*='/people/']", PLANNED)
    keys.press("See the people")
    keys.write("Find by name or phone number, marks not needed", "ban phim")
    walk.waits_for("#person-list:is([data-announce$=' 1.'], [data-announce$=' 2.'])")  # one from each screen
    keys.press("Nguyễn Thị Bàn Phím")
    keys.press("Grant", kind="button")
    keys.press(walk.either("Invite", "New password link"))
    keys.press("Copy")
    keys.press("Done")
    keys.press("Take out of planning")
    keys.escape()


def a_coordinator_looks_after_teams_and_posters(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press("Teams")
    keys.press("Add a team", kind="a")
    keys.write("Name", f"Tổ bàn phím {walk.screen}")
    keys.press("Save")
    keys.write("Find by name or phone number, marks not needed", "an")
    walk.waits_for("#found button")
    keys.press("Add %(name)s")
    keys.press("Make lead")
    keys.press("Remove %(name)s")
    keys.press("Poster")
    keys.press("Open the door and make the poster")
    keys.press("Close the door")


def a_coordinator_invites_many(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press("People")
    keys.press("Invite many")
    keys.choose("Unit, with all beneath it", re.compile("."))
    keys.press("Show")
    if walk.offers("Make the file"):
        keys.tick("Also for those who have a link they have not used; it ends")
        with walk.page.expect_download():
            keys.press("Make the file")
    keys.press("People", kind="a")
    keys.press("Guardians' consent")


def a_coordinator_asks_everybody(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    for _ in range(1 if walk.screen == "laptop" else 2):
        keys.press("Later")
    keys.press("Answers")
    keys.press("Ask everybody", kind="button")
    keys.press("Remind the one who has not")
    keys.press("Answered", kind="a")


def a_coordinator_plans_and_stops_and_repairs_a_short_place(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    keys.press("Plan the week")
    if walk.offers("Stop and keep the best so far"):
        with suppress(OutOfReach):  # the plan may be quicker than the keys
            keys.press("Stop and keep the best so far")
    walk.waits_for("#run .run-over", PLANNED)
    keys.press("Plan the week")
    walk.waits_for("#run .run-over", PLANNED)
    keys.press(walk.called(".run summary"), kind="summary")
    if page.locator(".slot-fix:visible").count() == 0:
        _to_a_short_day(walk)
    keys.press("What helps?")
    walk.waits_for("#sheet[open]")
    keys.escape()
    keys.press("What helps?")
    keys.press("Which shifts", kind="summary")
    if page.locator("#sheet .remedy-form").first.locator("[name=trained]").count():
        keys.tick("Has attended the training")
    keys.press(walk.called("#sheet .remedy-form button"))
    page.wait_for_load_state()
    if page.locator(".agreements").count():
        keys.press("One agreement for this week", kind="summary")
        keys.press("Take back")
    keys.press("Add")
    walk.waits_for("#sheet[open]")
    keys.write("Find somebody", "an")
    page.wait_for_timeout(900)
    with walk.changing_the_board():
        keys.press("Add %(name)s")
    keys.tab()


def _to_a_short_day(walk: Walker) -> None:
    """On a phone one day is shown; the arrows go through the days."""
    keys = walk.keys
    keys.reach(re.compile("(T|CN|Th).*"), kind="input")
    for _ in range(8):
        if walk.page.locator(".slot-fix:visible").count():
            return
        keys.hit("ArrowRight")
    raise AssertionError("no short day")


def a_coordinator_asks_what_if(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    keys.press("What if?")
    keys.press("More turns a week", kind="summary")
    keys.write("How many turns more", "1")
    keys.press("Work it out")
    keys.press("Stop")
    keys.press("People who are away", kind="summary")
    keys.write("Find somebody", "an")
    page.wait_for_timeout(800)
    _first_tick(walk)
    keys.press("Work it out")
    walk.waits_for(".whatif-words", PLANNED)
    keys.press("Level by level", kind="summary")
    keys.press("Put away")


def a_coordinator_moves_people_on_the_board(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    if not page.locator(".slot:visible .chip").count():
        keys.press("Plan the week")
        walk.waits_for("#run .run-over", PLANNED)
    if walk.screen == "phone" and not page.locator(".slot:visible .chip").count():
        keys.reach(re.compile("(T|CN|Th).*"), kind="input")
        keys.hit("ArrowRight")
    handle = _first_name(walk)
    keys.hit("Space")
    walk.waits_for(".slot-over")
    keys.hit("ArrowRight")
    keys.hit("Tab")
    keys.hit("Escape")
    assert walk.rests_on("[data-pick]").html == handle, "letting go loses the place"
    keys.hit("Space")
    walk.waits_for(".slot-over")
    with walk.changing_the_board():
        keys.hit("Enter")
    walk.rests_on("[data-pick]")
    with walk.changing_the_board():
        keys.hit("Control+z")
    for step in ("Redo", "Undo"):
        with walk.changing_the_board():
            keys.press(step, back=True)
    _first_name(walk)
    keys.hit("Enter")
    walk.waits_for("#sheet[open]")
    with walk.changing_the_board():
        keys.press("Move")
    for tool in ("Pin %(name)s", "Unpin %(name)s", "Remove %(name)s"):
        with walk.changing_the_board():
            keys.press(tool)
    if page.locator(".slot-past:visible").count():
        keys.press("How it came so")
        walk.waits_for("#sheet[open]")
        keys.escape()


def _first_name(walk: Walker) -> str:
    keys = walk.keys
    for _ in range(900):
        stop = keys.tab()
        if stop is not None and "data-pick" in stop.html:
            return stop.html
    raise AssertionError("no name on the board is reached")


def a_coordinator_filters_copies_closes_and_publishes(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    keys.press("Filter", kind="summary")
    keys.escape()
    keys.press("Filter", kind="summary")
    keys.write("Person", "an")
    keys.tick("Only places that are short")
    keys.press("Show")
    keys.press("Show everything")
    keys.press("More for this week")
    keys.press("Copy last week")
    keys.escape()
    keys.press("More for this week")
    keys.press("Close a day")
    keys.choose("Day", re.compile("Thứ Tư|thứ tư", re.IGNORECASE))
    keys.write("Reason", "Bão")
    keys.press("Cancel every shift of that day")
    keys.press("More for this week")
    keys.press("Restore a day")
    keys.press("Restore", kind="button")
    keys.press("Publish", kind="button")
    keys.press("Not now")
    keys.press("Publish", kind="button")
    keys.press("See every change first")
    keys.press("Publish", kind="button")
    keys.reach("Not now")
    keys.press("Publish", kind="button")
    page.wait_for_load_state()
    walk.go("/")
    for side in ("Fairness", "Publications"):
        keys.press(side, kind="a")
    walk.go("/teams/")
    keys.press(re.compile("Đội .*"), kind="a")
    keys.press("For the chat group")
    keys.press("Later")
    if page.locator("[data-picture]").count():
        keys.press("Copy the text")
        keys.press("Save the picture")


def a_coordinator_finds_cover_and_repairs(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("To do")
    if walk.offers("Find cover", "link"):
        keys.press("Find cover")
        if page.locator("[form=ask]").count():
            _first_tick(walk)
            keys.press("Send")
            keys.press("Ask nobody any more")
    walk.go("/attention")
    keys.reach("What volunteers may do")
    keys.press(walk.called("section[aria-labelledby=repair] a"))
    keys.press("Show what would change")
    keys.write("Find somebody", "an")
    page.wait_for_timeout(900)
    _first_tick(walk, most=3)
    keys.press("Show what would change")
    keys.see("Repair the week")
    page.wait_for_timeout(2500)
    if page.locator("[name=line]:not(:disabled)").count():
        _first_tick(walk)
        keys.write("Reason", "Ốm")
        keys.press("Accept what is ticked")
    walk.go("/attention")
    if page.locator("table th a").count():
        keys.press(walk.called("table th a"), kind="a")
        if page.locator("[data-dialog^=off-]").count():
            keys.press("Take off")
            keys.escape()
            keys.press("Take off")
            keys.write("Reason", "Ốm")
            keys.press("Take off", kind="button")


def _first_tick(walk: Walker, most: int = 1) -> None:
    """Tick the first boxes that are reached; one that is ticked already is taken off and ticked again."""
    done = 0
    for _ in range(300):
        stop = walk.keys.tab()
        if stop is None or stop.type != "checkbox":
            continue
        for _ in range(2 if stop.checked else 1):
            walk.keys.hit("Space")
        done += 1
        if done == most:
            return
    raise AssertionError("no box to tick is reached")


def a_coordinator_sets_rules_and_reads_messages(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press("To do")
    keys.press("What volunteers may do")
    keys.write("Leave a shift without asking, up to so many hours before", "30")
    keys.tick("I agree before somebody takes an open place")
    keys.press("Save")
    keys.press("Organisation")
    for tab in ("Programmes", "Qualifications", "Roles", "Holidays", "Units"):
        keys.press(tab, kind="a")
    for english in ("Messages",):
        keys.press(english, kind="a")
    keys.press("Account, language and colours")
    keys.press("How I am told")
    keys.write("From", "22:00")
    keys.write("Until", "06:00")
    keys.press("Save")
    keys.press("Account, language and colours")
    keys.press("Dark")


def an_administrator_plans_all_units_beneath(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("administrator")
    walk.go(f"/plan/{walk.province()}/{walk.day(2)}")
    keys.press("Plan them together")
    if walk.offers("Plan all weeks"):
        keys.press("Plan all weeks")
        if walk.offers("Stop all and keep the best so far"):
            with suppress(OutOfReach):  # the plans may be quicker than the keys
                keys.press("Stop all and keep the best so far")
    keys.press("Later")
    keys.press("Organisation")
    keys.press("Audit trail")


# Volunteers.


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


def a_member_comes_in_by_the_poster(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Teams")
    keys.press("Tổ phím", kind="a")
    keys.press("Poster")
    if walk.offers("Open the door and make the poster"):
        keys.press("Open the door and make the poster")
    address = page.locator(".poster-address").inner_text().strip()
    keys.press("Account, language and colours")
    keys.press("Sign out")
    keys.go(address)
    keys.write("Your phone number", f"0912000{len(walk.screen):03}")
    keys.write("Your full name", "nguyen thi ban phim")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Come in")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Come in")
    keys.see("My shifts")


def an_invited_person_comes_in_and_is_forgotten(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    name = f"Lê Văn {'Laptop' if walk.screen == 'laptop' else 'Phone'}"
    keys.press("People")
    keys.press("Add a person", kind="a")
    keys.write("Full name", name)
    keys.write("Phone number", "0987000001" if walk.screen == "laptop" else "0987000002")
    keys.press("Save")
    keys.press("Invite")
    address = page.locator("#address").input_value()
    keys.press("Account, language and colours")
    keys.press("Sign out")
    keys.go(address)
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Set the password and sign in")
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Set the password and sign in")
    walk.go("/account/data/")
    keys.press("I agree")
    keys.press("Take my consent back")
    keys.escape()
    with page.expect_download():
        keys.press("Download my data")
    keys.press("Forget me for good")
    keys.write("Your password", PASSWORD)
    keys.press("Forget me for good")
    page.wait_for_url(re.compile("sign-in|/$|account"))


# Centers.


def a_center_sees_whom_to_expect(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("center")
    keys.press("Later")
    keys.press("Earlier")
    keys.press("Calendar")
    keys.press("Make the address")


STORIES: tuple[Callable[[Walker], None], ...] = (
    anybody_signs_in_and_changes_the_language,
    a_coordinator_adds_a_site_and_its_demand,
    a_coordinator_brings_in_people,
    a_coordinator_looks_after_teams_and_posters,
    a_member_comes_in_by_the_poster,
    a_coordinator_asks_everybody,
    a_volunteer_answers_a_round_in_three_keys,
    a_coordinator_plans_and_stops_and_repairs_a_short_place,
    a_coordinator_asks_what_if,
    a_coordinator_moves_people_on_the_board,
    a_coordinator_filters_copies_closes_and_publishes,
    a_coordinator_finds_cover_and_repairs,
    a_coordinator_sets_rules_and_reads_messages,
    an_administrator_plans_all_units_beneath,
    a_volunteer_says_when_they_can_come,
    a_volunteer_brings_a_timetable,
    letters_are_answered_by_their_links,
    a_volunteer_changes_their_turns,
    a_volunteer_takes_the_calendar_along,
    a_volunteer_chooses_how_they_are_told,
    a_coordinator_invites_many,
    an_invited_person_comes_in_and_is_forgotten,
    a_center_sees_whom_to_expect,
    a_coordinator_changes_the_hours_of_a_series,
)
