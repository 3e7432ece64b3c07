"""Reasons: what speaks for one turn of the draft, as the referee sees it."""

from datetime import datetime

from sqlalchemy.orm import Session

from roster.models import Roster, Shift
from roster.planning import staffing
from roster.planning.snapshot import person_key, shift_key
from solver import explain
from solver.explain import Service

__all__ = ["Service", "why_here"]


def why_here(session: Session, roster: Roster, shift: Shift, person_id: int, *, now: datetime) -> Service | None:
    """What would be lost without the person and who else could come; None if they do not serve there now."""
    about = staffing.around_shifts(session, roster, [shift], now=now)
    if not about.plans(shift.id) or not about.knows(person_id) or not about.is_on(person_id, shift.id):
        return None
    return explain.why_here(about.standing, person_key(person_id), shift_key(shift.id))
