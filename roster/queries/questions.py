"""What waits for a volunteer's answer, and what a volunteer waits for.

Other volunteers are named by given name if they agreed to be, and never if they are minors; "" stands for the others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from roster.models import (
    AskState,
    Claim,
    ClaimState,
    CoverAsk,
    CoverCall,
    Person,
    Shift,
    ShiftState,
    Site,
    Swap,
    SwapState,
    Withdrawal,
    WithdrawalState,
)
from roster.queries.places import for_somebody
from roster.queries.publications import Place
from roster.queries.turns import namesakes, place_of, shown_names


@dataclass(frozen=True, slots=True)
class Question:
    """Something that waits for this volunteer's answer.

    `kind` says what `id` is of: "offer" a claim, "cover" a cover ask, "swap" a swap. `place`: what they would take;
    `gives`: what they would give for it. `who` asks; `until`: when an offer lapses, local. `extra`: nobody is missing
    there, one more is only welcome.
    """

    kind: Literal["offer", "cover", "swap"]
    id: int
    place: Place
    who: str = ""
    text: str = ""
    gives: Place | None = None
    until: datetime | None = None
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """Something this volunteer waits for. `kind` says what `id` is of: a claim ("waiting", with the `position` in the
    list, or "asked"), a withdrawal, a cover call ("standin", `asked` people) or a swap."""

    kind: Literal["waiting", "asked", "withdrawal", "standin", "swap", "swap_agreed"]
    id: int
    place: Place
    position: int = 0
    asked: int = 0
    who: str = ""
    wanted: Place | None = None


def questions_for(session: Session, person: Person, *, now: datetime) -> Sequence[Question]:
    """What waits for the person's answer, the soonest shift first."""
    found = [*_offers(session, person, now), *_covers(session, person, now), *_swaps(session, person, now)]
    return sorted(found, key=lambda one: (one.place.starts, one.kind, one.id))


def pending_of(session: Session, person: Person, *, now: datetime) -> Sequence[Pending]:
    """What the person has asked for and nobody has settled yet, the soonest shift first."""
    found = [
        *_my_claims(session, person, now),
        *_my_withdrawals(session, person, now),
        *_my_calls(session, person, now),
        *_my_swaps(session, person, now),
    ]
    return sorted(found, key=lambda one: (one.place.starts, one.kind, one.id))


def _still(now: datetime) -> ColumnElement[bool]:
    """The joined shift is open and to come."""
    return and_(Shift.starts_at > now, Shift.state == ShiftState.OPEN)


def _place(of: InstrumentedAttribute[Shift]) -> Any:
    """What `place_of` asks of a shift, read with the row that names it."""
    return joinedload(of).joinedload(Shift.site).joinedload(Site.unit)


def _offers(session: Session, person: Person, now: datetime) -> Iterable[Question]:
    mine = (Claim.person_id == person.id, Claim.state == ClaimState.OFFERED, Claim.answer_by >= now)
    offered = select(Claim).join(Claim.shift).where(*mine, _still(now))
    for claim in session.scalars(offered.options(_place(Claim.shift))):
        until = claim.answer_by.astimezone(claim.shift.site.unit.zone) if claim.answer_by else None
        yield Question("offer", claim.id, place_of(claim.shift), until=until)


def _covers(session: Session, person: Person, now: datetime) -> Iterable[Question]:
    of_a_call = (_place(CoverCall.shift), joinedload(CoverCall.leaving).joinedload(Person.unit))
    asks = select(CoverAsk).join(CoverAsk.call).join(CoverCall.shift)
    asks = asks.options(joinedload(CoverAsk.call).options(*of_a_call))
    mine = (CoverAsk.person_id == person.id, CoverAsk.state == AskState.ASKED, CoverCall.closed_at.is_(None))
    found = session.scalars(asks.where(*mine, _still(now))).all()
    missed = for_somebody(session, [ask.call for ask in found])
    alike = namesakes(session, [ask.call.leaving for ask in found if ask.call.leaving])
    for ask in found:
        call = ask.call
        who = shown_names([call.leaving], call.shift, alike)[call.leaving.id] if call.leaving else ""
        yield Question("cover", ask.id, place_of(call.shift), who=who, text=call.text, extra=call.id not in missed)


