"""The inbox: everything somebody was told in the last months, whether or not any message ever reached them.

Messages that went out together are one entry, and are read together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from roster.models import Account, Message, Person, Shift
from roster.queries.pages import page_number

KEPT = timedelta(days=90)
"""How far back it goes."""
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What was told at once, in the order things happened."""

    messages: Sequence[Message]

    @property
    def id(self) -> int:
        return self.messages[0].id

    @property
    def told_at(self) -> datetime:
        return self.messages[-1].created_at

    @property
    def is_read(self) -> bool:
        return all(message.read_at for message in self.messages)


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of entries, the latest first. `named` keeps in the session whatever their words will ask for by id."""

    entries: Sequence[Entry]
    total: int
    page: int
    named: Sequence[Shift | Person]


def inbox(session: Session, account: Account, *, now: datetime, page: int = 1) -> Inbox:
    """What the account's reader was told; as many queries for one entry as for twenty."""
    latest = func.max(Message.id)
    keys = select(entry_key()).where(mine(account), Message.created_at > now - KEPT).group_by(entry_key())
    total = session.scalar(select(func.count()).select_from(keys.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    shown = session.scalars(keys.order_by(latest.desc()).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    found = session.scalars(select(Message).where(mine(account), entry_key().in_(shown)).order_by(Message.id)).all()
    together: dict[int, list[Message]] = {key: [] for key in shown}
    for message in found:
        together[message.letter_id or -message.id].append(message)
    return Inbox([Entry(messages) for messages in together.values()], total, page, _named(session, found))


def _named(session: Session, messages: Sequence[Message]) -> list[Shift | Person]:
    shift_ids = {shift_id for message in messages for shift_id in message.shift_ids}
    people_ids = {message.facts["person_id"] for message in messages if "person_id" in message.facts}
    shifts = session.scalars(select(Shift).where(Shift.id.in_(shift_ids)).options(joinedload(Shift.site)))
    return [*shifts, *session.scalars(select(Person).where(Person.id.in_(people_ids)))]


def unread(session: Session, account: Account, *, now: datetime) -> int:
    """How many entries were not opened yet."""
    entries = select(func.count(func.distinct(entry_key()))).where(mine(account), Message.read_at.is_(None))
    return session.scalar(entries.where(Message.created_at > now - KEPT)) or 0


def mine(account: Account) -> ColumnElement[bool]:
    """Messages to the account itself, or to the person it belongs to; not what is told about them elsewhere."""
    own = Message.account_id == account.id
    both = own if account.person_id is None else or_(own, Message.person_id == account.person_id)
    return and_(both, Message.sent_to.is_(None))


def entry_key() -> ColumnElement[int]:
    """Alike for messages of one letter; one that still waits is an entry of its own."""
    return func.coalesce(Message.letter_id, -Message.id)
