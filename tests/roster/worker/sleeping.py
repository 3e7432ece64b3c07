"""A worker process for the tests: `python -m tests.roster.worker.sleeping URL LOOK_SECONDS`.

Its one kind of job sleeps until the payload's file `until` is there, then writes a qualification named after the job
and by the process that did it. It looks whether it is to stop every LOOK_SECONDS, and holds its jobs for long.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from roster.models import Qualification
from roster.worker import leases
from roster.worker.loop import Worker
from tests.roster.worker.leases import LONG


class Sleep:
    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        until = payload.get("until")
        while until and not Path(until).exists() and not should_stop():
            time.sleep(0.02)
        if payload.get("fails"):
            raise RuntimeError("no luck")
        with sessions() as session:
            session.add(Qualification(code=payload["result"], name_vi=str(os.getpid()), name_en=""))
            session.commit()

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        session.add(Qualification(code=f"gave-up-{payload['result']}", name_vi=error[:80], name_en=""))


def main(url: str, look: str) -> None:
    leases.CANCEL_POLL = float(look)
    worker = Worker(sessionmaker(create_engine(url)), {"sleep": Sleep()}, lease=LONG, poll=0.05)
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.stop())
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
