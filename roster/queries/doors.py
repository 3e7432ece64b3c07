"""How far a team has come in: which members have an account that works."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Account, Person, Team, TeamMember


@dataclass(frozen=True, slots=True)
class MemberState:
    """`inside`: they sign in; `reachable`: they have a phone number, so the poster can let them in."""

    name: str
    inside: bool
    reachable: bool


def members(session: Session, team: Team) -> Sequence[MemberState]:
    """The team's active members, those still outside first."""
    rows = session.execute(
        select(Person.full_name, Account.password_hash.is_not(None), Person.phone.is_not(None))
        .join(TeamMember, TeamMember.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(TeamMember.team_id == team.id, Person.active)
        .order_by(Person.name_sort, Person.id)
    )
    found = [MemberState(name, bool(inside), reachable) for name, inside, reachable in rows]
    return sorted(found, key=lambda one: one.inside)
