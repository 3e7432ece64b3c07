"""Invitations for many: a link for each of a unit who has no password yet, by e-mail or to be handed out."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from roster import access
from roster.errors import RosterError
from roster.models import Account, AccountLink, Channel, Message, MessageKind, Person, Unit
from roster.queries.messages import without_email
from roster.services import links, outbox, people
from roster.services.people import Invitation

Made = TypeVar("Made")

MOST = 500
"""Links made at once. In a file they are shown once, so one too long to hand out would be lost work."""
MAILED_AGAIN_AFTER = timedelta(days=1)
"""How long somebody is left alone whom we wrote to; whoever lost the letter gets a link by hand."""
LISTED = 50
"""Of those who cannot be invited, the first that a page names."""


def waiting(session: Session, unit: Unit, *, by: Account, again: bool = False, by_mail: bool | None = None) -> int:
    """How many people of the unit and beneath could be invited; `by_mail`: only those whom e-mail reaches, or does not.

    Raises NotAllowed.
    """
    access.require_planner(by, unit)
    return session.scalar(select(func.count()).select_from(_waiting(unit, again, by_mail).subquery())) or 0


def mailable(session: Session, unit: Unit, *, by: Account, now: datetime, again: bool = False) -> int:
    """How many `mail_all` would write to. Raises NotAllowed."""
    access.require_planner(by, unit)
    return session.scalar(select(func.count()).select_from(_mailable(unit, again, now).subquery())) or 0


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
    session: Session,
    unit: Unit,
    *,
    by: Account,
    now: datetime,
    again: bool = False,
    by_mail: bool | None = None,
) -> Sequence[tuple[Person, Invitation]]:
    """A link for each of the first `MOST` who wait. `again`: also for those whose older link is not used; it ends.

    Whoever cannot be invited (their number signs somebody else in) is left out. Raises NotAllowed.
    """
    access.require_planner(by, unit)
    return _each(
        session, _waiting(unit, again, by_mail), lambda person: people.invite(session, person.id, by=by, now=now)
    )


def mail_all(
    session: Session, unit: Unit, *, ways: Collection[Channel], by: Account, now: datetime, again: bool = False
) -> int:
    """Have a link sent to each of the first `MOST` who wait and whom e-mail reaches; how many are. As `invite_all`.

    `ways`: the channels this installation can send by.
    """
    access.require_planner(by, unit)
    if Channel.EMAIL not in ways:
        return 0
    # A button pressed twice: the second looks when the first has invited.
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))

    def mail(person: Person) -> None:
        account = people.account_of(session, person) or people.open_account(session, person, now)
        facts = {"link_id": links.promise(session, account, by=by, now=now)}
        outbox.tell(session, person.id, MessageKind.INVITED, facts, now=now)

    return len(_each(session, _mailable(unit, again, now), mail))


def _each(session: Session, chosen: Select[Person], invite: Callable[[Person], Made]) -> list[tuple[Person, Made]]:
    in_order = chosen.options(contains_eager(Person.unit)).order_by(Unit.name_sort, Person.name_sort, Person.id)
    made = []
    for person in session.scalars(in_order.limit(MOST)).all():
        try:
            with session.begin_nested():
                made.append((person, invite(person)))
        except RosterError:
            continue
    return made


def _waiting(unit: Unit, again: bool, by_mail: bool | None) -> Select[Person]:
    """Active, reachable, and without a password; unless `again`, also without a link."""
    query = _outside(unit).where(Person.phone.is_not(None) | Person.email.is_not(None))
    mails = Person.email.is_not(None) & ~without_email()
    if by_mail is not None:
        query = query.where(mails if by_mail else ~mails)
    return query if again else query.where(~_asked())


def _mailable(unit: Unit, again: bool, now: datetime) -> Select[Person]:
    lately = exists().where(
        Message.person_id == Person.id,
        Message.kind == MessageKind.INVITED,
        Message.created_at > now - MAILED_AGAIN_AFTER,
    )
    return _waiting(unit, again, True).where(~(lately & _asked()))


def _asked() -> ColumnElement[bool]:
    """Whether there is a link for the person that still lets them in."""
    return exists().where(
        Account.person_id == Person.id, AccountLink.account_id == Account.id, AccountLink.used_at.is_(None)
    )


def _outside(unit: Unit) -> Select[Person]:
    """Active people of the unit and beneath who have no password."""
    signs_in = exists().where(Account.person_id == Person.id, Account.password_hash.is_not(None))
    inside = Unit.path.startswith(unit.path, autoescape=True)
    return select(Person).join(Person.unit).where(inside, Person.active, ~signs_in)
