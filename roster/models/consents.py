"""Consent to keeping somebody's data: their own, and for those under 18 a parent's or guardian's as well.

Vietnam's Personal Data Protection Law (in force since 1 January 2026) wants to know who agreed to what and when, so
each consent names the version of the text that was shown, and one that is withdrawn stays as a record.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId, words
from roster.models.people import Person


class ConsentKind(StrEnum):
    OWN = "own"
    GUARDIAN = "guardian"


class Consent(HasId, Base):
    """One consent. `given_by`, `relation`, `phone`: of the guardian; empty for one's own."""

    __tablename__ = "consents"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind, "kind"))
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    given_by: Mapped[str] = mapped_column(String(200), default="")
    relation: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")

    person: Mapped[Person] = relationship()


class GuardianLink(HasId, Base):
    """The address by which a guardian agrees, and may withdraw; only the hash of its token is kept.

    `sent_to`: the phone number or e-mail address that we send it to, "" for a link that somebody hands on themselves.
    Nobody knows its token before the letter is written.
    """

    __tablename__ = "guardian_links"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_to: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
