"""A worker process: settings in, signals out.

SIGTERM and Ctrl-C end it within a second or so: the job in hand goes back to the queue, unharmed, for the next.
"""

import signal
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.config import Settings
from roster.services import runs
from roster.worker.loop import LEASE, Handler, Worker
from roster.worker.plan import PlanHandler

HANDLERS: Mapping[str, Handler] = {runs.KIND: PlanHandler()}


def sessions_of(settings: Settings) -> sessionmaker[Session]:
    return sessionmaker(create_engine(settings.database_url, pool_pre_ping=True))


def stop_on_signals(worker: Worker) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop())


def serve(settings: Settings, *, lease: timedelta = LEASE) -> None:
    """Do jobs until a signal ends this process."""
    worker = Worker(sessions_of(settings), HANDLERS, lease=lease)
    stop_on_signals(worker)
    worker.run()
