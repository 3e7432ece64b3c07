"""Repairs: who cannot come to their published turns, and what would change least. Nothing changes until accepted."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.jobs import Job
from roster.models.rosters import Roster
from roster.models.runs import RunState


class Repair(HasId, Base):
    """One loss of a published roster, and two proposals: the one found at once, and the best of the search.

    `losses`: `person_ids`, the `day` they are away (None: all that is left of the period), and the `window` in which
    turns of others may change. `first` and `best`: what `planning/repairs.py` found. `progress`: the last event of the
    search. `seconds`: wall time.
    """

    __tablename__ = "repairs"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    losses: Mapped[dict[str, Any]]
    state: Mapped[RunState] = mapped_column(words(RunState, "state"), default=RunState.QUEUED)
    seconds_limit: Mapped[int]
    workers: Mapped[int]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    first: Mapped[dict[str, Any]]
    best: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    roster: Mapped[Roster] = relationship()
    job: Mapped[Job | None] = relationship()
    asked_by: Mapped[Account | None] = relationship()
