"""Undo and redo of a draft, step by step, back to what was published last.

A step is taken back whoever made it, but only by somebody who has seen it: like every change it names the revision its
author was looking at. What was arranged for its turns goes and comes with them. Rules are not asked: a draft that was
there before may be there again, and publishing judges it.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.errors import NotFound, Overtaken, RuleBroken
from roster.models import Account, AuditEntry, DraftStep, Roster, Shift
from roster.planning import drafts, scope
from roster.planning.drafts import Change
from roster.services import arrangements, rosters, turns
from roster.services.arrangements import Arrangement


def undo(session: Session, roster_id: int, *, revision_seen: int, by: Account, now: datetime) -> None:
    """Take back the latest step. Raises NotFound, NotAllowed, Stale, Overtaken, RuleBroken (`past`)."""
    roster = rosters.to_change(session, roster_id, revision_seen, by)
    step = _require(session, drafts.latest_step(roster), roster)
    _put(session, roster, Change.back(step), "roster.undo", step, by, now)
    for one in reversed(_arranged(step)):
        arrangements.unmake(session, roster, one, by=by, now=now)
    step.undone = True


def redo(session: Session, roster_id: int, *, revision_seen: int, by: Account, now: datetime) -> None:
    """Do again what was taken back last. Raises as `undo`."""
    roster = rosters.to_change(session, roster_id, revision_seen, by)
    step = _require(session, drafts.step_taken_back(roster), roster)
    for one in _arranged(step):
        arrangements.make(session, roster, one, by=by, now=now)
    _put(session, roster, Change.of(step), "roster.redo", step, by, now)
    step.undone = False


def _arranged(step: DraftStep) -> list[Arrangement]:
    found: list[Arrangement] = step.changes.get("arranged", [])
    return found


def _require(session: Session, wanted: Select[DraftStep], roster: Roster) -> DraftStep:
    step = session.scalars(wanted).one_or_none()
    if step is None:
        raise NotFound(what="step", id=roster.id)
    return step


def _put(
    session: Session, roster: Roster, change: Change, action: str, step: DraftStep, by: Account, now: datetime
) -> None:
    _require_not_begun(session, roster, change, now)
    _require_untouched(session, roster, change)
    _require_nobody_came_or_left(session, roster, change, step)
    drafts.put(session, roster, change, action, by_id=by.id, now=now, step=step.action, **step.facts)


def _require_not_begun(session: Session, roster: Roster, change: Change, now: datetime) -> None:
    """Raises RuleBroken (`past`) about the first shift that has begun; Overtaken if one belongs to another week now."""
    area = scope.of(roster.period)
    shifts = session.scalars(scope.shifts_in(area).where(Shift.id.in_(change.shifts))).all()
    if len(shifts) < len(change.shifts):
        raise Overtaken(roster_id=roster.id)
    for shift in shifts:
        if shift.starts_at <= now:
            raise RuleBroken(rule="past", **rosters.turn_facts(session, shift, None))


def _require_untouched(session: Session, roster: Roster, change: Change) -> None:
    """Raises Overtaken if something that left no step has changed the same turns since: an illness, a swap."""
    there = drafts.drafted(session, roster, [*change.added, *change.removed])
    if there != set(change.removed):
        shift_id, person_id = min(there ^ set(change.removed))
        facts = rosters.turn_facts(session, session.get_one(Shift, shift_id), person_id)
        raise Overtaken(roster_id=roster.id, **facts)


def _require_nobody_came_or_left(session: Session, roster: Roster, change: Change, step: DraftStep) -> None:
    """Raises Overtaken if one of the turns was taken or left since as published, which the draft need not show.

    Whoever cannot come any more would be back on the shift, and whoever took the place would be off it again.
    """
    named = {*change.added, *change.removed, *change.pins}
    mine = (AuditEntry.subject == f"roster:{roster.id}", AuditEntry.action.in_([turns.TAKE, turns.LEAVE]))
    for entry in session.scalars(select(AuditEntry).where(*mine, AuditEntry.at > step.at)):
        shift_id, person_id = entry.facts["shift_id"], entry.facts["person_id"]
        if (shift_id, person_id) in named:
            facts = rosters.turn_facts(session, session.get_one(Shift, shift_id), person_id)
            raise Overtaken(roster_id=roster.id, **facts)
