"""Accounts sign in; roles say what they may do where.

An account may belong to a person (a volunteer) or to nobody (a service center's shared desk). Roles are rows, so
one student can be a volunteer of the university and the coordinator of its branch.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.base import Base, HasId, words
from roster.models.people import Person
from roster.models.sites import Site
from roster.models.units import Unit


class RoleKind(StrEnum):
    ADMINISTRATOR = "administrator"
    """Everything within the unit and beneath it, and, at the root, the holidays and the audit trail."""
    COORDINATOR = "coordinator"
    """Plans the unit and all beneath it."""
    CENTER = "center"
    """Sees one site: who and how many to expect."""
    VOLUNTEER = "volunteer"
    """Sees and changes what is their own."""


class Account(HasId, Base):
    """Who signs in, by phone number or e-mail address (`login`, stored normalised).

    `session_epoch` rises when the password changes, which ends every older session.
    """

    __tablename__ = "accounts"

    login: Mapped[str] = mapped_column(String(200), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    language: Mapped[str] = mapped_column(String(5), default="vi")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
    roles: Mapped[list["Role"]] = relationship(back_populates="account", cascade="all, delete-orphan")

    @property
    def home(self) -> Unit | None:
        """The unit of its person."""
        return self.person.unit if self.person else None


class Role(HasId, Base):
    """One role of an account: of a unit, or (for a center) of a site."""

    __tablename__ = "roles"
    __table_args__ = (
        CheckConstraint("(kind = 'center') = (site_id IS NOT NULL)", name="center_has_site"),
        CheckConstraint("(kind = 'center') = (unit_id IS NULL)", name="others_have_unit"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RoleKind] = mapped_column(words(RoleKind, "kind"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"), index=True)

    account: Mapped[Account] = relationship(back_populates="roles")
    unit: Mapped[Unit | None] = relationship()
    site: Mapped[Site | None] = relationship()


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105  (a purpose, not a password)


class AccountLink(HasId, Base):
    """A one-use link sent to somebody; only the hash of its token is kept."""

    __tablename__ = "account_links"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(words(LinkPurpose, "purpose"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
