"""Messages: what somebody is to be told, and how each attempt to tell them went.

A `Message` is inserted in the transaction of the change it tells of, so neither exists without the other. Several
messages to one reader within minutes become one `Letter`; a letter is handed over once for each channel its reader
chose, and a `Delivery` records how that went. Rows hold ids and values, never sentences: words are found when the
letter is sent, in the reader's language.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Dialect, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.people import Person


class MessageKind(StrEnum):
    """What is told; beside each kind, the facts it needs. A new kind needs its words in `roster/letters/words.py`.

    Shifts and people are named by id; a moment that may be gone by the time of sending is given by value, as ISO 8601
    with its offset. Every kind may carry `path`, the page to act on ("/swaps/12").
    """

    PUBLISHED = "published"
    """`added`, `removed`: lists of shift ids; `first_day` (ISO date) of the week."""
    TURN_ADDED = "turn_added"
    """`shift_id`: somebody put the reader on a published shift; `cause` "restored": a cancelled one takes place."""
    TURN_CANCELLED = "turn_cancelled"
    """`shift_id`, `reason`: somebody took the reader off a published shift; `cause` "unconfirmed": the clock did."""
    SHIFT_CANCELLED = "shift_cancelled"
    """`shift_id`, `reason`: the shift was called off for all."""
    SHIFT_MOVED = "shift_moved"
    """`shift_id`, and `starts_at`, `ends_at`, `site_id` as they were before."""
    REMINDER = "reminder"
    """`shift_id`, `hours`: how long before (24, 2)."""
    CONFIRM_ASKED = "confirm_asked"
    """`shift_id`: the reader must say soon that they come."""
    UNCONFIRMED = "unconfirmed"
    """`shift_id`, `person_id`, `opened`: to coordinators, a turn was not confirmed in time."""
    SWAP_ASKED = "swap_asked"
    """`person_id` who asks, `shift_id` of theirs, `wanted_shift_id` of the reader's; `path`."""
    SWAP_ANSWERED = "swap_answered"
    """`person_id` who answered, `shift_id`, `wanted_shift_id`, `agreed`, `reason`."""
    COVER_ASKED = "cover_asked"
    """`shift_id`, `path`: could the reader stand in? `person_id` whom for, if one person asks."""
    COVER_TAKEN = "cover_taken"
    """`shift_id`, `person_id` who took it: to whoever asked for cover; `relieved` if it was the reader's own turn."""
    COVER_DECLINED = "cover_declined"
    """`shift_id`, `path`: to whoever asked for cover, nobody who was asked can come; `own`: it is their own turn."""
    COVER_THANKS = "cover_thanks"
    """`shift_id`: to the others who were asked, the place is taken."""
    PROMOTED = "promoted"
    """`shift_id`, `deadline`, `path`: a waiting list's place is free, and must be accepted in time."""
    PROMOTION_LAPSED = "promotion_lapsed"
    """`shift_id`: the place was not accepted in time; `cause`: "filled", it is kept no more and the reader waits on."""
    CLAIM_ASKED = "claim_asked"
    """`shift_id`, `person_id`, `path`: to coordinators, somebody wants a place that needs their consent."""
    CLAIM_ANSWERED = "claim_answered"
    """`shift_id`, `agreed`, `reason`."""
    WITHDRAWN = "withdrawn"
    """`shift_id`, `person_id`, `reason`: to coordinators, somebody left a shift."""
    FORGOTTEN = "forgotten"
    """`shift_id`, `rules`, `path`: to coordinators, who was erased left a shift; the hard rules it breaks now."""
    WITHDRAWAL_ASKED = "withdrawal_asked"
    """`shift_id`, `person_id`, `reason`, `path`: to coordinators."""
    WITHDRAWAL_ANSWERED = "withdrawal_answered"
    """`shift_id`, `agreed`, `reason`."""
    AVAILABILITY_ASKED = "availability_asked"
    """`round_id`."""
    AVAILABILITY_REMINDER = "availability_reminder"
    """`round_id`."""
    HOLIDAY = "holiday"
    """`day` (ISO date), `shifts`, `path`: to coordinators, a day on which so many are planned became a holiday."""
    CONSENT_ASKED = "consent_asked"
    """`person_id`: to the guardian of somebody under 18, at the address that was given for them (`sent_to`)."""
    INVITED = "invited"
    """`link_id`: of the promised link by which the reader chooses their first password (`services/links.py`)."""
    LOGIN_CHANGED = "login_changed"
    """`was`, `now`: with what the reader signs in, its middle left out; `by_id`: whose account did it, if not own."""


class KindOfMessage(TypeDecorator[MessageKind]):
    """A kind as text, without a check of its values: a new kind must not need a migration."""

    impl = String(30)
    cache_ok = True

    def process_bind_param(self, value: MessageKind | None, dialect: Dialect) -> str | None:
        return None if value is None else MessageKind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> MessageKind | None:
        return None if value is None else MessageKind(value)


