"""Coordinators and administrators plan weeks: runs, short places, what-ifs, the board, publishing, repairs."""

import re
from contextlib import suppress

from tests.journeys.keyboard import OutOfReach
from tests.journeys.walker import Walker


def a_coordinator_plans_and_stops_and_repairs_a_short_place(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    keys.press("Plan the week")
    if walk.offers("Stop and keep the best so far"):
        with suppress(OutOfReach):  # the plan may be quicker than the keys
            keys.press("Stop and keep the best so far")
    walk.waits_for("#run .run-over")
    keys.press("Plan the week")
    walk.waits_for("#run .run-over")
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
        keys.press(walk.either("One agreement for this week", "%(num)s agreements for this week"), kind="summary")
        keys.press("Take back")
    keys.press("Add")
    walk.waits_for("#sheet[open]")
    with walk.redrawing("#candidates"):
        keys.write("Find somebody", "an")
    with walk.changing_the_board():
        keys.press("Add %(name)s")
    keys.tab()


def _to_a_short_day(walk: Walker) -> None:
    """On a phone one day is shown; the arrows go through the days."""
    keys = walk.keys
    keys.reach(walk.a_day, kind="input")
    for _ in range(8):
        if walk.page.locator(".slot-fix:visible").count():
            return
        keys.hit("ArrowRight")
    raise AssertionError("no short day")


def a_coordinator_asks_what_if(walk: Walker) -> None:
    keys = walk.keys
    walk.sign_in("coordinator")
    keys.press("Later")
    keys.press("What if?")
    keys.press("More turns a week", kind="summary")
    keys.write("How many turns more", "1")
    keys.press("Work it out")
    keys.press("Stop")
    keys.press("People who are away", kind="summary")
    with walk.redrawing("#whatif-people"):
        keys.write("Find somebody", "an")
    walk.tick_some()
    keys.press("Work it out")
    walk.waits_for(".whatif-words")
    keys.press("Level by level", kind="summary")
    keys.press("Put away")


def a_coordinator_moves_people_on_the_board(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Later")
    if not page.locator(".slot:visible .chip").count():
        keys.press("Plan the week")
        walk.waits_for("#run .run-over")
    if walk.screen == "phone" and not page.locator(".slot:visible .chip").count():
        keys.reach(walk.a_day, kind="input")
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
    keys.choose("Day", re.compile(walk.say("Thứ Tư", "Wednesday"), re.IGNORECASE))
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
            walk.tick_some()
            keys.press("Send")
            keys.press("Ask nobody any more")
    walk.go("/attention")
    keys.reach("What volunteers may do")
    keys.press(walk.called("section[aria-labelledby=repair] a"))
    keys.press("Show what would change")
    with walk.redrawing("#person_id"):
        keys.write("Find somebody", "an")
    walk.tick_some(most=3)
    keys.press("Show what would change")
    walk.waits_for("#repair-progress [data-announce]")
    if page.locator("[name=line]:not(:disabled)").count():
        walk.tick_some()
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
