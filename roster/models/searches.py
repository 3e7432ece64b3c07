"""Searches: what the rows have in common that a worker answers about one roster, besides its runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import HasId, words
from roster.models.jobs import Job
from roster.models.rosters import Roster
from roster.models.runs import RunState


class Search(HasId):
    """Asked by an account, answered by a job, forgotten with the roster.

    `progress`: the last event of the search. `seconds_limit` is for one search; `seconds` wall time of all.
    """

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[RunState] = mapped_column(words(RunState, "state"), default=RunState.QUEUED)
    seconds_limit: Mapped[int]
    workers: Mapped[int]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @declared_attr
    @classmethod
    def roster(cls) -> Mapped[Roster]:
        return relationship()

    @declared_attr
    @classmethod
    def job(cls) -> Mapped[Job | None]:
        return relationship()

    @declared_attr
    @classmethod
    def asked_by(cls) -> Mapped[Account | None]:
        return relationship()
