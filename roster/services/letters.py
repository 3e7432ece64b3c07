"""Letters: what the outbox gathers for one reader, and how each is handed over exactly once or visibly not.

A delivery is claimed for a while, written, and marked as *sending* in the last moment before its bytes become final for
the other side. A worker that dies before that mark loses nothing: the claim runs out and another worker sends. One
that dies after it leaves a delivery that may have arrived: it becomes *unsure* and is never sent again by itself,
because nobody should be told twice. A coordinator sees it and may send it again by hand.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from roster import access
from roster.errors import Conflict, NotFound
from roster.models import Account, Channel, Delivery, DeliveryState, Letter, Message, Unit
from roster.services import audit, contacts

WRITING = timedelta(seconds=90)
"""How long a claim holds; far above what writing one letter and greeting its mail server take."""
HANDING_OVER = timedelta(minutes=5)
"""How long one may take to say what became of a letter whose bytes were handed over."""
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""The pause after each failed attempt; after the last one the letter is given up."""
NEAR = timedelta(hours=1)
"""A shift that begins sooner than this after the quiet hours is worth disturbing somebody for."""
BATCH = 200
_READER = (Message.person_id, Message.account_id, Message.sent_to)


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one delivery by one channel, which only who knows `attempt` may end."""

    delivery_id: int
    channel: Channel
    attempt: str


def gather(session: Session, available: Collection[Channel], *, now: datetime, limit: int = BATCH) -> int:
    """Make letters of what is due: one for each reader, with all that waits for them. How many were made.

    `available`: the channels this installation can send by.
    """
    due = select(*_READER).where(Message.letter_id.is_(None), Message.due_at <= now).group_by(*_READER).limit(limit)
    readers = [tuple(reader) for reader in session.execute(due)]
    return sum(_make(session, reader, available, now) for reader in readers)


def _make(session: Session, reader: tuple[Any, ...], available: Collection[Channel], now: datetime) -> int:
    columns = zip(_READER, reader, strict=True)
    same = (column.is_(None) if value is None else column == value for column, value in columns)
    waiting = select(Message).where(*same, Message.letter_id.is_(None))
    # Another worker that gathers at the same time holds what it takes; we make no second letter of it.
    messages = session.scalars(waiting.order_by(Message.id).with_for_update(skip_locked=True)).all()
    if not messages:
        return 0
    letter = _asleep(session, messages[0], now) or _new_letter(session, messages[0], available, now)
    letter.messages.extend(messages)
    due_at = not_before(session, letter, contacts.reader_of(session, letter), now=now)
    for delivery in letter.deliveries:
        delivery.due_at = due_at
    session.flush()
    return 1


def _asleep(session: Session, message: Message, now: datetime) -> Letter | None:
    """The letter that waits for its reader's morning already, so that a night of changes is one letter too."""
    waits = (Delivery.state == DeliveryState.WAITING, Delivery.attempts == 0, Delivery.due_at > now)
    letters = (
        select(Letter)
        .join(Letter.deliveries)
        .where(*waits, Letter.person_id.is_not_distinct_from(message.person_id))
        .where(Letter.account_id.is_not_distinct_from(message.account_id))
        .where(Letter.sent_to.is_not_distinct_from(message.sent_to))
        .with_for_update(of=Delivery)
    )
    found = session.scalars(letters.order_by(Letter.id.desc()).limit(1)).first()
    tried = found is not None and any(
        one.attempts or one.state is not DeliveryState.WAITING for one in found.deliveries
    )
    return None if tried else found


def _new_letter(session: Session, message: Message, available: Collection[Channel], now: datetime) -> Letter:
    """For the reader of this message, by every way that leads to them from here."""
    letter = Letter(person_id=message.person_id, account_id=message.account_id, sent_to=message.sent_to, created_at=now)
    session.add(letter)
    reader = contacts.reader_of(session, letter)
    ways: list[tuple[Channel, int | None]] = [(channel, None) for channel in reader.channels]
    ways += [(Channel.PUSH, device_id) for device_id in reader.devices]
    letter.deliveries = [
        Delivery(
            channel=channel,
            device_id=device_id,
            message_id=secrets.token_hex(16),
            due_at=now,
            state=DeliveryState.WAITING,
        )
        for channel, device_id in ways
        if channel in available
    ]
    return letter


def not_before(session: Session, letter: Letter, reader: contacts.Reader, *, now: datetime) -> datetime:
    """Now, or when the reader's quiet hours end: unless a shift it is about would then have begun, or nearly."""
    ends = reader.quiet_until(now)
    if ends is None:
        return now
    soonest = contacts.soonest_start(session, letter.messages, now=now)
    return now if soonest is not None and soonest < ends + NEAR else ends


