"""The page as an installed app: its manifest, the worker that keeps "my week" readable without network, whose it is.

Answers given without network wait on the phone (`frontend/js/later.js`). Before it sends them it asks who is signed in
by now: they go out with that account's token, or not at all.
"""

from datetime import datetime

from flask import Blueprint, Response, current_app, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from roster import paths
from roster.web.assets import asset, file_of
from roster.web.clock import utc_now
from roster.web.locale import current_language
from roster.web.sessions import account_or_none, public

bp = Blueprint("installed", __name__)


@bp.app_context_processor
def _when() -> dict[str, datetime]:
    """When a page was drawn: a copy that is read without network says how old it is (templates/me/_offline.html)."""
    return {"as_of": utc_now()}


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    answer = current_app.json.response(
        {
            "id": "/me/",
            "name": _("Volunteer roster"),
            "short_name": _("My shifts"),
            "lang": current_language(),
            "start_url": "/me/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f8f5ee",
            "theme_color": "#0d6b4a",
            "icons": [{"src": asset("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        }
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/worker.js")
@public
def worker() -> Response:
    """Under the root and one name, or it could not look after pages: browsers ask anew whether it has changed."""
    answer = make_response((paths.ASSETS / file_of("worker.js")).read_bytes())
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/signed-in")
@public
def signed_in() -> ResponseReturnValue:
    """Whose session this is, with the token that its answers need; null for nobody's."""
    account = account_or_none()
    answer = current_app.json.response(
        {"account": account.id if account else None, "token": generate_csrf() if account else ""}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
