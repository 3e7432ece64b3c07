"""Consents: given, withdrawn, and asked of a guardian by link, handed on by somebody or sent by us.

Whoever was asked for nothing yet (imported by their unit, never signed in) is planned: the unit answers for its members
until they can speak for themselves. Whoever withdrew is not, nor is anybody under 18 before a guardian agreed
(`planning/consents.py`). A link for a guardian opens nothing but this one question, so it may be used more than once:
to agree, and later to take it back. One that we send has no token before its letter is written, and where it goes is
forgotten with the answer, or when nobody has answered for a month.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, LinkExpired, NotFound
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Channel,
    Consent,
    ConsentKind,
    Delivery,
    DeliveryState,
    GuardianLink,
    Letter,
    Message,
    MessageKind,
    Person,
    Shift,
    ShiftState,
    WithdrawalState,
)
from roster.services import accounts, audit, contacts, fields, locks, outbox, people, turns, withdrawals
from roster.services.links import hashed

TEXT_VERSION = "2026-11-22"
"""Of the words in templates/personal_data/_text.html and templates/guardians/_text.html; a new text, a new version."""

LINK_LIFETIME = timedelta(days=400)
ANSWER_WITHIN = timedelta(days=30)
"""How long a question that we sent stays open, and the address it went to is kept."""
ASKED_AGAIN_AFTER = timedelta(days=1)
"""How long the same address is left alone."""
LEFT_ALONE_AFTER_NO = timedelta(days=30)
"""How long nobody is asked again by us after a guardian has said no; their own link lets them change their mind."""
MOST_A_DAY = 3
"""Addresses that may be tried for one person within a day: this is no way to write to strangers."""
RELATIONS = ("mother", "father", "guardian")
NAME_LENGTH = 200
TOKEN_BYTES = 24


def give(session: Session, person: Person, *, by: Account, now: datetime) -> Consent:
    """Agree to one's own data being kept for rosters; agreeing twice changes nothing. Raises NotAllowed."""
    access.require_self(by, person)
    return standing(session, person, ConsentKind.OWN) or _record(session, person, ConsentKind.OWN, by=by, now=now)


def withdraw(session: Session, person: Person, *, by: Account, now: datetime) -> None:
    """Take one's own consent back: from now on nobody plans with this person. Raises NotAllowed.

    A person who was never asked can say no as well; that is kept as a consent that ended when it began.
    """
    access.require_self(by, person)
    _end(session, person, ConsentKind.OWN, by=by, now=now)


def make_guardian_link(session: Session, person_id: int, *, by: Account, now: datetime) -> str:
    """The token of a new link for the guardian of somebody under 18; older ones end.

    By the person themselves or whoever plans for them. Raises NotFound, NotAllowed, FieldError (`not_a_minor`).
    """
    person = minor(session, person_id, by=by, now=now)
    _end_links(session, person)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(GuardianLink(person=person, token_hash=hashed(token), created_at=now, expires_at=now + LINK_LIFETIME))
    audit.record(session, "consent.ask", f"person:{person.id}", by=by, now=now, unit=person.unit)
    return token


def minor(session: Session, person_id: int, *, by: Account, now: datetime) -> Person:
    """Somebody under 18, for themselves or whoever plans for them.

    Raises NotFound, NotAllowed, FieldError (`birth_date`: `not_a_minor`).
    """
    person = people.get(session, person_id)
    access.require_self_or_planner(by, person)
    if not person.is_minor(person.unit.day_of(now)):
        raise FieldError(field="birth_date", reason="not_a_minor")
    return person


def ask_guardian(
    session: Session, person_id: int, address: str, *, ways: Collection[Channel], by: Account, now: datetime
) -> GuardianLink:
    """Have the guardian of somebody under 18 asked at their own e-mail address or phone number; older links end.

    `ways`: the channels this installation can send by. Raises NotFound, NotAllowed, FieldError on `birth_date`
    (`not_a_minor`) and on `address`: `missing`, `not_a_login` (neither of the two), `childs_own_address`,
    `no_way_there`, `agreed_already`, `said_no` (`until` when they are left alone), `asked_lately` (unless the letter
    could not be delivered), `asked_too_often`.
    """
    person = minor(session, person_id, by=by, now=now)
    # A button pressed twice: the second looks when the first has asked.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    typed = _askable(session, person, address, ways, now)
    _end_links(session, person)
    nobody_knows = hashed(secrets.token_urlsafe(TOKEN_BYTES))
    made = GuardianLink(
        person=person, token_hash=nobody_knows, sent_to=typed, created_at=now, expires_at=now + ANSWER_WITHIN
    )
    session.add(made)
    outbox.tell_at(session, typed, person.id, MessageKind.CONSENT_ASKED, {"person_id": person.id}, now=now)
    audit.record(session, "consent.ask", f"person:{person.id}", by=by, now=now, unit=person.unit)
    return made


