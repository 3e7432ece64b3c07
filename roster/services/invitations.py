"""Invitations for many: one link each for everybody of a unit or a list who has no password yet, to be handed out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from roster import access
from roster.errors import RosterError
from roster.models import Account, AccountLink, Person, Unit
from roster.services import people
from roster.services.people import Invitation

MOST = 500
"""Links in one file. They are shown once, so a file too long to hand out would be lost work."""
LISTED = 50
"""Of those who cannot be invited, the first that a page names."""


def waiting(session: Session, unit: Unit, *, by: Account, again: bool = False) -> int:
    """How many people of the unit and beneath could be invited. Raises NotAllowed."""
    access.require_planner(by, unit)
    return session.scalar(select(func.count()).select_from(_waiting(unit, again).subquery())) or 0


def out_of_reach(session: Session, unit: Unit, *, by: Account) -> tuple[Sequence[Person], int]:
    """The first of those who cannot be invited for want of phone number and e-mail address, and how many there are.

    Raises NotAllowed.
    """
    access.require_planner(by, unit)
    lacking = _outside(unit).where(Person.phone.is_(None), Person.email.is_(None))
    in_order = lacking.options(contains_eager(Person.unit)).order_by(Unit.name_sort, Person.name_sort, Person.id)
    total = session.scalar(select(func.count()).select_from(lacking.subquery())) or 0
    return session.scalars(in_order.limit(LISTED)).all(), total


def invite_all(
    session: Session, unit: Unit, *, by: Account, now: datetime, again: bool = False
) -> Sequence[tuple[Person, Invitation]]:
    """A link for each of the first `MOST` who wait. `again`: also for those whose older link is not used; it ends.

    Whoever cannot be invited (their number signs somebody else in) is left out. Raises NotAllowed.
    """
    access.require_planner(by, unit)
    chosen = session.scalars(
        _waiting(unit, again)
        .options(contains_eager(Person.unit))
        .order_by(Unit.name_sort, Person.name_sort, Person.id)
        .limit(MOST)
    ).all()
    made = []
    for person in chosen:
        try:
            with session.begin_nested():
                made.append((person, people.invite(session, person.id, by=by, now=now)))
        except RosterError:
            continue
    return made


def _waiting(unit: Unit, again: bool) -> Select[Person]:
    """Active, reachable, and without a password; unless `again`, also without a link."""
    asked = exists().where(
        Account.person_id == Person.id, AccountLink.account_id == Account.id, AccountLink.used_at.is_(None)
    )
    query = _outside(unit).where(Person.phone.is_not(None) | Person.email.is_not(None))
    return query if again else query.where(~asked)


def _outside(unit: Unit) -> Select[Person]:
    """Active people of the unit and beneath who have no password."""
    signs_in = exists().where(Account.person_id == Person.id, Account.password_hash.is_not(None))
    inside = Unit.path.startswith(unit.path, autoescape=True)
    return select(Person).join(Person.unit).where(inside, Person.active, ~signs_in)
