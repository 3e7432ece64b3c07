"""Repairs: who cannot come to their published turns, and what would change least. Nothing changes until accepted."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base
from roster.models.searches import Search


class Repair(Search, Base):
    """One loss of a published roster, and two proposals: the one found at once, and the best of the search.

    `losses`: `person_ids`, the `day` they are away (None: all that is left of the period), and the `window` in which
    turns of others may change. `first` and `best`: what `planning/repairs.py` found.
    """

    __tablename__ = "repairs"

    losses: Mapped[dict[str, Any]]
    first: Mapped[dict[str, Any]]
    best: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
