"""Shifts: one site, one date, start and end, people wanted.

A shift made by a pattern keeps its link and the date it was made for. That pair is unique for ever, whatever
happens to the shift, so a shift that was moved or cancelled never comes back to life when patterns are
expanded again.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.schema import SchemaItem

from roster.models.base import Base, HasId, words
from roster.models.demand import DemandColumns, DemandPattern
from roster.models.programmes import Programme
from roster.models.sites import Site


class ShiftState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"


COUNTED_WITHIN = timedelta(days=14)
"""After a shift began: nobody remembers longer who was there."""


class Shift(HasId, DemandColumns, Base):
    """A dated shift.

    `edited`: changed by hand, so its pattern leaves it alone. `uid`: what calendars know it by, random and stable for
    ever. `sequence` rises on each change of time, cancellation and restoration (RFC 5545 §3.8.7.4). `changed_at`: when
    its time, text or status last changed; `people_changed_at`: when those published on it, or what is shown
    of them, last changed. `came`: how many people were there, as the site counted; None if nobody did.
    """

    __tablename__ = "shifts"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805  (SQLAlchemy hands the class)
        return (
            CheckConstraint("minimum >= 0 AND target >= minimum", name="minimum_target"),
            CheckConstraint("maximum IS NULL OR maximum >= target", name="maximum"),
            CheckConstraint("ends_at > starts_at", name="ends_after_start"),
            UniqueConstraint("pattern_id", "pattern_day"),
            Index("ix_shifts_site_id_starts_at", "site_id", "starts_at"),
        )

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("demand_patterns.id"))
    pattern_day: Mapped[date | None]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[ShiftState] = mapped_column(words(ShiftState, "state"), default=ShiftState.OPEN)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")
    edited: Mapped[bool] = mapped_column(default=False)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    people_changed_at: Mapped[datetime]
    came: Mapped[int | None]

    site: Mapped[Site] = relationship()
    programme: Mapped[Programme] = relationship()
    pattern: Mapped[DemandPattern | None] = relationship()

    def is_countable(self, now: datetime) -> bool:
        """Whether one may say how many came: it has begun, not too long ago, and was not called off."""
        return self.state is ShiftState.OPEN and self.starts_at <= now < self.starts_at + COUNTED_WITHIN
