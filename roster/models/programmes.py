"""Programmes: why shifts exist (one-stop desk, Volunteer Saturday, evening drive, training …)."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base, HasId, words


class ProgrammeKind(StrEnum):
    DESK = "desk"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    WEEKEND = "weekend"
    EVENING = "evening"
    HOLIDAY = "holiday"
    HOME_VISITS = "home_visits"
    OUTING = "outing"
    TRAINING = "training"


class Programme(HasId, Base):
    __tablename__ = "programmes"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[ProgrammeKind] = mapped_column(words(ProgrammeKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
