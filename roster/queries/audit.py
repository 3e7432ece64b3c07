"""The audit trail as administrators read it, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import (
    Account,
    Assignment,
    AuditEntry,
    ContactChoice,
    DemandPattern,
    Period,
    Person,
    Programme,
    Qualification,
    Roster,
    Shift,
    Site,
    Team,
    Unit,
)
from roster.queries.pages import page_number

PAGE_SIZE = 100
# What "person:12" is called today; a shift and a turn by their site, a roster by its unit.
NAMES: dict[str, Select[int, str]] = {
    "account": select(Account.id, Account.display_name),
    "contact": select(ContactChoice.id, Person.full_name).join(Person, Person.id == ContactChoice.person_id),
    "assignment": select(Assignment.id, Site.name).join(Assignment.shift).join(Shift.site),
    "pattern": select(DemandPattern.id, DemandPattern.name),
    "person": select(Person.id, Person.full_name),
    "programme": select(Programme.id, Programme.name),
    "qualification": select(Qualification.id, Qualification.name_vi),
    "roster": select(Roster.id, Unit.name).join(Roster.period).join(Period.unit),
    "shift": select(Shift.id, Site.name).join(Shift.site),
    "site": select(Site.id, Site.name),
    "team": select(Team.id, Team.name),
    "unit": select(Unit.id, Unit.name),
}

# Facts that are ids, and what they are ids of: these are told by name, under the fact's name without its "_id".
REFERENCES = {
    "from_shift_id": "shift",
    "other_id": "person",
    "person_id": "person",
    "shift_id": "shift",
    "site_id": "site",
    "wanted_shift_id": "shift",
}
# A calendar's `target_id` is of what its `kind` says.
TARGETS = {"volunteer": "person", "site": "site", "team": "team", "unit": "unit"}


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
    page = page_number(page, total, PAGE_SIZE)
    rows = session.execute(
        query.options(joinedload(AuditEntry.account))
        .order_by(AuditEntry.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    entries = rows.all()
    names = _names(session, [name for entry, _ in entries for name in (entry.subject, *_references(entry).values())])
    return AuditList([_row(entry, unit_name, names) for entry, unit_name in entries], total, page)


def _names(session: Session, subjects: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind, named in NAMES.items():
        ids = {int(subject.partition(":")[2]) for subject in subjects if subject.startswith(f"{kind}:")}
        if ids:
            rows = session.execute(named.where(named.selected_columns[0].in_(ids)))
            names |= {f"{kind}:{found}": text for found, text in rows}
    return names


def _references(entry: AuditEntry) -> dict[str, str]:
    """Facts that name something, as "person:12" under the fact's own name."""
    kinds = dict(REFERENCES)
    if target := TARGETS.get(entry.facts.get("kind", "")):
        kinds["target_id"] = target
    return {fact: f"{kind}:{entry.facts[fact]}" for fact, kind in kinds.items() if entry.facts.get(fact)}


def _facts(entry: AuditEntry, names: dict[str, str]) -> list[tuple[str, Any]]:
    references = _references(entry)
    return [
        (name.removesuffix("_id"), names[references[name]]) if references.get(name) in names else (name, value)
        for name, value in entry.facts.items()
        if value not in (None, "")
    ]


def _number(subject: str) -> str:
    """What has no name, or none any more: "#12"; a year is its own."""
    kind, _, number = subject.partition(":")
    return number if kind == "year" else f"#{number}"


def _row(entry: AuditEntry, unit_name: str | None, names: dict[str, str]) -> AuditRow:
    return AuditRow(
        id=entry.id,
        at=entry.at,
        who=entry.account.display_name if entry.account else "",
        action=entry.action,
        subject=names.get(entry.subject, "") or _number(entry.subject),
        unit_name=unit_name or "",
        facts=_facts(entry, names),
    )
