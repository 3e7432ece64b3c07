"""Placements: what a coordinator does at once to a published place, on the phone with somebody or in the room.

Everything else about a published week goes through the draft and the next publication.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import Account, MessageKind, Person, Shift
from roster.services import fields, outbox, places, turns
from roster.services.turns import Way

REASON_LENGTH = 300


def put(session: Session, shift_id: int, person_id: int, *, by: Account, now: datetime) -> None:
    """Put somebody on a published shift. Raises NotFound, NotAllowed, AlreadyExists, RuleBroken."""
    _require(session, shift_id, person_id, by)
    turns.change(session, joining=[(shift_id, person_id)], way=Way.BY_HAND, by=by, now=now)
    outbox.tell(session, person_id, MessageKind.TURN_ADDED, {"shift_id": shift_id}, now=now)
    places.settle(session, [shift_id], now=now)


def take_off(session: Session, shift_id: int, person_id: int, *, reason: str, by: Account, now: datetime) -> None:
    """Take somebody off a published shift. Raises NotFound, NotAllowed, FieldError, TurnChanged, RuleBroken."""
    _require(session, shift_id, person_id, by)
    why = fields.one_line(reason, "reason", longest=REASON_LENGTH, required=False)
    turns.change(session, leaving=[(shift_id, person_id)], way=Way.BY_HAND, by=by, now=now, reason=why)
    facts = {"shift_id": shift_id, "reason": why}
    outbox.tell(session, person_id, MessageKind.TURN_CANCELLED, facts, now=now)
    places.settle(session, [shift_id], now=now)


def _require(session: Session, shift_id: int, person_id: int, by: Account) -> None:
    shift = session.get(Shift, shift_id)
    if shift is None or session.get(Person, person_id) is None:
        raise NotFound(what="shift", id=shift_id)
    access.require_planner(by, shift.site.unit)
