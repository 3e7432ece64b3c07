"""Serves calendars: GET and HEAD of /feeds/<token>.ics.

In front of Flask, not in it: routing, sessions, limits and hooks would be most of the cost of the service's most
frequent answer, and none of them may touch it (no cookie, no login page, no 429).
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import Engine

from roster.config import Settings
from roster.extensions import db
from roster.feeds import documents
from roster.feeds.clients import client_name
from roster.feeds.conditional import Outcome, accepts_gzip, http_date, outcome
from roster.feeds.documents import Drawn
from roster.feeds.keeper import Keeper
from roster.feeds.shelf import Shelf
from roster.models import FeedKind
from roster.queries import feeds as queries
from roster.queries.feeds import Address

_PREFIX, _SUFFIX = "/feeds/", ".ics"
_log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# An address is a secret: no search engine lists it, no page it leads to is told of it.
_PRIVACY = [
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]
_CACHING = [("Cache-Control", "private, max-age=0, must-revalidate"), ("Vary", "Accept-Encoding")]


class Answer(NamedTuple):
    status: str
    headers: Headers
    body: bytes = b""


def _sentence(status: str, text: str, *more: tuple[str, str]) -> Answer:
    body = text.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    return Answer(status, [*headers, ("Cache-Control", "no-store"), *_PRIVACY, *more], body)


# The same whatever was asked for: an answer tells nothing about which addresses exist.
_UNKNOWN = _sentence("404 Not Found", "There is no calendar at this address.\n")
_GONE = _sentence("410 Gone", "This calendar address is no longer in use. Its owner can make a new one.\n")
_READ_ONLY = _sentence("405 Method Not Allowed", "Calendars can only be read.\n", ("Allow", "GET, HEAD"))
_CONDITION_FAILED = _sentence("412 Precondition Failed", "The calendar is not the one you named.\n")
# Not 503: it makes Thunderbird switch the calendar off.
_TROUBLE = _sentence("500 Internal Server Error", "The calendar can't be read right now.\n")


def init_app(app: Flask) -> None:
    """Put the calendars in front of everything else that the application answers."""
    routes = Routes(app, app.wsgi_app)
    app.extensions["feeds"] = routes
    app.wsgi_app = routes  # type: ignore[method-assign]  # Flask's documented way to wrap it


class Routes:
    """A WSGI application that answers for calendars and leaves the rest to the next one."""

    def __init__(self, app: Flask, following: Application) -> None:
        self._app = app
        self._following = following

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not (path.startswith(_PREFIX) and path.endswith(_SUFFIX)):
            return self._following(environ, start_response)
        _hide_token(environ)
        answer = self._feeds.answer(environ, path[len(_PREFIX) : -len(_SUFFIX)])
        start_response(answer.status, answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def flush(self) -> None:
        """Write what the answers so far left to be written; by itself this happens within about a second."""
        self._feeds.keeper.flush()

    @cached_property
    def _feeds(self) -> "Feeds":
        """Made with the first request, after the server has forked: connections can't be shared by processes."""
        settings: Settings = self._app.extensions["settings"]
        with self._app.app_context():
            return Feeds(db.engine, settings.timezone)


class Feeds:
    """The calendars of one database, with what this process remembers of them."""

    def __init__(self, engine: Engine, timezone: str) -> None:
        self.keeper = Keeper(engine)
        self._engine = engine
        self._timezone = timezone
        self._shelf = Shelf()

    def answer(self, environ: dict[str, Any], token: str) -> Answer:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _READ_ONLY
        now = datetime.now(UTC)
        try:
            address = self._address(hashlib.sha256(token.encode("latin-1")).hexdigest())
            if address is None:
                return _UNKNOWN
            if not _in_use(address):
                return _GONE
            self.keeper.note_fetch(address.token_id, now, client_name(environ.get("HTTP_USER_AGENT", "")))
            return self._calendar(environ, address, now)
        except Exception:
            _log.exception("no calendar to answer with")
            return _TROUBLE

    def _address(self, token_hash: str) -> Address | None:
        """Where the token leads, by the database; if that fails, by what this process remembers."""
        try:
            address = queries.address_of(self._engine, token_hash)
        except Exception:
            remembered = self._shelf.address(token_hash)
            if remembered is None:
                raise
            _log.exception("address looked up in memory")
            return remembered
        if address:
            self._shelf.put_address(token_hash, address)
        return address

    def _calendar(self, environ: dict[str, Any], address: Address, now: datetime) -> Answer:
        compressed = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        earlier = self._shelf.get(address.document_id)
        if earlier and earlier.fits(address, now):
            return _answer(environ, earlier, address, now, compressed)
        if tags := documents.kept_tags(address, now):
            etag = tags.gzipped if compressed else tags.plain
            if outcome(environ, etag, tags.modified) is Outcome.NOT_MODIFIED:
                return _not_modified(etag)
        return _answer(environ, self._current(address, earlier, now), address, now, compressed)

    def _current(self, address: Address, earlier: Drawn | None, now: datetime) -> Drawn:
        """The calendar as it now is, or the last good one if that can't be had."""
        try:
            drawn = documents.load(self._engine, address, earlier, now)
            if drawn is None:
                drawn = documents.redraw(self._engine, address, earlier, now, self._timezone)
                self.keeper.keep(address.document_id, drawn)
        except Exception:
            last = earlier or documents.load_however_old(self._engine, address)
            if last is None:
                raise
            _log.exception("answered with the last good calendar")
            return last
        self._shelf.put(address.document_id, drawn)
        return drawn


def _in_use(address: Address) -> bool:
    """Neither revoked, nor of a closed account, nor of a team, unit or site that is no more."""
    there = address.kind == FeedKind.VOLUNTEER or address.name is not None
    return address.revoked_at is None and bool(address.active) and there


def _answer(environ: dict[str, Any], drawn: Drawn, address: Address, now: datetime, compressed: bool) -> Answer:
    encoded = drawn.gzipped if compressed else drawn.plain
    match outcome(environ, encoded.etag, drawn.modified):
        case Outcome.NOT_MODIFIED:
            return _not_modified(encoded.etag)
        case Outcome.PRECONDITION_FAILED:
            return _CONDITION_FAILED
    headers = [
        ("Content-Type", "text/calendar; charset=utf-8"),
        ("Content-Length", str(len(encoded.body))),
        ("Content-Disposition", f'inline; filename="{address.kind}.ics"'),
        ("ETag", f'"{encoded.etag}"'),
        # Never later than the answer itself (RFC 9110 §8.8.2.1).
        ("Last-Modified", http_date(min(drawn.modified, now.replace(microsecond=0)))),
        *_CACHING,
        *_PRIVACY,
    ]
    if compressed:
        headers.append(("Content-Encoding", "gzip"))
    return Answer("200 OK", headers, encoded.body)


def _not_modified(etag: str) -> Answer:
    return Answer("304 Not Modified", [("ETag", f'"{etag}"'), *_CACHING, *_PRIVACY])


def _hide_token(environ: dict[str, Any]) -> None:
    """Servers write access logs from these after the answer, and an address in a log is an address given away."""
    for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
        if name in environ:
            environ[name] = f"{_PREFIX}***{_SUFFIX}"
