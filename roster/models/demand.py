"""Demand: how many people a shift wants and what they must be able to do; patterns repeat it over dates.

A shift takes its demand from its pattern when it is made and owns it from then on, so both tables share these
columns (`DemandColumns`). Qualifications are named by code and pools by group ("unit:12", "team:7"), as in the
solver's file: the lists are read and written whole, never searched by row.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.schema import SchemaItem

from roster.models.base import Base, HasId, words
from roster.models.programmes import Programme
from roster.models.sites import Site


class DemandColumns:
    """Head-counts and conditions of one shift.

    minimum ≤ target ≤ maximum (maximum None: no limit); `requires`: codes everybody needs; `needs`: code → how many
    such people; `pool`: groups who may serve, None for anybody of the unit; `shift_type`: morning, afternoon, evening;
    `service_level`: how surely the minimum should come, in percent, None if nothing is asked.
    """

    shift_type: Mapped[str] = mapped_column(String(20))
    minimum: Mapped[int]
    target: Mapped[int]
    maximum: Mapped[int | None]
    requires: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[dict[str, int]] = mapped_column(default=dict)
    pool: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    adults_only: Mapped[bool] = mapped_column(default=False)
    all_or_nothing: Mapped[bool] = mapped_column(default=False)
    service_level: Mapped[int | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805  (SQLAlchemy hands the class)
        return (
            CheckConstraint("minimum >= 0 AND target >= minimum", name="minimum_target"),
            CheckConstraint("maximum IS NULL OR maximum >= target", name="maximum"),
        )


class HolidayPolicy(StrEnum):
    SKIP = "skip"
    """No shift on a public holiday; one on a working Saturday swapped in, if the weekday it replaces has one."""
    KEEP = "keep"
    """Holidays change nothing."""
    ONLY = "only"
    """Shifts on public holidays only: a holiday drive."""


class DemandPattern(HasId, DemandColumns, Base):
    """Demand that repeats at one site.

    `rule` is an RFC 5545 RRULE over local dates; `starts`/`ends` are local wall-clock times, `ends` after `starts`.
    """

    __tablename__ = "demand_patterns"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    starts: Mapped[time]
    ends: Mapped[time]
    holiday_policy: Mapped[HolidayPolicy] = mapped_column(words(HolidayPolicy, "holiday_policy"))
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]

    site: Mapped[Site] = relationship()
    programme: Mapped[Programme] = relationship()
