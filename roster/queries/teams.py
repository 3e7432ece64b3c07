"""Teams as coordinators read them: the list, and one team with its members."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster import access
from roster.models import Account, Person, Team, TeamMember
from roster.queries import somebody
from roster.queries.pages import named_like, page_number
from roster.queries.people import matching

PAGE_SIZE = 50
CANDIDATES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class TeamRow:
    id: int
    name: str
    unit_name: str
    members: int
    leads: str


@dataclass(frozen=True, slots=True)
class TeamList:
    rows: Sequence[TeamRow]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member; `known`: the reader plans for them, so their page opens."""

    person_id: int
    name: str
    unit_name: str
    leads: bool
    active: bool
    known: bool


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team; `candidates`: (id, name, unit) of people found for a search who are not in it."""

    id: int
    name: str
    unit_name: str
    members: Sequence[MemberRow]
    candidates: Sequence[tuple[int, str, str]]


def team_list(session: Session, account: Account, *, search: str = "", page: int = 1) -> TeamList:
    """The teams of the units the account plans for, by name; `search` as for sites."""
    query = select(Team).join(Team.unit).where(access.within_reach(account))
    if search:
        query = query.where(named_like(session, query, Team.id, Team.name, search))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    teams = session.scalars(
        query.options(contains_eager(Team.unit))
        .order_by(Team.name_sort, Team.id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    ids = [team.id for team in teams]
    leads = _leads(session, ids)
    sizes = _sizes(session, ids)
    rows = [
        TeamRow(team.id, team.name, team.unit.name, sizes.get(team.id, 0), ", ".join(leads.get(team.id, ())))
        for team in teams
    ]
    return TeamList(rows, total, page)


def team_page(session: Session, team: Team, account: Account, *, search: str = "") -> TeamPage:
    members = session.scalars(
        select(TeamMember)
        .join(TeamMember.person)
        .where(TeamMember.team_id == team.id)
        .options(contains_eager(TeamMember.person).joinedload(Person.unit))
        .order_by(TeamMember.leads.desc(), Person.name_sort, Person.id)
    ).all()
    candidates = _candidates(session, team, account, search) if search else ()
    units = somebody.units_of([*[member.person for member in members], *candidates])
    return TeamPage(
        id=team.id,
        name=team.name,
        unit_name=team.unit.name,
        members=[_member(member, units[member.person_id], account) for member in members],
        candidates=[(person.id, person.full_name, units[person.id]) for person in candidates],
    )


def _member(member: TeamMember, unit_name: str, account: Account) -> MemberRow:
    person = member.person
    known = access.may_plan(account, person.unit)
    return MemberRow(person.id, person.full_name, unit_name, member.leads, person.active, known)


def _candidates(session: Session, team: Team, account: Account, search: str) -> Sequence[Person]:
    inside = select(TeamMember.person_id).where(TeamMember.team_id == team.id)
    return session.scalars(
        select(Person)
        .join(Person.unit)
        .where(access.within_reach(account), Person.active, Person.id.not_in(inside), matching(search))
        .options(joinedload(Person.unit))
        .order_by(Person.name_sort, Person.id)
        .limit(CANDIDATES_SHOWN)
    ).all()


def _sizes(session: Session, team_ids: Sequence[int]) -> dict[int, int]:
    counted = select(TeamMember.team_id, func.count()).where(TeamMember.team_id.in_(team_ids))
    return dict(session.execute(counted.group_by(TeamMember.team_id)).all())


def _leads(session: Session, team_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(TeamMember.team_id, Person.full_name)
        .join(TeamMember.person)
        .where(TeamMember.team_id.in_(team_ids), TeamMember.leads)
        .order_by(Person.name_sort)
    )
    leads: dict[int, list[str]] = {}
    for team_id, name in rows:
        leads.setdefault(team_id, []).append(name)
    return leads
