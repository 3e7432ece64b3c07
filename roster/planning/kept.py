"""Turns that people kept and turns that they missed: what fairness, reliability and thanks are reckoned from.

A turn is kept unless a coordinator noted that its volunteer did not come (`services/attendance.py`). One missed
served nobody: it weighs nothing in how work is spread, or missing it would buy the rest that others earn by coming.
"""

from datetime import datetime

from sqlalchemy import Select, func, select

from roster.models import Assignment, AssignmentState, Shift, ShiftState


def turns(since: datetime, until: datetime) -> Select[int, int]:
    """How many by person id, of published turns that begin within these times and were not called off.

    Those under way and to come as well.
    """
    return _published(since, until).where(Assignment.absent.is_(False))


def missed(since: datetime, until: datetime) -> Select[int, int]:
    """The same of those that somebody found empty."""
    return _published(since, until).where(Assignment.absent.is_(True))


def _published(since: datetime, until: datetime) -> Select[int, int]:
    return (
        select(Assignment.person_id, func.count())
        .join(Assignment.shift)
        .where(Assignment.state == AssignmentState.ACTIVE, Shift.state == ShiftState.OPEN)
        .where(Shift.starts_at >= since, Shift.starts_at < until)
        .group_by(Assignment.person_id)
    )
