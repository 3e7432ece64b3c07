"""Copying a week: whoever served last week serves at the same place and hour in this one, as far as the rules let them.

A copied turn is a proposal like one of the solver's: it is not pinned, and one undo takes the whole copy back.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import NotFound
from roster.models import Account, Assignment, AssignmentState, DraftAssignment, Period, Roster, Shift
from roster.planning import drafts, scope, staffing
from roster.planning.difference import Turn
from roster.planning.drafts import Change
from roster.planning.staffing import Refusal, Staffing
from roster.services import rosters


@dataclass(frozen=True, slots=True)
class Left:
    """A turn that was not copied from its `shift`. `refusal` None: this week has no such place, or it is full."""

    person_id: int
    shift: Shift
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Copied:
    added: int
    left: tuple[Left, ...]


def copy_week(session: Session, roster_id: int, *, revision_seen: int, by: Account, now: datetime) -> Copied:
    """Add to a draft what the same unit had in the period before it: as published, else as drafted.

    Raises NotFound (also if there was no such period), NotAllowed, Stale.
    """
    roster = rosters.to_change(session, roster_id, revision_seen, by)
    earlier = _before(session, roster)
    turns = _turns_of(session, earlier)
    targets = _same_places(session, roster, {shift.id: shift for shift, _ in turns}.values())
    about = staffing.of_people(session, roster, _everybody(session, roster, turns), now=now)
    added, left = _fitted(turns, targets, about, _room(session, roster, targets.values()))
    facts: dict[str, Any] = {"from_roster_id": earlier.id, "copied": len(added), "left": len(left)}
    drafts.write(session, roster, Change(added=added), "roster.copy", by_id=by.id, now=now, **facts)
    return Copied(len(added), tuple(left))


def _fitted(
    turns: Iterable[tuple[Shift, int]], targets: Mapping[int, Shift], about: Staffing, room: dict[int, int]
) -> tuple[list[Turn], list[Left]]:
    """The turns that fit, one after the other, and those that do not. Whoever serves there already is neither."""
    added, left = list[Turn](), list[Left]()
    for shift, person_id in turns:
        target = targets.get(shift.id)
        if target is None or not about.plans(target.id) or not about.knows(person_id):
            left.append(Left(person_id, shift, None))
        elif not about.is_on(person_id, target.id):
            refusals = about.refusals(person_id, target.id, overriding_pin=False)
            against = next((one for one in refusals if not one.mendable), None)
            if against or room[target.id] <= 0:
                left.append(Left(person_id, shift, against))
            else:
                about.put(person_id, target.id)
                room[target.id] -= 1
                added.append((target.id, person_id))
    return added, left


def _before(session: Session, roster: Roster) -> Roster:
    """The roster of the unit's period that lies as many days earlier as this one is long. Raises NotFound."""
    period = roster.period
    first_day = period.first_day - timedelta(days=period.days)
    same = (Period.unit_id == period.unit_id, Period.first_day == first_day, Period.days == period.days)
    found = session.scalars(select(Roster).join(Roster.period).where(*same)).one_or_none()
    if found is None:
        raise NotFound(what="roster", id=None)
    return found


def _turns_of(session: Session, roster: Roster) -> list[tuple[Shift, int]]:
    """Its turns, on shifts that were not cancelled, in time order."""
    shifts = {shift.id: shift for shift in session.scalars(scope.open_shifts_in(scope.of(roster.period)))}
    if roster.published_number:
        serving = Assignment.state == AssignmentState.ACTIVE
        query = select(Assignment.shift_id, Assignment.person_id).where(serving, Assignment.shift_id.in_(shifts))
    else:
        draft = DraftAssignment
        query = select(draft.shift_id, draft.person_id).where(draft.roster_id == roster.id, draft.shift_id.in_(shifts))
    rows = sorted(session.execute(query), key=lambda row: (shifts[row[0]].starts_at, row[0], row[1]))
    return [(shifts[shift_id], person_id) for shift_id, person_id in rows]


def _same_places(session: Session, roster: Roster, shifts: Iterable[Shift]) -> Mapping[int, Shift]:
    """For each earlier shift the one of its pattern, else of its site and hour, so many days later."""
    later = timedelta(days=roster.period.days)
    found = session.scalars(scope.open_shifts_in(scope.of(roster.period))).all()
    by_pattern = {(shift.pattern_id, shift.pattern_day): shift for shift in found}
    by_site = {(shift.site_id, _hour(shift)): shift for shift in reversed(found)}
    same: dict[int, Shift] = {}
    for shift in shifts:
        day = shift.pattern_day and shift.pattern_day + later
        repeated = by_pattern.get((shift.pattern_id, day)) if day else None
        target = repeated or by_site.get((shift.site_id, _hour(shift) + later))
        if target is not None:
            same[shift.id] = target
    return same


def _hour(shift: Shift) -> datetime:
    """By the clock on its wall, which a week with a change of clocks keeps."""
    return shift.starts_at.astimezone(shift.site.unit.zone).replace(tzinfo=None)


def _everybody(session: Session, roster: Roster, turns: Iterable[tuple[Shift, int]]) -> list[int]:
    drafted = select(DraftAssignment.person_id).where(DraftAssignment.roster_id == roster.id)
    return sorted({person for _, person in turns} | set(session.scalars(drafted)))


def _room(session: Session, roster: Roster, shifts: Iterable[Shift]) -> dict[int, int]:
    """How many people each shift still wants."""
    draft = DraftAssignment
    on_it = Counter(session.scalars(select(draft.shift_id).where(draft.roster_id == roster.id)))
    return {shift.id: shift.target - on_it[shift.id] for shift in shifts}
