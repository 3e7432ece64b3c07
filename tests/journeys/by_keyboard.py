"""All of it by keyboard alone: `python -m tests.journeys.by_keyboard [WORD …]`, ten minutes; exit code 1 for findings.

No mouse, and no script that presses or fills in: only keys (and the files that a dialog of the system would choose),
before a real service with a scenario of its own, in Vietnamese, on a laptop and on a phone's width. Every main thing
that coordinators, volunteers and centers do is done once on each. WORDs walk only the stories that hold all of them in
their names.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db
from roster.models import AnswerPurpose, Assignment, AssignmentState, Roster, Round, Shift
from roster.services import answers
from roster.vietnam.office_hours import monday_of
from tests.conftest import CHROMIUM
from tests.journeys.conftest import SCREENS
from tests.journeys.keyboard import Keys, OutOfReach
from tests.journeys.service import Service, running

PLANNED = 90_000  # milliseconds for a week to be planned
A_LIST = """Họ và tên;Điện thoại;Ghi chú
Nguyễn Thị Bàn Phím;0912000{0:03};a
Trần Văn Phím;0913000{0:03};b
;0914000{0:03};c
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


@dataclass
class Walker:
    """One story on one screen."""

    keys: Keys
    service: Service
    screen: str

    @property
    def page(self) -> Page:
        return self.keys.page

    def go(self, path: str) -> None:
        self.keys.go(f"{self.service.base}{path}")

    def sign_in(self, role: str) -> None:
        name, password = self.service.logins[role]
        self.go("/account/sign-in")
        self.keys.write("Phone number or e-mail address", name)
        self.keys.write("Password", password)
        self.keys.hit("Enter")
        self.page.wait_for_url(lambda address: "sign-in" not in address)

    def day(self, weeks: int, days: int = 0) -> str:
        """A day of a week to come, counted from its Monday; 0: this week."""
        return (monday_of(datetime.now(UTC).date()) + timedelta(days=7 * weeks + days)).isoformat()

    def choose_file(self, english: str, name: str, text: str) -> None:
        """What follows a key on the field is a dialog of the system, which no page sees."""
        self.keys.reach(english, kind="input")
        self.page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})

    def offers(self, english: str, role: Literal["button", "link"] = "button") -> bool:
        """Whether the page has such a button just now, for what depends on the week's luck."""
        return self.page.get_by_role(role, name=self.keys.words(english)).count() > 0

    def either(self, *english: str) -> re.Pattern[str]:
        return re.compile("|".join(self.keys.words(one).pattern for one in english))

    def called(self, selector: str) -> re.Pattern[str]:
        """The name of the first such thing on the page, for what carries words of its own."""
        thing = self.page.locator(selector).first
        return re.compile(re.escape((thing.get_attribute("aria-label") or thing.inner_text()).strip()))

    def waits_for(self, selector: str, milliseconds: int = 15_000) -> None:
        self.page.locator(selector).first.wait_for(timeout=milliseconds)


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
    walk.waits_for("#person-list[data-announce$=' 1.']")
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


