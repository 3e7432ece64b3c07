"""Jobs: asking for work, taking it, and saying how it ended. The row is the truth.

A job is inserted in the transaction of the request that wants it, so neither can exist without the other. A worker
takes it by one conditional UPDATE and holds a lease that it renews while it works; whoever dies stops renewing, and
`sweep` gives the job to the next. Everything said about a running job is conditional on its owner, so a worker that
lost its lease (a laptop asleep, a stopped process) cannot overwrite its successor's result.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from roster.models.jobs import Job, JobState

RETRY_DELAY = timedelta(seconds=5)  # before the second attempt; doubled before each later one


def enqueue(session: Session, kind: str, payload: dict[str, Any], *, now: datetime, max_attempts: int = 3) -> Job:
    """Ask for work, in the caller's transaction: nobody sees the job before that is committed."""
    job = Job(
        kind=kind, payload=payload, state=JobState.QUEUED, run_after=now, created_at=now, max_attempts=max_attempts
    )
    session.add(job)
    session.flush()
    return job


def claim(session: Session, owner: str, *, now: datetime, lease: timedelta, job_id: int | None = None) -> Job | None:
    """Take the longest waiting job (or the one named, if it still waits) for `lease`; None if there is none."""
    waiting = select(Job.id).where(Job.state == JobState.QUEUED, Job.run_after <= now)
    if job_id is not None:
        waiting = waiting.where(Job.id == job_id)
    first = waiting.order_by(Job.run_after, Job.id).limit(1).with_for_update(skip_locked=True)
    taken = session.execute(
        update(Job)
        # The state again: PostgreSQL re-checks it on the row's newest version once it holds the lock.
        .where(Job.id == first.scalar_subquery(), Job.state == JobState.QUEUED)
        .values(state=JobState.RUNNING, owner=owner, lease_until=now + lease, attempts=Job.attempts + 1)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    return None if taken is None else session.get(Job, taken, populate_existing=True)


def renew(session: Session, job_id: int, owner: str, *, now: datetime, lease: timedelta) -> bool:
    """Hold on to a job for another `lease`. False: it is no longer this owner's."""
    return _changed(session, _owned(job_id, owner).values(lease_until=now + lease))


def is_cancel_requested(session: Session, job_id: int) -> bool:
    return bool(session.scalar(select(Job.cancel_requested).where(Job.id == job_id)))


def finish(session: Session, job_id: int, owner: str, *, now: datetime) -> bool:
    """The work is done. False: the lease was lost, and somebody else answers for the job."""
    return _changed(session, _owned(job_id, owner).values(state=JobState.DONE, finished_at=now, **_FREE))


def release(session: Session, job_id: int, owner: str, *, now: datetime) -> bool:
    """Give a job back unfinished and unharmed: the worker stops, and that is no failed attempt."""
    values = {"state": JobState.QUEUED, "run_after": now, "attempts": Job.attempts - 1, **_FREE}
    return _changed(session, _owned(job_id, owner).values(values))


def fail(session: Session, job: Job, owner: str, *, error: str, now: datetime, retry: bool = True) -> bool:
    """An attempt failed: queue the job again after a pause, or give it up after the last attempt.

    False: the lease was lost. Without `retry` the job is given up at once, as for a refusal that would only repeat.
    """
    pause = RETRY_DELAY * 2 ** (job.attempts - 1) if retry else None
    return _end_attempt(session, job, owner, error=error, now=now, pause=pause)


def request_cancel(session: Session, job_id: int, *, now: datetime) -> JobState | None:
    """Cancel a waiting job, or ask the worker of a running one to stop; the job's state afterwards.

    None: there is no such job. A running job stays running until its worker has kept what it has.
    """
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        return None
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, now
    elif job.state is JobState.RUNNING:
        job.cancel_requested = True
    return job.state


def sweep(session: Session, *, now: datetime) -> list[Job]:
    """Take back every job whose lease has expired: to the queue, or given up after its last attempt.

    Returns the jobs given up, so that the caller can tell whoever waits for them.
    """
    expired = select(Job).where(Job.state == JobState.RUNNING, Job.lease_until < now)
    given_up = []
    for job in session.scalars(expired.with_for_update(skip_locked=True)):
        error = "the worker died or lost its lease"
        _end_attempt(session, job, job.owner or "", error=error, now=now, pause=timedelta(0))
        session.refresh(job)
        if job.state is JobState.FAILED:
            given_up.append(job)
    return given_up


_FREE: dict[str, Any] = {"owner": None, "lease_until": None}


def _end_attempt(session: Session, job: Job, owner: str, *, error: str, now: datetime, pause: timedelta | None) -> bool:
    """Queue the job again after `pause`; give it up without one, or after its last attempt."""
    if pause is not None and job.attempts < job.max_attempts:
        values = {"state": JobState.QUEUED, "run_after": now + pause, "error": error, **_FREE}
    else:
        values = {"state": JobState.FAILED, "finished_at": now, "error": error, **_FREE}
    return _changed(session, _owned(job.id, owner).values(values))


def _owned(job_id: int, owner: str) -> Update:
    return update(Job).where(Job.id == job_id, Job.owner == owner, Job.state == JobState.RUNNING)


def _changed(session: Session, statement: Update) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
