"""Doors: the address on a team's poster, behind which its members find themselves and choose a password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId
from roster.models.teams import Team


class TeamDoor(HasId, Base):
    """The open door of a team. Its token is kept as it is, to print the poster again: it hangs on a wall anyway."""

    __tablename__ = "team_doors"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    team: Mapped[Team] = relationship()
