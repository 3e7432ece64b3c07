"""Planning periods: the days that a unit plans together, normally a week from its Monday.

Each shift is planned by one roster alone, that of the nearest unit above its site which has opened the days. A unit
that opens days which one above has opened before takes its own shifts over, with the draft and the pins they have
there.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, FieldError
from roster.models import Account, Assignment, AssignmentState, DraftAssignment, Period, Pin, Roster, Shift, Unit
from roster.planning import scope
from roster.planning.scope import LONGEST
from roster.services import audit, demand

WEEK = 7
REACH = timedelta(weeks=53)
"""How far from today a week can be opened: it makes every shift up to then."""


def open_period(
    session: Session, unit: Unit, first_day: date, *, days: int = WEEK, by: Account, now: datetime
) -> Roster:
    """The roster of a period, empty if nobody opened it before; the shifts of its days are made if they aren't yet.

    Raises NotAllowed; FieldError (`out_of_range`) for a length that is no period, (`too_long_ago`, `too_far_ahead`) for
    days out of reach; AlreadyExists if it overlaps another period of the unit.
    """
    access.require_planner(by, unit)
    if not 1 <= days <= LONGEST:
        raise FieldError(field="days", reason="out_of_range", least=1, most=LONGEST, value=days)
    # Two who open the same week at once would make it, and its shifts, twice; the second waits for the first here.
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))
    roster = _existing(session, unit, first_day, days)
    if roster is None:
        _require_near(unit, first_day, now)
        roster = _new(session, unit, first_day, days, by, now)
    demand.expand_unit(session, unit, until=first_day + timedelta(days=roster.period.days - 1), now=now)
    return roster


def bring_along(session: Session, shift: Shift, *, by: Account, now: datetime) -> None:
    """Let a shift that was moved take its draft and pins to the roster that plans its new day.

    Where nobody has opened that day yet they wait in the old roster; whoever opens it takes them over.
    """
    unit = shift.site.unit
    roster = scope.planned_by(session, unit, unit.day_of(shift.starts_at))
    if roster is not None and _hand_over(session, roster, select(Shift.id).where(Shift.id == shift.id), by, now):
        _revise(session, roster, by, now)


def plans_itself(session: Session, unit: Unit) -> bool:
    """Whether the unit is the one that plans: it has before, or neither one above nor one beneath it has."""
    if session.scalar(select(Period.id).where(Period.unit_id == unit.id).limit(1)) is not None:
        return True
    return session.scalar(select(Period.id).join(Period.unit).where(scope.family(unit)).limit(1)) is None


def _existing(session: Session, unit: Unit, first_day: date, days: int) -> Roster | None:
    after = first_day + timedelta(days=days)
    nearby = select(Roster).join(Roster.period).where(Period.unit_id == unit.id, Period.first_day < after)
    rosters = session.scalars(nearby.where(Period.first_day > first_day - timedelta(days=LONGEST))).all()
    for roster in rosters:
        period = roster.period
        if (period.first_day, period.days) == (first_day, days):
            return roster
        if period.first_day + timedelta(days=period.days) > first_day:
            raise AlreadyExists(what="period", field="first_day", value=period.first_day)
    return None


def _require_near(unit: Unit, first_day: date, now: datetime) -> None:
    today = unit.day_of(now)
    if first_day < today - REACH:
        raise FieldError(field="first_day", reason="too_long_ago", value=first_day)
    if first_day > today + REACH:
        raise FieldError(field="first_day", reason="too_far_ahead", value=first_day)


def _new(session: Session, unit: Unit, first_day: date, days: int, by: Account, now: datetime) -> Roster:
    roster = Roster(period=Period(unit=unit, first_day=first_day, days=days), changed_at=now)
    roster.revision = roster.published_number = 0
    session.add(roster)
    session.flush()
    _take_over(session, roster, by, now)
    audit.record(
        session, "period.open", f"roster:{roster.id}", by=by, now=now, unit=unit, first_day=first_day.isoformat()
    )
    return roster


def _take_over(session: Session, roster: Roster, by: Account, now: datetime) -> None:
    """Bring along what other rosters hold of the shifts: their draft and pins, else what volunteers see already."""
    mine = scope.shifts_in(scope.of(roster.period)).with_only_columns(Shift.id).order_by(None)
    _hand_over(session, roster, mine, by, now)
    drafted = select(DraftAssignment.shift_id).where(DraftAssignment.roster_id == roster.id)
    published = session.execute(
        select(Assignment.shift_id, Assignment.person_id).where(
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.shift_id.in_(mine),
            Assignment.shift_id.not_in(drafted),
        )
    ).all()
    if published:
        rows = [{"roster_id": roster.id, "shift_id": shift, "person_id": person} for shift, person in published]
        session.execute(insert(DraftAssignment), rows)


def _hand_over(session: Session, roster: Roster, shifts: Select[int], by: Account, now: datetime) -> bool:
    """Move the draft and pins of these shifts from other rosters into this one; whether there were any."""
    held = [
        select(table.roster_id).where(table.shift_id.in_(shifts), table.roster_id != roster.id)
        for table in (DraftAssignment, Pin)
    ]
    losers = session.scalars(select(Roster).where(or_(*(Roster.id.in_(ids) for ids in held)))).all()
    for loser in losers:
        _revise(session, loser, by, now)
    for table in (DraftAssignment, Pin):
        session.execute(update(table).where(table.shift_id.in_(shifts)).values(roster_id=roster.id))
    return bool(losers)


def _revise(session: Session, roster: Roster, by: Account, now: datetime) -> None:
    """Let whoever looks at the draft as it was be told."""
    roster.revision, roster.changed_at = roster.revision + 1, now
    unit, subject = roster.period.unit, f"roster:{roster.id}"
    audit.record(session, "roster.hand_over", subject, by=by, now=now, unit=unit, revision=roster.revision)
