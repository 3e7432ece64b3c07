"""Coordinators bring a service to life: sites and their demand, people, teams, invitations, questions, rules."""

import re

from tests.journeys.walker import Walker

A_LIST = """Họ và tên;Điện thoại;Tổ
Nguyễn Thị Bàn Phím;0912000001;Tổ phím
Trần Văn Phím;0913000001;Tổ phím
;0914000001;
"""


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
    keys.tick(walk.say("Thứ Bảy", "Saturday"))
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
    keys.press(walk.either("Write one person", "Write %(num)s people"))
    walk.waits_for("main .message a[href*='/people/']")
    keys.press("See the people")
    with walk.redrawing("#person-list"):
        keys.write("Find by name or phone number, marks not needed", "ban phim")
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
    keys.press("Later")
    keys.press("Answers")
    keys.press("Ask everybody", kind="button")
    keys.press(walk.either("Remind the one who has not", "Remind the %(num)s who have not"))
    keys.press("Answered", kind="a")


def a_coordinator_says_by_when_turns_are_confirmed(walk: Walker) -> None:
    keys = walk.keys
    with walk.a_week() as week:
        roster_id = week.roster.id
    walk.sign_in("planner")
    walk.go(f"/rosters/{roster_id}/answers")
    keys.press("Confirming")
    keys.write("Hours before the shift", "24")
    keys.tick("Free the place by itself")
    keys.press("Save")
    keys.see("Saved.")


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
    keys.press("Messages", kind="a")
    keys.press("Account, language and colours")
    keys.press("How I am told")
    keys.write("From", "22:00")
    keys.write("Until", "06:00")
    keys.press("Save")
    keys.press("Account, language and colours")
    keys.press("Dark")
