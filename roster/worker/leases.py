"""Leases: holding a job while it is worked on, and losing it cleanly.

A thread renews the lease and listens for a cancel request. Whatever the handler commits is conditional on the lease:
each commit first renews it in the very same transaction, and is refused if the job went to somebody else or this
worker is stopping. So a handler needs no care of its own, and half a result is never seen.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.services import jobs

log = structlog.get_logger()

RENEWALS = 4  # per lease, so that three may fail before it is lost
CANCEL_POLL = 0.1  # seconds


class LeaseLost(Exception):
    """Another worker has the job now; this one's result must not be kept."""


class Stopping(Exception):
    """This worker was told to end; the job goes back to the queue as it was."""


class Lease:
    """One job in one worker's hands, from `with` to the end of the block."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        job_id: int,
        owner: str,
        *,
        duration: timedelta,
        is_stopping: Callable[[], bool],
    ) -> None:
        self.job_id, self.owner, self.duration = job_id, owner, duration
        self._sessions, self._is_stopping = sessions, is_stopping
        self._cancelled, self._lost, self._over = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def should_stop(self) -> bool:
        """Whether the work should end now: it was cancelled, or its result will not be wanted."""
        return self._cancelled.is_set() or self._lost.is_set() or self._is_stopping()

    def guarded(self) -> sessionmaker[Session]:
        """Sessions whose every commit holds only while the job is this worker's."""
        factory = sessionmaker(**self._sessions.kw, class_=type("GuardedSession", (Session,), {}))
        event.listen(factory, "before_commit", self._guard)
        return factory

    def _guard(self, session: Session) -> None:
        if self._is_stopping():
            raise Stopping
        if not jobs.renew(session, self.job_id, self.owner, now=utc_now(), lease=self.duration):
            self._lost.set()
            raise LeaseLost

    def _keep(self) -> None:
        pause = min(CANCEL_POLL, self.duration.total_seconds() / RENEWALS)
        renewed = utc_now()
        while not self._over.wait(pause):
            self._try(self._listen)
            if utc_now() - renewed >= self.duration / RENEWALS and self._try(self._renew):
                renewed = utc_now()

    def _listen(self, session: Session) -> None:
        if jobs.is_cancel_requested(session, self.job_id):
            self._cancelled.set()

    def _renew(self, session: Session) -> None:
        if not jobs.renew(session, self.job_id, self.owner, now=utc_now(), lease=self.duration):
            self._lost.set()
        session.commit()

    def _try(self, action: Callable[[Session], None]) -> bool:
        """A database that is away for a moment costs a renewal, not the job."""
        try:
            with self._sessions() as session:
                action(session)
        except SQLAlchemyError as error:
            log.warning("lease not renewed", job=self.job_id, error=str(error))
            return False
        return True
