"""Availability: when a volunteer could serve, by half-days of a usual week, and what differs on given days."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base, HasId, words


class Level(StrEnum):
    PREFERRED = "preferred"
    AVAILABLE = "available"
    IF_NEEDED = "if_needed"
    NOT = "not"


class Half(StrEnum):
    """A part of the day that volunteers tap, by local wall clock (see `vietnam.office_hours.HALVES`)."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    """That begins on the day; asked only of people whose units have shifts at night."""


BY_DAY = (Half.MORNING, Half.AFTERNOON, Half.EVENING)
"""The parts of a day that everybody is asked for."""


class Weekday(IntEnum):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class WeeklyAvailability(HasId, Base):
    """One half-day of a person's usual week. No row means not available."""

    __tablename__ = "weekly_availability"
    __table_args__ = (
        UniqueConstraint("person_id", "weekday", "half"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    half: Mapped[Half] = mapped_column(words(Half, "half"))
    level: Mapped[Level] = mapped_column(words(Level, "level"))


class AvailabilityException(HasId, Base):
    """A span in which the usual week does not hold: not free (exams), or free after all."""

    __tablename__ = "availability_exceptions"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    level: Mapped[Level] = mapped_column(words(Level, "level"))
    note: Mapped[str] = mapped_column(String(200), default="")
