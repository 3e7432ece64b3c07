"""Coordinators bring a service to life: sites and their demand, people, teams, invitations, questions, rules."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from roster.imports import people
from roster.models import Channel, Delivery, DeliveryState, Letter, Message, MessageKind
from roster.services import imports, outbox
from tests.builders import a_coordinator, a_person, a_unit
from tests.journeys.walker import Walker

A_LIST = """Họ và tên;Điện thoại;Tổ
Nguyễn Thị Bàn Phím;0912000001;Tổ phím
Trần Văn Phím;0913000001;Tổ phím
Lê Thị Sai Số;0914;Tổ phím
"""


def a_coordinator_of_a_new_unit_puts_the_five_steps_off(walk: Walker) -> None:
    with walk.a_week() as week:
        walk.lets_in("anew", a_coordinator(week.session, a_unit(week.session, "Xã đoàn Bàn Phím")))
    keys = walk.sign_in("anew")
    keys.see("A week in five steps")
    keys.press("Not now: put the five steps off")
    walk.at_rest_without("#beginning")
    keys.tab()


def a_coordinator_adds_a_site_and_its_demand(walk: Walker) -> None:
    keys, name = walk.sign_in("coordinator", "Sites"), "Điểm bàn phím"
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
    keys.tick(walk.say("Thứ Bảy", "Saturday"))
    keys.write("From", "08:00")
    keys.write("Until", "11:00")
    keys.write("First day", walk.day(1))
    keys.write("At least", "1")
    keys.press("Save")
    keys.see("Trực sáng thứ Bảy")
    keys.press("Edit", kind="a")
    keys.write("At most", "2")
    keys.press("Save")
    keys.press("End", kind="button")
    keys.escape()
    keys.press("End", kind="button")
    keys.press("End and cancel its coming shifts")
    keys.press("Edit site")
    keys.write("Address", "Chợ Đầm, phường Bàn Phím")
    keys.press("Save")
    keys.press("Add one shift")
    keys.write("Day", walk.day(2, 1))
    keys.write("From", "14:00")
    keys.write("Until", "16:00")
    keys.write("At least", "1")
    keys.press("Save")
    keys.reach("Add one shift")
    keys.press("Edit", kind="a")
    keys.write("Until", "16:30")
    keys.press("Save")
    keys.press("Cancel", kind="button")
    keys.write("Reason", "Mưa bão")
    keys.press("Cancel the shift")
    keys.press("Restore")


def a_coordinator_changes_the_hours_of_a_series(walk: Walker) -> None:
    keys = walk.sign_in("coordinator")
    keys.press(re.compile(r"\d\d:\d\d–\d\d:\d\d"), kind="a")
    keys.press("Hours of the whole series")
    keys.escape()
    keys.press("Hours of the whole series")
    keys.write("From", "07:15")
    keys.press("Change the hours")


def a_coordinator_brings_in_people(walk: Walker) -> None:
    keys, page = walk.sign_in("coordinator", "People", "From a spreadsheet"), walk.page
    with page.expect_download():
        keys.press("Empty list to fill in")
    keys.press("Read the list")
    walk.choose_file("The list", "ds.csv", A_LIST)
    keys.press("Read the list")
    keys.see("What the columns hold")
    keys.choose("Column “%(name)s” holds", "Phone number")
    keys.press("Read it like this")
    keys.choose("Column “%(name)s” holds", "Full name")
    keys.press("Read it like this")
    keys.see("What the columns hold")
    keys.press("Throw away")
    walk.choose_file("The list", "ds.csv", A_LIST)
    keys.press("Read the list")
    with page.expect_download():
        keys.press("These rows as a file")
    keys.press(walk.either("Write one person", "Write %(num)s people"))
    walk.waits_for("main .message a[href*='/people/']")
    keys.press("See the people")
    with walk.redrawing("#person-list"):
        keys.write("Find by name or phone number, marks not needed", "ban phim")
    keys.press("Nguyễn Thị Bàn Phím")
    keys.press("Grant", kind="button")
    keys.press("Withdraw %(name)s")
    keys.press("Add days", kind="summary")
    keys.write("First day", walk.day(3))
    keys.press("Add days", kind="button")
    keys.see("Noted for these days.")
    keys.press("Remove %(day)s")
    keys.see("The usual week holds again.")
    keys.press(walk.either("Invite", "New password link"))
    keys.press("Copy")
    keys.press("Done")
    keys.press("Take out of planning")
    keys.escape()
    keys.press("Take out of planning")
    keys.press("Take out of planning", kind="button")
    keys.press("Plan again")


def a_coordinator_stops_a_list(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        found = people.upload(week.session, week.unit, A_LIST.encode(), "nhầm.csv", by=week.by, now=now)
        job = imports.confirm(week.session, found.id, rows=3, by=week.by, now=now).job
        assert job is not None
        job.run_after = now + timedelta(days=1)  # no worker is quicker than the keys
    keys = walk.sign_in("planner", "People", "From a spreadsheet", "nhầm.csv")
    with walk.redrawing("#progress"):
        keys.reach("Stop")
    keys.press("Stop")
    walk.at_rest_without("#progress progress")
    keys.tab()


def a_coordinator_looks_after_teams_and_posters(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "Teams")
    keys.press("Add a team", kind="a")
    keys.write("Name", "Tổ bàn phím")
    keys.press("Save")
    keys.write("Find by name or phone number, marks not needed", "an")
    walk.waits_for("#found button")
    keys.press("Add %(name)s")
    keys.press("Make lead")
    keys.press("Remove %(name)s")
    keys.write("Name", "Tổ phím đàn")
    keys.press("Save")
    keys.press("Poster")
    keys.press("Open the door and make the poster")
    keys.press("Close the door")


def a_coordinator_invites_many(walk: Walker) -> None:
    with walk.a_week() as week:
        a_person(week.session, week.unit, "Đỗ Thị Mời", email=f"moi.{week.unit.id}@example.org")
        a_person(week.session, week.unit, "Đỗ Văn Trao", phone=f"+8490{week.unit.id:07}")
    keys = walk.sign_in("planner", "People", "Invite many")
    keys.choose("Unit, with all beneath it", re.compile("."))
    keys.press("Show")
    keys.press(walk.either("Send one invitation", "Send %(num)s invitations"))
    keys.tick("For everybody without a password: links they have not used end")
    keys.press("Make the file")
    with walk.page.expect_download():
        keys.press("Keep the file")
    keys.press("Done")


def a_coordinator_asks_everybody(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "Later", "Answers")
    keys.press("Ask everybody", kind="button")
    keys.press(walk.either("Remind the one who has not", "Remind the %(num)s who have not"))
    keys.press("Answered", kind="a")
    keys.press("For the chat group")
    keys.press("Copy")
    keys.see("Copied")


def a_coordinator_says_by_when_turns_are_confirmed(walk: Walker) -> None:
    keys = walk.sign_in("planner", "Later", "Answers", "Confirming")
    keys.write("Hours before the shift", "24")
    keys.tick("Free the place by itself")
    keys.press("Save")
    keys.see("Saved.")


def a_coordinator_sets_rules_and_looks_at_all_there_is(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "To do", "What volunteers may do")
    keys.write("Leave a shift without asking, up to so many hours before", "30")
    keys.tick("I agree before somebody takes an open place")
    keys.press("Save")
    keys.press("Organisation")
    for tab in ("Programmes", "Qualifications", "Roles", "Holidays", "Units"):
        keys.press(tab, kind="a")
    keys.press("Account, language and colours")
    keys.press("Dark")


def a_coordinator_sends_a_failed_letter_again(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        outbox.tell(week.session, week.lan.id, MessageKind.COVER_THANKS, {"shift_id": week.monday.id}, now=now)
        told = week.session.scalars(select(Message).filter_by(person_id=week.lan.id, letter_id=None)).all()
        mail = {"channel": Channel.EMAIL, "state": DeliveryState.FAILED, "error": "550 mailbox full"}
        failed = Delivery(message_id=f"failed-{week.lan.id}", due_at=now, ended_at=now, **mail)
        week.session.add(Letter(person=week.lan, created_at=now, messages=list(told), deliveries=[failed]))
    keys = walk.sign_in("planner", "Later", "Answers", "What was sent")
    keys.see("550 mailbox full")
    keys.press("Send again")
    keys.see("It is on its way again.")
    for side in ("Waiting", "Sent", "Failed or in doubt"):
        keys.press(side, kind="a")
