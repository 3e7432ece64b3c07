"""The way to a unit's first week, in five steps: shown on the week until they are done, or put off in this browser."""

from flask import Blueprint, redirect, session
from flask.typing import ResponseReturnValue

from roster.extensions import db
from roster.models import Roster
from roster.queries import beginning as queries
from roster.queries.beginning import Beginning
from roster.web import returning

bp = Blueprint("beginning", __name__, url_prefix="/beginning")

LATER = "beginning_later"


@bp.post("/later")
def later() -> ResponseReturnValue:
    """Until one signs in again."""
    session[LATER] = True
    return redirect(returning.back(), code=303)


def steps(roster: Roster) -> Beginning | None:
    return None if LATER in session else queries.beginning_of(db.session, roster)
