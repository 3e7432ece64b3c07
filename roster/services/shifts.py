"""Dated shifts: add one, change or cancel it, bring it back, close a whole day.

Every change by hand marks the shift `edited`, so its pattern leaves it alone from then on. Changes of time and state
raise SEQUENCE and stamp the shift, which is how calendars notice (RFC 5545 §3.8.7.4).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import Account, Assignment, Shift, ShiftState, Site, Unit
from roster.services import audit, feeds, fields, locks, periods, places, telling, turns
from roster.services.demand import Demand, fill_demand, moments, programme_for, shift_type, span


@dataclass(frozen=True, slots=True)
class ShiftDetails:
    """What a form says of one dated shift, as typed; day and hours are local to the site's unit."""

    programme_id: int
    day: str | date
    starts: str | time
    ends: str | time
    note: str
    demand: Demand


@dataclass(frozen=True, slots=True)
class Restored:
    """Shifts that take place after all. `away`: who does not come back with them, as `turns.let_stay_away` tells it."""

    shifts: Sequence[Shift]
    away: Sequence[Mapping[str, Any]]


def get(session: Session, shift_id: int) -> Shift:
    """Raises NotFound."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise NotFound(what="shift", id=shift_id)
    return shift


def create(session: Session, site: Site, details: ShiftDetails, *, by: Account, now: datetime) -> Shift:
    """Add one shift that no pattern made. Raises NotAllowed, FieldError, EndsBeforeStart."""
    access.require_planner(by, site.unit)
    shift = Shift(site=site, uid=uuid4().hex, edited=True, sequence=0, changed_at=now, people_changed_at=now)
    _fill(session, shift, details)
    session.add(shift)
    session.flush()
    feeds.shifts_changed(session, [shift.id], now=now)
    audit.record(session, "shift.create", f"shift:{shift.id}", by=by, now=now, unit=site.unit)
    return shift


def change(session: Session, shift_id: int, details: ShiftDetails, *, by: Account, now: datetime) -> Shift:
    """Change one dated shift; one moved to another week takes its draft along.

    Raises NotFound, NotAllowed, FieldError, EndsBeforeStart; TurnChanged if somebody else moved it meanwhile.
    """
    shift = get(session, shift_id)
    access.require_planner(by, shift.site.unit)
    locks.take_rosters_of(session, [shift], moved_to=fields.day(details.day, "day"))
    before, site_id = (shift.starts_at, shift.ends_at), shift.site_id
    _fill(session, shift, details)
    moved = (shift.starts_at, shift.ends_at) != before
    _touch(session, [shift], now, new_sequence=moved)
    if moved:
        periods.bring_along(session, shift, by=by, now=now)
        telling.shift_moved(session, shift, starts_at=before[0], ends_at=before[1], site_id=site_id, now=now)
        if shift.starts_at > now:
            turns.ask_anew(session, shift, now=now)
            places.moved(session, shift, now=now)
            _forget_who_came(session, shift)
    places.follow(session, [shift.id], now=now)
    audit.record(
        session,
        "shift.change",
        f"shift:{shift.id}",
        by=by,
        now=now,
        unit=shift.site.unit,
        before=[moment.isoformat() for moment in before],
        after=[shift.starts_at.isoformat(), shift.ends_at.isoformat()],
    )
    return shift


def cancel(session: Session, shift_id: int, *, reason: str, by: Account, now: datetime) -> Shift:
    """Call a shift off; those on it stay in its history, calendars say so. Raises NotFound, NotAllowed."""
    shift = get(session, shift_id)
    access.require_planner(by, shift.site.unit)
    cancel_all(session, [shift], reason, by, now)
    return shift


def restore(session: Session, shift_id: int, *, by: Account, now: datetime) -> Restored:
    """Bring a cancelled shift back, with those published on it who could still come. Raises NotFound, NotAllowed."""
    shift = get(session, shift_id)
    access.require_planner(by, shift.site.unit)
    return restore_all(session, [shift], by, now)


def close_day(
    session: Session, unit: Unit, day: date, *, site: Site | None = None, reason: str, by: Account, now: datetime
) -> int:
    """Cancel every open shift of a local day, of the unit and beneath or of one site; how many. Raises NotAllowed."""
    access.require_planner(by, site.unit if site else unit)
    open_then = _on(unit, day, ShiftState.OPEN)
    shifts = session.scalars(open_then.where(Shift.site_id == site.id) if site else open_then).all()
    cancel_all(session, shifts, reason, by, now)
    return len(shifts)


def restore_day(session: Session, unit: Unit, day: date, *, by: Account, now: datetime) -> Restored:
    """Bring back every cancelled shift to come of a local day, of the unit and beneath. Raises NotAllowed."""
    access.require_planner(by, unit)
    cancelled = session.scalars(_on(unit, day, ShiftState.CANCELLED).where(Shift.starts_at > now)).all()
    return restore_all(session, cancelled, by, now)


def local_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the local day begins and when the next one does."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _on(unit: Unit, day: date, state: ShiftState) -> Select[Shift]:
    begins, ends = local_span(day, unit.zone)
    return (
        select(Shift)
        .join(Shift.site)
        .join(Site.unit)
        .where(Shift.starts_at >= begins, Shift.starts_at < ends, Shift.state == state)
        .where(Unit.path.startswith(unit.path, autoescape=True))
        .order_by(Shift.starts_at, Shift.id)
    )


def cancel_all(session: Session, shifts: Collection[Shift], reason: str, by: Account, now: datetime) -> None:
    """Call off those that are open, for one reason. The caller has asked whether `by` may."""
    why = fields.one_line(reason, "reason", longest=300, required=False)
    locks.take_rosters_of(session, shifts)
    cancelled = [shift for shift in shifts if shift.state is ShiftState.OPEN]
    for shift in cancelled:
        shift.state, shift.cancel_reason = ShiftState.CANCELLED, why
        telling.shift_cancelled(session, shift, now=now)
        audit.record(session, "shift.cancel", f"shift:{shift.id}", by=by, now=now, unit=shift.site.unit, reason=why)
    _touch(session, cancelled, now, new_sequence=True)
    places.follow(session, [shift.id for shift in cancelled], now=now)


def restore_all(session: Session, shifts: Collection[Shift], by: Account, now: datetime) -> Restored:
    """Bring back those that are cancelled. The caller has asked whether `by` may."""
    locks.take_rosters_of(session, shifts)
    restored = [shift for shift in shifts if shift.state is ShiftState.CANCELLED]
    for shift in restored:
        shift.state, shift.cancel_reason = ShiftState.OPEN, ""
        audit.record(session, "shift.restore", f"shift:{shift.id}", by=by, now=now, unit=shift.site.unit)
    away = turns.let_stay_away(session, restored, by=by, now=now)
    for shift in restored:
        telling.shift_restored(session, shift, now=now)
    _touch(session, restored, now, new_sequence=True)
    return Restored(restored, away)


def _forget_who_came(session: Session, shift: Shift) -> None:
    """What was counted at its old time says nothing of the new one, which is to come."""
    shift.came = None
    missed = update(Assignment).where(Assignment.shift_id == shift.id, Assignment.absent.is_(True))
    session.execute(missed.values(absent=False, objection=None))


def _touch(session: Session, shifts: Iterable[Shift], now: datetime, *, new_sequence: bool) -> None:
    touched = list(shifts)
    for shift in touched:
        shift.edited, shift.changed_at = True, now
        shift.sequence += new_sequence
    feeds.shifts_changed(session, [shift.id for shift in touched], now=now)


def _fill(session: Session, shift: Shift, details: ShiftDetails) -> None:
    day = fields.day(details.day, "day")
    starts, ends = span(details.starts, details.ends)
    shift.programme = programme_for(session, shift.site.unit, details.programme_id)
    shift.starts_at, shift.ends_at = moments(day, starts, ends, shift.site.unit.zone)
    shift.shift_type = shift_type(starts)
    shift.note = fields.one_line(details.note, "note", longest=500, required=False)
    fill_demand(session, shift, details.demand)
