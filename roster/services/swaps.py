"""Swaps: two volunteers exchange their turns.

One proposes, the other agrees on their own phone, and where the unit wants it a coordinator as well. Every rule is
asked both ways when it is proposed and again when it is done, because a week goes on in between.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound, RuleBroken, TurnChanged
from roster.models import Account, Assignment, AssignmentState, MessageKind, Swap, SwapState, Unit
from roster.planning.difference import Turn
from roster.services import asking, assignments, audit, outbox, places, turn_rules, turns, withdrawals
from roster.services.places import OPEN_SWAPS
from roster.services.turns import Way


def propose(session: Session, assignment_id: int, wanted_id: int, *, by: Account, now: datetime) -> Swap:
    """Offer one's own turn for somebody else's (`wanted_id`: their assignment).

    Proposing it again asks nobody again. Raises NotFound, NotAllowed, FieldError (`asked_enough`); TurnChanged if
    either turn is gone; RuleBroken if a hard rule forbids it.
    """
    mine, theirs = assignments.own(session, assignment_id, by=by), _turn(session, wanted_id)
    turns.lock(session, [mine.shift_id, theirs.shift_id], [mine.person_id, theirs.person_id])
    withdrawals.require_current(session, mine, now)
    turns.require_to_come(theirs.shift, now)
    already = _open(session, mine, theirs)
    if already is not None:
        return already
    asking.require_askable(session, theirs.person_id, mine.shift_id, now=now)
    swap = Swap(person_id=mine.person_id, shift_id=mine.shift_id, other_id=theirs.person_id, wanted_id=theirs.shift_id)
    swap.state, swap.proposed_at = SwapState.PROPOSED, now
    _require_possible(session, swap, by, now)
    session.add(swap)
    session.flush()
    facts = {"person_id": swap.person_id, "shift_id": swap.shift_id, "wanted_shift_id": swap.wanted_id}
    outbox.tell(session, swap.other_id, MessageKind.SWAP_ASKED, facts | {"path": places.MY_PAGE}, now=now)
    _note(session, swap, "swap.propose", by, now)
    return swap


def take_back(session: Session, swap_id: int, *, by: Account, now: datetime) -> Swap:
    """Not propose it any more. Raises NotFound, NotAllowed."""
    swap = get(session, swap_id)
    access.require_self(by, swap.person)
    _lock(session, swap)
    if swap.state in OPEN_SWAPS:
        if swap.state is SwapState.AGREED:
            places.tell_no_swap(session, swap, now=now)
        swap.state, swap.settled_at = SwapState.TAKEN_BACK, now
        _note(session, swap, "swap.take_back", by, now)
    return swap


def answer(session: Session, swap_id: int, *, agreed: bool, by: Account, now: datetime) -> Swap:
    """Say yes or no to a proposal; a yes does it, or waits for a coordinator (AGREED).

    Raises NotFound, NotAllowed, TurnChanged, RuleBroken.
    """
    swap = get(session, swap_id)
    access.require_self(by, swap.other)
    _lock(session, swap)
    _require_state(swap, SwapState.PROPOSED)
    swap.answered_at = now
    if not agreed:
        swap.state, swap.settled_at = SwapState.DECLINED, now
        _note(session, swap, "swap.decline", by, now)
    elif _needs_agreement(session, swap):
        _require_possible(session, swap, by, now)
        swap.state = SwapState.AGREED
        facts = {"shift_id": swap.shift_id, "person_id": swap.other_id, "path": f"/places/{swap.shift_id}"}
        outbox.tell_coordinators(session, _unit_above(session, swap), MessageKind.CLAIM_ASKED, facts, now=now)
        _note(session, swap, "swap.agree", by, now)
        return swap
    else:
        _do(session, swap, by, now)
    _tell_proposer(session, swap, agreed, now)
    return swap


def decide(session: Session, swap_id: int, *, agreed: bool, by: Account, now: datetime) -> Swap:
    """A coordinator's word on what two have agreed. Raises NotFound, NotAllowed, TurnChanged, RuleBroken."""
    swap = get(session, swap_id)
    access.require_planner(by, swap.shift.site.unit)
    access.require_planner(by, swap.wanted.site.unit)
    _lock(session, swap)
    _require_state(swap, SwapState.AGREED)
    if agreed:
        _do(session, swap, by, now)
    else:
        swap.state, swap.settled_at = SwapState.REFUSED, now
        _note(session, swap, "swap.refuse", by, now)
    _tell_proposer(session, swap, agreed, now)
    facts = {"shift_id": swap.shift_id, "agreed": agreed, "reason": ""}
    outbox.tell(session, swap.other_id, MessageKind.CLAIM_ANSWERED, facts, now=now)
    return swap


