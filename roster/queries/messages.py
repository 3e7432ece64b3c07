"""The outbox of a unit and all beneath it: what was sent, what waits, what failed and what is in doubt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, selectinload

from roster.models import (
    Account,
    Channel,
    ContactChoice,
    Delivery,
    DeliveryState,
    Letter,
    Message,
    MessageKind,
    Person,
    PushDevice,
    Role,
    Unit,
)
from roster.planning import scope
from roster.queries.pages import page_number

Columns = TypeVarTuple("Columns")
PAGE_SIZE = 50
TROUBLE = (DeliveryState.FAILED, DeliveryState.UNSURE)
"""What is not tried again by itself."""


class Side(StrEnum):
    """What a delivery counts as, in the figures and in the lists alike."""

    TROUBLE = "trouble"
    """Failed or in doubt, also what failed and will be tried again."""
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


_SIDE = case(
    (Delivery.state.in_(TROUBLE), Side.TROUBLE.value),
    ((Delivery.state == DeliveryState.WAITING) & (Delivery.attempts > 0), Side.TROUBLE.value),
    (Delivery.state == DeliveryState.SENT, Side.SENT.value),
    (Delivery.state == DeliveryState.DROPPED, Side.DROPPED.value),
    else_=Side.WAITING.value,
)


@dataclass(frozen=True, slots=True)
class SentRow:
    """One delivery. `at`: when it ended, or when it is next due, local to the unit; `read`: here, or by an answer."""

    id: int
    name: str
    kinds: Sequence[MessageKind]
    channel: Channel
    state: DeliveryState
    attempts: int
    error: str
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Sent:
    rows: Sequence[SentRow]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class UnreachedRow:
    """A letter that no channel leads to: it stands in its reader's inbox alone. `phone`: "" if none is known."""

    name: str
    phone: str
    kinds: Sequence[MessageKind]
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Unreached:
    rows: Sequence[UnreachedRow]
    total: int
    page: int


def counts(session: Session, unit: Unit, *, since: datetime) -> Mapping[str, int]:
    """How many deliveries there are on each side."""
    states = _within(select(_SIDE.label("side"), Delivery.id), unit, since).subquery()
    rows = session.execute(select(states.c.side, func.count()).group_by(states.c.side))
    found = {Side(side): count for side, count in rows}
    return {side: found.get(side, 0) for side in Side}


def gathering(session: Session, unit: Unit) -> int:
    """Readers with something to be told that waits some minutes for more, before it becomes a letter."""
    waiting = select(Message.person_id, Message.account_id, Message.sent_to).where(Message.letter_id.is_(None))
    readers = waiting.where(_readers(Message, unit)).distinct()
    return session.scalar(select(func.count()).select_from(readers.subquery())) or 0


def unreachable(session: Session, unit: Unit, available: Collection[Channel], *, since: datetime) -> int:
    """People who were to be told something and to whom no channel leads, also of those that came since."""
    people = _unreached(select(func.count(func.distinct(Letter.person_id))), unit, since)
    later, sent = aliased(Letter), aliased(Delivery)
    reached_since = exists().where(
        later.person_id == Letter.person_id, later.id > Letter.id, sent.letter_id == later.id
    )
    return session.scalar(people.where(~reached_since, ~reached_by(available))) or 0


def reached_by(available: Collection[Channel]) -> ColumnElement[bool]:
    """A letter to the person of the query leaves by one of these channels, or for a device of theirs, as
    `services/contacts.reader` finds the way for one person."""
    account = select(Account.id).where(Account.person_id == Person.id, Account.active)
    addresses: Mapping[Channel, ColumnElement[bool]] = {
        Channel.EMAIL: Person.email.is_not(None) | account.where(Account.login.contains("@")).exists(),
        Channel.TELEGRAM: exists().where(ContactChoice.person_id == Person.id, ContactChoice.telegram != ""),
        Channel.ZALO: exists().where(ContactChoice.person_id == Person.id, ContactChoice.zalo != ""),
        Channel.WEBHOOK: Person.phone.is_not(None),
    }
    device = select(PushDevice.id).join(Account, Account.id == PushDevice.account_id)
    working = device.where(Account.person_id == Person.id, Account.active, PushDevice.gone_at.is_(None))
    return or_(working.exists(), *(_wants(way) & addresses[way] for way in sorted(available) if way in addresses))


