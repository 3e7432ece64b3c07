"""What people agreed to for one week, as the week's page lists it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster.models import Agreement, AgreementKind, Roster, Shift
from roster.planning import scope
from roster.queries import somebody
from roster.queries.publications import Place
from roster.queries.somebody import Somebody


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement. `more`: turns or minutes by which `limit` is higher; `over`: its shift has begun."""

    id: int
    person: Somebody
    place: Place
    kind: AgreementKind
    limit: str
    more: int
    noted_by: str | None
    noted_at: datetime
    over: bool


def agreements_of(session: Session, roster: Roster, *, now: datetime) -> Sequence[AgreementRow]:
    """All of a roster, in the order of their shifts."""
    rows = session.scalars(
        select(Agreement)
        .where(Agreement.roster_id == roster.id)
        .join(Agreement.shift)
        .options(joinedload(Agreement.shift).joinedload(Shift.site), joinedload(Agreement.noted_by))
        .order_by(Shift.starts_at, Agreement.id)
    ).all()
    people = somebody.profiles(session, {row.person_id for row in rows})
    local = scope.of(roster.period).local
    return [
        AgreementRow(
            id=row.id,
            person=people[row.person_id].somebody,
            place=Place(row.shift_id, row.shift.site.name, local(row.shift.starts_at), local(row.shift.ends_at)),
            kind=row.kind,
            limit=row.limit or "",
            more=row.more or 0,
            noted_by=row.noted_by.display_name if row.noted_by else None,
            noted_at=row.noted_at,
            over=row.shift.starts_at <= now,
        )
        for row in rows
    ]
