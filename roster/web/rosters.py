"""Planning a week: the grid, hands on it, runs of the solver, fairness, changes and publication."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster import access
from roster.config import Settings
from roster.errors import AlreadyPublished, NotFound
from roster.extensions import db
from roster.models import Holiday, Publication, Roster, Unit
from roster.planning import scope
from roster.queries import candidates, fairness, publications, qualifications, roster_cells, roster_totals
from roster.queries import rosters as queries
from roster.queries import rounds as round_queries
from roster.queries import runs as run_queries
from roster.queries import weeks as week_queries
from roster.queries.rosters import WeekGrid
from roster.queries.rounds import Silence
from roster.services import fields, holidays, periods, rosters, runs, shifts, units
from roster.vietnam.office_hours import monday_of
from roster.web import beginning, board_drawing, contact_form, drawing, run_drawing, shortages, silence, week_filter
from roster.web.clock import utc_now
from roster.web.errors import words_of
from roster.web.locale import current_language
from roster.web.paging import page_links, part_links, search_typed
from roster.web.sessions import current_account
from roster.web.week_filter import filter_asked, kept_filter

bp = Blueprint("rosters", __name__)

NAMED = 5
"""People whom no letter reaches, by name."""
REDRAWN = ("rosters.by_hand", "board.show")
"""What draws parts of the week's page anew."""
HANDS: Mapping[str, Callable[..., object]] = {
    "add": rosters.add,
    "remove": rosters.remove,
    "pin": rosters.pin,
    "unpin": rosters.unpin,
}


@bp.get("/plan/")
def index() -> ResponseReturnValue:
    """The coming week of the topmost unit the account plans."""
    unit = _topmost_unit()
    return redirect(url_for(".week", unit_id=unit.id, first_day=_next_monday(unit)))


@bp.get("/plan/<int:unit_id>/<first_day>")
def week(unit_id: int, first_day: str) -> ResponseReturnValue:
    """One week of a unit and all beneath it.

    For the unit that plans, looking at a week opens it: that only makes the shifts of its patterns. One above or
    beneath it sees who plans, and takes the week over only by a button.
    """
    unit = units.get(db.session, unit_id)
    access.require_planner(current_account(), unit)
    monday = monday_of(fields.day(first_day, "first_day"))
    roster = scope.planned_by(db.session, unit, monday)
    if roster is None and periods.plans_itself(db.session, unit):
        roster = periods.open_period(db.session, unit, monday, by=current_account(), now=utc_now())
        db.session.commit()
    if roster is None or roster.period.unit_id != unit.id:
        return _week_planned_elsewhere(unit, monday, roster)
    return _week_page(roster)


@bp.post("/plan/<int:unit_id>/<first_day>")
def open_week(unit_id: int, first_day: str) -> ResponseReturnValue:
    """Plan a week of this unit for itself."""
    monday = monday_of(fields.day(first_day, "first_day"))
    unit = units.get(db.session, unit_id)
    roster = periods.open_period(db.session, unit, monday, by=current_account(), now=utc_now())
    db.session.commit()
    return to_week(roster.id)


def _week_page(roster: Roster) -> str:
    latest = run_queries.latest_run(db.session, roster)
    board = board_of(roster)
    return render_template(
        "rosters/week.html",
        run=run_drawing.run(latest, names_of_qualifications()),
        filter=week_filter.drawn(roster),
        agreements=shortages.agreements(roster),
        silence=silence.notice(_silence(roster, board)),
        **board,
    )


def _silence(roster: Roster, board: dict[str, Any]) -> Silence | None:
    """What to ask before one plans, unless one of the five steps to a first week says it."""
    steps, now = board["beginning"], utc_now()
    found = round_queries.silence_of(db.session, roster, now=now) if steps is None or steps.asked else None
    if found is None and steps is None and board["frame"]["totals"].untouched:
        found = round_queries.unasked(db.session, roster, now=now)
    return found