def _wants(channel: Channel) -> ColumnElement[bool]:
    """Whoever never chose is told by e-mail alone."""
    if channel is Channel.EMAIL:
        return ~without_email()
    chosen = cast(ContactChoice.channels, String)
    return exists().where(ContactChoice.person_id == Person.id, chosen.contains(f'"{channel.value}"'))


def without_email() -> ColumnElement[bool]:
    """The person of the query wants no e-mail."""
    chosen = cast(ContactChoice.channels, String)
    return exists().where(ContactChoice.person_id == Person.id, ~chosen.contains(f'"{Channel.EMAIL.value}"'))


def unreached(session: Session, unit: Unit, *, since: datetime, page: int = 1) -> Unreached:
    """What stands on somebody's page alone, the latest first."""
    total = session.scalar(_unreached(select(func.count(Letter.id)), unit, since)) or 0
    page = page_number(page, total, PAGE_SIZE)
    found = session.scalars(
        _unreached(select(Letter), unit, since)
        .options(contains_eager(Letter.person), selectinload(Letter.messages))
        .order_by(Letter.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Unreached([_unreached_row(letter, unit) for letter in found], total, page)


def sent(session: Session, unit: Unit, *, side: Side, since: datetime, page: int = 1) -> Sent:
    """Deliveries of one side, the latest first."""
    chosen = _within(select(Delivery), unit, since).where(_SIDE.in_((side.value,)))
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    found = session.scalars(
        chosen.options(
            contains_eager(Delivery.letter).joinedload(Letter.person),
            contains_eager(Delivery.letter).joinedload(Letter.account),
            contains_eager(Delivery.letter).selectinload(Letter.messages),
        )
        .order_by(Delivery.due_at.desc(), Delivery.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Sent([_row(delivery, unit) for delivery in found], total, page)


def _within(query: Select[*Columns], unit: Unit, since: datetime) -> Select[*Columns]:
    """To people of the unit and beneath, and to those who coordinate there."""
    return query.join(Delivery.letter).where(_readers(Letter, unit), Letter.created_at >= since)


def _readers(of: type[Letter | Message], unit: Unit) -> ColumnElement[bool]:
    people = select(Person.id).join(Person.unit).where(scope.beneath(unit.path))
    accounts = select(Role.account_id).join(Role.unit).where(scope.beneath(unit.path))
    return or_(of.person_id.in_(people), of.account_id.in_(accounts))


def _unreached(query: Select[*Columns], unit: Unit, since: datetime) -> Select[*Columns]:
    beneath = query.join(Letter.person).join(Person.unit).where(scope.beneath(unit.path))
    return beneath.where(Letter.created_at >= since, Letter.sent_to.is_(None), ~Letter.deliveries.any())


def _row(delivery: Delivery, unit: Unit) -> SentRow:
    letter = delivery.letter
    return SentRow(
        id=delivery.id,
        name=letter.person.full_name if letter.person else letter.account.display_name if letter.account else "",
        kinds=_kinds(letter),
        channel=delivery.channel,
        state=delivery.state,
        attempts=delivery.attempts,
        error=delivery.error,
        at=(delivery.ended_at or delivery.due_at).astimezone(unit.zone),
        read=_is_read(letter),
    )


def _unreached_row(letter: Letter, unit: Unit) -> UnreachedRow:
    person = letter.person
    return UnreachedRow(
        name=person.full_name if person else "",
        phone=(person.phone if person else None) or "",
        kinds=_kinds(letter),
        at=letter.created_at.astimezone(unit.zone),
        read=_is_read(letter),
    )


def _kinds(letter: Letter) -> Sequence[MessageKind]:
    return list(dict.fromkeys(message.kind for message in letter.messages))


def _is_read(letter: Letter) -> bool:
    return all(message.read_at for message in letter.messages)
