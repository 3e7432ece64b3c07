"""Agreements: what somebody said yes to for one week, when a coordinator asked.

Their own limits and times stay as they set them: an agreement holds in one roster and is forgotten with the week. It is
what turns "ask her for one turn more" into something that planning, hands and publishing all honour.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.people import Person
from roster.models.rosters import Roster
from roster.models.shifts import Shift


class AgreementKind(StrEnum):
    MORE = "more"
    """One of their limits is higher this week: `limit` (as in the problem format) by `more` turns or minutes."""
    HOURS = "hours"
    """They come from `starts_at` to `ends_at`, outside the time they offered."""
    LENT = "lent"
    """They serve where `group` may serve, besides their own."""


class Agreement(HasId, Base):
    """One thing a person agreed to, for the sake of one shift; noted by whoever asked."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("roster_id", "person_id", "shift_id", "kind"),)

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    kind: Mapped[AgreementKind] = mapped_column(words(AgreementKind, "kind"))
    limit: Mapped[str | None] = mapped_column(String(30))
    more: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    group: Mapped[str | None] = mapped_column(String(40))
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    noted_at: Mapped[datetime]

    roster: Mapped[Roster] = relationship()
    person: Mapped[Person] = relationship()
    shift: Mapped[Shift] = relationship()
    noted_by: Mapped[Account | None] = relationship()
