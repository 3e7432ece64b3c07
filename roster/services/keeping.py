"""Keeping: for how long what was told and what was done is kept, and throwing it away afterwards.

Nobody is shown it any more by then, and much of it is about people: why somebody could not come, who was asked to stand
in. Each look takes a handful of the oldest rows and no more: nobody may wait while months of them go.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from roster.models import AnswerLink, Base, Job, Letter, Message
from roster.queries import inbox

KEPT = inbox.KEPT
"""As long as an inbox shows what was told; the outbox of a unit shows less. So long are kept letters, with their
messages, deliveries and links, and jobs that have ended."""
LOOKED_AT = 200
"""How many of the oldest rows, each time."""


def forget_old(session: Session, now: datetime) -> None:
    """Throw away what nobody is shown any more. A clock asks for it."""
    _forget_letters(session, now)
    _forget_jobs(session, now)


def _forget_letters(session: Session, now: datetime) -> None:
    """But none of which a link is good: one may answer for a shift far ahead."""
    since = now - KEPT
    # A letter that waited for the morning holds messages younger than itself.
    shown = or_(Letter.created_at > since, Letter.messages.any(Message.created_at > since))
    answerable = select(AnswerLink.id).where(AnswerLink.letter_id == Letter.id, AnswerLink.expires_at > now).exists()
    over = _taken(session, select(Letter.id).where(_oldest(Letter), ~shown, ~answerable))
    session.execute(delete(Letter).where(Letter.id.in_(over)))  # its messages, deliveries and links go with it


def _forget_jobs(session: Session, now: datetime) -> None:
    """What they were for stays, and no longer says which job did it."""
    over = _taken(session, select(Job.id).where(_oldest(Job), Job.finished_at <= now - KEPT))
    for column in _pointing_at_jobs():
        session.execute(update(column.table).where(column.in_(over)).values({column: None}))
    session.execute(delete(Job).where(Job.id.in_(over)))


def _oldest(table: type[Letter | Job]) -> ColumnElement[bool]:
    """By their numbers, which rise with time and need no index of their own."""
    return table.id.in_(select(table.id).order_by(table.id).limit(LOOKED_AT))


def _taken(session: Session, which: Select[int]) -> Sequence[int]:
    """Ours until the commit; what another worker throws away meanwhile is left to it."""
    return session.scalars(which.with_for_update(skip_locked=True)).all()


def _pointing_at_jobs() -> list[Column[int]]:
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(foreign.column.table is Job.__table__ for foreign in column.foreign_keys)
    ]
