"""People who volunteer, what they may do, and what they asked not to exceed.

Only what rostering needs is kept. `birth_date` is there because a minor never serves without an adult;
`shares_name` is the person's own consent to be named, by given name, to a site's staff and teammates.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId
from roster.models.units import Unit

NOBODY = "–"
"""What somebody erased is called: the row stays, so that what they did still counts."""
ADULT_AGE_YEARS = 18
# Without this, SQLAlchemy takes a None given to a new person for nothing said, and the default becomes their limit.
OR_NO_LIMIT = Integer().evaluates_none()


class Person(HasId, Base):
    """A volunteer of one home unit.

    Limits are per planning period (a week): turns, minutes, turns a day; `rest_minutes` between the last end of
    one day and the next start; `max_km` from home to site. None means no limit.
    `newcomer` serves only beside somebody experienced.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("max_turns IS NULL OR max_turns >= 0", name="max_turns"),
        CheckConstraint("max_minutes IS NULL OR max_minutes >= 0", name="max_minutes"),
        CheckConstraint("max_turns_per_day IS NULL OR max_turns_per_day >= 0", name="max_turns_per_day"),
        CheckConstraint("rest_minutes IS NULL OR rest_minutes >= 0", name="rest_minutes"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    name_sort: Mapped[str] = mapped_column(String(400), index=True)
    name_search: Mapped[str] = mapped_column(String(200), index=True)
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(200), index=True)
    home_latitude: Mapped[float | None]
    home_longitude: Mapped[float | None]
    shares_name: Mapped[bool] = mapped_column(default=False)
    newcomer: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    max_turns: Mapped[int | None] = mapped_column(OR_NO_LIMIT, default=2)
    max_minutes: Mapped[int | None]
    max_turns_per_day: Mapped[int | None] = mapped_column(OR_NO_LIMIT, default=1)
    rest_minutes: Mapped[int | None]
    max_km: Mapped[int | None]
    availability_at: Mapped[datetime | None]
    """When the person last said when they could serve; None: never asked or never answered."""

    unit: Mapped[Unit] = relationship()
    qualifications: Mapped[list["PersonQualification"]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )

    @property
    def erased(self) -> bool:
        return self.full_name == NOBODY

    def is_minor(self, on: date) -> bool:
        return is_minor(self.birth_date, on)


def is_minor(birth_date: date | None, on: date) -> bool:
    """Whether somebody is under 18 on that day; whose birthday we don't know counts as adult."""
    if birth_date is None:
        return False
    eighteenth = (birth_date.year + ADULT_AGE_YEARS, birth_date.month, birth_date.day)
    return (on.year, on.month, on.day) < eighteenth


class Qualification(HasId, Base):
    """Something a shift may demand, known by its code in demands and solver files ("trained", "lead", "police")."""

    __tablename__ = "qualifications"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_vi: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))


class PersonQualification(HasId, Base):
    __tablename__ = "person_qualifications"
    __table_args__ = (UniqueConstraint("person_id", "qualification_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualifications.id"), index=True)
    granted_on: Mapped[date]
    valid_until: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="qualifications")
    qualification: Mapped[Qualification] = relationship()
