"""What the grid of a week can be narrowed to: units, sites and teams by name, and one person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Account, Person, Roster, Shift, Site, Team
from roster.planning import scope
from roster.queries import units

Choice = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Each as (id, name), in name order."""

    units: Sequence[Choice]
    sites: Sequence[Choice]
    teams: Sequence[Choice]


def choices_for(session: Session, roster: Roster, account: Account) -> Choices:
    """The units the account plans, the sites with shifts in the roster's days, and the teams of its unit."""
    area = scope.of(roster.period)
    busy = scope.shifts_in(area).with_only_columns(Shift.site_id).order_by(None)
    sites = select(Site.id, Site.name).where(Site.id.in_(busy)).order_by(Site.name_sort, Site.id)
    teams = select(Team.id, Team.name).join(Team.unit).where(scope.beneath(area.unit_path))
    return Choices(
        units=units.choices(session, account),
        sites=[(id, name) for id, name in session.execute(sites)],
        teams=[(id, name) for id, name in session.execute(teams.order_by(Team.name_sort, Team.id))],
    )


def person_named(session: Session, roster: Roster, person_id: int) -> str:
    """The name of somebody who may serve in the roster, else nothing."""
    here = scope.people_in(scope.of(roster.period))
    return session.scalar(select(Person.full_name).where(Person.id == person_id, Person.id.in_(here))) or ""
