"""What the service offers, and what of it a walk never asked for: else a whole walk would prove what it happens to do.

A route stands for a page, or for one thing that is done there.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

NOT_BY_KEYS = {
    "design.show": "shows its parts to developers",
    "devices.turn_off": "follows turn_on",
    "devices.turn_on": "wants a browser that its maker lets use a push service",
    "feeds.robots": "read by machines",
    "health.show": "read by machines",
    "installed.manifest": "asked for by a phone that installs the page",
    "installed.signed_in": "asked for by the page itself, before it sends what was answered without network",
}

Asked = tuple[str, str]
"""A method and the path that it was sent to."""


def asked_for(request: Request) -> Asked:
    return request.method, urlsplit(request.url).path


def left_out(app: Flask, walked: Iterable[Asked]) -> list[str]:
    """Endpoints with a method that nothing in the walk asked for."""
    there = app.url_map.bind("localhost")
    reached = {_offer(there, *one) for one in walked}
    offered = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.endpoint not in NOT_BY_KEYS
    }
    return [f"{endpoint} ({method})" for endpoint, method in sorted(offered - reached)]


def _offer(there: MapAdapter, method: str, path: str) -> tuple[str, str]:
    try:
        return there.match(path, method=method)[0], method
    except HTTPException:  # nothing of ours, or answered before Flask
        return "", method
