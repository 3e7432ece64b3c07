"""Telling those whom a change of the published roster concerns, and nobody else."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, MessageKind, Roster, Shift
from roster.planning.difference import Turn
from roster.services import outbox


def published(
    session: Session, roster: Roster, *, added: Iterable[Turn], removed: Iterable[Turn], now: datetime
) -> None:
    """Tell each person whose turns a publication changed, once, what came and what went."""
    first_day = roster.period.first_day.isoformat()
    facts: dict[int, dict[str, Any]] = defaultdict(lambda: {"first_day": first_day, "added": [], "removed": []})
    for name, turns in (("added", added), ("removed", removed)):
        for shift_id, person_id in turns:
            facts[person_id][name].append(shift_id)
    outbox.tell_all(session, facts, MessageKind.PUBLISHED, now=now)


def shift_cancelled(session: Session, shift: Shift, *, now: datetime) -> None:
    """Tell whoever serves on a shift to come that it was called off."""
    _tell_people_of(session, shift, MessageKind.SHIFT_CANCELLED, {"reason": shift.cancel_reason}, now)


def shift_restored(session: Session, shift: Shift, *, now: datetime) -> None:
    """Tell whoever served on a cancelled shift that it takes place after all, and that they are on it."""
    _tell_people_of(session, shift, MessageKind.TURN_ADDED, {"cause": "restored"}, now)


def shift_moved(
    session: Session, shift: Shift, *, starts_at: datetime, ends_at: datetime, site_id: int, now: datetime
) -> None:
    """Tell whoever serves on a shift that it is not when or where it was."""
    before = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "site_id": site_id}
    _tell_people_of(session, shift, MessageKind.SHIFT_MOVED, before, now)


def _tell_people_of(session: Session, shift: Shift, kind: MessageKind, facts: dict[str, Any], now: datetime) -> None:
    if shift.ends_at <= now:
        return
    people = session.scalars(
        select(Assignment.person_id).where(Assignment.shift_id == shift.id, Assignment.state == AssignmentState.ACTIVE)
    )
    outbox.tell_all(session, {person_id: {"shift_id": shift.id} | facts for person_id in people}, kind, now=now)
