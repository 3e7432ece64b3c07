"""The job that answers a what-if; `planning.whatifs` does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.models import RunState, WhatIf
from roster.planning import whatifs


@dataclass(frozen=True, slots=True)
class WhatIfHandler:
    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        whatifs.execute(sessions, payload["whatif_id"], should_stop=should_stop)

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        row = session.get(WhatIf, payload["whatif_id"])
        if row is not None and not row.state.is_over:
            row.state, row.finished_at = RunState.FAILED, now  # why is kept with the job
