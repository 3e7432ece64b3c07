"""What-ifs: a week planned as it would be with something different, to compare; nothing of it is ever applied."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.jobs import Job
from roster.models.rosters import Roster
from roster.models.runs import RunState


class WhatIf(HasId, Base):
    """One question about a week, and its answer.

    `question`: its `kind` and what that needs, with database ids (`services/whatifs.py`). `progress`: the last event of
    the search. `result`: what `planning/whatifs.py` found. `seconds_limit` is for each of the two searches.
    """

    __tablename__ = "what_ifs"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    question: Mapped[dict[str, Any]]
    state: Mapped[RunState] = mapped_column(words(RunState, "state"), default=RunState.QUEUED)
    seconds_limit: Mapped[int]
    workers: Mapped[int]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    roster: Mapped[Roster] = relationship()
    job: Mapped[Job | None] = relationship()
    asked_by: Mapped[Account | None] = relationship()
