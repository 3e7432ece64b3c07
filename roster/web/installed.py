"""The page as an installed app: its manifest, and the worker that keeps "my week" readable without network."""

from flask import Blueprint, Response, current_app, make_response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import paths
from roster.web.assets import asset, file_of
from roster.web.locale import current_language
from roster.web.sessions import public

bp = Blueprint("installed", __name__)


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
