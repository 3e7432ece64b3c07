"""Pushing: a notice to one browser, by the push service that looks after it.

The address of a push service comes from somebody's browser, or from whoever pretends to be one: it is reached as every
address that a stranger typed (`imports/fetching.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from roster import webpush
from roster.clock import utc_now
from roster.errors import FieldError
from roster.imports import fetching
from roster.imports.fetching import Reach
from roster.letters import notices
from roster.worker.parcels import Abandoned, Doubtful, Parcel, Refused

REACH = replace(fetching.PUBLIC, whole_seconds=10.0)
"""A push service answers in a fraction of a second, or is tried again later."""
KEPT_SECONDS = 2 * 24 * 60 * 60
"""How long a push service keeps it for a phone that is off: news of a shift is of use for some days."""
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""The browser is not there any more (RFC 8030, section 7.3)."""
SILENT = "the push service fell silent after the message"
UNREACHED = "not_reached", "no_such_host"


class Push:
    """`key`: the installation's; `contact`: where the operators of a push service find those who run this one."""

    def __init__(self, key: str, contact: str, *, reach: Reach = REACH) -> None:
        self._key, self._contact, self._reach = key, contact, reach

    def send(self, parcel: Parcel, hand_over: Callable[[], bool]) -> None:
        if parcel.subscription is None:
            raise Refused("this is no address there", for_good=True)
        notice = notices.body(parcel.written, tag=parcel.tag)
        headers = {
            "Authorization": webpush.authorization(
                self._key, parcel.subscription.endpoint, contact=self._contact, now=utc_now()
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
        }
        self._post(parcel.subscription.endpoint, webpush.encrypt(notice, parcel.subscription), headers, hand_over)

    def _post(self, endpoint: str, body: bytes, headers: dict[str, str], hand_over: Callable[[], bool]) -> None:
        def last_moment() -> None:
            if not hand_over():
                raise Abandoned

        try:
            status = fetching.post(endpoint, body, headers, last_moment=last_moment, reach=self._reach)
        except FieldError as refusal:
            reason = str(refusal.facts["reason"])
            if reason == "fell_silent":
                raise Doubtful(SILENT) from refusal
            raise Refused(reason, for_good=reason not in UNREACHED) from refusal
        if status in GONE:
            raise Refused("the device is gone", for_good=True, gone=True)
        if not 200 <= status < 300:
            busy = status >= 500 or status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT)
            raise Refused(f"the push service answered {status}", for_good=not busy)
