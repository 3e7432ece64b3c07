"""The audit trail as administrators read it, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import Account, AuditEntry, Person, Site, Team, Unit

PAGE_SIZE = 100
# What "person:12" is called today; subjects of other kinds are shown as they are.
NAMES = {
    "account": (Account.id, Account.display_name),
    "person": (Person.id, Person.full_name),
    "site": (Site.id, Site.name),
    "team": (Team.id, Team.name),
    "unit": (Unit.id, Unit.name),
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change. `who` is empty for what the service did by itself; `subject` is a name where there is one."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    unit_name: str
    facts: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class AuditList:
    rows: Sequence[AuditRow]
    total: int
    page: int


def audit_list(session: Session, account: Account, *, page: int = 1) -> AuditList:
    """Changes in the units the account administers; those of the whole installation for whoever may edit it."""
    seen = [access.within_reach(account, access.ADMINISTRATOR)]
    if access.may_edit_installation(account):
        seen.append(AuditEntry.unit_id.is_(None))
    query = select(AuditEntry, Unit.name).outerjoin(Unit, Unit.id == AuditEntry.unit_id).where(or_(*seen))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = session.execute(
        query.options(joinedload(AuditEntry.account))
        .order_by(AuditEntry.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    entries = rows.all()
    names = _names(session, [entry.subject for entry, _ in entries])
    return AuditList([_row(entry, unit_name, names) for entry, unit_name in entries], total, page)


def _names(session: Session, subjects: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind, (key, name) in NAMES.items():
        ids = {int(subject.partition(":")[2]) for subject in subjects if subject.startswith(f"{kind}:")}
        names |= {f"{kind}:{found}": text for found, text in session.execute(select(key, name).where(key.in_(ids)))}
    return names


def _row(entry: AuditEntry, unit_name: str | None, names: dict[str, str]) -> AuditRow:
    return AuditRow(
        id=entry.id,
        at=entry.at,
        who=entry.account.display_name if entry.account else "",
        action=entry.action,
        subject=names.get(entry.subject, entry.subject),
        unit_name=unit_name or "",
        facts=[(name, value) for name, value in entry.facts.items() if value not in (None, "")],
    )
