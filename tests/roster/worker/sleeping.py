"""A worker process for the tests: `python -m tests.roster.worker.sleeping URL LEASE_SECONDS`.

Its one kind of job sleeps for the payload's `seconds`, then writes a qualification named after the job.
"""

import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.models import Qualification
from roster.worker.loop import Worker


class Sleep:
    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        end = time.monotonic() + payload["seconds"]
        while time.monotonic() < end and not should_stop():
            time.sleep(0.02)
        if payload.get("fails"):
            raise RuntimeError("no luck")
        with sessions() as session:
            session.add(Qualification(code=payload["result"], name_vi="", name_en=""))
            session.commit()

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        session.add(Qualification(code=f"gave-up-{payload['result']}", name_vi=error[:80], name_en=""))


def main(url: str, lease: str) -> None:
    worker = Worker(
        sessionmaker(create_engine(url)), {"sleep": Sleep()}, lease=timedelta(seconds=float(lease)), poll=0.05
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.stop())
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
