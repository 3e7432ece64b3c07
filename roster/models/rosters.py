"""Rosters: the draft of a period, its pins, and what was published from it.

Two tables hold who serves where. `DraftAssignment` is the coordinator's working copy: runs and hands rewrite it
freely. `Assignment` is what volunteers and calendars see: only a publication (or the roster's later life) changes
it, rows are never deleted, and each keeps its calendar identity for ever. Publishing is the difference of the two.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.people import Person
from roster.models.shifts import Shift
from roster.models.units import Unit


class Period(HasId, Base):
    """The days planned together for a unit and all beneath it; normally a week from its Monday."""

    __tablename__ = "periods"
    __table_args__ = (UniqueConstraint("unit_id", "first_day"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    first_day: Mapped[date] = mapped_column(index=True)
    days: Mapped[int] = mapped_column(default=7)

    unit: Mapped[Unit] = relationship()


class Roster(HasId, Base):
    """The draft of one period. `revision` rises on every change of draft or pins; stale writers are told.

    `published_number` is the number of the last publication, 0 before the first; `published_revision` the
    revision it showed.
    """

    __tablename__ = "rosters"

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), unique=True)
    revision: Mapped[int] = mapped_column(default=0)
    published_number: Mapped[int] = mapped_column(default=0)
    published_revision: Mapped[int | None]
    changed_at: Mapped[datetime]

    period: Mapped[Period] = relationship()


class DraftAssignment(HasId, Base):
    __tablename__ = "draft_assignments"
    __table_args__ = (UniqueConstraint("roster_id", "shift_id", "person_id"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()


class PinState(StrEnum):
    ASSIGNED = "assigned"
    """The solver must keep this turn."""
    FORBIDDEN = "forbidden"
    """The solver must not make this turn: somebody was taken off by hand."""


class Pin(HasId, Base):
    __tablename__ = "pins"
    __table_args__ = (UniqueConstraint("roster_id", "shift_id", "person_id"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[PinState] = mapped_column(words(PinState, "state"))


class AssignmentState(StrEnum):
    ACTIVE = "active"
    CANCELLED = "cancelled"


class Objection(StrEnum):
    """What became of "I was there", said by somebody noted as missing."""

    WAITING = "waiting"
    ANSWERED = "answered"
    """The coordinator looked again and it stays as it was noted."""


class Assignment(HasId, Base):
    """A published turn, for ever: cancelled ones stay so that calendars can be told.

    `uid`, `sequence` and `changed_at` are the turn's own share of its calendar event (the shift adds its own sequence
    and time): random and stable, rising on cancellation and restoration. `confirmed_at`: the volunteer said yes;
    until then the event is tentative. `absent`: they were expected to the end and did not come;
    `objection`: they say they did.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("shift_id", "person_id"),
        Index("ix_assignments_person_id_state", "person_id", "state"),
    )

    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[AssignmentState] = mapped_column(words(AssignmentState, "state"))
    confirmed_at: Mapped[datetime | None]
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    absent: Mapped[bool] = mapped_column(default=False)
    objection: Mapped[Objection | None] = mapped_column(words(Objection, "objection"))

    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()


class Publication(HasId, Base):
    """One numbered, immutable publication of a roster, with the proof known at that moment.

    `evidence`: input hash, levels with values and bounds, status and seconds of the run the draft came from, if any.
    """

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("roster_id", "number"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    people: Mapped[int]
    turns: Mapped[int]
    missing: Mapped[int]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)

    roster: Mapped[Roster] = relationship()
    published_by: Mapped[Account | None] = relationship()
    changes: Mapped[list["PublicationChange"]] = relationship(back_populates="publication")


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"


class PublicationChange(HasId, Base):
    __tablename__ = "publication_changes"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(words(ChangeKind, "kind"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

    publication: Mapped[Publication] = relationship(back_populates="changes")
    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()
