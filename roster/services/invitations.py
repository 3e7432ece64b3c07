"""Invitations for many: a link for each of a unit who has no password yet, by e-mail or to be handed out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from roster import access
from roster.errors import RosterError
from roster.models import (
    Account,
    AccountLink,
    Channel,
    Delivery,
    DeliveryState,
    Message,
    MessageKind,
    Person,
    Role,
    RoleKind,
    Unit,
)
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
_ORDER = (Unit.name_sort, Person.name_sort, Person.id)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who gets no link. `reason`: "no_way" (neither phone number nor e-mail address), "taken" (what they have
    signs somebody else in) or "above" (their account is for somebody above to open)."""

    person: Person
    reason: str


def waiting(session: Session, unit: Unit, *, by: Account, again: bool = False, by_mail: bool | None = None) -> int:
    """How many people of the unit and beneath could be invited; `by_mail`: only those whom e-mail reaches, or does not.

    Raises NotAllowed.
    """
    return _count(session, _waiting(session, unit, by, again, by_mail))


def mailable(session: Session, unit: Unit, *, by: Account, now: datetime, again: bool = False) -> int:
    """How many `mail_all` would write to. Raises NotAllowed."""
    return _count(session, _mailable(session, unit, by, again, now))


def left_out(session: Session, unit: Unit, *, by: Account) -> tuple[Sequence[LeftOut], int]:
    """The first of those who cannot be invited, with the reason, and how many there are. Raises NotAllowed."""
    access.require_planner(by, unit)
    above = _above(session, unit, by)
    lacking = _outside(unit).where(Person.id.in_(above) | ~_can_sign_in())
    in_order = lacking.options(contains_eager(Person.unit)).order_by(*_ORDER).limit(LISTED)
    return [LeftOut(person, _reason(person, above)) for person in session.scalars(in_order)], _count(session, lacking)


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

    Never to whom a letter is just going to bring one. Raises NotAllowed.
    """
    access.require_planner(by, unit)
    _alone(session, unit)
    chosen = _waiting(session, unit, by, again, by_mail).where(~_letter_waits())
    return _each(session, chosen, lambda person: people.invite(session, person.id, by=by, now=now))


def mail_all(
    session: Session, unit: Unit, *, ways: Collection[Channel], by: Account, now: datetime, again: bool = False
) -> int:
    """Have a link sent to each of the first `MOST` who wait and whom e-mail reaches; how many are. As `invite_all`.

    `ways`: the channels this installation can send by.
    """
    access.require_planner(by, unit)
    if Channel.EMAIL not in ways:
        return 0
    _alone(session, unit)

    def mail(person: Person) -> None:
        account = people.account_of(session, person) or people.open_account(session, person, now)
        facts = {"link_id": links.promise(session, account, by=by, now=now)}
        outbox.tell(session, person.id, MessageKind.INVITED, facts, now=now)

    return len(_each(session, _mailable(session, unit, by, again, now), mail))


def _alone(session: Session, unit: Unit) -> None:
    """A button pressed twice, or in a unit and in one above it: the second looks when the first has invited."""
    topmost = int(unit.path.split("/")[1])
    session.execute(select(Unit.id).where(Unit.id == topmost).with_for_update(key_share=True))


def _each(session: Session, chosen: Select[Person], invite: Callable[[Person], Made]) -> list[tuple[Person, Made]]:
    """Of two who share a number the first gets it: the other is left out, and named from then on."""
    in_order = chosen.options(contains_eager(Person.unit)).order_by(*_ORDER)
    made = []
    for person in session.scalars(in_order.limit(MOST)).all():
        try:
            with session.begin_nested():
                made.append((person, invite(person)))
        except RosterError:
            continue
    return made


def _count(session: Session, chosen: Select[Person]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


def _waiting(session: Session, unit: Unit, by: Account, again: bool, by_mail: bool | None) -> Select[Person]:
    """Who has no password and can be given a link; unless `again`, also without a link. Raises NotAllowed."""
    access.require_planner(by, unit)
    query = _outside(unit).where(_can_sign_in(), Person.id.not_in(_above(session, unit, by)))
    mails = Person.email.is_not(None) & ~without_email()
    if by_mail is not None:
        query = query.where(mails if by_mail else ~mails)
    return query if again else query.where(~_asked())


def _mailable(session: Session, unit: Unit, by: Account, again: bool, now: datetime) -> Select[Person]:
    lately = exists().where(
        Message.person_id == Person.id,
        Message.kind == MessageKind.INVITED,
        Message.created_at > now - MAILED_AGAIN_AFTER,
    )
    return _waiting(session, unit, by, again, True).where(~(lately & _asked()))


def _asked() -> ColumnElement[bool]:
    """Whether a link was made for the person that they have not used and nothing ended; it may have grown too old."""
    return exists().where(
        Account.person_id == Person.id, AccountLink.account_id == Account.id, AccountLink.used_at.is_(None)
    )


def _letter_waits() -> ColumnElement[bool]:
    """Whether a letter with a link has still to leave: not gathered yet, or kept for the morning."""
    kept = exists().where(
        Delivery.letter_id == Message.letter_id, Delivery.state == DeliveryState.WAITING, Delivery.attempts == 0
    )
    told = (Message.person_id == Person.id, Message.kind == MessageKind.INVITED)
    return exists().where(*told, Message.letter_id.is_(None) | kept) & _asked()


def _can_sign_in() -> ColumnElement[bool]:
    """Whether there is an account, or a number or address that nobody else signs in with."""
    free = [way.is_not(None) & ~exists().where(Account.login == way) for way in (Person.phone, Person.email)]
    return or_(exists().where(Account.person_id == Person.id), *free)


def _above(session: Session, unit: Unit, by: Account) -> Collection[int]:
    """Of those without a password, by person id, whose account is not for this one to open."""
    outside = _outside(unit).with_only_columns(Person.id)
    more = exists().where(Role.account_id == Account.id, Role.kind != RoleKind.VOLUNTEER)
    found = session.scalars(select(Account).where(Account.person_id.in_(outside), more))
    return {one.person_id for one in found if one.person_id is not None and not access.may_manage_account(by, one)}


def _reason(person: Person, above: Collection[int]) -> str:
    if person.id in above:
        return "above"
    return "taken" if person.phone or person.email else "no_way"


def _outside(unit: Unit) -> Select[Person]:
    """Active people of the unit and beneath who have no password."""
    signs_in = exists().where(Account.person_id == Person.id, Account.password_hash.is_not(None))
    inside = Unit.path.startswith(unit.path, autoescape=True)
    return select(Person).join(Person.unit).where(inside, Person.active, ~signs_in)
