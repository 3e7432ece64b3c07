"""The job that writes a confirmed list of people; `imports.people` does the work."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.imports import people
from roster.models import ImportState, PeopleImport
from roster.services import imports


class ImportHandler:
    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        people.apply(sessions, payload["import_id"], should_stop=should_stop)

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        found = session.get(PeopleImport, payload["import_id"])
        if found is not None and found.state.is_under_way:
            imports.end(found, ImportState.FAILED, now=now)  # why is kept with the job
