"""Withdrawals: "I cannot come."

Up to the unit's deadline one simply leaves. Later, or where leaving would break a hard rule (a minor would be alone),
it is a request that a coordinator answers, and one stays on the shift until then.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound, RuleBroken, TurnChanged
from roster.models import Account, Assignment, AssignmentState, MessageKind, Shift, Withdrawal, WithdrawalState
from roster.services import assignments, audit, fields, outbox, places, turn_rules, turns
from roster.services.turns import Way

REASON_LENGTH = 300


def withdraw(session: Session, assignment_id: int, *, reason: str, by: Account, now: datetime) -> Withdrawal:
    """Leave one's own turn, or ask to: the state says which.

    Raises NotFound, NotAllowed, FieldError; TurnChanged for a turn that is not there any more; RuleBroken (`past`,
    `cancelled`).
    """
    turn = own_turn(session, assignment_id, by=by, now=now)
    return give_up(session, turn, reason=reason, by=by, now=now)


def give_up(
    session: Session,
    turn: Assignment,
    *,
    reason: str,
    by: Account | None,
    now: datetime,
    at_any_time: bool = False,
) -> Withdrawal:
    """The same for a turn whose owner is known otherwise, as by a link in a message; `by` is then None.

    `at_any_time`: whatever deadline the unit sets. Raises as `withdraw`, but for NotAllowed.
    """
    require_current(session, turn, now)
    why = fields.one_line(reason, "reason", longest=REASON_LENGTH, required=False)
    asked = _asked(session, turn)
    again = asked is not None and why in ("", asked.reason)  # as a phone does that had no answer
    found = asked or Withdrawal(shift_id=turn.shift_id, person_id=turn.person_id, asked_at=now)
    found.reason, found.state, found.rule = why or found.reason or "", WithdrawalState.ASKED, ""
    session.add(found)
    session.flush()
    deadline = turn_rules.of(session, turn.shift.site.unit).withdraw_until(turn.shift.starts_at)
    if at_any_time or now <= deadline:
        _leave_if_rules_allow(session, found, by, now)
    if found.state is WithdrawalState.ASKED:
        if again:
            return found
        _note(session, found, "withdrawal.ask", by, now)
    _tell_coordinators(session, found, now)
    return found


def own_turn(session: Session, assignment_id: int, *, by: Account, now: datetime) -> Assignment:
    """The account's own turn on a shift to come, its roster locked until the commit. Raises as `withdraw`."""
    turn = assignments.own(session, assignment_id, by=by)
    require_current(session, turn, now)
    return turn


def take_back(session: Session, withdrawal_id: int, *, by: Account, now: datetime) -> Withdrawal:
    """Come after all, while nobody has answered. Raises NotFound, NotAllowed, TurnChanged."""
    found = _get(session, withdrawal_id)
    access.require_self(by, found.person)
    _lock_unanswered(session, found)
    found.state, found.answered_at, found.answered_by_id = WithdrawalState.TAKEN_BACK, now, by.id
    _note(session, found, "withdrawal.take_back", by, now)
    return found


def answer(session: Session, withdrawal_id: int, *, granted: bool, by: Account, now: datetime) -> Withdrawal:
    """Let somebody go, or ask them to come. Raises NotFound, NotAllowed, TurnChanged; RuleBroken if it cannot be.

    Once the shift has begun there is nothing left to answer (`past`).
    """
    found = _get(session, withdrawal_id)
    access.require_planner(by, found.shift.site.unit)
    _lock_unanswered(session, found)
    turns.require_to_come(found.shift, now)  # nobody is asked to come to what has begun
    if granted:
        _leave(session, found, by, now)
    else:
        found.state = WithdrawalState.REFUSED
        _note(session, found, "withdrawal.refuse", by, now)
    found.answered_at, found.answered_by_id = now, by.id
    facts = {"shift_id": found.shift_id, "agreed": granted, "reason": ""}
    outbox.tell(session, found.person_id, MessageKind.WITHDRAWAL_ANSWERED, facts, now=now)
    return found


def require_current(session: Session, turn: Assignment, now: datetime) -> None:
    """Lock a turn to come. Raises TurnChanged, RuleBroken."""
    turns.lock(session, [turn.shift_id], [turn.person_id])
    if turn.state is not AssignmentState.ACTIVE:
        raise TurnChanged(what="assignment", id=turn.id)
    turns.require_to_come(turn.shift, now)


def _leave_if_rules_allow(session: Session, found: Withdrawal, by: Account | None, now: datetime) -> None:
    try:
        _leave(session, found, by, now)
    except RuleBroken as refusal:  # asked before anything is changed
        found.rule = refusal.facts["rule"]
    else:
        found.answered_at = now


def _leave(session: Session, found: Withdrawal, by: Account | None, now: datetime) -> None:
    turn = (found.shift_id, found.person_id)
    turns.change(session, leaving=[turn], way=Way.WITHDRAWN, by=by, now=now, reason=found.reason)
    found.state = WithdrawalState.GRANTED
    places.settle(session, [found.shift_id], now=now)


def _tell_coordinators(session: Session, found: Withdrawal, now: datetime) -> None:
    kind = MessageKind.WITHDRAWAL_ASKED if found.state is WithdrawalState.ASKED else MessageKind.WITHDRAWN
    facts = {"shift_id": found.shift_id, "person_id": found.person_id, "reason": found.reason}
    path = {"path": f"/places/{found.shift_id}"}
    outbox.tell_coordinators(session, found.shift.site.unit, kind, facts | path, now=now)


def _asked(session: Session, turn: Assignment) -> Withdrawal | None:
    mine = {"shift_id": turn.shift_id, "person_id": turn.person_id, "state": WithdrawalState.ASKED}
    return session.scalars(select(Withdrawal).filter_by(**mine)).first()


def _get(session: Session, withdrawal_id: int) -> Withdrawal:
    found = session.get(Withdrawal, withdrawal_id)
    if found is None:
        raise NotFound(what="withdrawal", id=withdrawal_id)
    return found


def _lock_unanswered(session: Session, found: Withdrawal) -> None:
    turns.lock(session, [found.shift_id], [found.person_id])
    if found.state is not WithdrawalState.ASKED:
        raise TurnChanged(what="withdrawal", id=found.id)


def _note(session: Session, found: Withdrawal, action: str, by: Account | None, now: datetime) -> None:
    unit = session.get_one(Shift, found.shift_id).site.unit
    facts = {"person_id": found.person_id, "reason": found.reason, "rule": found.rule}
    audit.record(session, action, f"shift:{found.shift_id}", by=by, now=now, unit=unit, **facts)
