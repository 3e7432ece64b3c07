"""The calendar addresses of an account, and the calendars it may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, FeedKind, FeedToken, Site, Team, TeamMember, Unit

_NAMED: dict[FeedKind, type[Team | Unit | Site]] = {
    FeedKind.TEAM: Team,
    FeedKind.UNIT: Unit,
    FeedKind.SITE: Site,
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar: `name` is what it is of, empty for the reader's own shifts."""

    kind: FeedKind
    target_id: int
    name: str


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """One address that is in use. `fetched_at` and `fetched_by`: when it was last read, and by which program."""

    token_id: int
    calendar: Calendar
    label: str
    language: str
    alarm_minutes: int | None
    created_at: datetime
    fetched_at: datetime | None
    fetched_by: str


def own_addresses(session: Session, account: Account) -> list[OwnAddress]:
    """The account's addresses that were not revoked, the newest first."""
    tokens = session.scalars(
        select(FeedToken)
        .where(FeedToken.account_id == account.id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.created_at.desc(), FeedToken.id.desc())
    ).all()
    names = {kind: _names(session, kind, tokens) for kind in FeedKind}
    return [
        OwnAddress(
            token_id=token.id,
            calendar=Calendar(token.kind, token.target_id, names[token.kind].get(token.target_id, "")),
            label=token.label,
            language=token.language,
            alarm_minutes=token.alarm_minutes,
            created_at=token.created_at,
            fetched_at=token.fetched_at,
            fetched_by=token.fetched_by,
        )
        for token in tokens
    ]


def calendars_of(session: Session, account: Account) -> list[Calendar]:
    """What the account is most likely to want: own shifts, own teams, the sites it works at, the units it plans."""
    own = [Calendar(FeedKind.VOLUNTEER, account.person_id, "")] if account.person_id else []
    teams = session.scalars(
        select(Team).join(TeamMember).where(TeamMember.person_id == account.person_id).order_by(Team.name_sort)
    )
    return [
        *own,
        *(Calendar(FeedKind.TEAM, team.id, team.name) for team in teams),
        *(Calendar(FeedKind.SITE, site.id, site.name) for site in access.sites_of(account)),
        *(Calendar(FeedKind.UNIT, unit.id, unit.name) for unit in access.units_of(account)),
    ]


def _names(session: Session, kind: FeedKind, tokens: Sequence[FeedToken]) -> dict[int, str]:
    named = _NAMED.get(kind)
    ids = {token.target_id for token in tokens if token.kind is kind}
    if named is None or not ids:
        return {}
    return dict(session.execute(select(named.id, named.name).where(named.id.in_(ids))).all())
