"""The audit trail: who changed what, when. Written in the transaction of the change, never edited."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId


class AuditEntry(HasId, Base):
    """`action` is a verb ("shift.cancel"), `subject` what it was done to ("shift:12"), `facts` before and after."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_unit_id_at", "unit_id", "at"),)

    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    account: Mapped[Account | None] = relationship()
