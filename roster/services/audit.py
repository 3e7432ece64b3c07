"""The audit trail: one line per change, written in the transaction of the change."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from roster.models import Account, AuditEntry, Unit


def record(
    session: Session,
    action: str,
    subject: str,
    *,
    by: Account | None,
    now: datetime,
    unit: Unit | None = None,
    **facts: Any,
) -> None:
    """Note that `by` did `action` ("shift.cancel") to `subject` ("shift:12"). Facts must be JSON values."""
    session.add(
        AuditEntry(
            at=now,
            account_id=by.id if by else None,
            unit_id=unit.id if unit else None,
            action=action,
            subject=subject,
            facts=facts,
        )
    )
