"""Runs: asking for a roster to be planned, and asking the solver to stop."""

from datetime import datetime

from sqlalchemy.orm import Session

from roster.errors import AlreadyRunning
from roster.models import Account, Roster, Run, RunState
from roster.services import audit, jobs, rosters, searches

KIND = "plan"
"""The job's kind; its payload is `run_id`."""


def start(
    session: Session,
    roster_id: int,
    *,
    by: Account,
    now: datetime,
    seconds: int = 120,
    workers: int = 2,
    seed: int = 1,
) -> Run:
    """Have the roster planned by the next free worker. Raises NotFound, NotAllowed, AlreadyRunning.

    `seconds`: the longest search; `workers`: its threads. Run and job appear together with the caller's commit.
    """
    roster = rosters.locked(session, roster_id, by=by)
    if (under_way := running(session, roster)) is not None:
        raise AlreadyRunning(run_id=under_way.id, roster_id=roster.id)
    run = Run(
        roster=roster,
        asked_by_id=by.id,
        state=RunState.QUEUED,
        roster_revision=roster.revision,
        seed=seed,
        seconds_limit=seconds,
        workers=workers,
        created_at=now,
    )
    session.add(run)
    session.flush()
    run.job = jobs.enqueue(session, KIND, {"run_id": run.id}, now=now)
    unit = roster.period.unit
    audit.record(session, "run.start", f"roster:{roster.id}", by=by, now=now, unit=unit, run_id=run.id)
    return run


def cancel(session: Session, run_id: int, *, by: Account, now: datetime) -> Run:
    """Have a run stopped; a search under way keeps the best roster it has. Raises NotFound, NotAllowed.

    A run that is over stays as it is.
    """
    run = get(session, run_id, by=by)
    if run.state.is_over:
        return run
    searches.stop(session, run, now=now)
    unit = run.roster.period.unit
    audit.record(session, "run.cancel", f"roster:{run.roster_id}", by=by, now=now, unit=unit, run_id=run.id)
    return run


def get(session: Session, run_id: int, *, by: Account) -> Run:
    """Raises NotFound, NotAllowed."""
    return searches.get(session, Run, run_id, what="run", by=by)


def running(session: Session, roster: Roster) -> Run | None:
    """The roster's run that waits or is under way."""
    return searches.under_way(session, Run, roster)
