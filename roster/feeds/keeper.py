"""Writes down what an answer need not wait for: drawn bytes, and who fetched which calendar when.

A poll is an hourly read by thousands of phones; a write in each would queue them all behind one another on SQLite. So
a thread of each process writes what has gathered, in one transaction, about a second later. If the
process dies first nothing is lost that matters: the bytes are drawn again, equal, and the next poll is noted.
"""

import atexit
import logging
import time
from datetime import datetime
from threading import Condition, Thread

from sqlalchemy import Connection, Engine, bindparam, update

from roster.feeds.documents import Drawn
from roster.models import FeedDocument, FeedToken

_GATHER = 1.0  # seconds
_log = logging.getLogger(__name__)

_KEEP = (
    update(FeedDocument)
    # Another process may have drawn a later state meanwhile.
    .where(FeedDocument.id == bindparam("document_id"), FeedDocument.drawn_changes <= bindparam("drawn_changes"))
    .values(
        drawn_changes=bindparam("drawn_changes"),
        body=bindparam("body"),
        body_gzip=bindparam("body_gzip"),
        etag=bindparam("etag"),
        etag_gzip=bindparam("etag_gzip"),
        last_modified=bindparam("last_modified"),
        valid_until=bindparam("valid_until"),
    )
)
_NOTE = (
    update(FeedToken)
    .where(FeedToken.id == bindparam("token_id"))
    .values(fetched_at=bindparam("fetched_at"), fetched_by=bindparam("fetched_by"))
)


class Keeper:
    """Safe for threads. Its own thread starts with the first thing to write."""

    def __init__(self, engine: Engine, gather: float = _GATHER) -> None:
        self._engine = engine
        self._gather = gather
        self._drawn: dict[int, Drawn] = {}
        self._fetches: dict[int, tuple[datetime, str]] = {}
        self._waiting = Condition()
        self._thread: Thread | None = None

    def keep(self, document_id: int, drawn: Drawn) -> None:
        with self._waiting:
            self._drawn[document_id] = drawn
            self._wake()

    def note_fetch(self, token_id: int, at: datetime, client: str) -> None:
        with self._waiting:
            self._fetches[token_id] = (at, client)
            self._wake()

    def flush(self) -> None:
        """Write what has gathered, now. A failure is logged: no answer depends on it."""
        with self._waiting:
            drawn, self._drawn = self._drawn, {}
            fetches, self._fetches = self._fetches, {}
        if not drawn and not fetches:
            return
        try:
            with self._engine.begin() as connection:
                _write(connection, drawn, fetches)
        except Exception:
            _log.exception("could not keep %d calendars and %d fetches", len(drawn), len(fetches))

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="feed-keeper", daemon=True)
            self._thread.start()
            atexit.register(self.flush)
        self._waiting.notify()

    def _run(self) -> None:
        while True:
            with self._waiting:
                self._waiting.wait_for(lambda: self._drawn or self._fetches)
            time.sleep(self._gather)
            self.flush()


def _write(connection: Connection, drawn: dict[int, Drawn], fetches: dict[int, tuple[datetime, str]]) -> None:
    if drawn:
        connection.execute(_KEEP, [_columns(document_id, document) for document_id, document in drawn.items()])
    if fetches:
        rows = [{"token_id": token, "fetched_at": at, "fetched_by": client} for token, (at, client) in fetches.items()]
        connection.execute(_NOTE, rows)


def _columns(document_id: int, drawn: Drawn) -> dict[str, object]:
    return {
        "document_id": document_id,
        "drawn_changes": drawn.changes,
        "body": drawn.plain.body,
        "body_gzip": drawn.gzipped.body,
        "etag": drawn.plain.etag,
        "etag_gzip": drawn.gzipped.etag,
        "last_modified": drawn.modified,
        "valid_until": drawn.valid_until,
    }
