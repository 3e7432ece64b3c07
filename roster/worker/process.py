"""A worker process: settings in, signals out.

SIGTERM and Ctrl-C end it within a second or so: the job in hand goes back to the queue, unharmed, for the next.
"""

import signal
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.config import Settings
from roster.worker import plan
from roster.worker.loop import LEASE, Handler, Worker

HANDLERS: Mapping[str, Handler] = {plan.KIND: plan.PlanHandler()}


def make_worker(settings: Settings, *, lease: timedelta = LEASE) -> Worker:
    engine = create_engine(settings.database_url, pool_pre_ping=True)
    return Worker(sessionmaker(engine, class_=Session), HANDLERS, lease=lease)


def serve(settings: Settings, *, lease: timedelta = LEASE) -> None:
    """Do jobs until a signal ends this process."""
    worker = make_worker(settings, lease=lease)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop())
    worker.run()
