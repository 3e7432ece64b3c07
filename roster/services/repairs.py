"""Repairs accepted: a coordinator puts a proposal, or the lines of it they chose, into effect at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from roster.errors import FieldError, NotFound
from roster.models import Account, MessageKind
from roster.planning.difference import Turn
from roster.services import fields, outbox, places, rosters, turns
from roster.services.turns import Way

REASON_LENGTH = 300


def accept(
    session: Session,
    roster_id: int,
    *,
    joining: Collection[Turn],
    leaving: Collection[Turn],
    reason: str,
    by: Account,
    now: datetime,
) -> int:
    """Exchange these published turns of one roster, all or none, and tell everybody concerned; how many they are.

    Raises NotFound, NotAllowed, FieldError (`none_chosen`), AlreadyExists, TurnChanged, RuleBroken.
    """
    roster = rosters.get(session, roster_id, by=by)
    why = fields.one_line(reason, "reason", longest=REASON_LENGTH, required=False)
    if not joining and not leaving:
        raise FieldError(field="line", reason="none_chosen")
    shift_ids = {shift_id for shift_id, _ in (*joining, *leaving)}
    if {found.id for found in turns.lock(session, shift_ids).values()} != {roster.id}:
        raise NotFound(what="shift", id=None)
    turns.change(session, joining=joining, leaving=leaving, way=Way.REPAIRED, by=by, now=now, reason=why)
    for shift_id, person_id in leaving:
        facts = {"shift_id": shift_id, "reason": why}
        outbox.tell(session, person_id, MessageKind.TURN_CANCELLED, facts, now=now)
    for shift_id, person_id in joining:
        outbox.tell(session, person_id, MessageKind.TURN_ADDED, {"shift_id": shift_id}, now=now)
    places.settle(session, sorted(shift_ids), now=now)
    return len(joining) + len(leaving)
