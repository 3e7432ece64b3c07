"""Days that are not what their weekday says: public holidays, days off in compensation, working Saturdays.

Seeded from the `holidays` library and editable, because decrees on swapped days come late.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base, HasId, words


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    DAY_OFF = "day_off"
    """A weekday off in compensation or swapped."""
    WORKING_DAY = "working_day"
    """A Saturday or Sunday worked instead of `instead_of`."""


class Holiday(HasId, Base):
    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = mapped_column(words(DayKind, "kind"))
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    instead_of: Mapped[date | None]
    """For a working day swapped in: the weekday whose demand it takes over."""
