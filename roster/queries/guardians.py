"""Minors among the people an account plans for, and whether a guardian has agreed for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from roster import access
from roster.models import Account, Consent, ConsentKind, Person
from roster.planning import consents
from roster.queries.consents import Asking, askings_of


@dataclass(frozen=True, slots=True)
class MinorRow:
    """Somebody under 18. `agreed`: who agreed and how they are related, "" while nobody did; `asking`: until then."""

    id: int
    name: str
    unit_name: str
    agreed: str
    relation: str
    agreed_at: datetime | None
    asking: Asking

    @property
    def waits(self) -> bool:
        return self.agreed_at is None


def minors(session: Session, account: Account, *, today: date, now: datetime) -> Sequence[MinorRow]:
    """Those without consent first, then by given name."""
    people = session.scalars(
        select(Person)
        .join(Person.unit)
        .where(access.within_reach(account), Person.active, consents.is_minor(today))
        .options(contains_eager(Person.unit))
        .order_by(Person.name_sort, Person.id)
    ).all()
    return sorted(_rows(session, people, now), key=lambda row: not row.waits)


def of_person(session: Session, person: Person, *, now: datetime) -> MinorRow | None:
    """The same of one person; None for whoever is of age."""
    return _rows(session, [person], now)[0] if person.is_minor(person.unit.day_of(now)) else None


def _rows(session: Session, people: Sequence[Person], now: datetime) -> list[MinorRow]:
    ids = [person.id for person in people]
    given = {
        row.person_id: row
        for row in session.scalars(
            select(Consent).where(
                Consent.person_id.in_(ids), Consent.kind == ConsentKind.GUARDIAN, Consent.withdrawn_at.is_(None)
            )
        )
    }
    asked = askings_of(session, ids, now=now)
    return [_row(person, given.get(person.id), asked.get(person.id, Asking())) for person in people]


def waiting(session: Session, account: Account, *, today: date) -> int:
    """How many minors nobody has agreed for."""
    mine = select(Person.id).join(Person.unit).where(access.within_reach(account), Person.active)
    return sum(whose is consents.Missing.GUARDIAN for whose in consents.missing(session, mine, today).values())


def _row(person: Person, consent: Consent | None, asking: Asking) -> MinorRow:
    return MinorRow(
        id=person.id,
        name=person.full_name,
        unit_name=person.unit.name,
        agreed=consent.given_by if consent else "",
        relation=consent.relation if consent else "",
        agreed_at=consent.given_at if consent else None,
        asking=asking,
    )
