"""Timetables that volunteers bring along, and the times in which they keep them busy.

Busy times are the volunteer's own business: only they see titles, everybody else learns "not free" and no more.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId, words
from roster.models.people import Person


class TimetableKind(StrEnum):
    FILE = "file"
    LINK = "link"
    """Read anew every day."""
    TABLE = "table"
    """Typed or pasted."""


class TimetableState(StrEnum):
    READING = "reading"
    READ = "read"
    REFUSED = "refused"
    """It could not be read at all; what was read of it before still counts."""


class Timetable(HasId, Base):
    """One timetable of a person.

    `source`: an uploaded file, until it is read. `whole_days`: whether its whole-day entries keep the person busy.
    `turn` counts readings, so that a job that comes twice reads once. `report`: what could not be read (see
    `imports.timetables`).
    """

    __tablename__ = "timetables"
    __table_args__ = (CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name="link_has_url"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TimetableKind] = mapped_column(words(TimetableKind, "kind"))
    state: Mapped[TimetableState] = mapped_column(words(TimetableState, "state"))
    label: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str | None] = mapped_column(String(1000))
    source: Mapped[bytes | None] = mapped_column(LargeBinary)
    whole_days: Mapped[bool] = mapped_column(default=True)
    turn: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class BusyTime(HasId, Base):
    """One class, exam or other entry; the end excluded."""

    __tablename__ = "busy_times"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_busy_times_person_id_starts_at", "person_id", "starts_at"),
    )

    timetable_id: Mapped[int] = mapped_column(ForeignKey("timetables.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    whole_day: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(200), default="")
