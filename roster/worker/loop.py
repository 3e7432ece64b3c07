"""The loop of a worker process: sweep, claim, work, say how it ended.

Any number of processes on any engine may run it side by side; the jobs table decides who does what.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import structlog
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.errors import RosterError
from roster.models.jobs import Job, JobState
from roster.planning import runs
from roster.services import jobs
from roster.worker.leases import Lease, LeaseLost, Stopping

log = structlog.get_logger()

LEASE = timedelta(seconds=20)  # how long a dead worker's job waits for the next one
POLL = 0.5  # seconds between looks at an empty queue


class Handler(Protocol):
    """What a kind of job does. Doing it twice must do no harm: a worker may die right before its last word."""

    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        """Do the job, committing by `sessions` only; return soon once `should_stop` says so."""

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        """Tell whoever waits that the last attempt has failed, in the caller's transaction."""


class Worker:
    """Does one job at a time until `stop` is called, or `is_spent`."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        handlers: Mapping[str, Handler],
        *,
        lease: timedelta = LEASE,
        poll: float = POLL,
    ) -> None:
        self.sessions, self.handlers, self.lease, self.poll = sessions, handlers, lease, poll
        self._stopping = False

    def stop(self) -> None:
        """Take no further job, and give back the one in hand.

        A plain flag, because signal handlers call this: an Event's lock may be held by the very code they interrupt.
        """
        self._stopping = True

    def is_stopping(self) -> bool:
        return self._stopping

    def run(self) -> None:
        log.info("worker started", pid=os.getpid())
        while not self._stopping and not self.is_spent():
            if not self.turn():
                time.sleep(self.poll)
        log.info("worker stopped", pid=os.getpid())

    def is_spent(self) -> bool:
        """Whether something of a stopped search would go on beside the next job, if this process did."""
        if runs.left_behind():
            time.sleep(self.poll)  # most of it ends in a moment
        return runs.left_behind()

    def drain(self) -> None:
        """Do everything that waits, then return."""
        while not self._stopping and self.turn():
            pass

    def turn(self) -> bool:
        """Sweep, then do the next job; False if none waits."""
        self.sweep()
        return self.do_one()

    def sweep(self) -> None:
        with self.sessions() as session:
            for job in jobs.sweep(session, now=utc_now()):
                log.error("job given up", job=job.id, kind=job.kind, error=job.error)
                self._tell_given_up(session, job)
            session.commit()

    def do_one(self, job_id: int | None = None) -> bool:
        """Do the next job, or the one named if it still waits; False if there was nothing to do."""
        owner = _new_owner()
        with self.sessions(expire_on_commit=False) as session:
            job = jobs.claim(session, owner, now=utc_now(), lease=self.lease, job_id=job_id)
            session.commit()
        if job is None:
            return False
        self._do(job, owner)
        return True

    def _do(self, job: Job, owner: str) -> None:
        log.info("job started", job=job.id, kind=job.kind, attempt=job.attempts)
        with Lease(self.sessions, job.id, owner, duration=self.lease, is_stopping=self.is_stopping) as lease:
            try:
                handler = self.handlers[job.kind]
                handler.work(lease.guarded(), job.payload, should_stop=lease.should_stop)
            except LeaseLost:
                log.warning("lease lost", job=job.id)
                return
            except Exception as error:
                ending = self._gives_back if self._stopping else self._failed
                ending(job, owner, error)
                return
        self._finished(job, owner)

    def _finished(self, job: Job, owner: str) -> None:
        with self.sessions() as session:
            kept = jobs.finish(session, job.id, owner, now=utc_now())
            session.commit()
        log.info("job done" if kept else "lease lost", job=job.id)

    def _gives_back(self, job: Job, owner: str, error: Exception) -> None:
        if not isinstance(error, Stopping):
            log.warning("job broke off while stopping", job=job.id, error=repr(error))
        with self.sessions() as session:
            jobs.release(session, job.id, owner, now=utc_now())
            session.commit()
        log.info("job given back", job=job.id)

    def _failed(self, job: Job, owner: str, error: Exception) -> None:
        log.error("job failed", job=job.id, kind=job.kind, attempt=job.attempts, exc_info=error)
        retry = not isinstance(error, RosterError)  # a refusal would only be repeated
        with self.sessions() as session:
            kept = jobs.fail(session, job, owner, error=repr(error), now=utc_now(), retry=retry)
            current = session.get(Job, job.id)
            if kept and current is not None and current.state is JobState.FAILED:
                self._tell_given_up(session, current)
            session.commit()

    def _tell_given_up(self, session: Session, job: Job) -> None:
        if handler := self.handlers.get(job.kind):
            handler.give_up(session, job.payload, error=job.error or "", now=utc_now())


def _new_owner() -> str:
    """A name no claim has had before, so that a worker cannot mistake a later claim of the job for its own."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:12]}"