def _swaps(session: Session, person: Person, now: datetime) -> Iterable[Question]:
    mine = (Swap.other_id == person.id, Swap.state == SwapState.PROPOSED)
    found = session.scalars(select(Swap).join(Swap.shift).where(*mine, _still(now)).options(*_both_of_a_swap())).all()
    alike = namesakes(session, [swap.person for swap in found])
    for swap in found:
        who = shown_names([swap.person], swap.shift, alike)[swap.person.id]
        yield Question("swap", swap.id, place_of(swap.shift), who, gives=place_of(swap.wanted))


def _both_of_a_swap() -> Sequence[Any]:
    people = (joinedload(one).joinedload(Person.unit) for one in (Swap.person, Swap.other))
    return (_place(Swap.shift), _place(Swap.wanted), *people)


def _my_claims(session: Session, person: Person, now: datetime) -> Iterable[Pending]:
    mine = (Claim.person_id == person.id, Claim.state.in_([ClaimState.WAITING, ClaimState.ASKED]))
    asked = select(Claim).join(Claim.shift).where(*mine, _still(now))
    claims = session.scalars(asked.options(_place(Claim.shift))).all()
    places = positions(session, [claim.shift_id for claim in claims])
    for claim in claims:
        waits = claim.state is ClaimState.WAITING
        kind: Literal["waiting", "asked"] = "waiting" if waits else "asked"
        yield Pending(kind, claim.id, place_of(claim.shift), position=places.get(claim.id, 0))


def positions(session: Session, shift_ids: Sequence[int]) -> dict[int, int]:
    """Where in its waiting list each claim stands, by claim id, 1 being next."""
    waiting = (Claim.shift_id.in_(shift_ids), Claim.state == ClaimState.WAITING)
    counted = func.row_number().over(partition_by=Claim.shift_id, order_by=Claim.id)
    return dict(session.execute(select(Claim.id, counted).where(*waiting)).all())


def _my_withdrawals(session: Session, person: Person, now: datetime) -> Iterable[Pending]:
    mine = (Withdrawal.person_id == person.id, Withdrawal.state == WithdrawalState.ASKED)
    asked = select(Withdrawal).join(Withdrawal.shift).where(*mine, _still(now))
    for one in session.scalars(asked.options(_place(Withdrawal.shift))):
        yield Pending("withdrawal", one.id, place_of(one.shift))


def _my_calls(session: Session, person: Person, now: datetime) -> Iterable[Pending]:
    mine = (CoverCall.leaving_id == person.id, CoverCall.closed_at.is_(None))
    calls = select(CoverCall).join(CoverCall.shift).where(*mine, _still(now))
    for call in session.scalars(calls.options(_place(CoverCall.shift), selectinload(CoverCall.asks))):
        waiting = sum(ask.state in (AskState.ASKED, AskState.AGREED) for ask in call.asks)
        yield Pending("standin", call.id, place_of(call.shift), asked=waiting)


def _my_swaps(session: Session, person: Person, now: datetime) -> Iterable[Pending]:
    mine = or_(
        (Swap.person_id == person.id) & Swap.state.in_([SwapState.PROPOSED, SwapState.AGREED]),
        (Swap.other_id == person.id) & (Swap.state == SwapState.AGREED),
    )
    found = session.scalars(select(Swap).join(Swap.shift).where(mine, _still(now)).options(*_both_of_a_swap())).all()
    alike = namesakes(session, [one for swap in found for one in (swap.person, swap.other)])
    for swap in found:
        other = swap.other if swap.person_id == person.id else swap.person
        who = shown_names([other], swap.shift, alike)[other.id]
        kind: Literal["swap", "swap_agreed"] = "swap" if swap.state is SwapState.PROPOSED else "swap_agreed"
        yield Pending(kind, swap.id, place_of(swap.shift), who=who, wanted=place_of(swap.wanted))
