"""One calendar address of each kind, for whoever tries the service; made once, after there is something to see."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import scenarios
from roster.config import Settings
from roster.demo import credentials, loading
from roster.models import Account, FeedKind, RoleKind, Team, Unit
from roster.scenarios import Loaded
from roster.services import feeds
from roster.worker.process import sessions_of

OWNERS = {
    FeedKind.VOLUNTEER: RoleKind.VOLUNTEER,
    FeedKind.TEAM: RoleKind.COORDINATOR,
    FeedKind.UNIT: RoleKind.COORDINATOR,
    FeedKind.SITE: RoleKind.CENTER,
}


def hand_out(settings: Settings, scenario_id: str) -> None:
    """Make the scenario's calendar addresses and keep them in ROSTER_HOME, unless they are there."""
    kept = credentials.read(settings.home).get(scenario_id)
    if kept is None or kept.feeds:
        return
    now = datetime.now(UTC)
    with sessions_of(settings)() as session:
        scenarios.show_somebody_on_duty(session, scenario_id, now=now)
        session.flush()
        made = _addresses(session, loading.loaded(session, settings, scenario_id), now)
        session.commit()
    credentials.keep(settings.home, replace(kept, feeds=made))


def _addresses(session: Session, there: Loaded, now: datetime) -> Mapping[str, str]:
    owners = {login.role: session.get_one(Account, login.account_id) for login in there.logins}
    targets = {**there.feeds, FeedKind.TEAM: there.feeds[FeedKind.TEAM] or _some_team(session, there.unit)}
    return {
        kind.value: feeds.create(session, kind, targets[kind], feeds.Wishes(), by=owners[role], now=now).path
        for kind, role in OWNERS.items()
    }


def _some_team(session: Session, unit: Unit) -> int:
    """A team of the planned unit, for a volunteer who is in none."""
    of_unit = select(Team.id).join(Team.unit).where(Unit.path.startswith(unit.path, autoescape=True))
    return session.scalars(of_unit.order_by(Team.id).limit(1)).one()
