"""Whether people can be wanted at night: only then they are asked for that part of a day too."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from roster.models import Person, Round, Shift, ShiftState, Site, Team, TeamMember, Unit
from roster.planning import scope
from roster.vietnam.office_hours import HALVES

NIGHT = HALVES["night"]


def in_week(session: Session, found: Round) -> bool:
    """Whether the week that people are asked about has a shift at night."""
    return _any_at_night(session, scope.open_shifts_in(scope.of(found.roster.period)), found.roster.period.unit)


def to_come(session: Session, person: Person, *, now: datetime) -> bool:
    """Whether a site of the person's unit, of one near it, or of their teams' units, has a shift at night to come."""
    teams = select(Unit).join(Team, Team.unit_id == Unit.id).join(TeamMember, TeamMember.team_id == Team.id)
    units = [person.unit, *session.scalars(teams.where(TeamMember.person_id == person.id))]
    near = select(Unit.id).where(or_(*(scope.family(unit) for unit in units)))
    shifts = (
        select(Shift)
        .join(Shift.site)
        .where(Site.unit_id.in_(near), Shift.starts_at > now, Shift.state == ShiftState.OPEN)
    )
    return _any_at_night(session, shifts, person.unit)


def _any_at_night(session: Session, shifts: Select[Shift], unit: Unit) -> bool:
    """Few hours are kept by many shifts, so they are compared here, on the unit's clock."""
    hours = shifts.with_only_columns(Shift.starts_at, Shift.ends_at).order_by(None).distinct()
    return any(_is_at_night(*(moment.astimezone(unit.zone) for moment in row)) for row in session.execute(hours))


def _is_at_night(starts: datetime, ends: datetime) -> bool:
    evening_ends = datetime.combine(starts.date(), NIGHT.start, starts.tzinfo)
    return starts.time() < NIGHT.end or ends > evening_ends