def board_of(roster: Roster) -> dict[str, Any]:
    """All of the week's page that anybody may change meanwhile."""
    grid = queries.week_grid(db.session, roster, filter_asked(), now=utc_now())
    return {
        "roster": roster,
        "beginning": beginning.steps(roster),
        "frame": frame_of(roster, grid),
        "grid": drawing.grid(grid, roster, names_of_qualifications(), _special_days(grid), current_language()),
        "pages": part_links(grid.page, grid.before, grid.shown, grid.found, **kept_filter()),
        "board": board_drawing.board(roster) | board_drawing.counts(grid, roster),
    }


def _week_planned_elsewhere(unit: Unit, monday: date, above: Roster | None) -> str:
    """Nobody has opened this week for the unit: who plans it above, which units beneath plan for themselves."""
    listed = week_queries.weeks_beneath(db.session, unit, monday, page=request.args.get("page", 1, type=int))
    return render_template(
        "rosters/elsewhere.html",
        unit=unit,
        above=above if above and access.may_plan(current_account(), above.period.unit) else None,
        planner=above.period.unit if above else None,
        weeks=listed.rows,
        statuses={week.roster_id: drawing.week_status(week) for week in listed.rows},
        pages=page_links(listed.page, week_queries.PAGE_SIZE, listed.total),
        title=drawing.week_title(monday, monday + timedelta(days=6)),
        monday=monday.isoformat(),
        previous_week=(monday - timedelta(days=7)).isoformat(),
        next_week=(monday + timedelta(days=7)).isoformat(),
    )


@bp.post("/rosters/<int:roster_id>/plan")
def plan(roster_id: int) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["settings"]
    runs.start(
        db.session,
        roster_id,
        by=current_account(),
        now=utc_now(),
        seconds=settings.plan_seconds,
        workers=settings.plan_workers,
    )
    db.session.commit()
    return to_week(roster_id)


@bp.get("/rosters/<int:roster_id>/run")
def run(roster_id: int) -> ResponseReturnValue:
    """Where the latest run stands; the page asks every second until it is over, then loads itself anew."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    latest = run_queries.latest_run(db.session, roster)
    answer = make_response(
        render_template("rosters/_run.html", roster=roster, run=run_drawing.run(latest, names_of_qualifications()))
    )
    if latest is None or latest.is_over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/runs/<int:run_id>/cancel")
def cancel_run(run_id: int) -> ResponseReturnValue:
    cancelled = runs.cancel(db.session, run_id, by=current_account(), now=utc_now())
    db.session.commit()
    return to_week(cancelled.roster_id)


@bp.post("/rosters/<int:roster_id>/shifts/<int:shift_id>/people/<int:person_id>/<any(add, remove, pin, unpin):hand>")
def by_hand(roster_id: int, shift_id: int, person_id: int, hand: str) -> ResponseReturnValue:
    """One change in the grid. The answer to htmx is the slot drawn anew, with the week's figures beside it."""
    HANDS[hand](
        db.session,
        roster_id,
        shift_id,
        person_id,
        revision_seen=revision_seen(),
        by=current_account(),
        now=utc_now(),
    )
    db.session.commit()
    if "HX-Request" not in request.headers:
        return to_week(roster_id, anchor=f"shift-{shift_id}")
    return _slot_answer(roster_id, shift_id)


