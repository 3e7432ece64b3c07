"""Published turns: saying "I'll be there"."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound, TurnChanged
from roster.models import Account, Assignment, AssignmentState, Shift, ShiftState, Withdrawal, WithdrawalState
from roster.services import audit, feeds


def own(session: Session, assignment_id: int, *, by: Account) -> Assignment:
    """The account's own turn, whether or not it still stands. Raises NotFound, NotAllowed."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound(what="assignment", id=assignment_id)
    access.require_self(by, assignment.person)
    return assignment


def confirm(session: Session, assignment_id: int, *, by: Account, now: datetime) -> Assignment:
    """Say "I'll be there". Calendars stop calling the turn tentative. Raises NotFound, NotAllowed, TurnChanged."""
    return accept(session, own(session, assignment_id, by=by), by=by, now=now)


def confirm_for(session: Session, shift_id: int, person_id: int, *, by: Account, now: datetime) -> Assignment:
    """The same by a coordinator, to whom the person said so by phone. Raises NotFound, NotAllowed, TurnChanged."""
    serves = (Assignment.shift_id == shift_id, Assignment.person_id == person_id)
    assignment = session.scalars(select(Assignment).where(*serves)).one_or_none()
    if assignment is None:
        raise NotFound(what="assignment", id=person_id)
    access.require_planner(by, assignment.shift.site.unit)
    return accept(session, assignment, by=by, now=now)


def accept(session: Session, assignment: Assignment, *, by: Account | None, now: datetime) -> Assignment:
    """The same of a turn whose owner is known otherwise, as by a link in a message; `by` is then None.

    A link in a letter outlives the shift, and a phone may send an answer late.
    """
    session.flush()
    # Whoever takes it away meanwhile is waited for; they write the shift before the turn as well.
    shift = session.get_one(Shift, assignment.shift_id, with_for_update=True, populate_existing=True)
    session.refresh(assignment)
    if assignment.state is not AssignmentState.ACTIVE or shift.state is not ShiftState.OPEN or shift.ends_at <= now:
        raise TurnChanged(what="assignment", id=assignment.id)
    _ask_no_more_to_be_let_off(session, assignment, by, now)
    if assignment.confirmed_at is None:
        assignment.confirmed_at = assignment.changed_at = now
        shift.people_changed_at = now
        feeds.shifts_changed(session, [assignment.shift_id], now=now)
        unit = shift.site.unit
        audit.record(session, "assignment.confirm", f"assignment:{assignment.id}", by=by, now=now, unit=unit)
    return assignment


def _ask_no_more_to_be_let_off(session: Session, assignment: Assignment, by: Account | None, now: datetime) -> None:
    """Whoever will be there takes back that they cannot come, or a coordinator would still be asked to let them go."""
    mine = {"shift_id": assignment.shift_id, "person_id": assignment.person_id, "state": WithdrawalState.ASKED}
    for asked in session.scalars(select(Withdrawal).filter_by(**mine)):
        asked.state, asked.answered_at, asked.answered_by_id = WithdrawalState.TAKEN_BACK, now, by.id if by else None
        facts = {"person_id": asked.person_id, "reason": asked.reason, "rule": asked.rule}
        unit, subject = assignment.shift.site.unit, f"shift:{assignment.shift_id}"
        audit.record(session, "withdrawal.take_back", subject, by=by, now=now, unit=unit, **facts)
