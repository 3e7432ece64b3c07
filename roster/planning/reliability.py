"""Reliability: how surely people come when they have a turn, from what became of their published turns.

Known is who was published on a shift and left it again, which makes a week fall short after it was planned, and who did
not come though they were expected, where a coordinator noted that. Few turns say little, so somebody's turns are
counted as if they had kept `WEIGHT` more. Of whoever never left or missed a turn nothing is known against them: they
count as sure.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, distinct, func, select, tuple_
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, Shift, ShiftState, Withdrawal, WithdrawalState
from roster.planning import kept
from solver.check.service import at_least

LOOK_BACK = timedelta(weeks=26)
WEIGHT = 4
SURE = 1.0


def show_ups(session: Session, people: Collection[int] | Select[int], *, before: datetime) -> Mapping[int, float]:
    """By person id, from 0 to 1, of those who left or missed a turn in the half year before; all others are sure."""
    left = Counter(dict(session.execute(_left(before).where(Withdrawal.person_id.in_(people))).all()))
    missed = kept.missed(before - LOOK_BACK, before)
    turns = kept.turns(before - LOOK_BACK, before).where(Shift.ends_at <= before)
    left.update(dict(session.execute(missed.where(Assignment.person_id.in_(people))).all()))
    stayed = dict(session.execute(turns.where(Assignment.person_id.in_(left))).all()) if left else {}
    return {person: _share(stayed.get(person, 0), count) for person, count in left.items()}


def surely(show_ups: Sequence[float], least: int) -> float | None:
    """How probable it is that at least so many of these people come.

    None where that says nothing new: all of them are sure, or they are too few.
    """
    if len(show_ups) < least or all(one == SURE for one in show_ups):
        return None
    return at_least(show_ups, least)[least]


def _share(kept: int, left: int) -> float:
    return round((kept + WEIGHT) / (kept + left + WEIGHT), 3)


def _left(before: datetime) -> Select[int, int]:
    """Shifts that a person left and did not come back to, by person."""
    active = select(Assignment.shift_id, Assignment.person_id).where(Assignment.state == AssignmentState.ACTIVE)
    return (
        select(Withdrawal.person_id, func.count(distinct(Withdrawal.shift_id)))
        .join(Withdrawal.shift)
        .where(Withdrawal.state == WithdrawalState.GRANTED, Shift.state == ShiftState.OPEN)
        .where(Shift.starts_at >= before - LOOK_BACK, Shift.ends_at <= before)
        .where(tuple_(Withdrawal.shift_id, Withdrawal.person_id).not_in(active))
        .group_by(Withdrawal.person_id)
    )
