"""Asking a favour of somebody, to stand in or to swap: how often they may be asked, whoever asks.

People are volunteers. Without a limit a call that is stopped and begun again, or a swap proposed and taken back, would
ring the same phone all day; so what counts is what somebody was told, not what still stands.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError
from roster.models import Message, MessageKind

FAVOURS = frozenset({MessageKind.COVER_ASKED, MessageKind.SWAP_ASKED})
DAY = timedelta(hours=24)
MOST_A_DAY = 6
"""Favours asked of one person within a day."""
MOST_A_SHIFT = 2
"""And about one and the same shift: once, and once more for who overlooked it."""


def askable(session: Session, person_ids: Collection[int], shift_id: int, *, now: datetime) -> set[int]:
    """Those of the people who may be asked about this shift now."""
    asked: dict[int, list[Message]] = {person_id: [] for person_id in person_ids}
    lately = select(Message).where(Message.person_id.in_(person_ids), Message.created_at > now - DAY)
    for message in session.scalars(lately.where(Message.kind.in_(FAVOURS))):
        asked[message.person_id or 0].append(message)
    return {person_id for person_id, messages in asked.items() if _may_be_asked(messages, shift_id)}


def require_askable(session: Session, person_id: int, shift_id: int, *, now: datetime) -> None:
    """Raises FieldError (`person_id`: `asked_enough`)."""
    if not askable(session, [person_id], shift_id, now=now):
        raise FieldError(field="person_id", reason="asked_enough")


def _may_be_asked(messages: Collection[Message], shift_id: int) -> bool:
    about_this = [message for message in messages if message.facts.get("shift_id") == shift_id]
    return len(messages) < MOST_A_DAY and len(about_this) < MOST_A_SHIFT