class Channel(StrEnum):
    EMAIL = "email"
    TELEGRAM = "telegram"
    ZALO = "zalo"
    WEBHOOK = "webhook"
    PUSH = "push"
    """Devices the reader turned on, each by itself; no choice says more."""


class PushDevice(HasId, Base):
    """One browser that an account is told in. `gone_at`: since when its push service no longer knows it."""

    __tablename__ = "push_devices"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class Letter(HasId, Base):
    """What one reader is told at once. `sent_to`: as of its messages."""

    __tablename__ = "letters"

    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    sent_to: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()
    account: Mapped[Account | None] = relationship()
    messages: Mapped[list["Message"]] = relationship(back_populates="letter", order_by="Message.id")
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="letter", order_by="Delivery.id")


class Message(HasId, Base):
    """One thing a person, or an account without a person (a coordinator), is to be told.

    `due_at`: not sent before; `letter_id`: the letter it went into, None while it waits. `once`: a key that no two
    messages share, for what a clock tells again and again ("reminder:24:17:2026-11-23T00:30"). `read_at`: when its
    reader opened it here; what they did with it elsewhere nobody knows. `sent_to`: one phone number or e-mail address
    that is none of the reader's own (any more): of their guardian, or what they signed in with before. What goes there
    stands in no inbox; "" once the address is forgotten.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name="one_reader"),
        Index("ix_messages_letter_id_due_at", "letter_id", "due_at"),
    )

    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    sent_to: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[MessageKind] = mapped_column(KindOfMessage)
    facts: Mapped[dict[str, Any]]
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"))
    read_at: Mapped[datetime | None]

    letter: Mapped[Letter | None] = relationship(back_populates="messages")

    @property
    def shift_ids(self) -> list[int]:
        """Every shift it is about."""
        facts = self.facts
        single = [facts[name] for name in ("shift_id", "wanted_shift_id") if facts.get(name)]
        return [*single, *facts.get("added", ()), *facts.get("removed", ())]


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last attempt, or refused for good."""
    UNSURE = "unsure"
    """The worker died between handing it over and recording that: not sent again, because it may have arrived."""
    DROPPED = "dropped"
    """Nothing was left to say, or nowhere to say it, when its time came."""


class Delivery(HasId, Base):
    """One letter by one channel; to each device by itself, or one that failed would have the others told again.

    `attempt` names the attempt in hand; whoever holds another name may not record its outcome. `message_id` is the
    same in every attempt, so that a mail server or reader that saw it before knows it again. `error`: the last
    failure, without address or secret.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("letter_id", "device_id"),
        Index(
            "uq_deliveries_letter_id_channel",
            "letter_id",
            "channel",
            unique=True,
            sqlite_where=text("channel <> 'push'"),
            postgresql_where=text("channel <> 'push'"),
        ),
        Index("ix_deliveries_state_due_at", "state", "due_at"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("push_devices.id", ondelete="SET NULL"), index=True)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "state"), default=DeliveryState.WAITING)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[str | None] = mapped_column(String(32))
    attempt_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]

    letter: Mapped[Letter] = relationship(back_populates="deliveries")
    device: Mapped[PushDevice | None] = relationship()


class ContactChoice(HasId, Base):
    """How a reader wants to be told; without a row, by e-mail, quietly at night, and reminded a day before.

    `quiet_from`, `quiet_until`: minutes since local midnight, alike for no quiet time. `remind_hours`: how long before
    a shift. `telegram`, `zalo`: the reader's own address there.
    """

    __tablename__ = "contact_choices"
    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name="one_reader"),)

    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    channels: Mapped[list[str]] = mapped_column(default=lambda: [Channel.EMAIL.value])
    telegram: Mapped[str] = mapped_column(String(100), default="")
    zalo: Mapped[str] = mapped_column(String(100), default="")
    quiet_from: Mapped[int] = mapped_column(default=22 * 60)
    quiet_until: Mapped[int] = mapped_column(default=6 * 60)
    remind_hours: Mapped[list[int]] = mapped_column(JSON, default=lambda: [24])
    changed_at: Mapped[datetime]


class AnswerPurpose(StrEnum):
    TURN = "turn"
    """`target_id` is an assignment: confirm it, or say one cannot come."""
    AVAILABILITY = "availability"
    """`target_id` is a round."""
    COVER = "cover"
    """`target_id` is who was asked to stand in, and for what (`CoverAsk`)."""
    SWAP = "swap"
    """`target_id` is a swap that somebody proposed."""
    OFFER = "offer"
    """`target_id` is a claim whose place is kept for a while."""
    CALENDAR = "calendar"
    """`target_id` is the person: an address for their own calendar."""
    CHOICES = "choices"
    """`target_id` is the person: which messages they want."""


class AnswerLink(HasId, Base):
    """A link in a message that works without signing in; only the hash of its token is kept.

    It is good for one answer of one person. `answer`: what was answered, at `used_at`.
    """

    __tablename__ = "answer_links"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[AnswerPurpose] = mapped_column(words(AnswerPurpose, "purpose"))
    target_id: Mapped[int]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(30), default="")

    person: Mapped[Person] = relationship()
