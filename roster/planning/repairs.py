"""Repairs: several people cannot come, and what would change least.

The solver's first answer, asked of what volunteers see: each place lost goes to one who may take it now, all else
stays. It comes within the request and breaks no rule; who accepts it is asked again by `services/turns.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, Roster, Shift
from roster.planning import scope, staffing
from roster.planning.difference import Turn
from roster.planning.snapshot import person_key, row_id
from solver import recovery
from solver.problem import MINUTES_PER_DAY
from solver.problem import Assignment as SolverTurn


@dataclass(frozen=True, slots=True)
class Repair:
    """What would change. `lost`: turns of those who cannot come; `dropped`: of others, on a shift that cannot go on
    without them; `added`: who would come; `missing`: people then still missing to the least, by shift id.

    `possible`: whether what is left obeys every rule at all.
    """

    lost: tuple[Turn, ...]
    dropped: tuple[Turn, ...]
    added: tuple[Turn, ...]
    missing: Mapping[int, int]
    possible: bool


def proposed(
    session: Session, roster: Roster, person_ids: Collection[int], day: date | None, *, now: datetime
) -> Repair:
    """Without these people on one day of the period, or from now to its end."""
    about = staffing.everybody_published(session, roster, _shifts_of(session, roster, person_ids), now=now)
    known = [person_id for person_id in person_ids if about.knows(person_id)]
    first, last = (0, about.area.days) if day is None else _span(about.area, day)
    absences = tuple(
        recovery.Absence(person_key(person_id), first * MINUTES_PER_DAY, last * MINUTES_PER_DAY) for person_id in known
    )
    answer = recovery.first_answer(about.problem, about.draft, recovery.Losses(absences=absences))
    return Repair(
        lost=_turns(answer.moves.lost),
        dropped=_turns(answer.moves.dropped),
        added=_turns(answer.moves.added),
        missing={row_id(gap.shift): gap.missing for gap in answer.shortfalls},
        possible=answer.assignments is not None,
    )


def _span(area: scope.Scope, day: date) -> tuple[int, int]:
    number = (day - area.first_day).days
    return number, number + 1


def _shifts_of(session: Session, roster: Roster, person_ids: Collection[int]) -> list[Shift]:
    """The shifts on which they have a turn."""
    theirs = select(Assignment.shift_id).where(
        Assignment.state == AssignmentState.ACTIVE, Assignment.person_id.in_(person_ids)
    )
    return list(session.scalars(scope.open_shifts_in(scope.of(roster.period)).where(Shift.id.in_(theirs))))


def _turns(turns: tuple[SolverTurn, ...]) -> tuple[Turn, ...]:
    return tuple((row_id(turn.shift), row_id(turn.volunteer)) for turn in turns)
