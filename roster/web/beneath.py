"""Planning a unit and all beneath it in one go: one line for each unit that plans its own week."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from roster import access
from roster.config import Settings
from roster.extensions import db
from roster.models import Run, RunState, Unit
from roster.queries.beneath import UnitWeek, unit_weeks
from roster.services import beneath, fields, units
from roster.vietnam.office_hours import monday_of
from roster.web import drawing, run_drawing
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.sessions import current_account

bp = Blueprint("beneath", __name__)


@bp.get("/plan/<int:unit_id>/<first_day>/beneath")
def show(unit_id: int, first_day: str) -> ResponseReturnValue:
    """The page; while runs are under way its lines ask for themselves, and load the whole page anew at the end."""
    unit, monday = _asked(unit_id, first_day)
    access.require_planner(current_account(), unit)
    found = unit_weeks(db.session, unit, monday)
    if "HX-Request" not in request.headers:
        return render_template("beneath/show.html", **_page(unit, monday, found))
    answer = make_response(render_template("beneath/_lines.html", **_page(unit, monday, found)))
    if not any(week.planning for week in found):
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/plan/<int:unit_id>/<first_day>/beneath/plan")
def plan(unit_id: int, first_day: str) -> ResponseReturnValue:
    unit, monday = _asked(unit_id, first_day)
    settings: Settings = current_app.extensions["settings"]
    seen = 0 if request.form.get("seen") == "0" else request.form.get("seen", type=row_id)  # 0: there was no run yet
    started = beneath.start(
        db.session,
        unit,
        monday,
        by=current_account(),
        now=utc_now(),
        seconds=settings.plan_seconds,
        workers=settings.plan_workers,
        seen=seen,
    )
    others = [run for run in beneath.planned_since(db.session, unit, monday, seen) if run not in started]
    flash(_told(started, others), "done" if started else "info")
    db.session.commit()
    return _back(unit, monday)


def _told(started: Sequence[Run], others: Sequence[Run]) -> str:
    """What begins, and what does not because somebody else had it planned after the page was drawn."""
    said = []
    if others:
        by = others[0].asked_by.display_name if others[0].asked_by else _("Somebody")
        said = [
            ngettext(
                "Meanwhile %(by)s had one of these weeks planned. Look at it, then decide again.",
                "Meanwhile %(by)s had %(num)s of these weeks planned. Look at them, then decide again.",
                len({run.roster_id for run in others}),
                by=by,
            )
        ]
    if started:
        said.insert(0, ngettext("One week is being planned.", "%(num)s weeks are being planned.", len(started)))
    return " ".join(said) or _("All of these weeks are being planned already.")


@bp.post("/plan/<int:unit_id>/<first_day>/beneath/cancel")
def cancel(unit_id: int, first_day: str) -> ResponseReturnValue:
    unit, monday = _asked(unit_id, first_day)
    beneath.cancel(db.session, unit, monday, by=current_account(), now=utc_now())
    db.session.commit()
    return _back(unit, monday)


def _asked(unit_id: int, first_day: str) -> tuple[Unit, date]:
    return units.get(db.session, unit_id), monday_of(fields.day(first_day, "first_day"))


def _back(unit: Unit, monday: date) -> ResponseReturnValue:
    return redirect(url_for(".show", unit_id=unit.id, first_day=monday.isoformat()), code=303)


def _page(unit: Unit, monday: date, found: Sequence[UnitWeek]) -> dict[str, Any]:
    return {
        "unit": unit,
        "title": drawing.week_title(monday, monday + timedelta(days=6)),
        "monday": monday.isoformat(),
        "previous_week": (monday - timedelta(days=7)).isoformat(),
        "next_week": (monday + timedelta(days=7)).isoformat(),
        "lines": [_line(week) for week in found],
        "seen": max((week.run.id for week in found if week.run), default=0),
        "planning": any(week.planning for week in found),
        "stoppable": any(week.planning and week.run and not week.run.cancel_requested for week in found),
        "tiles": _tiles(found),
    }


def _line(week: UnitWeek) -> dict[str, Any]:
    drawn = run_drawing.line(week.run)
    if week.roster_id is None:
        drawn["sentence"] = _("Not opened yet; planning all opens it.")
    return drawn | {
        "unit": week.unit_name,
        "url": url_for("rosters.week", unit_id=week.unit_id, first_day=week.first_day.isoformat()),
    }


def _tiles(found: Sequence[UnitWeek]) -> list[dict[str, Any]]:
    runs = [week.run for week in found if week.run is not None]
    over = sum(run.is_over for run in runs)
    waiting = sum(run.state is RunState.QUEUED for run in runs)
    wanted, filled = sum(run.wanted for run in runs), sum(run.filled for run in runs if run.levels)
    most = sum(run_drawing.most_filled(run) for run in runs)
    return [
        {"label": _("Weeks planned"), "value": format_decimal(over), "unit": f"/ {format_decimal(len(found))}"},
        {
            "label": _("Being planned"),
            "value": format_decimal(len(runs) - over - waiting),
            "hint": ngettext("one more waits", "%(num)s more wait", waiting) if waiting else "",
        },
        {
            "label": _("Places filled"),
            "value": format_decimal(filled),
            "unit": f"/ {format_decimal(wanted)}",
            "hint": _("at most %(possible)s possible", possible=format_decimal(most)) if wanted else "",
        },
        {"label": _("Proved the best"), "value": format_decimal(sum(map(run_drawing.is_proved, runs)))},
    ]
