"""Places: how many a shift has left, and what follows when one becomes free or is taken.

Called by every service that changes a published turn, after the change and under the same lock: whoever is next on the
waiting list is offered the place, whoever was asked for one that is gone is thanked, and questions that have lost
their sense are closed.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session

from roster.models import (
    KEEPS_PLACE,
    AskState,
    Assignment,
    AssignmentState,
    Claim,
    ClaimState,
    CoverCall,
    MessageKind,
    Shift,
    ShiftState,
    Swap,
    SwapState,
    Withdrawal,
    WithdrawalState,
)
from roster.planning import staffing
from roster.planning.staffing import Staffing
from roster.services import contacts, locks, outbox, turn_rules, turns

OPEN_CLAIMS = (ClaimState.WAITING, ClaimState.OFFERED, ClaimState.ASKED)
OPEN_ASKS = (AskState.ASKED, AskState.AGREED)
OPEN_SWAPS = (SwapState.PROPOSED, SwapState.AGREED)
MY_PAGE = "/me/"


def serving(session: Session, shift_id: int) -> set[int]:
    """Who has a published turn on the shift, by person id."""
    rows = select(Assignment.person_id).filter_by(shift_id=shift_id, state=AssignmentState.ACTIVE)
    return set(session.scalars(rows))


def left(session: Session, shift: Shift) -> int:
    """Places that anybody may still take: those wanted, less those taken and those kept for the waiting list."""
    return left_for(session, shift, None)


def left_for(session: Session, shift: Shift, person_id: int | None) -> int:
    """The same for somebody of whom it is no hindrance that a place is kept for themselves."""
    kept = [claim for claim in _kept(session, shift) if claim.person_id != person_id]
    return empty(session, shift) - len(kept)


def is_kept(claim: Claim) -> bool:
    """Whether a place is kept for whoever claims it (`KEEPS_PLACE`)."""
    return claim.state is ClaimState.OFFERED or (claim.state is ClaimState.ASKED and claim.answer_by is not None)


def settle(session: Session, shift_ids: Iterable[int], *, now: datetime) -> None:
    """Let everything that waits on these shifts follow what changed. The caller holds the lock of their rosters."""
    session.flush()
    for shift_id in shift_ids:
        shift = session.get_one(Shift, shift_id)
        here = serving(session, shift.id)
        over = shift.state is ShiftState.CANCELLED or shift.starts_at <= now or not turns.is_published(session, shift)
        _close_questions(session, shift, here, over, now)
        if not over:
            _lapse(session, shift, now)
            _take_back(session, shift, now)
            _let_wait(session, shift)
            _promote(session, shift, now)


def follow(session: Session, shift_ids: Collection[int], *, now: datetime) -> None:
    """The same after a publication, or once shifts have changed: only those that somebody asks about are looked at."""
    asked = [
        select(Claim.shift_id).where(Claim.state.in_(OPEN_CLAIMS)),
        select(Withdrawal.shift_id).where(Withdrawal.state == WithdrawalState.ASKED),
        select(CoverCall.shift_id).where(CoverCall.closed_at.is_(None)),
        select(Swap.shift_id).where(Swap.state.in_(OPEN_SWAPS)),
        select(Swap.wanted_id).where(Swap.state.in_(OPEN_SWAPS)),
    ]
    session.flush()
    settle(session, sorted(set(shift_ids) & set(session.scalars(union(*asked)))), now=now)


def moved(session: Session, shift: Shift, *, now: datetime) -> None:
    """What was proposed, offered or asked was so at the shift's old time: nobody comes at hours they never saw."""
    for swap in _open_swaps(session, shift):
        _end_swap(session, swap, now)
    session.flush()
    if shift.starts_at > now and turns.is_published(session, shift):
        _offer_anew(session, shift, now)
        for call in _open_calls(session, shift):
            tell_asked(session, call, [ask.person_id for ask in call.asks if ask.state is AskState.ASKED], now=now)


def pass_on(session: Session, now: datetime) -> None:
    """Offer to whoever is next what was not accepted in time; a clock asks for it."""
    late = (Claim.state == ClaimState.OFFERED, Claim.answer_by < now)
    shift_ids = session.scalars(select(Claim.shift_id).where(*late).distinct()).all()
    if shift_ids:
        locks.take_rosters_of(session, session.scalars(select(Shift).where(Shift.id.in_(shift_ids))).all())
        settle(session, shift_ids, now=now)


