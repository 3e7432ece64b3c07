"""Tries: how often something was tried in vain within a window of time, known to every process.

Counted in the database, because each process counting for itself let a guesser try as often as there are processes, and
anew after each restart. Only what failed is counted, so nobody waits for this who signs in.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from roster.models import Tries


def add(session: Session, key: str, seconds: int, *, now: datetime, amount: int = 1) -> int:
    """Count a try; how many there are in the window, which begins with its first and lasts so long."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    ends_at = now + timedelta(seconds=seconds)
    row = build(Tries).values(key=_hashed(key), count=amount, ends_at=ends_at)
    over = Tries.ends_at <= now
    again = {
        "count": case((over, amount), else_=Tries.count + amount),
        "ends_at": case((over, ends_at), else_=Tries.ends_at),
    }
    counted = row.on_conflict_do_update(index_elements=[Tries.key], set_=again).returning(Tries.count)
    return session.execute(counted).scalar_one()


def made(session: Session, key: str, *, now: datetime) -> tuple[int, datetime]:
    """How many tries there are in the window that holds now, and when it ends."""
    found = session.get(Tries, _hashed(key), populate_existing=True)
    return (found.count, found.ends_at) if found and found.ends_at > now else (0, now)


def forget(session: Session, key: str) -> None:
    session.execute(delete(Tries).where(Tries.key == _hashed(key)))


def forget_all(session: Session) -> None:
    session.execute(delete(Tries))


def forget_old(session: Session, now: datetime) -> None:
    """Windows that have ended count nothing any more. A clock asks for it."""
    session.execute(delete(Tries).where(Tries.ends_at <= now))


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
