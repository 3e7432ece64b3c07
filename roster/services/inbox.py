"""Reading the inbox: an entry is read once its reader opened it here, or answered by a link of the letter it became."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from roster.errors import NotFound
from roster.models import Account, Message
from roster.queries.inbox import Entry, mine


def read(session: Session, message_id: int, *, by: Account, now: datetime) -> Entry:
    """The entry that holds a message of one's own, read from now on. Raises NotFound."""
    message = session.scalar(select(Message).where(Message.id == message_id, mine(by)))
    if message is None:
        raise NotFound(what="message", id=message_id)
    together = Message.id == message.id if message.letter_id is None else Message.letter_id == message.letter_id
    found = session.scalars(select(Message).where(together, mine(by)).order_by(Message.id)).all()
    for one in found:
        one.read_at = one.read_at or now
    return Entry(found)


def read_all(session: Session, *, by: Account, now: datetime) -> None:
    session.execute(update(Message).where(mine(by), Message.read_at.is_(None)).values(read_at=now))


def read_letter(session: Session, letter_id: int | None, *, now: datetime) -> None:
    """Whoever answers by a link of this letter has read it."""
    if letter_id is not None:
        unread = update(Message).where(Message.letter_id == letter_id, Message.read_at.is_(None))
        session.execute(unread.values(read_at=now))
