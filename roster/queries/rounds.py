"""Who was asked in a round and who has answered, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from roster.models import Person, Round, RoundAnswer
from roster.queries.pages import page_number

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """`half_days`: how many they offered, None while they have not answered. Times are local."""

    person_id: int
    name: str
    unit: str
    reachable: bool
    answered_at: datetime | None
    half_days: int | None


@dataclass(frozen=True, slots=True)
class AskedPeople:
    rows: Sequence[AskedPerson]
    total: int
    page: int


def asked_people(session: Session, found: Round, *, answered: bool, page: int = 1) -> AskedPeople:
    """Those who have answered, the latest first; or those who have not, by name."""
    said = RoundAnswer.answered_at.is_not(None) if answered else RoundAnswer.answered_at.is_(None)
    chosen = (
        select(RoundAnswer)
        .join(RoundAnswer.person)
        .where(RoundAnswer.round_id == found.id, Person.active, said)
        .options(joinedload(RoundAnswer.person).joinedload(Person.unit))
    )
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    order = (RoundAnswer.answered_at.desc(), Person.name_sort) if answered else (Person.name_sort, Person.id)
    rows = session.scalars(chosen.order_by(*order).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    zone = found.roster.period.unit.zone
    return AskedPeople(
        rows=[
            AskedPerson(
                person_id=row.person_id,
                name=row.person.full_name,
                unit=row.person.unit.name,
                reachable=bool(row.person.email),
                answered_at=row.answered_at.astimezone(zone) if row.answered_at else None,
                half_days=None if row.offer is None else len(row.offer),
            )
            for row in rows
        ],
        total=total,
        page=page,
    )
