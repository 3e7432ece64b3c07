"""Writes down what an answer need not wait for: drawn bytes, and who fetched which calendar when.

A poll is an hourly read by thousands of phones; a write in each would queue them all behind one another on SQLite. So
a thread of each process writes what has gathered, in one transaction, about a second later. If the
process dies first nothing is lost that matters: the bytes are drawn again, equal, and the next poll is noted.
"""

import atexit
import logging
import time
from datetime import datetime
from threading import Event, Lock, Thread

from sqlalchemy import BindParameter, Connection, Engine, bindparam, select, update

from roster.feeds.documents import Drawn
from roster.models import FeedBody, FeedDocument, FeedToken

_GATHER = 1.0  # seconds
_log = logging.getLogger(__name__)

_DOCUMENT: BindParameter[int] = bindparam("document")
_KEEP = (
    update(FeedDocument)
    # Another process may have drawn a later state meanwhile.
    .where(FeedDocument.id == _DOCUMENT, FeedDocument.drawn_changes <= bindparam("drawn_changes"))
    .values({name: bindparam(name) for name in ("drawn_changes", "etag", "etag_gzip", "last_modified", "valid_until")})
)
_KEEP_BODY = (
    update(FeedBody)
    .where(FeedBody.document_id == _DOCUMENT)
    .where(bindparam("etag") == select(FeedDocument.etag).where(FeedDocument.id == _DOCUMENT).scalar_subquery())
    .values({name: bindparam(name) for name in ("body", "body_gzip")})
)
_NOTE = (
    update(FeedToken)
    .where(FeedToken.id == bindparam("token_id"))
    .values(fetched_at=bindparam("fetched_at"), fetched_by=bindparam("fetched_by"))
)

KEEPING = "feed-keeper"
"""The name of the thread that writes."""


class Keeper:
    """Safe for threads. Its own thread starts with the first thing to write."""

    def __init__(self, engine: Engine, gather: float = _GATHER) -> None:
        self._engine = engine
        self._gather = gather
        self._drawn: dict[int, Drawn] = {}
        self._fetches: dict[int, tuple[datetime, str]] = {}
        self._lock = Lock()
        self._writing = Lock()
        self._something = Event()
        self._thread: Thread | None = None

    def keep(self, document_id: int, drawn: Drawn) -> None:
        with self._lock:
            self._drawn[document_id] = drawn
        self._wake()

    def note_fetch(self, token_id: int, at: datetime, client: str) -> None:
        with self._lock:
            self._fetches[token_id] = (at, client)
        self._wake()

    def flush(self) -> None:
        """Write what has gathered, now, and wait for what another thread is just writing.

        A failure is logged: no answer depends on it.
        """
        with self._writing:
            drawn, fetches = self._take()
            if not drawn and not fetches:
                return
            try:
                with self._engine.begin() as connection:
                    _write(connection, drawn, fetches)
            except Exception:
                _log.exception("could not keep %d calendars and %d fetches", len(drawn), len(fetches))

    def _take(self) -> tuple[dict[int, Drawn], dict[int, tuple[datetime, str]]]:
        with self._lock:
            drawn, self._drawn = self._drawn, {}
            fetches, self._fetches = self._fetches, {}
        return drawn, fetches

    def _wake(self) -> None:
        if self._something.is_set():
            return
        self._something.set()
        if self._thread is None:
            self._thread = Thread(target=self._run, name=KEEPING, daemon=True)
            self._thread.start()
            atexit.register(self.flush)

    def _run(self) -> None:
        while True:
            self._something.wait()
            time.sleep(self._gather)
            self._something.clear()
            self.flush()


def _write(connection: Connection, drawn: dict[int, Drawn], fetches: dict[int, tuple[datetime, str]]) -> None:
    if drawn:
        connection.execute(_KEEP, [_state(document_id, document) for document_id, document in drawn.items()])
        connection.execute(_KEEP_BODY, [_bytes(document_id, document) for document_id, document in drawn.items()])
    if fetches:
        rows = [{"token_id": token, "fetched_at": at, "fetched_by": client} for token, (at, client) in fetches.items()]
        connection.execute(_NOTE, rows)


def _state(document_id: int, drawn: Drawn) -> dict[str, object]:
    return {
        "document": document_id,
        "drawn_changes": drawn.changes,
        "etag": drawn.plain.etag,
        "etag_gzip": drawn.gzipped.etag,
        "last_modified": drawn.modified,
        "valid_until": drawn.valid_until,
    }


def _bytes(document_id: int, drawn: Drawn) -> dict[str, object]:
    plain, packed = drawn.plain, drawn.gzipped
    return {"document": document_id, "etag": plain.etag, "body": plain.body, "body_gzip": packed.body}