def claim(session: Session, channels: Collection[Channel] = tuple(Channel), *, now: datetime) -> Claim | None:
    """Take the delivery that waits longest for one of the channels, to write and send it; None if none is due."""
    free = or_(Delivery.attempt_until.is_(None), Delivery.attempt_until < now)
    due = (Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
    waits = (*due, free, Delivery.channel.in_(channels))
    first = select(Delivery.id).where(*waits).order_by(Delivery.due_at, Delivery.id).limit(1)
    attempt = secrets.token_hex(8)
    taken = session.execute(
        update(Delivery)
        # The conditions again: PostgreSQL re-checks them on the row's newest version once it holds the lock.
        .where(Delivery.id == first.with_for_update(skip_locked=True).scalar_subquery(), *waits)
        .values(attempt=attempt, attempt_until=now + WRITING)
        .returning(Delivery.id, Delivery.channel)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if taken is None else Claim(*taken, attempt=attempt)


def hand_over(session: Session, claim: Claim, *, now: datetime) -> bool:
    """From here on the letter may have arrived. False: the claim ran out, and somebody else answers for it."""
    values = {"state": DeliveryState.SENDING, "attempt_until": now + HANDING_OVER, "attempts": Delivery.attempts + 1}
    return _changed(session, claim, (DeliveryState.WAITING,), values)


def sent(session: Session, claim: Claim, *, now: datetime) -> bool:
    """It arrived where it was handed to, even if a sweep meanwhile took it for unsure."""
    values = {"state": DeliveryState.SENT, "ended_at": now, "error": "", "attempt_until": None}
    return _changed(session, claim, (DeliveryState.SENDING, DeliveryState.UNSURE), values)


def postpone(session: Session, claim: Claim, *, until: datetime) -> bool:
    """Not now: its reader sleeps, and it was late for other reasons than theirs."""
    values: dict[str, object] = {"due_at": until, "attempt": None, "attempt_until": None}
    return _changed(session, claim, (DeliveryState.WAITING,), values)


def drop(session: Session, claim: Claim, *, why: str, now: datetime) -> bool:
    """Nothing is left to say, or nowhere to say it."""
    values = {"state": DeliveryState.DROPPED, "ended_at": now, "error": why, "attempt_until": None}
    return _changed(session, claim, (DeliveryState.WAITING,), values)


def doubt(session: Session, claim: Claim, *, error: str, now: datetime) -> bool:
    """The other side fell silent after it had everything: it may have arrived."""
    values = {"state": DeliveryState.UNSURE, "ended_at": now, "error": error, "attempt_until": None}
    return _changed(session, claim, (DeliveryState.SENDING,), values)


def fail(session: Session, claim: Claim, *, error: str, for_good: bool, now: datetime) -> bool:
    """It certainly did not arrive: try again after a pause, unless the refusal is final or was the last."""
    delivery = session.get_one(Delivery, claim.delivery_id, populate_existing=True)
    tried = delivery.attempts + (delivery.state is DeliveryState.WAITING)
    again = not for_good and tried <= len(RETRIES)
    values = {"error": error[:500], "attempts": tried, "attempt_until": None}
    if again:
        values |= {"state": DeliveryState.WAITING, "due_at": now + RETRIES[tried - 1], "attempt": None}
    else:
        values |= {"state": DeliveryState.FAILED, "ended_at": now}
    return _changed(session, claim, (DeliveryState.WAITING, DeliveryState.SENDING), values)


def stumble(session: Session, claim: Claim, *, error: str, now: datetime) -> bool:
    """Something of ours broke: tried again if the letter had not left yet. What had may have arrived; see `sweep`."""
    delivery = session.get_one(Delivery, claim.delivery_id, populate_existing=True)
    waits = delivery.state is DeliveryState.WAITING
    return waits and fail(session, claim, error=error, for_good=False, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Mark as unsure what a dead worker was handing over; how many there were."""
    lost = update(Delivery).where(Delivery.state == DeliveryState.SENDING, Delivery.attempt_until < now)
    values = {"state": DeliveryState.UNSURE, "ended_at": now, "error": "the worker died while handing it over"}
    result = session.execute(lost.values(**values).execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _changed(session: Session, claim: Claim, states: Collection[DeliveryState], values: dict[str, object]) -> bool:
    mine = (Delivery.id == claim.delivery_id, Delivery.attempt == claim.attempt, Delivery.state.in_(states))
    result = session.execute(
        update(Delivery).where(*mine).values(**values).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def send_again(session: Session, delivery_id: int, *, by: Account, now: datetime) -> Delivery:
    """Send what failed, or what may not have arrived, once more: a coordinator has asked the reader, or risks it.

    Raises NotFound, NotAllowed, Conflict.
    """
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    units = _units_of(delivery.letter) if delivery else []
    if delivery is None or not units:
        raise NotFound(what="delivery", id=delivery_id)
    planned = next((unit for unit in units if access.may_plan(by, unit)), units[0])
    access.require_planner(by, planned)
    if delivery.state not in (DeliveryState.FAILED, DeliveryState.UNSURE):
        raise Conflict(what="delivery", id=delivery_id)
    delivery.state, delivery.due_at, delivery.attempt, delivery.ended_at = DeliveryState.WAITING, now, None, None
    delivery.attempts = 0
    reader = delivery.letter.person_id or delivery.letter.account_id
    kind = "person" if delivery.letter.person_id else "account"
    audit.record(session, "message.again", f"{kind}:{reader}", by=by, now=now, unit=planned)
    return delivery


def _units_of(letter: Letter) -> list[Unit]:
    """Whose planners look after its reader: the person's unit, or those in which a coordinator has a role."""
    if letter.person is not None:
        return [letter.person.unit]
    roles = letter.account.roles if letter.account else []
    return [role.unit for role in roles if role.unit is not None]
