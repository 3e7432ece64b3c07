"""How published turns change: who cannot come, who wants a place, who is asked to stand in, who swaps with whom.

What is true of a turn stays in `Assignment`; these rows are the asking and answering around it, kept for ever. A row
that still waits for an answer is `open`; every other state is an end.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roster.models.accounts import Account
from roster.models.base import Base, HasId, words
from roster.models.people import Person
from roster.models.shifts import Shift
from roster.models.units import Unit


class TurnRules(HasId, Base):
    """What a unit, and all beneath it without rules of their own, allows volunteers to do by themselves.

    `withdraw_hours`: so long before a shift one may still leave it without asking. `claims_agreed`, `swaps_agreed`: a
    coordinator must agree to whoever takes a free place, or to a stand-in or swap. `answer_hours`: so long somebody
    next on a waiting list has to say yes.
    """

    __tablename__ = "turn_rules"
    __table_args__ = (
        CheckConstraint("withdraw_hours >= 0", name="withdraw_hours"),
        CheckConstraint("answer_hours > 0", name="answer_hours"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), unique=True)
    withdraw_hours: Mapped[int] = mapped_column(default=24)
    claims_agreed: Mapped[bool] = mapped_column(default=False)
    swaps_agreed: Mapped[bool] = mapped_column(default=False)
    answer_hours: Mapped[int] = mapped_column(default=12)

    unit: Mapped[Unit] = relationship()


class WithdrawalState(StrEnum):
    ASKED = "asked"
    """Too late, or not without breaking a rule, to leave without a coordinator's answer."""
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    """The person can come after all."""
    CLOSED = "closed"
    """Nothing was left to answer: the shift began or was called off, or the turn was taken away otherwise."""


class Withdrawal(HasId, Base):
    """ "I cannot come." `rule`: the hard rule that leaving would have broken, "" if it was only late or nothing was."""

    __tablename__ = "withdrawals"
    __table_args__ = (Index("ix_withdrawals_shift_id_person_id", "shift_id", "person_id"),)

    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[WithdrawalState] = mapped_column(words(WithdrawalState, "state"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    rule: Mapped[str] = mapped_column(String(40), default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()


class ClaimState(StrEnum):
    WAITING = "waiting"
    """On the waiting list; the lowest id comes first."""
    OFFERED = "offered"
    """A place is kept until `answer_by`."""
    ASKED = "asked"
    """A coordinator must agree. Whoever was offered the place has said yes: it stays kept, as `answer_by` tells."""
    TAKEN = "taken"
    LET_GO = "let_go"
    """The person gave it up."""
    LAPSED = "lapsed"
    """Not accepted in time."""
    REFUSED = "refused"
    CLOSED = "closed"
    """The shift began or was called off, or the person came to serve on it otherwise."""


class Claim(HasId, Base):
    """Somebody wants a place on a shift."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_shift_id_state", "shift_id", "state"),)

    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[ClaimState] = mapped_column(words(ClaimState, "state"))
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()
    person: Mapped[Person] = relationship()


KEEPS_PLACE = or_(
    Claim.state == ClaimState.OFFERED, and_(Claim.state == ClaimState.ASKED, Claim.answer_by.is_not(None))
)
"""Of claims: nobody else may take the place meanwhile."""


class CoverCall(HasId, Base):
    """Some people are asked to stand in on a shift; the first yes gets the place.

    `leaving_id`: whose place it is, if somebody who is still on the shift wants to be relieved; None for a place that
    is empty. `closed_at`: the place was taken, or is not sought any more.
    """

    __tablename__ = "cover_calls"
    __table_args__ = (Index("ix_cover_calls_shift_id_closed_at", "shift_id", "closed_at"),)

    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    leaving_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str] = mapped_column(String(600), default="")
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship()
    leaving: Mapped[Person | None] = relationship()
    asked_by: Mapped[Account] = relationship()
    asks: Mapped[list["CoverAsk"]] = relationship(back_populates="call", order_by="CoverAsk.id")


class AskState(StrEnum):
    ASKED = "asked"
    YES = "yes"
    AGREED = "agreed"
    """Said yes; a coordinator must still agree."""
    NO = "no"
    CLOSED = "closed"
    """Somebody else was first, or nobody is sought any more."""


class CoverAsk(HasId, Base):
    """One person asked."""

    __tablename__ = "cover_asks"
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("cover_calls.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[AskState] = mapped_column(words(AskState, "state"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    call: Mapped[CoverCall] = relationship(back_populates="asks")
    person: Mapped[Person] = relationship()


class SwapState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    """Both want it; a coordinator must still agree."""
    DONE = "done"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    REFUSED = "refused"
    CLOSED = "closed"
    """One of the turns changed otherwise, or began."""


class Swap(HasId, Base):
    """ "I take your turn, you take mine." """

    __tablename__ = "swaps"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    """Who proposes, and `shift_id`, what they give."""
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    """Who is asked, and `wanted_id`, what they would give."""
    wanted_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    state: Mapped[SwapState] = mapped_column(words(SwapState, "state"))
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    shift: Mapped[Shift] = relationship(foreign_keys=shift_id)
    other: Mapped[Person] = relationship(foreign_keys=other_id)
    wanted: Mapped[Shift] = relationship(foreign_keys=wanted_id)
