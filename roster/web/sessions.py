"""Who is asking. Every view wants a signed-in account unless it says `@public`.

That way a forgotten guard closes a page instead of opening it. What the account may then see or do is decided
by `access.py`, in services and queries. Models stay free of Flask-Login: `SignedIn` is all it sees of an account.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import flask_login
from flask import Flask, abort, current_app, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin

from roster import access
from roster.config import Settings
from roster.extensions import db
from roster.models import Account
from roster.services import accounts
from roster.services.passwords import Passwords, at_cost
from roster.web import returning, this_browser
from roster.web.clock import utc_now

LIFETIME = timedelta(days=30)
DAY = "day"

View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """An account as Flask-Login wants it. The epoch in the id ends every session older than the password."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}.{self.account.session_epoch}"


def init_app(app: Flask, login_manager: LoginManager) -> None:
    app.permanent_session_lifetime = LIFETIME
    login_manager.init_app(app)
    # Phones change their address and browsers their version: neither may sign anybody out.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.before_request(_require_sign_in)
    app.before_request(_stay_signed_in)


def _stay_signed_in() -> None:
    """Once a day the session begins its lifetime anew, with a page that somebody opens."""
    today = utc_now().date().isoformat()
    opened = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if session.permanent and opened and session.get(DAY) != today:
        session[DAY] = today


def public(view: View) -> View:
    """Let anybody open this view, signed in or not."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_public(view: Callable[..., Any]) -> bool:
    return getattr(view, "is_public", False)


def current_account() -> Account:
    """The account that asks; on a public page without one: 401."""
    account = account_or_none()
    if account is None:
        abort(401)
    return account


def planners_only() -> None:
    """A `before_request` of blueprints that are about planning: everybody else is refused at their door."""
    access.require_some_planner(current_account())


def account_or_none() -> Account | None:
    """The account that asks, if any; None outside a request too (commands draw feeds and mails)."""
    if not has_request_context():
        return None
    user = flask_login.current_user
    return user.account if user.is_authenticated else None


def sign_in(account: Account) -> None:
    """Start a session of this account, with nothing left of the one before but looks and language."""
    kept = {name: session[name] for name in ("language", "theme") if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    this_browser.is_now_of(account)
    flask_login.login_user(SignedIn(account))


def passwords() -> Passwords:
    """Hashes at the cost this installation has chosen."""
    settings: Settings = current_app.extensions["settings"]
    return at_cost(settings.argon2_time_cost)


def sign_out() -> None:
    """End the session. The browser keeps the language and looks of whoever used it, or they could not read on."""
    ends = _load(session.get("_user_id", ""))  # asked anew: whoever was just forgotten has no account any more
    flask_login.logout_user()
    session.clear()
    if ends is not None:
        session.update(language=ends.account.language, theme=ends.account.theme)


def keep_looks(newcomer: Account) -> None:
    """Somebody comes in for the first time: what they chose to read the way in is theirs from now on."""
    accounts.prefer(newcomer, language=session.get("language"), theme=session.get("theme"))


def _load(user_id: str) -> SignedIn | None:
    account_id, _, epoch = user_id.partition(".")
    account = db.session.get(Account, int(account_id)) if account_id else None
    if account is None or not account.active or str(account.session_epoch) != epoch:
        return None
    return SignedIn(account)


def _require_sign_in() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or is_public(view) or account_or_none() is not None:
        return None
    return to_sign_in()


def to_sign_in() -> ResponseReturnValue:
    """Have whoever asks sign in, and come back to where they are."""
    where = url_for("accounts.sign_in", next=_way_back())
    if "HX-Request" in request.headers:
        # A fragment is no place for a sign-in page; htmx leaves the page when it is told to.
        return "", 401, {"HX-Redirect": where}
    return redirect(where, code=303)


def _way_back() -> str | None:
    """Where to go after signing in: the page that was asked for, or the one on which something was pressed."""
    if request.method != "GET" or "HX-Request" in request.headers:
        return returning.safe_path(request.referrer)
    return request.full_path.rstrip("?")
