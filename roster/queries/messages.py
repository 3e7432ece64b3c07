"""The outbox of a unit and all beneath it: what was sent, what waits, what failed and what is in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from roster.models import Channel, Delivery, DeliveryState, Letter, MessageKind, Person, Unit
from roster.planning import scope
from roster.queries.pages import page_number

Columns = TypeVarTuple("Columns")
PAGE_SIZE = 50
TROUBLE = (DeliveryState.FAILED, DeliveryState.UNSURE)


@dataclass(frozen=True, slots=True)
class SentRow:
    """One delivery. `at`: when it ended, or when it is next due; local to the unit."""

    id: int
    name: str
    kinds: Sequence[MessageKind]
    channel: Channel
    state: DeliveryState
    attempts: int
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    rows: Sequence[SentRow]
    total: int
    page: int


def counts(session: Session, unit: Unit, *, since: datetime) -> Mapping[DeliveryState, int]:
    """How many deliveries there are in each state."""
    rows = session.execute(
        _within(select(Delivery.state, func.count(Delivery.id)), unit, since).group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in rows}


def unreachable(session: Session, unit: Unit, *, since: datetime) -> int:
    """People who were to be told something and have no channel that leads to them."""
    letters = (
        select(func.count(func.distinct(Letter.person_id)))
        .join(Letter.person)
        .join(Person.unit)
        .where(scope.beneath(unit.path), Letter.created_at >= since, ~Letter.deliveries.any())
    )
    return session.scalar(letters) or 0


def sent(session: Session, unit: Unit, *, states: Sequence[DeliveryState], since: datetime, page: int = 1) -> Sent:
    """Deliveries in these states, the latest first."""
    chosen = _within(select(Delivery), unit, since).where(Delivery.state.in_(states))
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    found = session.scalars(
        chosen.options(
            contains_eager(Delivery.letter).contains_eager(Letter.person),
            contains_eager(Delivery.letter).selectinload(Letter.messages),
        )
        .order_by(Delivery.due_at.desc(), Delivery.id.desc())
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Sent([_row(delivery, unit) for delivery in found], total, page)


def _within(query: Select[*Columns], unit: Unit, since: datetime) -> Select[*Columns]:
    return (
        query.join(Delivery.letter)
        .join(Letter.person)
        .join(Person.unit)
        .where(scope.beneath(unit.path), Letter.created_at >= since)
    )


def _row(delivery: Delivery, unit: Unit) -> SentRow:
    person = delivery.letter.person
    return SentRow(
        id=delivery.id,
        name=person.full_name if person else "",
        kinds=list(dict.fromkeys(message.kind for message in delivery.letter.messages)),
        channel=delivery.channel,
        state=delivery.state,
        attempts=delivery.attempts,
        error=delivery.error,
        at=(delivery.ended_at or delivery.due_at).astimezone(unit.zone),
    )
