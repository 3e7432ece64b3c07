"""/: everybody lands where their week is."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from roster.web import context, sessions

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> ResponseReturnValue:
    """The first page of the account's navigation: planning, then coverage, then own shifts."""
    first = next(iter(context.navigation_of(sessions.current_account())), None)
    return redirect(first.href if first else url_for("accounts.show"))
