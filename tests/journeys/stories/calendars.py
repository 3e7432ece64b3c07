"""Calendars: addresses of one's own, a unit's, a team's and a site's are made, copied, replaced and closed."""

import re

from tests.journeys.walker import Walker


def a_volunteer_takes_the_calendar_along(walk: Walker) -> None:
    walk.sign_in("volunteer", "My calendar")
    _make_replace_and_close(walk)


def a_coordinator_takes_the_calendar_of_the_unit(walk: Walker) -> None:
    walk.sign_in("coordinator", "More for this week").press("Calendar", kind="a")
    _make_replace_and_close(walk)


def a_coordinator_takes_the_calendar_of_a_team(walk: Walker) -> None:
    walk.sign_in("coordinator", "Teams").press(re.compile("Đội .*"), kind="a")
    walk.keys.press("Calendar", kind="a")
    _make_replace_and_close(walk)


def a_center_takes_the_calendar_of_its_site(walk: Walker) -> None:
    walk.sign_in("center").press("Calendar", kind="a")
    _make_replace_and_close(walk)


def _make_replace_and_close(walk: Walker) -> None:
    keys = walk.keys
    keys.choose("Reminder", walk.say("giờ", "hour"))
    keys.write("For which device?", "Máy phím")
    keys.press("Make the address")
    keys.press("Copy")
    keys.see("Copied")
    keys.press("Done")
    keys.see("Máy phím")
    keys.press("Replace address")
    keys.escape()
    keys.press("Replace address")
    keys.press("Replace address", kind="button")
    keys.see("Use it now: it is shown only this once.")
    keys.press("Done")
    before = walk.page.locator("article.panel").count()
    keys.press("Close address")
    keys.reach("Not now")
    keys.press("Close address", kind="button")
    walk.has("article.panel", before - 1)
