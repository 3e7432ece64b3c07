"""Attendance: how many came to a shift, as its site counted them, and who did not, as their coordinator found out.

A site counts heads, because it is told the names of those alone who agreed to that. Who was missing is for the
coordinator to find out, who knows them all; it is kept with the turn and makes later rosters plan with it
(`planning/kept.py`). Whoever was noted by mistake says so once, and the coordinator looks again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import Conflict, NotFound
from roster.models import Account, Assignment, AssignmentState, Objection, Shift, ShiftState, Site
from roster.services import assignments, audit, fields, shifts

MOST = 999


def count(session: Session, site: Site, typed: Mapping[int, str], *, by: Account, now: datetime) -> list[Shift]:
    """Note how many people came to shifts of the site, by shift id; nothing typed takes a count back.

    By whoever works at the site or plans it. Gives the shifts whose count changed. Raises NotAllowed, NotFound for a
    shift of another site or one that nobody can count now (`Shift.is_countable`), FieldError (`came-ID`).
    """
    access.require_site_viewer(by, site)
    here = select(Shift).where(Shift.id.in_(typed), Shift.site_id == site.id).order_by(Shift.id)
    found = session.scalars(here.with_for_update().execution_options(populate_existing=True)).all()
    missing = set(typed) - {shift.id for shift in found if shift.is_countable(now)}
    if missing:
        raise NotFound(what="shift", id=min(missing))
    changed = []
    for shift in found:
        came = fields.whole_number(typed[shift.id], f"came-{shift.id}", most=MOST)
        if came != shift.came:
            facts = {"shift_id": shift.id, "came": came}
            audit.record(session, "attendance.count", f"shift:{shift.id}", by=by, now=now, unit=site.unit, **facts)
            shift.came = came
            changed.append(shift)
    return changed


def note(session: Session, shift_id: int, person_id: int, *, absent: bool, by: Account, now: datetime) -> Assignment:
    """Note that somebody expected on a shift that has begun did not come, or came after all.

    By whoever plans there. Raises NotFound, NotAllowed, Conflict for a shift that nobody can count now.
    """
    shift = shifts.get(session, shift_id)
    access.require_planner(by, shift.site.unit)
    mine = {"shift_id": shift_id, "person_id": person_id, "state": AssignmentState.ACTIVE}
    turn = session.scalar(select(Assignment).filter_by(**mine).with_for_update())
    if turn is None:
        raise NotFound(what="turn", id=shift_id)
    if not shift.is_countable(now):
        raise Conflict(what="turn", id=shift_id)
    if turn.absent != absent:
        _keep(session, turn, absent=absent, by=by, now=now)
    return turn


def object_to(session: Session, assignment_id: int, *, by: Account, now: datetime) -> Assignment:
    """Say, once, that one was there though noted as missing. Raises NotFound, NotAllowed, Conflict."""
    turn = assignments.own(session, assignment_id, by=by)
    session.flush()
    session.refresh(turn, with_for_update=True)
    if turn.objection is Objection.WAITING:
        return turn
    stands = turn.state is AssignmentState.ACTIVE and turn.shift.state is ShiftState.OPEN
    if not stands or not turn.absent or turn.objection is not None:
        raise Conflict(what="turn", id=assignment_id)
    turn.objection = Objection.WAITING
    _record(session, "attendance.object", turn, by=by, now=now)
    return turn


def answer(session: Session, assignment_id: int, *, came: bool, by: Account, now: datetime) -> Assignment:
    """The coordinator's word on it: they came after all, or it stays. Raises NotFound, NotAllowed, Conflict."""
    found = select(Assignment).filter_by(id=assignment_id).with_for_update()
    turn = session.scalar(found.execution_options(populate_existing=True))
    if turn is None:
        raise NotFound(what="turn", id=assignment_id)
    access.require_planner(by, turn.shift.site.unit)
    if turn.objection is not Objection.WAITING:
        raise Conflict(what="turn", id=assignment_id)
    if came:
        _keep(session, turn, absent=False, by=by, now=now)
    else:
        turn.objection = Objection.ANSWERED
        _record(session, "attendance.answer", turn, by=by, now=now)
    return turn


def _keep(session: Session, turn: Assignment, *, absent: bool, by: Account, now: datetime) -> None:
    turn.absent, turn.objection = absent, None
    _record(session, "attendance.missed" if absent else "attendance.came", turn, by=by, now=now)


def _record(session: Session, action: str, turn: Assignment, *, by: Account, now: datetime) -> None:
    unit = turn.shift.site.unit
    audit.record(session, action, f"person:{turn.person_id}", by=by, now=now, unit=unit, shift_id=turn.shift_id)
