"""How often a password may be tried. Only failures count, so nobody is stopped for signing in often.

A whole school may sit behind one address, and a stranger must not be able to lock a person out from elsewhere: so few
failures for one login from one address, more for an address, and in between for a login from everywhere. They are
counted for all processes together (`web/shared_tries.py`), by what is typed: counted by account, they would tell
whoever knows a number and an address whether both are one member's. A login has half of what an account bears, as most
have two.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from flask_limiter.util import get_remote_address

from roster.extensions import limiter
from roster.services.accounts import normalised_login
from roster.web import sessions

View = TypeVar("View", bound=Callable[..., Any])


def guessing(view: View) -> View:
    """Throttle a view that checks a password; whatever it refuses is a failed try."""
    for limit, key in (
        ("5 per 15 minutes; 10 per hour", _login_and_address),
        ("20 per hour", _login),
        ("100 per 15 minutes", get_remote_address),
    ):
        view = limiter.limit(limit, key_func=key, deduct_when=_failed)(view)  # type: ignore[assignment]
    return view


def opening(view: View) -> View:
    """Throttle a view that takes the secret of a link. A class that opens its invitations together is let through."""
    limit = limiter.limit("60 per 15 minutes", key_func=get_remote_address, deduct_when=_failed)
    return limit(view)  # type: ignore[return-value]


def entering(view: View) -> View:
    """Throttle a team's door: members who mistype are let through, whoever tries names and numbers is not."""
    for limit, key in (("20 per 15 minutes", get_remote_address), ("100 per hour", _door)):
        view = limiter.limit(limit, key_func=key, deduct_when=_failed)(view)  # type: ignore[assignment]
    return view


def _door() -> str:
    return f"door {(request.view_args or {}).get('door_token', '')[:64]}"


def _login() -> str:
    account = sessions.account_or_none()
    typed = account.login if account else request.form.get("login", "")
    return normalised_login(typed) or typed.strip().lower()[:200]


def _login_and_address() -> str:
    return f"{_login()} {get_remote_address()}"


def _failed(response: Response) -> bool:
    return response.status_code >= HTTPStatus.BAD_REQUEST
