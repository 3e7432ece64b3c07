"""Coordinators and administrators plan weeks: runs, short places, what-ifs, the board, publishing, repairs."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from roster.models import Agreement, AgreementKind
from roster.services import runs, whatifs
from roster.services.whatifs import Question
from tests.builders import a_team
from tests.journeys.keyboard import OutOfReach
from tests.journeys.walker import Walker


def a_coordinator_plans_and_stops_and_repairs_a_short_place(walk: Walker) -> None:
    keys, page = walk.sign_in("coordinator", "Later", "Plan the week"), walk.page
    _stop(walk, "Stop and keep the best so far")
    walk.waits_for("#run .run-over")
    keys.press("Plan the week")
    walk.waits_for("#run .run-over")
    keys.press(walk.called(".run summary"), kind="summary")
    if page.locator(".slot-fix:visible").count() == 0:
        _to_a_day_with(walk, ".slot-fix")
    keys.press("What helps?")
    walk.waits_for("#sheet[open]")
    keys.escape()
    keys.press("What helps?")
    walk.waits_for("#sheet[open]")
    if walk.offers("Which shifts", "summary"):  # one that lacks a skill lacks it alone
        keys.press("Which shifts", kind="summary")
    if page.locator("#sheet .remedy-form").first.locator("[name=trained]").count():
        keys.tick("Has attended the training")
    keys.press(walk.called("#sheet .remedy-form button"))
    page.wait_for_load_state()
    keys.press("Add")
    walk.waits_for("#sheet[open]")
    with walk.redrawing("#candidates"):
        keys.write("Find somebody", "an")
    with walk.changing_the_board():
        keys.press("Add %(name)s")
    keys.tab()


def _stop(walk: Walker, english: str) -> None:
    """Press it if the search still runs then: it may be quicker than the keys."""
    if walk.offers(english):
        with suppress(OutOfReach):
            walk.keys.press(english)


def _to_a_day_with(walk: Walker, selector: str) -> None:
    """On a phone one day is shown; the arrows go through the days."""
    walk.keys.reach(walk.a_day, kind="input")
    for _ in range(8):
        if walk.page.locator(f".slot {selector}:visible").count():
            return
        walk.keys.hit("ArrowRight")
    raise AssertionError(f"no day has {selector}")


def a_coordinator_takes_an_agreement_back(walk: Walker) -> None:
    with walk.a_week() as week:
        agreed = {"kind": AgreementKind.MORE, "limit": "turns", "more": 1, "noted_at": datetime.now(UTC)}
        week.session.add(Agreement(roster_id=week.roster.id, person=week.minh, shift=week.tuesday, **agreed))
    keys = walk.sign_in("planner")
    _to_the_week_with(walk, ".agreements")
    keys.press("One agreement for this week", kind="summary")
    keys.press("Take back")
    keys.see("Taken back: the draft plans without it.")


def a_coordinator_stops_what_takes_too_long(walk: Walker) -> None:
    now = datetime.now(UTC)
    with walk.a_week() as week:
        about = {"by": week.by, "now": now, "seconds": 60, "workers": 1}
        run = runs.start(week.session, week.roster.id, **about)
        asked = whatifs.ask(week.session, week.roster.id, Question("more_turns", by=1), **about)
        for job in (run.job, asked.job):
            job.run_after = now + timedelta(days=1)  # no worker is quicker than the keys
    keys = walk.sign_in("planner")
    _to_the_week_with(walk, "#run progress")
    with walk.redrawing("#run"):
        keys.reach("Stop and keep the best so far")
    keys.press("Stop and keep the best so far")
    walk.waits_for("#run .run-over")
    keys.press("What if?")
    with walk.redrawing("#whatif-answers"):
        keys.reach("Stop")
    keys.press("Stop")
    walk.at_rest_without("#whatif-answers progress")
    keys.press("Put away")


def a_coordinator_asks_what_if(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "Later", "What if?")
    keys.press("More turns a week", kind="summary")
    keys.write("How many turns more", "1")
    keys.press("Work it out")
    _stop(walk, "Stop")
    keys.press("People who are away", kind="summary")
    with walk.redrawing("#whatif-people"):
        keys.write("Find somebody", "an")
    walk.tick_some()
    keys.press("Work it out")
    walk.waits_for(".whatif-words")
    keys.press("Level by level", kind="summary")
    keys.press("Put away")


def a_coordinator_moves_people_on_the_board(walk: Walker) -> None:
    keys, page = walk.sign_in("coordinator", "Later"), walk.page
    if not page.locator(".slot .chip").count():
        keys.press("Plan the week")
        walk.waits_for("#run .run-over")
    if walk.screen == "phone":
        _to_a_day_with(walk, ".chip")
    with walk.changing_the_board():
        keys.press("Remove %(name)s")  # a place for somebody else
    handle = _pick_up_a_name(walk)
    keys.hit("ArrowRight")
    keys.hit("Tab")
    keys.hit("Escape")
    assert walk.rests_on("[data-pick]").html == handle, "letting go loses the place"
    keys.hit("Enter")
    walk.waits_for("#sheet[open]")
    with walk.changing_the_board():
        keys.press("Move")
    walk.at_rest_without("#sheet[open]")
    with walk.changing_the_board():
        keys.hit("Control+z")
    for step in ("Redo", "Undo"):
        with walk.changing_the_board():
            keys.press(step, back=True)
    _pick_up_a_name(walk)
    with walk.changing_the_board():
        keys.hit("Enter")
    walk.rests_on("[data-pick]")
    for tool in ("Pin %(name)s", "Unpin %(name)s", "Remove %(name)s"):
        with walk.changing_the_board():
            keys.press(tool)
    if page.locator(".slot-past:visible").count():
        keys.press("How it came so")
        walk.waits_for("#sheet[open]")
        keys.escape()


def _pick_up_a_name(walk: Walker) -> str:
    """The next one on the board who may go anywhere else."""
    for _ in range(20):
        handle = _next_name(walk)
        walk.keys.hit("Space")
        walk.waits_for(".slot-over, html:not(.holding)")
        if walk.page.locator(".slot-over").count():
            return handle
    raise AssertionError("nobody on the board may go anywhere else")


def _next_name(walk: Walker) -> str:
    keys = walk.keys
    for _ in range(900):
        stop = keys.tab()
        if stop is not None and "data-pick" in stop.html:
            return stop.html
    raise AssertionError("no name on the board is reached")


def a_coordinator_filters_copies_closes_and_publishes(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "Later")
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
    keys.press("Copy last week")
    keys.press("Copy", kind="button")
    if walk.offers("To the week", "link"):  # some could not be copied
        keys.press("To the week")
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
    for side in ("Fairness", "Publications"):
        keys.press(side, kind="a")
    keys.press("No. %(number)s", kind="a")


def a_coordinator_hands_a_week_out_to_the_chat_group(walk: Walker) -> None:
    with walk.a_week() as week:
        a_team(week.session, week.unit, week.lan, week.ha, name="Đội bàn phím")
    keys = walk.sign_in("planner", "Teams", "Đội bàn phím", "For the chat group")
    _to_the_week_with(walk, "[data-picture]")
    keys.press("Copy the text")
    keys.see("Copied")
    with walk.page.expect_download():
        keys.press("Save the picture")


def _to_the_week_with(walk: Walker, selector: str) -> None:
    for _ in range(3):
        if walk.page.locator(selector).count():
            return
        walk.keys.press("Later")
    raise AssertionError(f"no week has {selector}")


def a_coordinator_repairs_a_week(walk: Walker) -> None:
    keys = walk.sign_in("planner", "To do")
    keys.press(walk.called("section[aria-labelledby=repair] a"))
    keys.press("Show what would change")
    walk.tick_some()
    keys.press("Show what would change")
    walk.waits_for("#repair-progress [data-announce]")
    keys.press("Choose others")
    with walk.redrawing("#person_id"):
        keys.write("Find somebody", "lan")
    walk.tick_some()
    keys.press("Show what would change")
    _stop(walk, "Stop and keep the best so far")
    walk.waits_for("#repair-progress [data-announce]")
    walk.tick_some()
    keys.write("Reason", "Ốm")
    keys.press("Accept what is ticked")
    keys.see("All of it is in effect")


def an_administrator_plans_all_units_beneath(walk: Walker) -> None:
    keys = walk.sign_in("administrator")
    walk.go(f"/plan/{walk.province()}/{walk.day(2)}")
    keys.press("Plan them together")
    if walk.offers("Plan all weeks"):
        keys.press("Plan all weeks")
        _stop(walk, "Stop all and keep the best so far")
    keys.press("Organisation")
    keys.press("Audit trail")


def an_administrator_plans_what_no_unit_beneath_does(walk: Walker) -> None:
    keys = walk.sign_in("administrator")
    walk.go(f"/plan/{walk.province()}/{walk.day(3)}")
    keys.press("Plan the rest here")
    keys.reach("Plan the week")