def empty(session: Session, shift: Shift) -> int:
    """Places that nobody has, whether or not they are kept for somebody."""
    taken = select(func.count()).select_from(Assignment).filter_by(shift_id=shift.id, state=AssignmentState.ACTIVE)
    return shift.target - (session.scalar(taken) or 0)


def _claims(session: Session, shift: Shift, *states: ClaimState) -> list[Claim]:
    query = select(Claim).where(Claim.shift_id == shift.id, Claim.state.in_(states)).order_by(Claim.id)
    return list(session.scalars(query))


def _kept(session: Session, shift: Shift) -> list[Claim]:
    """Of those who wait, whom a place is kept for."""
    return list(session.scalars(select(Claim).where(Claim.shift_id == shift.id, KEEPS_PLACE).order_by(Claim.id)))


def _lapse(session: Session, shift: Shift, now: datetime) -> None:
    for claim in _claims(session, shift, ClaimState.OFFERED):
        if claim.answer_by is not None and claim.answer_by < now:
            claim.state, claim.settled_at = ClaimState.LAPSED, now
            facts = {"shift_id": shift.id}
            outbox.tell(session, claim.person_id, MessageKind.PROMOTION_LAPSED, facts, now=now)


def _take_back(session: Session, shift: Shift, now: datetime) -> None:
    """Keep no place that was filled otherwise or is wanted no more: who came last waits again, in their old order."""
    for claim in reversed(_kept(session, shift)):
        if left(session, shift) >= 0:
            break
        claim.state, claim.answer_by = ClaimState.WAITING, None
        _tell_it_is_gone(session, claim, now)
        session.flush()


def _tell_it_is_gone(session: Session, claim: Claim, now: datetime) -> None:
    facts = {"shift_id": claim.shift_id, "cause": "filled"}
    outbox.tell(session, claim.person_id, MessageKind.PROMOTION_LAPSED, facts, now=now)


def _let_wait(session: Session, shift: Shift) -> None:
    """Whoever asked a coordinator for a place that somebody else has by now waits for the next."""
    if left(session, shift) <= 0:
        for claim in _claims(session, shift, ClaimState.ASKED):
            if not is_kept(claim):
                claim.state = ClaimState.WAITING
        session.flush()


def _promote(session: Session, shift: Shift, now: datetime) -> None:
    """Offer each place left to the first of the list who may take it now; who may not keeps waiting."""
    waiting, places = _claims(session, shift, ClaimState.WAITING), left(session, shift)
    if not waiting or places <= 0:
        return
    roster = turns.published_roster(session, shift)
    about = staffing.of_published(session, roster, [shift.id], [claim.person_id for claim in waiting], now=now)
    rules = turn_rules.of(session, shift.site.unit)
    for claim in waiting:
        if places <= 0:
            break
        if _may_have(about, shift.id, claim.person_id, places):
            places -= 1
            answer_by = rules.answer_by(shift.starts_at, contacts.heard_at(session, claim.person, now))
            claim.state, claim.answer_by = ClaimState.OFFERED, answer_by
            facts = {"shift_id": shift.id, "deadline": answer_by.isoformat(), "path": MY_PAGE}
            outbox.tell(session, claim.person_id, MessageKind.PROMOTED, facts, now=now)
    session.flush()


def _offer_anew(session: Session, shift: Shift, now: datetime) -> None:
    """With time to answer anew. Whoever may not come at the new hours waits for the next place, and is told."""
    offered = _claims(session, shift, ClaimState.OFFERED)
    for claim in offered:
        claim.state, claim.answer_by = ClaimState.WAITING, None
    session.flush()
    _promote(session, shift, now)
    for claim in offered:
        if claim.state is ClaimState.WAITING:
            _tell_it_is_gone(session, claim, now)


def _may_have(about: Staffing, shift_id: int, person_id: int, places: int) -> bool:
    if not about.knows(person_id) or about.keeps(shift_id, person_id, places):
        return False
    return not about.exchange([(shift_id, person_id)])