@bp.get("/rosters/<int:roster_id>/shifts/<int:shift_id>/candidates")
def choose(roster_id: int, shift_id: int) -> ResponseReturnValue:
    """Who could be put on a shift, and what is in the way of the others."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    cell = roster_cells.shift_cell(db.session, roster, shift_id, now=utc_now())
    if cell is None:
        raise NotFound(what="shift", id=shift_id)
    search = search_typed()
    found = candidates.candidates_for(
        db.session, roster, shifts.get(db.session, shift_id), search=search, now=utc_now()
    )
    names = names_of_qualifications()
    people = [drawing.candidate(one, roster, shift_id, names) for one in found.people]
    template = "rosters/_candidates.html" if "HX-Request" in request.headers else "rosters/candidates.html"
    return render_template(
        template,
        roster=roster,
        cell=cell,
        heading=drawing.shift_heading(cell),
        search=search,
        able=found.able,
        more=found.more,
        said_of_all=drawing.said_of_all(people),
        people=people,
    )


@bp.get("/rosters/<int:roster_id>/fairness")
def show_fairness(roster_id: int) -> ResponseReturnValue:
    roster = rosters.get(db.session, roster_id, by=current_account())
    found = fairness.fairness_of(db.session, roster)
    chart = drawing.fairness(found, fairness.open_to(db.session, found, current_account()))
    return render_template("rosters/fairness.html", roster=roster, frame=frame_of(roster), chart=chart, found=found)


@bp.get("/rosters/<int:roster_id>/changes")
def changes(roster_id: int) -> ResponseReturnValue:
    """The draft against what volunteers see now."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    pending = publications.pending_changes(db.session, roster, now=utc_now())
    return render_template(
        "rosters/changes.html", roster=roster, frame=frame_of(roster), changes=pending, place=drawing.place
    )


@bp.get("/rosters/<int:roster_id>/publications")
def history(roster_id: int) -> ResponseReturnValue:
    roster = rosters.get(db.session, roster_id, by=current_account())
    return render_template(
        "rosters/publications.html",
        roster=roster,
        frame=frame_of(roster),
        rows=publications.publications_of(db.session, roster),
        evidence=run_drawing.evidence,
    )


@bp.get("/rosters/<int:roster_id>/publications/<int:number>")
def publication(roster_id: int, number: int) -> ResponseReturnValue:
    roster = rosters.get(db.session, roster_id, by=current_account())
    listed = {row.number: row for row in publications.publications_of(db.session, roster)}
    if number not in listed:
        raise NotFound(what="publication", id=number)
    return render_template(
        "rosters/publication.html",
        roster=roster,
        frame=frame_of(roster),
        row=listed[number],
        evidence=run_drawing.evidence,
        changes=publications.changes_of(db.session, roster, number),
        place=drawing.place,
    )


@bp.post("/rosters/<int:roster_id>/publish")
def publish(roster_id: int) -> ResponseReturnValue:
    try:
        made = rosters.publish(
            db.session, roster_id, revision_seen=revision_seen(), by=current_account(), now=utc_now()
        )
    except AlreadyPublished as nothing_new:
        db.session.rollback()
        flash(words_of(nothing_new), "info")
        return to_week(roster_id)
    db.session.commit()
    flash(
        ngettext(
            "Published. One person finds their shifts on their page and in their calendar.",
            "Published. %(num)s people find their shifts on their pages and in their calendars.",
            made.people,
        )
        if made.people
        else _("Published. Nobody has a shift in this week yet."),
        "success",
    )
    if said := _who_is_told(made):
        flash(said, "info")
    return to_week(roster_id)


def _who_is_told(made: Publication) -> str:
    """ "6 people are told. Lan and 2 more see it only on their page.": whom to call; "" where nobody's turn changed."""
    told, others = publications.told_of(db.session, made, contact_form.channels_available())
    words = [ngettext("One person is told.", "%(num)s people are told.", told)] if told else []
    if others:
        names, more = ", ".join(others[:NAMED]), len(others) - NAMED
        if more > 0:
            names = ngettext("%(names)s and one more", "%(names)s and %(num)s more", more, names=names)
        words.append(_("No letter reaches %(names)s: they see it only on their page.", names=names))
    return " ".join(words)


def _topmost_unit() -> Unit:
    tops = access.units_of(current_account())
    if not tops:
        raise NotFound(what="unit", id=None)
    return min(tops, key=lambda unit: (len(unit.path.split("/")), unit.id))


