"""Teams: standing groups of volunteers; members may come from any unit that the planner reaches."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, NotFound
from roster.models import Account, Team, TeamMember, Unit
from roster.services import audit, feeds, fields, people
from roster.vietnam import names

NAME_LENGTH = 200


def get(session: Session, team_id: int) -> Team:
    """Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound(what="team", id=team_id)
    return team


def planned(session: Session, team_id: int, *, by: Account) -> Team:
    """A team of a unit that the account plans. Raises NotFound, NotAllowed."""
    team = get(session, team_id)
    access.require_planner(by, team.unit)
    return team


def create(session: Session, unit: Unit, name: str, *, by: Account, now: datetime) -> Team:
    """Raises NotAllowed, FieldError, AlreadyExists."""
    access.require_planner(by, unit)
    team = Team(unit=unit)
    _name(session, team, name)
    session.add(team)
    session.flush()
    _record(session, "team.create", team, by, now, name=team.name)
    return team


def rename(session: Session, team_id: int, name: str, *, by: Account, now: datetime) -> Team:
    """Raises NotFound, NotAllowed, FieldError, AlreadyExists."""
    team = planned(session, team_id, by=by)
    _name(session, team, name)
    session.flush()
    feeds.members_changed(session, team.id)
    _record(session, "team.rename", team, by, now, name=team.name)
    return team


def add_member(
    session: Session, team_id: int, person_id: int, *, leads: bool = False, by: Account, now: datetime
) -> TeamMember:
    """Raises NotFound, NotAllowed (for the team or the person), AlreadyExists."""
    team = planned(session, team_id, by=by)
    person = people.planned(session, person_id, by=by)
    if _member(session, team, person_id) is not None:
        raise AlreadyExists(what="team_member", field="person_id", value=person.full_name)
    member = TeamMember(team=team, person=person, leads=leads)
    session.add(member)
    session.flush()
    feeds.members_changed(session, team.id)
    _record(session, "team.add_member", team, by, now, person_id=person_id)
    return member


def set_lead(session: Session, team_id: int, person_id: int, leads: bool, *, by: Account, now: datetime) -> TeamMember:
    """Make a member lead the team, or an ordinary one again. Raises NotFound, NotAllowed."""
    team = planned(session, team_id, by=by)
    member = _require_member(session, team, person_id)
    member.leads = leads
    _record(session, "team.set_lead", team, by, now, person_id=person_id, leads=leads)
    return member


def remove_member(session: Session, team_id: int, person_id: int, *, by: Account, now: datetime) -> None:
    """Raises NotFound, NotAllowed."""
    team = planned(session, team_id, by=by)
    member = _require_member(session, team, person_id)
    former = people.account_of(session, member.person)
    team.members.remove(member)
    session.flush()
    feeds.members_changed(session, team.id)
    if former:
        feeds.access_changed(session, former, now=now)
    _record(session, "team.remove_member", team, by, now, person_id=person_id)


def called(session: Session, unit: Unit, name: str) -> Team | None:
    """The unit's own team of this name, if there is one."""
    same = select(Team).where(Team.unit_id == unit.id, Team.name == fields.one_line(name, "name", longest=NAME_LENGTH))
    return session.scalar(same.limit(1))


def add_members(
    session: Session, joining: Mapping[int, Collection[int]], *, by: Account, now: datetime
) -> list[TeamMember]:
    """Add people to teams, many at once, by the teams' ids; who is in a team already stays as they are.

    Raises NotFound, NotAllowed for any of them.
    """
    asked = {(team_id, person_id): None for team_id, person_ids in joining.items() for person_id in person_ids}
    pair = (TeamMember.team_id, TeamMember.person_id)
    among = TeamMember.person_id.in_([person_id for _, person_id in asked])
    inside = {(team, person) for team, person in session.execute(select(*pair).where(pair[0].in_(joining), among))}
    members = [
        TeamMember(team_id=planned(session, team_id, by=by).id, person=people.planned(session, person_id, by=by))
        for team_id, person_id in asked
        if (team_id, person_id) not in inside
    ]
    session.add_all(members)
    session.flush()
    came = Counter(member.team_id for member in members)
    feeds.members_changed(session, *came)
    for team_id, number in came.items():
        _record(session, "team.add_members", session.get_one(Team, team_id), by, now, people=number)
    return members


def _member(session: Session, team: Team, person_id: int) -> TeamMember | None:
    found = select(TeamMember).where(TeamMember.team_id == team.id, TeamMember.person_id == person_id)
    return session.scalar(found)


def _require_member(session: Session, team: Team, person_id: int) -> TeamMember:
    member = _member(session, team, person_id)
    if member is None:
        raise NotFound(what="team_member", id=person_id)
    return member


def _name(session: Session, team: Team, typed: str) -> None:
    name = fields.one_line(typed, "name", longest=NAME_LENGTH)
    with session.no_autoflush:
        same = select(Team.id).where(Team.unit_id == team.unit.id, Team.name == name, Team.id != (team.id or 0))
        if session.scalar(same.limit(1)) is not None:
            raise AlreadyExists(what="team", field="name", value=name)
    team.name, team.name_sort = name, names.text_sort_key(name)


def _record(session: Session, action: str, team: Team, by: Account, now: datetime, **facts: object) -> None:
    audit.record(session, action, f"team:{team.id}", by=by, now=now, unit=team.unit, **facts)
