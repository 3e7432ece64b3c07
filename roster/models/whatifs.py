"""What-ifs: a week planned as it would be with something different, to compare; nothing of it is ever applied."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from roster.models.base import Base
from roster.models.searches import Search


class WhatIf(Search, Base):
    """One question about a week, and its answer.

    `question`: its `kind` and what that needs, with database ids (`services/whatifs.py`). `result`: what
    `planning/whatifs.py` found by two searches.
    """

    __tablename__ = "what_ifs"

    question: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
