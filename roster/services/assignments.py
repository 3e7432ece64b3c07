"""Published turns: what a volunteer may do with their own."""

from datetime import datetime

from sqlalchemy.orm import Session

from roster import access
from roster.errors import Conflict, NotFound
from roster.models import Account, Assignment, AssignmentState, ShiftState
from roster.services import audit, feeds


def confirm(session: Session, assignment_id: int, *, by: Account, now: datetime) -> Assignment:
    """Say "I'll be there". Calendars stop calling the turn tentative. Raises NotFound, NotAllowed, Conflict."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound(what="assignment", id=assignment_id)
    access.require_self(by, assignment.person)
    if assignment.state is not AssignmentState.ACTIVE or assignment.shift.state is not ShiftState.OPEN:
        raise Conflict(what="assignment", id=assignment_id)
    if assignment.confirmed_at is None:
        assignment.confirmed_at = assignment.changed_at = now
        assignment.shift.people_changed_at = now
        feeds.shifts_changed(session, [assignment.shift_id], now=now)
        unit = assignment.shift.site.unit
        audit.record(session, "assignment.confirm", f"assignment:{assignment.id}", by=by, now=now, unit=unit)
    return assignment
