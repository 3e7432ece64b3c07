"""The steps of a draft since its last publication, so that each can be taken back and done again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId
from roster.models.rosters import Roster


class DraftStep(HasId, Base):
    """One change of a draft and its pins, in the order they were made.

    `action` and `facts` as in the audit trail. `changes`: turns `added` and `removed` as [shift id, person id], and
    `pins` as [shift id, person id, state before, state after], null for no pin; `arranged`, if there is any: what was
    done beside the turns (`services/arrangements.py`). Publishing forgets a roster's steps.
    `undone`: taken back, and not yet done again; the next new step forgets these.
    """

    __tablename__ = "draft_steps"

    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone: Mapped[bool] = mapped_column(default=False)

    roster: Mapped[Roster] = relationship()
    account: Mapped[Account | None] = relationship()
