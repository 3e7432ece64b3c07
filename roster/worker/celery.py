"""Workers on many machines, by Celery. A task only says "job N is there": the row stays the truth.

So a message lost, doubled or late does no harm. What is lost is announced again by a sweep every few seconds, and a
message for a job that somebody has already claimed is simply dropped.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session

from roster.clock import utc_now
from roster.config import Settings
from roster.models.jobs import Job, JobState
from roster.worker.loop import LEASE, Handler, Worker
from roster.worker.post import Post
from roster.worker.process import HANDLERS, post_of, sessions_of

log = structlog.get_logger()

JOB, SWEEP, POST = "roster.job", "roster.sweep", "roster.post"
SWEEP_EVERY = POST_EVERY = 5.0  # seconds
SETTINGS: dict[str, Any] = {
    "task_ignore_result": True,
    # A message is gone only when its task is over, and comes back if the process dies under it.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    # A search that was stopped may leave a call behind that only the end of its process interrupts.
    "worker_max_tasks_per_child": 1,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        # Far above the longest solve: Redis hands a message out again after this time, finished or not.
        "visibility_timeout": timedelta(hours=6).total_seconds(),
        # One retry at once when announcing: no request hangs for seconds because the broker is away.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "socket_connect_timeout": 2,
    },
    "task_publish_retry": False,
    "beat_schedule": {
        "sweep": {"task": SWEEP, "schedule": SWEEP_EVERY, "options": {"expires": SWEEP_EVERY}},
        "post": {"task": POST, "schedule": POST_EVERY, "options": {"expires": POST_EVERY}},
    },
    "beat_scheduler": "celery.beat:Scheduler",  # in memory: a file of its own would be one more thing to keep
    "worker_hijack_root_logger": False,
}


def make_app(settings: Settings, handlers: Mapping[str, Handler] = HANDLERS, *, lease: timedelta = LEASE) -> Celery:
    app = Celery("roster", broker=settings.broker_url)
    app.conf.update(SETTINGS)

    @cache
    def worker() -> Worker:
        # Made on first use, in the process that works: connections do not survive a fork.
        return Worker(sessions_of(settings), handlers, lease=lease)

    @app.task(name=JOB)  # type: ignore[untyped-decorator]  # Celery has no types
    def do_job(job_id: int) -> None:
        worker().do_one(job_id)

    @cache
    def post() -> Post:
        return post_of(settings)

    @app.task(name=POST)  # type: ignore[untyped-decorator]
    def send_letters() -> None:
        post().drain()

    @app.task(name=SWEEP)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        worker().sweep()
        with worker().sessions() as session:
            waiting = session.scalars(
                select(Job.id).where(Job.state == JobState.QUEUED, Job.run_after <= utc_now())
            ).all()
        announce(app, waiting)

    return app


def announce(app: Celery, job_ids: Iterable[int]) -> None:
    """Tell the workers; if the broker is away, the next sweep does."""
    for job_id in job_ids:
        try:
            app.send_task(JOB, (job_id,))
        except OperationalError as error:
            log.warning("job not announced", job=job_id, error=str(error))


def announce_after_commit(session: scoped_session[Session] | Session, settings: Settings) -> None:
    """Announce every job that a commit of this session makes visible."""
    app = make_app(settings)

    def note(session: Session, _context: object) -> None:
        new = [one.id for one in session.new if isinstance(one, Job)]
        session.info.setdefault("new_jobs", []).extend(new)

    def tell(session: Session) -> None:
        announce(app, session.info.pop("new_jobs", []))

    def forget(session: Session) -> None:
        session.info.pop("new_jobs", None)

    event.listen(session, "after_flush", note)
    event.listen(session, "after_commit", tell)
    event.listen(session, "after_rollback", forget)


def serve(app: Celery, *, processes: int = 1) -> None:
    """Do jobs until a signal ends this process, which lets the jobs in hand end first."""
    app.worker_main(["worker", "--beat", f"--concurrency={processes}", "--loglevel=WARNING", "--without-gossip"])