def ask_no_guardian(session: Session, person_id: int, *, by: Account, now: datetime) -> None:
    """Take the question back before it is answered: no link opens anything, and the address is forgotten.

    Raises NotFound, NotAllowed, FieldError (`not_a_minor`).
    """
    person = minor(session, person_id, by=by, now=now)
    if standing(session, person, ConsentKind.GUARDIAN) is None:
        _end_links(session, person)


def link_for_letter(session: Session, person_id: int, address: str, *, now: datetime) -> str | None:
    """The token for the letter that asks a guardian, by which no earlier letter is answered any more.

    None if nobody is to be asked there now.
    """
    link = session.scalar(_asked(person_id).where(GuardianLink.sent_to == address, GuardianLink.expires_at > now))
    if link is None or not link.person.active or standing(session, link.person, ConsentKind.GUARDIAN):
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link.token_hash = hashed(token)
    return token


def forget_unanswered(session: Session, now: datetime) -> None:
    """Keep no address of a guardian who has not answered in time."""
    late = select(GuardianLink).where(GuardianLink.sent_to != "", GuardianLink.expires_at <= now)
    for link in session.scalars(late).all():
        _forget_address(session, link)


def _askable(session: Session, person: Person, address: str, ways: Collection[Channel], now: datetime) -> str:
    """The address as it is written to. Raises FieldError."""
    typed = accounts.normalised_login(fields.one_line(address, "address", longest=accounts.LOGIN_LENGTH))
    if typed is None:
        raise _refused("not_a_login")
    account = people.account_of(session, person)
    if typed in (person.phone, person.email, account.login if account else None):
        raise _refused("childs_own_address")
    if contacts.way_to(typed) not in ways:
        raise _refused("no_way_there")
    if standing(session, person, ConsentKind.GUARDIAN):
        raise _refused("agreed_already")
    refused_at = _refused_at(session, person)
    if refused_at and refused_at > now - LEFT_ALONE_AFTER_NO:
        raise FieldError(field="address", reason="said_no", until=person.unit.day_of(refused_at + LEFT_ALONE_AFTER_NO))
    asked = session.scalars(_asked(person.id).where(GuardianLink.created_at > now - ASKED_AGAIN_AFTER)).all()
    if any(link.sent_to == typed for link in asked) and not _failed(session, person, typed):
        raise _refused("asked_lately")
    tried = select(func.count()).select_from(Message).where(Message.kind == MessageKind.CONSENT_ASKED)
    lately = (Message.person_id == person.id, Message.created_at > now - ASKED_AGAIN_AFTER)
    if (session.scalar(tried.where(*lately)) or 0) >= MOST_A_DAY:
        raise _refused("asked_too_often")
    return typed


def _refused(reason: str) -> FieldError:
    return FieldError(field="address", reason=reason)


def _refused_at(session: Session, person: Person) -> datetime | None:
    """When a guardian last said no, or took consent back."""
    ended = select(func.max(Consent.withdrawn_at)).where(Consent.person_id == person.id)
    return session.scalar(ended.where(Consent.kind == ConsentKind.GUARDIAN))


def _failed(session: Session, person: Person, address: str) -> bool:
    """Whether the letter to this address certainly did not arrive."""
    there = (Letter.person_id == person.id, Letter.sent_to == address)
    failed = select(Delivery.id).join(Delivery.letter).where(*there, Delivery.state == DeliveryState.FAILED)
    return session.scalars(failed.limit(1)).first() is not None


def _asked(person_id: int) -> Select[GuardianLink]:
    return select(GuardianLink).where(GuardianLink.person_id == person_id)


def _end_links(session: Session, person: Person) -> None:
    outbox.forget_address(session, person.id, MessageKind.CONSENT_ASKED)
    session.execute(delete(GuardianLink).where(GuardianLink.person_id == person.id))


def _forget_address(session: Session, link: GuardianLink) -> None:
    link.sent_to = ""
    outbox.forget_address(session, link.person_id, MessageKind.CONSENT_ASKED)


def opened(session: Session, token: str, *, now: datetime) -> Person:
    """Whom a guardian's link is about. Raises NotFound, LinkExpired."""
    return _link(session, token, now=now).person


def _link(session: Session, token: str, *, now: datetime) -> GuardianLink:
    link = session.scalar(select(GuardianLink).where(GuardianLink.token_hash == hashed(token)))
    if link is None or not link.person.active:
        raise NotFound(what="link")
    if link.expires_at <= now:
        raise LinkExpired(purpose="guardian")
    return link


