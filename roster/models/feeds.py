"""Feed tokens and the calendar bytes they lead to.

The secret in a calendar's address is good for that one calendar only and kept as a hash, so a leaked database
opens no calendar. Final bytes are kept: an unchanged poll costs one look-up.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words


class FeedKind(StrEnum):
    VOLUNTEER = "volunteer"
    TEAM = "team"
    UNIT = "unit"
    SITE = "site"


class FeedToken(HasId, Base):
    """One calendar address of one account: of a person, team, unit or site (`target_id` in that table).

    `alarm_minutes`: how long before a shift the calendar rings; None never.
    """

    __tablename__ = "feed_tokens"
    __table_args__ = (Index("ix_feed_tokens_kind_target_id", "kind", "target_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FeedKind] = mapped_column(words(FeedKind, "kind"))
    target_id: Mapped[int]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(5), default="vi")
    alarm_minutes: Mapped[int | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    fetched_by: Mapped[str] = mapped_column(String(100), default="")

    account: Mapped[Account] = relationship()


class FeedDocument(HasId, Base):
    """The state of one calendar in one language and with one alarm, shared by all its tokens.

    The row is there, and its `FeedBody` still without bytes, as soon as a token leads to it. `changes` counts what
    has changed of what it shows, `drawn_changes` is the count its bytes were drawn after: they are stale when the
    two differ. A change that commits while another process draws is therefore never lost, and neither waits for
    the other.
    `valid_until`: when the window of days moves on by itself.
    """

    __tablename__ = "feed_documents"
    __table_args__ = (UniqueConstraint("kind", "target_id", "language", "alarm_minutes"),)

    kind: Mapped[FeedKind] = mapped_column(words(FeedKind, "kind"))
    target_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    alarm_minutes: Mapped[int] = mapped_column(default=-1)
    """-1 for none: NULLs would not be unique."""
    changes: Mapped[int] = mapped_column(default=0)
    drawn_changes: Mapped[int] = mapped_column(default=-1)
    etag: Mapped[str] = mapped_column(String(64), default="")
    etag_gzip: Mapped[str] = mapped_column(String(64), default="")
    last_modified: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]


class FeedBody(Base):
    """The final bytes of a document, with the tags that its row gives.

    Apart from it, because a poll looks that row up and a publication counts up thousands of them: SQLite reads past
    and rewrites whatever else a row holds.
    """

    __tablename__ = "feed_bodies"

    document_id: Mapped[int] = mapped_column(ForeignKey("feed_documents.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_gzip: Mapped[bytes | None] = mapped_column(LargeBinary)
