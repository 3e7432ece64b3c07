"""What publishing would change: the draft against what volunteers see.

Only for shifts that are open and still to come. One that has begun stays as it was published, and one that was
cancelled keeps its people in its history: its own cancellation tells them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, DraftAssignment, Roster, Shift
from roster.planning import scope

Turn = tuple[int, int]
"""(shift id, person id)"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Turns on both sides, and those of one side only, each as (shift id, person id)."""

    draft: frozenset[Turn]
    published: frozenset[Turn]

    @property
    def added(self) -> list[Turn]:
        return sorted(self.draft - self.published)

    @property
    def removed(self) -> list[Turn]:
        return sorted(self.published - self.draft)


def of(session: Session, roster: Roster, *, now: datetime) -> Difference:
    shifts = changeable(roster, now)
    drafted = select(DraftAssignment.shift_id, DraftAssignment.person_id).where(
        DraftAssignment.roster_id == roster.id, DraftAssignment.shift_id.in_(shifts)
    )
    published = select(Assignment.shift_id, Assignment.person_id).where(
        Assignment.state == AssignmentState.ACTIVE, Assignment.shift_id.in_(shifts)
    )
    return Difference(draft=_turns(session, drafted), published=_turns(session, published))


def _turns(session: Session, rows: Select[int, int]) -> frozenset[Turn]:
    return frozenset((shift_id, person_id) for shift_id, person_id in session.execute(rows))


def changeable(roster: Roster, now: datetime) -> Select[int]:
    """The ids of the shifts a publication may change."""
    area = scope.of(roster.period)
    return scope.open_shifts_in(area).where(Shift.starts_at > now).with_only_columns(Shift.id).order_by(None)
