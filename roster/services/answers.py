"""Answers by link: what somebody may do from a message without signing in.

A link is 256 random bits, good for one answer of one person about one thing; only a yes to a turn may still become a
no, and a week be answered otherwise until its deadline. Only its hash is kept. Opening it shows a page and changes
nothing, because mail scanners open every link; the button on that page answers.
"""

import secrets
from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from roster.errors import Conflict, LinkExpired, LinkUsed, NotFound
from roster.models import AnswerLink, AnswerPurpose, Person
from roster.services import inbox
from roster.services.links import TOKEN_BYTES, hashed

YES = "yes"  # to a turn
WEEK = "week"
_OPEN = (YES, WEEK)
"""Answers after which the link may be used again: people fall ill, and plans change."""


def make(
    session: Session,
    person_id: int,
    purpose: AnswerPurpose,
    target_id: int,
    *,
    now: datetime,
    expires_at: datetime,
    letter_id: int | None = None,
) -> str:
    """The token of a new link, which afterwards only its reader knows."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        AnswerLink(
            person_id=person_id,
            letter_id=letter_id,
            purpose=purpose,
            target_id=target_id,
            token_hash=hashed(token),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


def extend(session: Session, purpose: AnswerPurpose, target_id: int, *, until: datetime) -> None:
    """Let the links about something be answered until then, if they would end before."""
    about = (AnswerLink.purpose == purpose, AnswerLink.target_id == target_id, AnswerLink.expires_at < until)
    session.execute(update(AnswerLink).where(*about).values(expires_at=until))


def is_over(link: AnswerLink) -> bool:
    """Whether the link has answered for good."""
    return link.used_at is not None and link.answer not in _OPEN


def found(session: Session, token: str) -> AnswerLink:
    """The link of this token, used or not. Raises NotFound."""
    link = session.scalar(select(AnswerLink).where(AnswerLink.token_hash == hashed(token)))
    if link is None or not link.person.active:
        raise NotFound(what="link")
    return link


def opened(session: Session, token: str, purpose: AnswerPurpose, *, now: datetime) -> AnswerLink:
    """The link, if it can still be answered. Raises NotFound, LinkUsed, LinkExpired, Conflict (another purpose)."""
    link = found(session, token)
    if link.purpose is not purpose:
        raise Conflict(what="link")
    if is_over(link):
        raise LinkUsed(purpose=link.purpose)
    if link.expires_at <= now:
        raise LinkExpired(purpose=link.purpose)
    return link


def use(session: Session, link: AnswerLink, answer: str, *, now: datetime) -> Person:
    """End the link with its answer; whose it was. Two who answer at once both open it, only one ends it.

    Raises LinkUsed.
    """
    unused = update(AnswerLink).where(
        AnswerLink.id == link.id, AnswerLink.used_at.is_(None) | AnswerLink.answer.in_(_OPEN)
    )
    result = session.execute(unused.values(used_at=now, answer=answer))
    assert isinstance(result, CursorResult)
    if result.rowcount == 0:
        raise LinkUsed(purpose=link.purpose)
    inbox.read_letter(session, link.letter_id, now=now)
    return link.person
