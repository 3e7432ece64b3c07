"""Who may not be planned for want of consent: those who took it back, and minors whose guardian has not agreed.

A run is not even told of them, and whoever asks for them by hand, by a claim or as a stand-in is refused by this name
(`planning/staffing.py`). That is the strictest reading of the law, and the only one with which nothing can put a child
on a shift before a parent said yes.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session

from roster.models import Consent, ConsentKind, Person
from roster.models.people import ADULT_AGE_YEARS


class Missing(StrEnum):
    """Whose consent is missing: a minor's guardian has not agreed, or the person took their own back."""

    GUARDIAN = "guardian"
    OWN = "own"


def missing(session: Session, people: Select[int], first_day: date) -> Mapping[int, Missing]:
    """Those among the people (ids) whose consent is missing in a period that begins on this day."""
    unguarded = and_(is_minor(first_day), ~_agreed())
    found = session.execute(
        select(Person.id, case((unguarded, Missing.GUARDIAN.value), else_=Missing.OWN.value)).where(
            Person.id.in_(people), or_(unguarded, taken_back())
        )
    )
    return {person_id: Missing(whose) for person_id, whose in found}


def is_minor(on: date) -> ColumnElement[bool]:
    """The condition on `Person` that they are under 18 that day, as `Person.is_minor` has it."""
    # On 29 February eighteen years back there is no such day; whoever was born on 1 March is still a minor.
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return Person.birth_date > date(on.year - ADULT_AGE_YEARS, on.month, day)


def _agreed() -> ColumnElement[bool]:
    return exists().where(
        Consent.person_id == Person.id, Consent.kind == ConsentKind.GUARDIAN, Consent.withdrawn_at.is_(None)
    )


def taken_back() -> ColumnElement[bool]:
    """The condition on `Person` that they said no, or took their consent back, and have not agreed since."""
    own = (Consent.person_id == Person.id, Consent.kind == ConsentKind.OWN)
    return and_(
        exists().where(*own, Consent.withdrawn_at.is_not(None)), ~exists().where(*own, Consent.withdrawn_at.is_(None))
    )