def _close_questions(session: Session, shift: Shift, here: set[int], over: bool, now: datetime) -> None:
    """End whatever asks for a turn or place that is not there any more."""
    for claim in _claims(session, shift, *OPEN_CLAIMS):
        if over or claim.person_id in here:
            if claim.person_id not in here and claim.state is not ClaimState.WAITING and shift.starts_at > now:
                facts = {"shift_id": shift.id, "agreed": False, "reason": ""}  # they reckoned with coming
                outbox.tell(session, claim.person_id, MessageKind.CLAIM_ANSWERED, facts, now=now)
            claim.state = ClaimState.TAKEN if claim.person_id in here else ClaimState.CLOSED
            claim.settled_at = now
    for withdrawal in session.scalars(select(Withdrawal).filter_by(shift_id=shift.id, state=WithdrawalState.ASKED)):
        if over or withdrawal.person_id not in here:
            withdrawal.state, withdrawal.answered_at = WithdrawalState.CLOSED, now
    for call in _open_calls(session, shift):
        filled = call.leaving_id not in here if call.leaving_id else empty(session, shift) <= 0
        if over or filled:
            close_call(session, call, now=now)
    for swap in _open_swaps(session, shift):
        stands = swap.person_id if swap.shift_id == shift.id else swap.other_id
        if over or stands not in here:
            _end_swap(session, swap, now)
    session.flush()


def _open_calls(session: Session, shift: Shift) -> list[CoverCall]:
    calls = select(CoverCall).filter_by(shift_id=shift.id, closed_at=None)
    return list(session.scalars(calls.order_by(CoverCall.id)))


def _open_swaps(session: Session, shift: Shift) -> list[Swap]:
    touching = or_(Swap.shift_id == shift.id, Swap.wanted_id == shift.id)
    return list(session.scalars(select(Swap).where(touching, Swap.state.in_(OPEN_SWAPS)).order_by(Swap.id)))


def _end_swap(session: Session, swap: Swap, now: datetime) -> None:
    """Whoever proposed it and keeps their turn would wait for an answer that nobody gives any more."""
    if swap.state is SwapState.AGREED:
        tell_no_swap(session, swap, now=now)
    swap.state, swap.settled_at = SwapState.CLOSED, now
    given = swap.shift
    to_come = given.state is ShiftState.OPEN and given.starts_at > now
    if to_come and turns.is_serving(session, given.id, swap.person_id):
        facts = {"person_id": swap.other_id, "shift_id": given.id, "wanted_shift_id": swap.wanted_id}
        outbox.tell(
            session, swap.person_id, MessageKind.SWAP_ANSWERED, facts | {"agreed": False, "reason": ""}, now=now
        )


def tell_no_swap(session: Session, swap: Swap, *, now: datetime) -> None:
    """Whoever has said yes reckons with the other turn, until they hear that nothing comes of it."""
    if swap.shift.starts_at > now and not turns.is_serving(session, swap.shift_id, swap.other_id):
        facts = {"shift_id": swap.shift_id, "agreed": False, "reason": ""}
        outbox.tell(session, swap.other_id, MessageKind.CLAIM_ANSWERED, facts, now=now)


def tell_asked(session: Session, call: CoverCall, person_ids: Iterable[int], *, now: datetime) -> None:
    """Ask these people to stand in, in the words of whoever seeks somebody."""
    told = {"shift_id": call.shift_id, "path": MY_PAGE, "text": call.text}
    if call.leaving_id is not None:
        told["person_id"] = call.leaving_id
    outbox.tell_all(session, dict.fromkeys(person_ids, told), MessageKind.COVER_ASKED, now=now)


def close_call(session: Session, call: CoverCall, *, now: datetime) -> None:
    """Nobody is sought any more: those who have not answered are thanked, but for whoever came to serve there."""
    call.closed_at = now
    asked = [ask for ask in call.asks if ask.state in OPEN_ASKS]
    for ask in asked:
        ask.state, ask.answered_at = AskState.CLOSED, now
    here = serving(session, call.shift_id)
    facts = {ask.person_id: {"shift_id": call.shift_id} for ask in asked if ask.person_id not in here}
    outbox.tell_all(session, facts, MessageKind.COVER_THANKS, now=now)
