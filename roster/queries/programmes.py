"""Programmes as coordinators read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, DemandPattern, Programme, ProgrammeKind, Unit


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme; `patterns`: demand patterns in use that belong to it."""

    id: int
    name: str
    kind: ProgrammeKind
    unit_name: str
    patterns: int


def programme_list(session: Session, account: Account) -> Sequence[ProgrammeRow]:
    """The programmes of the units the account plans for, by name."""
    patterns = (
        select(DemandPattern.programme_id, func.count().label("count"))
        .where(DemandPattern.active)
        .group_by(DemandPattern.programme_id)
        .subquery()
    )
    rows = session.execute(
        select(Programme, Unit.name, func.coalesce(patterns.c.count, 0))
        .join(Unit, Unit.id == Programme.unit_id)
        .outerjoin(patterns, patterns.c.programme_id == Programme.id)
        .where(access.within_reach(account))
        .order_by(Programme.name, Programme.id)
    )
    return [ProgrammeRow(row.id, row.name, row.kind, unit_name, count) for row, unit_name, count in rows]
