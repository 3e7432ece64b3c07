"""Everything that is kept about one person, for themselves: whatever points at them, whichever table it is in.

Of what somebody did for others, as a coordinator does, only that they did it, and when: the rest is about the others.
Read off the models rather than listed by hand, so that a table added next year is not forgotten here. Secrets stay out:
hashes of links and passwords are of no use to their owner and of much use to a thief.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from roster.models import Account, Assignment, AuditEntry, Base, Consent, ConsentKind, Person, Shift, Site
from roster.models.base import UTCDateTime

SECRET = re.compile(r"hash|token|secret|^auth$|p256dh|^endpoint$|session_epoch")
"""Names of columns that hold keys, whichever table they are in."""

ON_RECORD = frozenset(
    """agreements audit_entries cover_calls draft_steps people_imports publications repairs rounds runs what_ifs
    withdrawals""".split()  # noqa: SIM905  (shorter than a list)
)
"""What an account did stays on record, under the account's number. It is about others: whose sickness was answered,
who was on a list. To whoever did it we say only that they did, and when."""

NAME_COLUMNS_OF_OUR_OWN = frozenset({"name_sort", "name_search"})
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent as its person sees it."""

    kind: ConsentKind
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None
    given_by: str
    relation: str


def consents_of(session: Session, person: Person) -> Sequence[ConsentRow]:
    """The person's consents, the newest first."""
    rows = session.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id.desc()))
    return [
        ConsentRow(row.kind, row.text_version, row.given_at, row.withdrawn_at, row.given_by, row.relation)
        for row in rows
    ]


def everything(session: Session, person: Person, account: Account | None, *, now: datetime) -> dict[str, Any]:
    """JSON values: the person, the account, and by table every row that points at either."""
    kept: dict[str, Any] = {
        "made_at": now.isoformat(),
        "person": _row(session, Base.metadata.tables["people"], person.id),
        "unit": person.unit.name,
        "account": _row(session, Base.metadata.tables["accounts"], account.id) if account else None,
        "served_and_coming_shifts": _shifts(session, person),
    }
    for table in Base.metadata.sorted_tables:
        rows = _about(session, table, person, account)
        if rows:
            kept[table.name] = rows
    trail = select(AuditEntry.at, AuditEntry.action).where(AuditEntry.subject == f"person:{person.id}")
    kept["changes_noted_about_me"] = [
        {"at": at.isoformat(), "action": action} for at, action in session.execute(trail.order_by(AuditEntry.id))
    ]
    return kept


def _about(session: Session, table: Table, person: Person, account: Account | None) -> list[dict[str, Any]]:
    """The rows of the table that point at the person or the account, each once."""
    mine = _pointing(table, "people", person.id)
    did = _pointing(table, "accounts", account.id) if account and table.name != "accounts" else []
    if table.name not in ON_RECORD:
        return _rows(session, table.columns, [*mine, *did])
    rows = _rows(session, table.columns, mine)
    known = {row["id"] for row in rows}
    deeds = _rows(session, [column for column in table.columns if _tells_of_a_deed(column)], did)
    return [*rows, *(deed for deed in deeds if deed["id"] not in known)]


def _pointing(table: Table, target: str, key: int) -> list[ColumnElement[bool]]:
    return [
        column == key
        for column in table.columns
        for foreign in column.foreign_keys
        if foreign.column.table.name == target
    ]


def _tells_of_a_deed(column: Column[Any]) -> bool:
    """That it was done, and when."""
    return column.name in ("id", "action") or isinstance(column.type, UTCDateTime)


def _rows(
    session: Session, columns: Iterable[Column[Any]], conditions: Collection[ColumnElement[bool]]
) -> list[dict[str, Any]]:
    if not conditions:
        return []
    rows = session.execute(select(*columns).where(or_(*conditions)).limit(MOST_ROWS)).mappings()
    return [_plain(dict(row)) for row in rows]


def _shifts(session: Session, person: Person) -> list[dict[str, Any]]:
    zone = person.unit.zone
    rows = session.execute(
        select(Shift.starts_at, Shift.ends_at, Site.name, Assignment.state, Assignment.absent, Assignment.objection)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .join(Shift.site)
        .where(Assignment.person_id == person.id)
        .order_by(Shift.starts_at)
    )
    return [
        {
            "starts": starts.astimezone(zone).isoformat(),
            "ends": ends.astimezone(zone).isoformat(),
            "site": site,
            "state": state.value,
            "absent": absent,
            "objection": objection.value if objection else None,
        }
        for starts, ends, site, state, absent, objection in rows
    ]


def _row(session: Session, table: Table, key: int) -> dict[str, Any]:
    found = session.execute(select(table).where(table.c.id == key)).mappings().one()
    return _plain(dict(found))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = (name for name in row if name not in NAME_COLUMNS_OF_OUR_OWN and not SECRET.search(name))
    return {name: _value(row[name]) for name in shown if not isinstance(row[name], bytes)}


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value
