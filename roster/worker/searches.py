"""The jobs that search on somebody's question, a what-if or a repair; `planning` does the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from roster.models import Repair, RunState, WhatIf
from roster.planning import repairs, whatifs


class Search(Protocol):
    """One search from its row to its answer, kept with the row."""

    def __call__(self, sessions: sessionmaker[Session], number: int, /, *, should_stop: Callable[[], bool]) -> None: ...


@dataclass(frozen=True, slots=True)
class SearchHandler:
    """`table` holds the questions, `key` is what the job's payload calls the number of one."""

    table: type[WhatIf | Repair]
    key: str
    search: Search

    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        self.search(sessions, payload[self.key], should_stop=should_stop)

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        row = session.get(self.table, payload[self.key])
        if isinstance(row, WhatIf | Repair) and not row.state.is_over:
            row.state, row.finished_at = RunState.FAILED, now  # why is kept with the job


WHAT_IFS = SearchHandler(WhatIf, "whatif_id", whatifs.execute)
REPAIRS = SearchHandler(Repair, "repair_id", repairs.execute)
