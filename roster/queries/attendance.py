"""Shifts to which fewer people came than were expected, and of which nobody has said yet who was missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import Account, Assignment, AssignmentState, Shift, ShiftState, Site
from roster.models.shifts import COUNTED_WITHIN
from roster.queries.publications import Place
from roster.queries.turns import place_of

MOST = 30


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A shift to which `came` of `expected` people, where more are missing than have been named."""

    place: Place
    came: int
    expected: int


def unexplained(session: Session, account: Account, *, now: datetime) -> Sequence[Unexplained]:
    """In all units the account plans, the latest first."""
    active = (Assignment.shift_id == Shift.id, Assignment.state == AssignmentState.ACTIVE)
    expected = select(func.count()).select_from(Assignment).where(*active).correlate(Shift).scalar_subquery()
    absent = (*active, Assignment.absent.is_(True))
    named = select(func.count()).select_from(Assignment).where(*absent).correlate(Shift).scalar_subquery()
    rows = session.execute(
        select(Shift, expected.label("expected"))
        .join(Shift.site)
        .join(Site.unit)
        .where(access.within_reach(account), Shift.state == ShiftState.OPEN, Shift.came.is_not(None))
        .where(Shift.starts_at <= now, Shift.starts_at > now - COUNTED_WITHIN, Shift.came < expected - named)
        .options(joinedload(Shift.site).joinedload(Site.unit))
        .order_by(Shift.starts_at.desc(), Shift.id)
        .limit(MOST)
    )
    return [Unexplained(place_of(row.Shift), row.Shift.came or 0, row.expected) for row in rows]
