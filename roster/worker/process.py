"""A worker process: settings in, signals out.

SIGTERM and Ctrl-C end it within a second or so: the job in hand goes back to the queue, unharmed, for the next.
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import partial, update_wrapper

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.config import Settings
from roster.services import (
    confirming,
    consents,
    imports,
    keeping,
    outbox,
    places,
    repairs,
    runs,
    timetables,
    tries,
    whatifs,
)
from roster.worker import channels, searches
from roster.worker.imports import ImportHandler
from roster.worker.loop import LEASE, Handler, Worker
from roster.worker.plan import PlanHandler
from roster.worker.post import Post
from roster.worker.timetables import TimetableHandler

HANDLERS: Mapping[str, Handler] = {
    imports.KIND: ImportHandler(),
    timetables.KIND: TimetableHandler(),
    runs.KIND: PlanHandler(),
    whatifs.KIND: searches.WHAT_IFS,
    repairs.KIND: searches.REPAIRS,
}


def sessions_of(settings: Settings) -> sessionmaker[Session]:
    return sessionmaker(create_engine(settings.database_url, pool_pre_ping=True))


def stop_on_signals(worker: Worker) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop())


def post_of(settings: Settings) -> Post:
    senders = channels.senders_of(settings)
    chase = update_wrapper(partial(confirming.chase, available=senders), confirming.chase)
    chores = (
        confirming.remind,
        confirming.ask_again,
        chase,
        places.pass_on,
        imports.forget_old,
        tries.forget_old,
        consents.forget_unanswered,
        outbox.forget_old_logins,
        keeping.forget_old,
    )
    return Post(sessions_of(settings), senders, base_url=settings.base_url, chores=chores)


def serve(settings: Settings, *, lease: timedelta = LEASE) -> None:
    """Do jobs and send letters until a signal ends this process.

    A search that is stopped may leave a call behind that cannot be interrupted: then this process begins anew.
    """
    worker, post = Worker(sessions_of(settings), HANDLERS, lease=lease), post_of(settings)
    stop_on_signals(worker)
    # Beside the jobs, not among them: nobody should hear of a free place only after a plan of two minutes.
    sending = threading.Thread(target=post.run, name="post")
    sending.start()
    try:
        worker.run()
    finally:
        post.stop()
        sending.join()
    if not worker.is_stopping():
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  this very command again
