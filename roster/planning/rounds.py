"""What people answered for one week, as the snapshot puts it in place of their usual one."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from roster.models import Half, Level, Person, Roster, Round, RoundAnswer, WeeklyAvailability
from roster.planning import consents, scope
from roster.planning.offers import Usual

Offer = Mapping[tuple[int, Half], Level]
"""Half-days of a week, Monday being 0, with how welcome each is; one that is not in it is not offered."""


def answered(session: Session, roster: Roster) -> Mapping[int, list[Usual]]:
    """The answers for the roster's week by person id; nobody is in it who has not answered."""
    rows = session.execute(
        select(RoundAnswer.person_id, RoundAnswer.offer)
        .join(RoundAnswer.round)
        .where(Round.roster_id == roster.id, RoundAnswer.answered_at.is_not(None))
    )
    return {
        person_id: [Usual(weekday, half, level) for (weekday, half), level in read(offer or {}).items()]
        for person_id, offer in rows
    }


def may_be_asked(roster: Roster) -> ColumnElement[bool]:
    """The condition on `Person` that they may serve in the roster's week now, and did not take their consent back."""
    return and_(Person.id.in_(scope.people_in(scope.of(roster.period))), ~consents.taken_back())


def silent(session: Session, roster: Roster, people: Select[int]) -> frozenset[int]:
    """Which of these people said nothing of the roster's week: no answer for it, and no week they usually have."""
    answers = select(RoundAnswer.person_id).where(RoundAnswer.answered_at.is_not(None))
    this_week = answers.join(RoundAnswer.round).where(Round.roster_id == roster.id)
    # Whoever answered nothing but other weeks has said something, though not of this one.
    unsaid = Person.availability_at.is_(None) | Person.id.in_(answers)
    known = Person.id.in_(this_week) | Person.id.in_(select(WeeklyAvailability.person_id))
    return frozenset(session.scalars(select(Person.id).where(Person.id.in_(people), unsaid, ~known)))


def read(kept: Mapping[str, str]) -> Offer:
    """An offer as its row keeps it ("0/morning": "available")."""
    offer = {}
    for name, level in kept.items():
        weekday, _, half = name.partition("/")
        offer[int(weekday), Half(half)] = Level(level)
    return offer


def kept(offer: Offer) -> dict[str, str]:
    """An offer as its row keeps it; what is not offered is left out."""
    return {
        f"{weekday}/{half.value}": level.value
        for (weekday, half), level in sorted(offer.items())
        if level is not Level.NOT
    }
