"""Rounds: a unit asks everybody when they can serve in one week, up to a deadline.

An answer holds for the days of the round in place of the usual week; days that differ (exams, a journey) still come on
top. Who does not answer is planned by their usual week.
"""

from datetime import datetime, timedelta

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId
from roster.models.people import Person
from roster.models.rosters import Roster
from roster.models.units import Unit


class Round(HasId, Base):
    """One asking for the period of a roster; asking again moves the deadline."""

    __tablename__ = "rounds"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), unique=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    deadline: Mapped[datetime]
    reminded_at: Mapped[datetime | None]

    roster: Mapped[Roster] = relationship()
    asked_by: Mapped[Account | None] = relationship()


class RoundAnswer(HasId, Base):
    """One person asked. `offer`: half-day → level ("0/morning": "available"; Monday is 0), None before they answered.

    A half-day not in the offer is not offered.
    """

    __tablename__ = "round_answers"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("ix_round_answers_person_id_answered_at", "person_id", "answered_at"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    offer: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    answered_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    person: Mapped[Person] = relationship()


class ConfirmRules(HasId, Base):
    """What a unit, and all beneath it without rules of its own, expects of those who are published on a shift.

    `hours`: so long before a shift they must have said "I'll be there"; 0: nobody has to. `opens`: a place not
    confirmed by then is free for others; otherwise it stands on the coordinator's list. `changed_at`: since when.
    """

    __tablename__ = "confirm_rules"
    __table_args__ = (CheckConstraint("hours >= 0", name="hours"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True)
    hours: Mapped[int] = mapped_column(default=0)
    opens: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()

    @property
    def ahead(self) -> timedelta:
        return timedelta(hours=self.hours)
