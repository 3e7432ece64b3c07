"""The way to a unit's first week, in five steps: shown on the week until they are done, or put off in this browser."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import Roster
from roster.queries import beginning as queries
from roster.queries.beginning import Beginning
from roster.web import returning
from roster.web.clock import utc_now
from roster.web.drawing import Drawn
from roster.web.sessions import current_account

bp = Blueprint("beginning", __name__, url_prefix="/beginning")

LATER = "beginning_later"


@bp.post("/later")
def later() -> ResponseReturnValue:
    """Until one signs in again."""
    session[LATER] = True
    return redirect(returning.back(), code=303)


@bp.app_context_processor
def _globals() -> dict[str, Any]:
    return {"way_to_first_week": way_to_first_week}


def way_to_first_week() -> Drawn | None:
    """Where the five steps stand and what the next of them is, for a page that one of them leads to."""
    found = None if LATER in session else queries.begun_by(db.session, current_account(), now=utc_now())
    if found is None:
        return None
    roster, done = found
    period = roster.period
    return {
        "href": url_for("rosters.week", unit_id=period.unit_id, first_day=period.first_day.isoformat()),
        "next": next((place for name, *place in _places(roster) if not getattr(done, name)), None),
    }


def _places(roster: Roster) -> Sequence[tuple[str, str, str]]:
    """Each step that leads to a page: its field of a Beginning, its words and its page."""
    return (
        ("programmes", _("Programmes"), url_for("programmes.index")),
        ("shifts", _("Sites"), url_for("sites.index")),
        ("people", _("People"), url_for("imports.index")),
        ("asked", _("Ask everybody"), url_for("rounds.show", roster_id=roster.id)),
    )


def steps(roster: Roster) -> Beginning | None:
    return None if LATER in session else queries.beginning_of(db.session, roster)
