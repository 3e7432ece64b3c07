"""Feed tokens and the calendar bytes they lead to.

The secret in a calendar's address is good for that one calendar only and kept as a hash, so a leaked database
opens no calendar. `FeedDocument` keeps final bytes: an unchanged poll costs one look-up.
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
    """The final bytes of one calendar in one language and with one alarm, shared by all its tokens.

    `stale`: something it shows has changed since. `valid_until`: when the window of days moves on by itself.
    """

    __tablename__ = "feed_documents"
    __table_args__ = (UniqueConstraint("kind", "target_id", "language", "alarm_minutes"),)

    kind: Mapped[FeedKind] = mapped_column(words(FeedKind, "kind"))
    target_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    alarm_minutes: Mapped[int] = mapped_column(default=-1)
    """-1 for none: NULLs would not be unique."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_gzip: Mapped[bytes] = mapped_column(LargeBinary)
    etag: Mapped[str] = mapped_column(String(64))
    last_modified: Mapped[datetime]
    stale: Mapped[bool] = mapped_column(default=False)
    valid_until: Mapped[datetime]
