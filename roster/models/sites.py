"""Sites: every place of service, and the minimum a unit has promised it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId, words
from roster.models.units import Unit


class SiteKind(StrEnum):
    SERVICE_CENTER = "service_center"
    DESK = "desk"
    CULTURAL_HOUSE = "cultural_house"
    MARKET = "market"
    COMPANY = "company"
    HOME_VISITS = "home_visits"
    SCHOOL = "school"
    OTHER = "other"


class Site(HasId, Base):
    """A place of service of one unit. `promised_min`: people promised in each half-day that is served, or None.

    `changed_at` is when something that feeds show of the site (name, address) last changed.
    """

    __tablename__ = "sites"
    __table_args__ = (CheckConstraint("promised_min IS NULL OR promised_min >= 0", name="promised_min"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[SiteKind] = mapped_column(words(SiteKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400), index=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    promised_min: Mapped[int | None]
    changed_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
