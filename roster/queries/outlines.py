"""Outlines: of each shift of a roster as much as totals, filters and lists of places need, in two queries for all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, PersonQualification, Qualification, Roster, Shift, ShiftState, Site
from roster.planning import scope
from roster.planning.lacks import Lack
from roster.planning.scope import Scope


@dataclass(frozen=True, slots=True)
class Outline:
    """As much of a shift as totals, filters and lists need; times are local. `needs_missing`: to all its needs."""

    id: int
    site_id: int
    site_name: str
    starts: datetime
    ends: datetime
    minimum: int
    assigned: int
    needs_missing: int
    open: bool

    @property
    def missing(self) -> int:
        return max(0, self.minimum - self.assigned) if self.open else 0

    @property
    def lack(self) -> Lack:
        return Lack(self.missing, self.needs_missing if self.open else 0)

    @property
    def is_short(self) -> bool:
        return bool(self.lack)


def outlines(session: Session, roster: Roster, shift_ids: Collection[int] | None = None) -> list[Outline]:
    """The roster's shifts, or some of them, in time order."""
    area, draft = scope.of(roster.period), DraftAssignment
    counts = (
        select(draft.shift_id, func.count().label("assigned"))
        .where(draft.roster_id == roster.id)
        .group_by(draft.shift_id)
        .subquery()
    )
    assigned = func.coalesce(counts.c.assigned, 0)
    rows = session.execute(
        scope.shifts_in(area)
        .outerjoin(counts, counts.c.shift_id == Shift.id)
        .with_only_columns(
            Shift.id,
            Site.id,
            Site.name,
            Shift.starts_at,
            Shift.ends_at,
            Shift.minimum,
            assigned,
            Shift.needs,
            Shift.state,
        )
    ).all()
    qualified = _qualified_on(session, roster, area) if any(needs for *_, needs, _ in rows) else {}
    return [
        Outline(
            id=id,
            site_id=site_id,
            site_name=site_name,
            starts=area.local(starts),
            ends=area.local(ends),
            minimum=minimum,
            assigned=count,
            needs_missing=sum(max(0, least - qualified.get((id, code), 0)) for code, least in needs.items()),
            open=state is ShiftState.OPEN,
        )
        for id, site_id, site_name, starts, ends, minimum, count, needs, state in rows
        if shift_ids is None or id in shift_ids
    ]


def _qualified_on(session: Session, roster: Roster, area: Scope) -> dict[tuple[int, str], int]:
    """How many of the draft's people on a shift have a qualification."""
    draft, held = DraftAssignment, PersonQualification
    rows = session.execute(
        select(draft.shift_id, Qualification.code, func.count())
        .join(held, held.person_id == draft.person_id)
        .join(Qualification, Qualification.id == held.qualification_id)
        .where(draft.roster_id == roster.id, scope.is_valid(area))
        .group_by(draft.shift_id, Qualification.code)
    )
    return {(shift_id, code): count for shift_id, code, count in rows}