def a_coordinator_asks_everybody(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    for _ in range(1 if walk.screen == "laptop" else 2):
        keys.press("Week after")
    keys.press("Answers")
    keys.press("Ask everybody", kind="button")
    keys.press("Remind the one who has not")
    keys.press("Answered", kind="a")


def a_coordinator_plans_and_stops_and_repairs_a_short_place(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Week after")
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
    keys.press("Add %(name)s")
    page.wait_for_timeout(700)
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
    keys.press("Week after")
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
    keys.press("Week after")
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
    here = keys.here()
    assert here is not None
    assert here.html == handle, "letting go loses the place"
    keys.hit("Space")
    walk.waits_for(".slot-over")
    keys.hit("Enter")
    page.wait_for_timeout(900)
    here = keys.here()
    assert here is not None
    assert "data-pick" in here.html, "who was moved has not the focus"
    keys.hit("Control+z")
    page.wait_for_timeout(900)
    keys.press("Redo", back=True)
    page.wait_for_timeout(900)
    keys.press("Undo", back=True)
    page.wait_for_timeout(900)
    _first_name(walk)
    keys.hit("Enter")
    walk.waits_for("#sheet[open]")
    keys.press("Move")
    page.wait_for_timeout(900)
    keys.press("Pin %(name)s")
    page.wait_for_timeout(500)
    keys.press("Unpin %(name)s")
    page.wait_for_timeout(500)
    keys.press("Remove %(name)s")
    page.wait_for_timeout(500)
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
    keys.press("Week after")
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
    done = 0
    for _ in range(300):
        stop = walk.keys.tab()
        if stop is not None and stop.type == "checkbox":
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
    with Rows(walk.service) as session:
        roster = session.scalars(select(Roster)).first()
        assert roster is not None
        unit = roster.period.unit.parent_id
    walk.go(f"/plan/{unit}/{walk.day(2)}")
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
        page.wait_for_load_state()
    walk.go("/me/")
    keys.press("I cannot come, or swap")
    keys.press("Ask somebody to stand in")
    if walk.offers("Ask them"):
        keys.press("Ask them")
        page.wait_for_load_state()
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
    with Rows(walk.service) as session:
        token = _link(session, walk, AnswerPurpose.AVAILABILITY)
    walk.go(f"/a/{token}")
    keys.press("As last week")
    keys.reach(re.compile(".*"), kind="input")
    keys.hit("ArrowRight")
    keys.press("Done")
    page.wait_for_load_state()
    keys.see("You said when you can come.")


def letters_are_answered_by_their_links(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    with Rows(walk.service) as session:
        token = _link(session, walk, AnswerPurpose.TURN)
    walk.go(f"/a/{token}")
    keys.press("I can't come")
    keys.press("Ask somebody to stand in instead") if page.get_by_text(
        keys.words("Ask somebody to stand in instead")
    ).count() else None
    keys.press("Back")
    keys.press("Back") if "no=1" in page.url else None
    keys.press("I'll be there")
    keys.see("You said that you will be there.")


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
    keys.press("Week after")
    keys.press("Week before")
    keys.press("Calendar")
    keys.press("Make the address")


class Rows:
    """The service's own database, for what only its letters carry."""

    def __init__(self, service: Service) -> None:
        settings = Settings(home=service.home, database_url=f"sqlite:///{service.home / 'roster.db'}", secret_key="x")
        self._context = create_app(settings).app_context()

    def __enter__(self) -> Session:
        self._context.push()
        return db.session  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        self._context.pop()


def _link(session: Session, walk: Walker, purpose: AnswerPurpose) -> str:
    now = datetime.now(UTC)
    turn = session.scalars(
        select(Assignment)
        .join(Shift)
        .where(
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.confirmed_at.is_(None),
            Shift.starts_at > now + timedelta(days=2),
        )
        .order_by(Assignment.id.desc() if walk.screen == "phone" else Assignment.id)
    ).first()
    assert turn is not None
    target = turn.id
    if purpose is AnswerPurpose.AVAILABILITY:
        asked = session.scalars(select(Round)).first()
        assert asked is not None
        target = asked.id
    return answers.make(session, turn.person_id, purpose, target, now=now, expires_at=now + timedelta(days=1))


STORIES: tuple[Callable[[Walker], None], ...] = (
    anybody_signs_in_and_changes_the_language,
    a_coordinator_adds_a_site_and_its_demand,
    a_coordinator_brings_in_people,
    a_coordinator_looks_after_teams_and_posters,
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
    an_invited_person_comes_in_and_is_forgotten,
    a_center_sees_whom_to_expect,
    a_coordinator_changes_the_hours_of_a_series,
)


def walks(browser: Browser, service: Service, wanted: Iterable[str]) -> int:
    """Every story on every screen; gives how many findings were printed."""
    findings = 0
    for screen, (width, height) in SCREENS.items():
        for story in STORIES:
            if all(word in story.__name__ for word in wanted):
                findings += walked(browser, service, screen, story, {"width": width, "height": height})
    return findings


def walked(
    browser: Browser, service: Service, screen: str, story: Callable[[Walker], None], size: dict[str, int]
) -> int:
    context = browser.new_context(viewport=size, locale="vi-VN", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    keys = Keys(context.new_page())
    keys.page.on("pageerror", lambda error: keys.troubles.setdefault(f"script: {error}"))
    name = f"{story.__name__.replace('_', ' ')} ({screen})"
    try:
        story(Walker(keys, service, screen))
    except (AssertionError, PlaywrightError) as failure:
        keys.troubles[f"not done: {(str(failure) or type(failure).__name__).splitlines()[0]} at {keys.page.url}"] = None
    context.close()
    sys.stdout.write(f"{name}: {keys.presses} keys, {len(keys.troubles)} findings\n")
    for trouble in keys.troubles:
        sys.stdout.write(f"  {trouble}\n")
    sys.stdout.flush()
    return len(keys.troubles)


def main(wanted: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        findings = walks(browser, service, wanted)
    sys.stdout.write(f"{findings} findings\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