def agree(
    session: Session, token: str, *, name: str, relation: str, phone: str, agrees: bool, now: datetime
) -> Consent:
    """The guardian agrees. Raises NotFound, LinkExpired, FieldError (each of `name`, `relation`, `phone`, `agrees`)."""
    link = _link(session, token, now=now)
    person = link.person
    given_by, _relation, number, _agreed = fields.together(
        lambda: fields.one_line(name, "name", longest=NAME_LENGTH),
        lambda: _require_relation(relation),
        lambda: _guardians_phone(phone, person),
        lambda: _require_yes(agrees=agrees),
    )
    kept = standing(session, person, ConsentKind.GUARDIAN)
    if kept is None:
        kept = _record(session, person, ConsentKind.GUARDIAN, by=None, now=now)
    kept.given_by, kept.relation, kept.phone = given_by, relation, number
    _answered(session, link, now)
    return kept


def _require_relation(relation: str) -> None:
    if relation not in RELATIONS:
        raise FieldError(field="relation", reason="missing" if not relation else "unknown_choice")


def _guardians_phone(typed: str, child: Person) -> str:
    number = people.phone_typed(typed)
    if number is None:
        raise FieldError(field="phone", reason="missing")
    if number == child.phone:
        raise FieldError(field="phone", reason="childs_own_phone")
    return number


def _require_yes(*, agrees: bool) -> None:
    if not agrees:
        raise FieldError(field="agrees", reason="not_agreed")


def disagree(session: Session, token: str, *, now: datetime) -> None:
    """The guardian takes consent back, or says no in the first place. Raises NotFound, LinkExpired.

    A no is kept as a consent that ended when it began; one taken back gives the child's turns to come back.
    """
    link = _link(session, token, now=now)
    _end(session, link.person, ConsentKind.GUARDIAN, by=None, now=now)
    _answered(session, link, now)


def _answered(session: Session, link: GuardianLink, now: datetime) -> None:
    """The address has done its service; the link stays good for a change of mind."""
    link.expires_at = now + LINK_LIFETIME
    if link.sent_to:
        _forget_address(session, link)


def end_guardians(session: Session, person_id: int, *, by: Account, now: datetime) -> None:
    """Note that a guardian said no after all. Raises NotFound, NotAllowed."""
    person = people.planned(session, person_id, by=by)
    if standing(session, person, ConsentKind.GUARDIAN) is not None:
        _end(session, person, ConsentKind.GUARDIAN, by=by, now=now)


def standing(session: Session, person: Person, kind: ConsentKind) -> Consent | None:
    """The consent of this kind that holds, if any."""
    found = select(Consent).where(Consent.person_id == person.id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
    return session.scalar(found.order_by(Consent.id.desc()).limit(1))


def _end(session: Session, person: Person, kind: ConsentKind, *, by: Account | None, now: datetime) -> None:
    """Take a consent back; who never gave one says no, and the trail does not tell of a yes before it."""
    kept = standing(session, person, kind)
    if kept is None:
        _record(session, person, kind, "consent.refuse", by=by, now=now).withdrawn_at = now
        return
    kept.withdrawn_at = now
    audit.record(session, "consent.withdraw", f"person:{person.id}", by=by, now=now, unit=person.unit, kind=kind.value)
    if kind is ConsentKind.GUARDIAN:
        _give_back_turns(session, person, by=by, now=now)


def _give_back_turns(session: Session, person: Person, *, by: Account | None, now: datetime) -> None:
    """No child stays on a shift that a parent has said no to; where a rule would break, a coordinator is asked first.

    An adult may still come to the turns they have, and says so themselves if not.
    """
    coming = (Shift.state == ShiftState.OPEN, Shift.starts_at > now)
    mine = (Assignment.person_id == person.id, Assignment.state == AssignmentState.ACTIVE)
    theirs = session.scalars(select(Assignment).join(Assignment.shift).where(*mine, *coming)).all()
    locks.take_rosters_of(session, [turn.shift for turn in theirs])
    for turn in theirs:
        shift = turn.shift
        if person.is_minor(shift.site.unit.day_of(shift.starts_at)) and turns.is_published(session, shift):
            found = withdrawals.give_up(session, turn, reason="", by=by, now=now, at_any_time=True)
            if found.state is WithdrawalState.GRANTED:
                facts = {"shift_id": shift.id, "reason": ""}
                outbox.tell(session, person.id, MessageKind.TURN_CANCELLED, facts, now=now)


def _record(
    session: Session,
    person: Person,
    kind: ConsentKind,
    action: str = "consent.give",
    *,
    by: Account | None,
    now: datetime,
) -> Consent:
    made = Consent(person=person, kind=kind, text_version=TEXT_VERSION, given_at=now)
    session.add(made)
    session.flush()
    audit.record(session, action, f"person:{person.id}", by=by, now=now, unit=person.unit, kind=kind.value)
    return made
