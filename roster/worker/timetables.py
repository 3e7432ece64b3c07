"""The job that reads a timetable: an uploaded file, or the calendar behind a link, which is read anew each day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from roster.imports import fetching, timetables
from roster.imports.fetching import Reach
from roster.models import Timetable
from roster.services import timetables as services


@dataclass(frozen=True, slots=True)
class TimetableHandler:
    """`reach` says what links may lead to; only tests pass another than the public internet."""

    reach: Reach = fetching.PUBLIC

    def work(
        self, sessions: sessionmaker[Session], payload: Mapping[str, Any], *, should_stop: Callable[[], bool]
    ) -> None:
        timetables.read(sessions, payload["timetable_id"], payload["turn"], reach=self.reach)

    def give_up(self, session: Session, payload: Mapping[str, Any], *, error: str, now: datetime) -> None:
        found = session.get(Timetable, payload["timetable_id"])
        if found is not None and found.turn == payload["turn"]:
            problem = {"reason": "broke_off", "facts": {}}
            services.refuse(session, found, {"entries": 0, "left_out": {}, "problems": [problem]}, now=now)
