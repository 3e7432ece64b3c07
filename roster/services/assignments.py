"""Published turns: saying "I'll be there" of one's own."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import Conflict, NotFound
from roster.models import Account, Assignment, AssignmentState, Shift, ShiftState
from roster.services import audit, feeds


def own(session: Session, assignment_id: int, *, by: Account) -> Assignment:
    """The account's own turn, whether or not it still stands. Raises NotFound, NotAllowed."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound(what="assignment", id=assignment_id)
    access.require_self(by, assignment.person)
    return assignment


def confirm(session: Session, assignment_id: int, *, by: Account, now: datetime) -> Assignment:
    """Say "I'll be there". Calendars stop calling the turn tentative. Raises NotFound, NotAllowed, Conflict."""
    return accept(session, own(session, assignment_id, by=by), by=by, now=now)


def accept(session: Session, assignment: Assignment, *, by: Account | None, now: datetime) -> Assignment:
    """The same of a turn whose owner is known otherwise, as by a link in a message; `by` is then None."""
    session.flush()
    # Whoever takes it away meanwhile is waited for; they write the shift before the turn as well.
    session.execute(select(Shift.id).where(Shift.id == assignment.shift_id).with_for_update())
    session.refresh(assignment)
    if assignment.state is not AssignmentState.ACTIVE or assignment.shift.state is not ShiftState.OPEN:
        raise Conflict(what="assignment", id=assignment.id)
    if assignment.confirmed_at is None:
        assignment.confirmed_at = assignment.changed_at = now
        assignment.shift.people_changed_at = now
        feeds.shifts_changed(session, [assignment.shift_id], now=now)
        unit = assignment.shift.site.unit
        audit.record(session, "assignment.confirm", f"assignment:{assignment.id}", by=by, now=now, unit=unit)
    return assignment
