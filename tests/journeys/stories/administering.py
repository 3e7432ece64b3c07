"""Administrators keep what everything else hangs on: units, programmes, qualifications, roles, special days."""

import re

from tests.journeys.walker import Walker

OF_A_NEW_BRANCH = """Họ và tên;Điện thoại;Đơn vị
Phạm Thị Chi Đoàn;0916000001;Chi đoàn Khoa Phím
"""


def an_administrator_adds_a_unit_a_programme_and_a_qualification(walk: Walker) -> None:
    keys = walk.sign_in("administrator", "Organisation")
    with walk.redrawing("#unit-list"):
        keys.write("Find a unit, marks not needed", "quy nhon")
    keys.press("Add a unit beneath %(name)s")
    keys.press("Save")
    keys.write("Name", "Chi đoàn Bàn phím")
    keys.press("Save")
    keys.press("Edit %(name)s")
    keys.press("Save")
    keys.press("Programmes", kind="a")
    keys.press("Add a programme")
    keys.press("Save")
    keys.write("Name", "Ngày hội Bàn phím")
    keys.press("Save")
    keys.press("Ngày hội Bàn phím")
    keys.write("Name", "Ngày hội phím")
    keys.press("Save")
    keys.press("Qualifications", kind="a")
    keys.press("Add a qualification")
    keys.press("Save")
    keys.write("Name in Vietnamese", "Biết gõ phím")
    keys.write("Name in English", "Types")
    keys.write("Code", "types")
    keys.press("Save")
    keys.press("Biết gõ phím")
    keys.write("Name in English", "Types quickly")
    keys.press("Save")


def an_administrator_brings_in_a_branch_with_its_people(walk: Walker) -> None:
    keys = walk.sign_in("administrator", "People", "From a spreadsheet")
    keys.choose("For which unit", re.compile("Đoàn Trường"))
    walk.choose_file("The list", "chi-doan.csv", OF_A_NEW_BRANCH)
    keys.press("Read the list")
    keys.see("One unit of this list is not set up beneath %(unit)s")
    keys.press("Add it as a branch")
    keys.press("Write one person")
    walk.waits_for("main .message a[href*='/people/']")
    keys.press("Organisation")
    with walk.redrawing("#unit-list"):
        keys.write("Find a unit, marks not needed", "khoa phim")
    keys.press("Edit %(name)s")


def an_administrator_gives_and_takes_roles(walk: Walker) -> None:
    keys = walk.sign_in("administrator", "Organisation")
    keys.press("Roles", kind="a")
    keys.press("Give a role")
    keys.press("Give the role")
    keys.pick("Coordinator")
    keys.choose("Unit", re.compile("Đoàn Trường"))
    keys.write("Phone number or e-mail address", "ban.phim@example.org")
    keys.write("Name", "Cán bộ Bàn Phím")
    keys.press("Give the role")
    keys.see("%(name)s has the role now.")
    keys.press("Copy")
    keys.press("Done")
    keys.press("New link for %(name)s")
    keys.press("Copy")
    keys.press("Done")
    keys.press("Take away")
    keys.escape()
    keys.press("Take away")
    keys.press("Take away", kind="button")
    walk.waits_for("table")


def an_administrator_says_who_they_are(walk: Walker) -> None:
    keys = walk.sign_in("administrator")
    keys.press("Account, language and colours")
    keys.press("My account")
    keys.reach("Your name")
    keys.press("Save")
    keys.see("Saved.")


def an_administrator_keeps_the_special_days(walk: Walker) -> None:
    keys = walk.sign_in("administrator", "Organisation")
    keys.press("Holidays", kind="a")
    year = int(walk.day(0)[:4]) + 1
    keys.press(f"{year}", kind="a")
    keys.press("Add", kind="button")
    keys.write("Day", f"{year}-03-26")
    keys.write("Name in Vietnamese", "Ngày thành lập Đoàn")
    keys.write("Name in English", "Union day")
    keys.press("Add", kind="button")
    keys.see(walk.say("Ngày thành lập Đoàn", "Union day"))
    keys.write("Weekday off", f"{year}-04-29")
    keys.write("Worked instead on", f"{year}-05-08")
    keys.press("Swap")
    keys.press("Drop %(day)s")
    keys.press(f"{year + 1}", kind="a")
    keys.press("Propose the days of %(year)s")
    keys.see("%(count)s days were proposed. Compare them with this year's decree.")


def a_day_becomes_a_holiday_and_its_coordinator_decides(walk: Walker) -> None:
    keys = walk.sign_in("administrator", "Organisation")
    keys.press("Holidays", kind="a")
    keys.write("Day", walk.day(3, 2))
    keys.write("Name in Vietnamese", "Nghỉ tránh bão")
    keys.write("Name in English", "Storm holiday")
    keys.press("Add", kind="button")
    keys.see(walk.say("Nghỉ tránh bão", "Storm holiday"))
    walk.sign_in("coordinator", "To do")
    keys.see("Became a holiday")
    keys.press("Close this day")
    keys.escape()
    keys.press("Close this day")
    keys.press("Close this day", kind="button")
    keys.press("Take it back")
    keys.press("They take place")
    walk.at_rest_without("#holidays")
