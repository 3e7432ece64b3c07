"""What the board of a week has around its grid: where it asks for itself, undo and redo."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import Roster
from roster.queries import drafts, roster_totals
from roster.queries.rosters import WeekGrid
from roster.web import roster_words
from roster.web.sessions import current_account
from roster.web.week_filter import is_narrowed, kept_filter


def board(roster: Roster) -> dict[str, Any]:
    """`state` is what the board's ETag says; `undo` and `redo` have no words where there is nothing to do."""
    steps = drafts.steps_of(db.session, roster, current_account())
    page = request.args.get("page", 1, type=int)
    return {
        "address": url_for("board.show", roster_id=roster.id, **kept_filter(), page=page),
        "base": url_for("board.show", roster_id=roster.id).removesuffix("/board"),
        "state": roster_totals.state_of(db.session, roster),
        "undo": _step(steps.undo),
        "redo": _step(steps.redo),
    }


def counts(grid: WeekGrid, roster: Roster) -> dict[str, Any]:
    """How much of the week the filter shows, and the way to all of it."""
    first_day = roster.period.first_day.isoformat()
    return {
        "narrowed": is_narrowed(),
        "found": grid.found,
        "all": grid.all,
        "off": sorted(grid.off.items()),
        "everything": url_for("rosters.week", unit_id=roster.period.unit_id, first_day=first_day),
    }


def _step(step: drafts.Step | None) -> dict[str, Any]:
    if step is None:
        return {"words": "", "others": False}
    words = roster_words.step_in_words(step)
    by = "" if step.mine else step.by or _("The solver")
    return {"words": f"{by}: {words}" if by else words, "others": not step.mine}