def get(session: Session, swap_id: int) -> Swap:
    """Raises NotFound."""
    swap = session.get(Swap, swap_id)
    if swap is None:
        raise NotFound(what="swap", id=swap_id)
    return swap


def exchange(swap: Swap) -> tuple[list[Turn], list[Turn]]:
    """The turns that come and those that go."""
    joining = [(swap.wanted_id, swap.person_id), (swap.shift_id, swap.other_id)]
    leaving = [(swap.shift_id, swap.person_id), (swap.wanted_id, swap.other_id)]
    return joining, leaving


def _turn(session: Session, assignment_id: int) -> Assignment:
    turn = session.get(Assignment, assignment_id)
    if turn is None or turn.state is not AssignmentState.ACTIVE:
        raise TurnChanged(what="assignment", id=assignment_id)
    return turn


def _open(session: Session, mine: Assignment, theirs: Assignment) -> Swap | None:
    pair = {"person_id": mine.person_id, "shift_id": mine.shift_id}
    pair |= {"other_id": theirs.person_id, "wanted_id": theirs.shift_id}
    return session.scalars(select(Swap).filter_by(**pair).where(Swap.state.in_(OPEN_SWAPS))).first()


def _lock(session: Session, swap: Swap) -> None:
    turns.lock(session, [swap.shift_id, swap.wanted_id], [swap.person_id, swap.other_id])


def _require_state(swap: Swap, state: SwapState) -> None:
    if swap.state is not state:
        raise TurnChanged(what="swap", id=swap.id, state=swap.state.value)


def _needs_agreement(session: Session, swap: Swap) -> bool:
    """Where either turn's unit wants it: who proposes must make no difference."""
    held = turn_rules.of_units(session, {swap.shift.site.unit, swap.wanted.site.unit})
    return any(rules.swaps_agreed for rules in held.values())


def _unit_above(session: Session, swap: Swap) -> Unit:
    """The nearest unit above both turns: whoever coordinates one of them alone may not decide."""
    wanted = swap.wanted.site.unit.line
    return session.get_one(Unit, next(one for one in reversed(swap.shift.site.unit.line) if one in wanted))


def _require_possible(session: Session, swap: Swap, by: Account, now: datetime) -> None:
    rosters = turns.lock(session, [swap.shift_id, swap.wanted_id], [swap.person_id, swap.other_id])
    joining, leaving = exchange(swap)
    _require_other_not_there(session, swap, by)
    turns.require_as_seen(session, joining, leaving)
    try:
        turns.refuse(session, turns.refusals(session, rosters, joining, leaving, now=now))
    except RuleBroken as refusal:
        raise _discreet(refusal, by) from None


def _do(session: Session, swap: Swap, by: Account, now: datetime) -> None:
    joining, leaving = exchange(swap)
    _require_other_not_there(session, swap, by)
    try:
        turns.change(session, joining=joining, leaving=leaving, way=Way.SWAPPED, by=by, now=now)
    except RuleBroken as refusal:
        raise _discreet(refusal, by) from None
    swap.state, swap.settled_at = SwapState.DONE, now
    places.settle(session, [swap.shift_id, swap.wanted_id], now=now)


def _require_other_not_there(session: Session, swap: Swap, by: Account) -> None:
    """Whoever serves already where they would come to is not named to the other, who may not know them."""
    theirs = {swap.person_id: (swap.shift_id, swap.other_id), swap.other_id: (swap.wanted_id, swap.person_id)}
    if by.person_id in theirs and turns.is_serving(session, *theirs[by.person_id]):
        raise RuleBroken(rule="partner", detail="", also=[])


def _discreet(refusal: RuleBroken, by: Account) -> RuleBroken:
    """What is in another volunteer's way, without their name and their other turns."""
    if by.person_id is None or refusal.facts.get("person_id") in (None, by.person_id):
        return refusal
    return RuleBroken(rule="partner", detail="", also=[])


def _tell_proposer(session: Session, swap: Swap, agreed: bool, now: datetime) -> None:
    facts = {"person_id": swap.other_id, "shift_id": swap.shift_id, "wanted_shift_id": swap.wanted_id}
    answered = {"agreed": agreed, "reason": ""}
    outbox.tell(session, swap.person_id, MessageKind.SWAP_ANSWERED, facts | answered, now=now)


def _note(session: Session, swap: Swap, action: str, by: Account, now: datetime) -> None:
    unit, facts = swap.shift.site.unit, {"person_id": swap.person_id, "other_id": swap.other_id}
    audit.record(session, action, f"shift:{swap.shift_id}", by=by, now=now, unit=unit, **facts)
