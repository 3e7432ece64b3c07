"""Lists of people that were brought in lately, as coordinators see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster import access
from roster.models import Account, ImportState, PeopleImport

SHOWN = 10


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One list; `new` to `bad` count its rows, 0 while it is not applied."""

    id: int
    file_name: str
    unit_name: str
    who: str
    state: ImportState
    at: datetime
    new: int
    updated: int
    bad: int


def recent(session: Session, account: Account) -> Sequence[ImportRow]:
    """The last lists for units the account plans, newest first."""
    found = session.scalars(
        select(PeopleImport)
        .join(PeopleImport.unit)
        .where(access.within_reach(account))
        .options(contains_eager(PeopleImport.unit), joinedload(PeopleImport.asked_by))
        .order_by(PeopleImport.id.desc())
        .limit(SHOWN)
    )
    return [
        ImportRow(
            id=one.id,
            file_name=one.file_name,
            unit_name=one.unit.name,
            who=one.asked_by.display_name,
            state=one.state,
            at=one.finished_at or one.created_at,
            new=one.report.get("new", 0),
            updated=one.report.get("updated", 0),
            bad=one.report.get("bad", 0),
        )
        for one in found
    ]
