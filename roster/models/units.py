"""Units: the organisation tree, from province down to branch, with universities and agencies beside it.

`path` holds the ids from the root to the unit ("/1/4/9/"), so "this unit and all beneath it" is one prefix
comparison that an index answers, on SQLite and PostgreSQL alike; a recursive query would be asked on every page.
"""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId, words


class UnitKind(StrEnum):
    NATION = "nation"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    BRANCH = "branch"
    UNIVERSITY = "university"
    SCHOOL = "school"
    AGENCY = "agency"


class Unit(HasId, Base):
    __tablename__ = "units"

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True, default="")
    kind: Mapped[UnitKind] = mapped_column(words(UnitKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400), index=True)
    timezone: Mapped[str] = mapped_column(String(60), default="Asia/Ho_Chi_Minh")

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    @property
    def line(self) -> list[int]:
        """The ids from the root down to this unit."""
        return [int(part) for part in self.path.strip("/").split("/")]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def day_of(self, moment: datetime) -> date:
        """The unit's date at an aware moment; in Vietnam UTC still has yesterday's until seven in the morning."""
        return moment.astimezone(self.zone).date()

    def covers(self, other: "Unit") -> bool:
        """Whether the other unit is this one or lies beneath it."""
        return other.path.startswith(self.path)
