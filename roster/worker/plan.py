"""The job that plans a roster: one run of the solver.

`planning.runs` does the work; here its job is joined to it. A run that is over is left alone, so a worker that died
between the result and its last word does no harm when the job comes round again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.clock import utc_now
from roster.models.runs import Run, RunState
from roster.planning import runs


@dataclass(frozen=True, slots=True)
class PlanHandler:
    """`clock` says which shifts have begun; a scenario that plays the past passes its own."""

    clock: Callable[[], datetime] = utc_now

    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        runs.execute(sessions, payload["run_id"], should_stop=should_stop, clock=self.clock)

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        run = session.get(Run, payload["run_id"])
        if run is not None and not run.state.is_over:
            run.state, run.finished_at = RunState.FAILED, now  # why is kept with the job