def _next_monday(unit: Unit) -> str:
    return (monday_of(unit.day_of(utc_now())) + timedelta(days=7)).isoformat()


def to_week(roster_id: int, anchor: str | None = None) -> Response:
    period = rosters.get(db.session, roster_id, by=current_account()).period
    here = url_for("rosters.week", unit_id=period.unit_id, first_day=period.first_day.isoformat(), _anchor=anchor)
    return make_response(redirect(here, code=303))


def revision_seen() -> int:
    """The form's, else the address's: a grid whose slots were redrawn one by one keeps its revision in one field."""
    return request.form.get("revision", request.args.get("revision", -1, type=int), type=int)


def _special_days(grid: WeekGrid) -> Mapping[date, Holiday]:
    return holidays.special_days(db.session, grid.first_day, grid.last_day)


def names_of_qualifications() -> Mapping[str, str]:
    return qualifications.names_by_code(db.session, current_language())


def _slot_answer(roster_id: int, shift_id: int) -> ResponseReturnValue:
    roster = rosters.get(db.session, roster_id, by=current_account())
    cell = roster_cells.shift_cell(db.session, roster, shift_id, now=utc_now())
    if cell is None:
        raise NotFound(what="shift", id=shift_id)
    answer = make_response(
        render_template(
            "rosters/_slot_answer.html",
            roster=roster,
            frame=frame_of(roster),
            slot=drawing.slot(cell, roster, names_of_qualifications()),
            board=board_drawing.board(roster),
        )
    )
    answer.headers["HX-Trigger"] = "close-sheet"
    return answer


def frame_of(roster: Roster, grid: WeekGrid | None = None) -> dict[str, Any]:
    """What every page of a roster shows around its own matter; a grid has counted some of it already."""
    totals = grid.totals if grid else roster_totals.totals_of(db.session, roster)
    changes = grid.changes if grid else roster_totals.waiting_changes(db.session, roster, now=utc_now())
    first_day = roster.period.first_day
    return {
        "roster": roster,
        "unit": roster.period.unit,
        "title": drawing.week_title(first_day, first_day + timedelta(days=roster.period.days - 1)),
        "status": drawing.status(roster, changes.turns),
        "tiles": drawing.tiles(totals, changes.turns),
        "tabs": _tabs(roster, changes.turns),
        "totals": totals,
        "empty": not (totals.shifts or changes.turns or roster.published_number),
        "changes": changes,
        "planning": runs.running(db.session, roster) is not None,
        "previous_week": (first_day - timedelta(days=7)).isoformat(),
        "next_week": (first_day + timedelta(days=7)).isoformat(),
    }


def _tabs(roster: Roster, changes: int) -> list[dict[str, Any]]:
    here = url_for("rosters.week", unit_id=roster.period.unit_id, first_day=roster.period.first_day.isoformat())
    sides = [
        (_("Roster"), "rosters.week", here, None),
        (_("Fairness"), "rosters.show_fairness", url_for("rosters.show_fairness", roster_id=roster.id), None),
        (_("What if?"), "whatifs.index", url_for("whatifs.index", roster_id=roster.id), None),
        (_("Changes"), "rosters.changes", url_for("rosters.changes", roster_id=roster.id), changes),
        (_("Answers"), "rounds.show", url_for("rounds.show", roster_id=roster.id), None),
        (
            _("Publications"),
            "rosters.history",
            url_for("rosters.history", roster_id=roster.id),
            roster.published_number,
        ),
    ]
    if week_queries.anybody_beneath(db.session, roster):
        first_day = roster.period.first_day.isoformat()
        beneath = url_for("beneath.show", unit_id=roster.period.unit_id, first_day=first_day)
        sides.append((_("Units beneath"), "beneath.show", beneath, None))
    open_side = "rosters.week" if request.endpoint in REDRAWN else request.endpoint
    return [
        {"label": label, "href": href, "active": open_side == endpoint, "count": count}
        for label, endpoint, href, count in sides
    ]
