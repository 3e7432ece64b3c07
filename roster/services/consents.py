"""Consents: given, withdrawn, and asked of a guardian by link.

Whoever was asked for nothing yet (imported by their unit, never signed in) is planned: the unit answers for its members
until they can speak for themselves. Whoever withdrew is not, nor is anybody under 18 before a guardian agreed
(`planning/consents.py`). A link for a guardian opens nothing but this one question, so it may be used more than once:
to agree, and later to take it back.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, LinkExpired, NotFound
from roster.models import Account, Consent, ConsentKind, GuardianLink, Person
from roster.services import audit, fields, people
from roster.services.links import hashed

TEXT_VERSION = "2026-11"
"""Of the words in templates/personal_data/_text.html and templates/guardians/_text.html; a new text, a new version."""

LINK_LIFETIME = timedelta(days=400)
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
    kept = standing(session, person, ConsentKind.OWN) or _record(session, person, ConsentKind.OWN, by=by, now=now)
    kept.withdrawn_at = now
    audit.record(session, "consent.withdraw", f"person:{person.id}", by=by, now=now, unit=person.unit, kind="own")


def make_guardian_link(session: Session, person_id: int, *, by: Account, now: datetime) -> str:
    """The token of a new link for the guardian of somebody under 18; older ones end.

    By the person themselves or whoever plans for them. Raises NotFound, NotAllowed, FieldError (`not_a_minor`).
    """
    person = people.get(session, person_id)
    access.require_self_or_planner(by, person)
    if not person.is_minor(person.unit.day_of(now)):
        raise FieldError(field="birth_date", reason="not_a_minor")
    session.execute(delete(GuardianLink).where(GuardianLink.person_id == person.id))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(GuardianLink(person=person, token_hash=hashed(token), created_at=now, expires_at=now + LINK_LIFETIME))
    audit.record(session, "consent.ask", f"person:{person.id}", by=by, now=now, unit=person.unit)
    return token


def opened(session: Session, token: str, *, now: datetime) -> Person:
    """Whom a guardian's link is about. Raises NotFound, LinkExpired."""
    link = session.scalar(select(GuardianLink).where(GuardianLink.token_hash == hashed(token)))
    if link is None or not link.person.active:
        raise NotFound(what="link")
    if link.expires_at <= now:
        raise LinkExpired(purpose="guardian")
    return link.person


def agree(
    session: Session, token: str, *, name: str, relation: str, phone: str, agrees: bool, now: datetime
) -> Consent:
    """The guardian agrees. Raises NotFound, LinkExpired, FieldError (`name`, `relation`, `phone`, `agrees`)."""
    person = opened(session, token, now=now)
    given_by = fields.one_line(name, "name", longest=NAME_LENGTH)
    if relation not in RELATIONS:
        raise FieldError(field="relation", reason="missing" if not relation else "unknown_choice")
    number = people.phone_typed(phone)
    if number is None:
        raise FieldError(field="phone", reason="missing")
    if number == person.phone:
        raise FieldError(field="phone", reason="childs_own_phone")
    if not agrees:
        raise FieldError(field="agrees", reason="not_agreed")
    kept = standing(session, person, ConsentKind.GUARDIAN)
    if kept is None:
        kept = _record(session, person, ConsentKind.GUARDIAN, by=None, now=now)
    kept.given_by, kept.relation, kept.phone = given_by, relation, number
    return kept


def disagree(session: Session, token: str, *, now: datetime) -> None:
    """The guardian takes consent back. Raises NotFound, LinkExpired."""
    _end_guardians(session, opened(session, token, now=now), by=None, now=now)


def end_guardians(session: Session, person_id: int, *, by: Account, now: datetime) -> None:
    """Note that a guardian said no after all. Raises NotFound, NotAllowed."""
    _end_guardians(session, people.planned(session, person_id, by=by), by=by, now=now)


def standing(session: Session, person: Person, kind: ConsentKind) -> Consent | None:
    """The consent of this kind that holds, if any."""
    found = select(Consent).where(Consent.person_id == person.id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
    return session.scalar(found.order_by(Consent.id.desc()).limit(1))


def _end_guardians(session: Session, person: Person, *, by: Account | None, now: datetime) -> None:
    kept = standing(session, person, ConsentKind.GUARDIAN)
    if kept is None:
        return
    kept.withdrawn_at = now
    audit.record(session, "consent.withdraw", f"person:{person.id}", by=by, now=now, unit=person.unit, kind="guardian")


def _record(session: Session, person: Person, kind: ConsentKind, *, by: Account | None, now: datetime) -> Consent:
    made = Consent(person=person, kind=kind, text_version=TEXT_VERSION, given_at=now)
    session.add(made)
    session.flush()
    audit.record(session, "consent.give", f"person:{person.id}", by=by, now=now, unit=person.unit, kind=kind.value)
    return made
