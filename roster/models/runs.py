"""Runs: one solver call and its record, so that every published roster can be shown to have been proved."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.jobs import Job
from roster.models.rosters import Roster


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self not in (RunState.QUEUED, RunState.RUNNING)


class Run(HasId, Base):
    """One solver call.

    `roster_revision`: the draft's revision the snapshot was taken of. `problem`: the problem file, gzipped, whose
    bytes `problem_sha256` hashes. `progress`: the last progress event. `result`: levels, shortfalls, contradiction.
    `seconds`: wall time.
    """

    __tablename__ = "runs"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[RunState] = mapped_column(words(RunState, "state"), default=RunState.QUEUED)
    roster_revision: Mapped[int]
    seed: Mapped[int] = mapped_column(default=1)
    seconds_limit: Mapped[int]
    workers: Mapped[int]
    problem: Mapped[bytes | None] = mapped_column(LargeBinary)
    problem_sha256: Mapped[str | None] = mapped_column(String(64))
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    roster: Mapped[Roster] = relationship()
    job: Mapped[Job | None] = relationship()
    asked_by: Mapped[Account | None] = relationship()
