"""Loading a scenario, with a login for each role; loading it again changes nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from roster import scenarios
from roster.config import Settings
from roster.demo import credentials
from roster.demo.credentials import Credentials
from roster.scenarios import Loaded, renew_passwords
from roster.scenarios.logins import Login
from roster.services import passwords
from roster.services.passwords import Passwords
from roster.vietnam import office_hours
from roster.worker.process import sessions_of

SUNDAY = 6


def load(settings: Settings, scenario_id: str) -> Credentials:
    """Bring the scenario into the database and keep how to sign in in ROSTER_HOME; raises NotFound.

    Its calendars are handed out once its week is published (`demo.calendars`).
    """
    kept = credentials.read(settings.home).get(scenario_id)
    with sessions_of(settings)() as session:
        there = loaded(session, settings, scenario_id)
        if kept is None or there.is_new:
            kept = _new_credentials(session, settings, there)
        session.commit()
    shown = replace(kept, base=settings.base_url)
    credentials.keep(settings.home, shown)
    return shown


def loaded(session: Session, settings: Settings, scenario_id: str) -> Loaded:
    """The scenario as of now, brought into the database if it is not there; raises NotFound."""
    now, today = datetime.now(UTC), day_to_show(datetime.now(office_hours.ZONE).date())
    return scenarios.load(session, scenario_id, now=now, today=today, passwords=_hasher(settings))


def day_to_show(today: date) -> date:
    """On a Sunday the next day: a week that is all but over would leave volunteers and centers nothing to see."""
    return today + timedelta(days=1) if today.weekday() == SUNDAY else today


def _hasher(settings: Settings) -> Passwords:
    return passwords.at_cost(settings.argon2_time_cost)


def _new_credentials(session: Session, settings: Settings, there: Loaded) -> Credentials:
    scenario_id = there.scenario.id
    logins = there.logins if there.is_new else renew_passwords(session, scenario_id, passwords=_hasher(settings))
    return Credentials(scenario_id, settings.base_url, _shown(logins), {})


def _shown(logins: Iterable[Login]) -> tuple[dict[str, str], ...]:
    return tuple({"role": one.role.value, "name": one.name, "password": one.password or ""} for one in logins)
