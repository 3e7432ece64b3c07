"""Searches: what runs, what-ifs and repairs have in common, a row that a worker answers."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import Account, Job, JobState, Repair, Roster, Run, RunState, WhatIf
from roster.services import jobs

Search = TypeVar("Search", Run, WhatIf, Repair)


def get(session: Session, kind: type[Search], row_id: int, *, what: str, by: Account) -> Search:
    """One of a roster that the account plans. `what` it is called if it is not there. Raises NotFound, NotAllowed."""
    row = session.get(kind, row_id)
    if row is None:
        raise NotFound(what=what, id=row_id)
    access.require_planner(by, row.roster.period.unit)
    return row


def under_way(session: Session, kind: type[Search], roster: Roster) -> Search | None:
    """The roster's one that waits or is being answered. One whose job was given up is neither."""
    alive = (kind.state.in_([RunState.QUEUED, RunState.RUNNING]), Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    return session.scalars(select(kind).join(kind.job).where(kind.roster_id == roster.id, *alive)).first()


def forget_oldest(session: Session, kind: type[Search], roster: Roster, *, kept: int) -> None:
    """Keep so many of the roster's, the newest. One statement: whoever searches at the same time forgets the same."""
    older = select(kind.id).where(kind.roster_id == roster.id).order_by(kind.id.desc()).offset(kept)
    session.execute(delete(kind).where(kind.id.in_(older)))


def stop(session: Session, row: Run | WhatIf | Repair, *, now: datetime) -> None:
    """End one that waits, or ask its worker to keep the best it has. One that is over stays as it is."""
    if row.state.is_over:
        return
    state = jobs.request_cancel(session, row.job_id, now=now) if row.job_id else None
    if state is not JobState.RUNNING:
        row.state, row.finished_at = RunState.CANCELLED, now
