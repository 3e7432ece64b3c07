"""Tries: how often a password, a link or a door was tried in vain, counted for all processes together."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base


class Tries(Base):
    """`count` tries until `ends_at`, when counting begins anew. `key`: a hash, because what was tried names people."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)
