"""My devices: the browsers I am told in, turned on by one tap each and off again by another."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from roster import webpush
from roster.config import Settings
from roster.extensions import db
from roster.models import Account, PushDevice
from roster.services import devices
from roster.web import this_browser
from roster.web.clock import utc_now
from roster.web.sessions import current_account
from roster.webpush import Subscription

bp = Blueprint("devices", __name__, url_prefix="/account/devices")

# The first that a browser's own words hold: they name those they would like to be taken for, too.
BROWSERS = (
    ("Zalo", "Zalo"),
    ("SamsungBrowser", "Samsung Internet"),
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@bp.post("/")
def turn_on() -> ResponseReturnValue:
    """Asked for by frontend/js/devices.js, which then loads the page anew."""
    subscription = Subscription(*(request.form.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    device = devices.turn_on(db.session, subscription, label=_label(), by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("This device will tell you what is new."), "success")
    answer = Response(status=HTTPStatus.NO_CONTENT)
    this_browser.remember(answer, device)
    return answer


@bp.post("/<int:device_id>/off")
def turn_off(device_id: int) -> ResponseReturnValue:
    devices.turn_off(db.session, device_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("That device is not told any more."), "success")
    return redirect(url_for("messages.choices"), code=303)


def offered(account: Account) -> dict[str, Any]:
    """What a page needs to turn this device on and to list the others; no `push_key` where nothing can be sent."""
    settings: Settings = current_app.extensions["settings"]
    return {
        "push_key": webpush.public_key(settings.push_key) if settings.push_key else "",
        "devices": _rows(devices.of_account(db.session, account)),
    }


def _rows(found: Sequence[PushDevice]) -> list[dict[str, Any]]:
    return [
        {
            "id": device.id,
            "mark": this_browser.mark_of(device),
            "label": device.label or _("A browser"),
            "since": format_date(device.created_at, "d/M/y"),
            "gone": device.gone_at is not None,
        }
        for device in found
    ]


def _label() -> str:
    """ "Chrome · Android": no more of what the browser says of itself is kept."""
    said = request.user_agent.string
    found = (next((name for mark, name in known if mark in said), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(name for name in found if name)
