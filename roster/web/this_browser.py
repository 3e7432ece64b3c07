"""This browser: which device notices are sent to here, known by a cookie that outlives every session.

Whoever signs out takes their notices along (frontend/js/notices.js); a session that lapses does not. So signing in ends
what somebody else was told in this browser: whoever holds the phone now must not read it.
"""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from roster.extensions import db
from roster.models import Account, PushDevice
from roster.services import devices
from roster.web.clock import utc_now

COOKIE = "device"
LASTS = timedelta(days=400)
"""The longest that browsers keep a cookie."""


def mark_of(device: PushDevice) -> str:
    """By what a page may know a device: what is at its address is between us and its push service."""
    return hashlib.sha256(device.endpoint.encode()).hexdigest()


def remember(answer: Response, device: PushDevice) -> None:
    """Have this browser say from now on that it is this device; by its mark too, because ids come back."""
    answer.set_cookie(
        COOKIE,
        _signer().dumps([device.id, mark_of(device)]),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def is_now_of(account: Account) -> None:
    """Somebody signs in here: nobody else is told anything in this browser any more."""
    device = _device()
    if device is not None and device.account_id != account.id:
        devices.leave(db.session, device, by=account, now=utc_now())
        db.session.commit()


def _device() -> PushDevice | None:
    said: Any
    try:
        said = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    device = db.session.get(PushDevice, said[0])
    return device if device is not None and mark_of(device) == said[1] else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="this browser")
