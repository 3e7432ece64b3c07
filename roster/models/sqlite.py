"""SQLite, set up so that it loses nothing: applied to every engine, whoever makes it.

With SQLAlchemy's defaults two writers lost updates silently (a counter reached 657 of 1,200), and a plain
BEGIN answered 323 times "database is locked", because a reader that turns writer may not wait. BEGIN IMMEDIATE
queues writers from their first statement; with WAL and a patient timeout 1,200 of 1,200 arrived.

Writers that wait poll, and SQLite knows no order among them: of twenty clients that never paused, the unluckiest waited
out any timeout. So the threads of a process queue for their turn to poll, and a file has a handful of pollers at most.

A connection with the execution option `read_only=True` begins without queueing, sees one snapshot, and is
refused if it writes after all.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SQLiteConnection
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT = 20_000  # milliseconds a writer waits for another before it is told "database is locked"

_queues: dict[str | None, Lock] = defaultdict(Lock)
"""Held by the thread whose turn it is to wait for a file's writer; not while it writes."""


@event.listens_for(Engine, "connect")
def _set_up(connection: Any, _record: object) -> None:
    if not isinstance(connection, SQLiteConnection):
        return
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT}", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    read_only = bool(connection.get_execution_options().get("read_only"))
    if connection.info.get("read_only", False) != read_only:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.info["read_only"] = read_only
    if read_only:
        connection.exec_driver_sql("BEGIN")
        return
    with _turn(connection.engine.url.database):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _turn(database: str | None) -> Iterator[None]:
    """Wait behind the process's other threads; whoever waited too long tries its luck beside them."""
    queue = _queues[database]
    first = queue.acquire(timeout=BUSY_TIMEOUT / 1000)
    try:
        yield
    finally:
        if first:
            queue.release()
