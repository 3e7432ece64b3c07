"""Founding: the first unit and its administrator, before whom nobody is there to ask.

Only whoever holds the machine can do this, at its terminal; everybody else comes by an invitation of somebody above.
Said again for the same administrator it makes a new link, which is also the way back in when a password is lost at
the very top.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError
from roster.models import Account, Role, RoleKind, Unit
from roster.services import accounts, audit, fields, holidays, links, roles, units
from roster.services.people import Invitation
from roster.services.units import UnitDetails


def found(session: Session, details: UnitDetails, *, login: str, name: str, now: datetime) -> Invitation:
    """A unit above all, and the link by which its administrator chooses a password.

    `login` is an e-mail address or a phone number, `name` the administrator's own. Raises FieldError, and
    AlreadyExists if the login is taken or a unit of this name has other administrators.
    """
    known = accounts.normalised_login(login)
    if known is None:
        raise FieldError(field="login", reason="not_a_login", value=login)
    account = _administrator(session, details.name, known) or _new(session, details, known, name, now)
    return Invitation(account, links.make(session, account, by=account, now=now))


def _administrator(session: Session, unit_name: str, login: str) -> Account | None:
    """Who administers a unit of this name above all by this login."""
    return session.scalar(
        select(Account)
        .join(Account.roles)
        .join(Role.unit)
        .where(Account.login == login, Role.kind == RoleKind.ADMINISTRATOR)
        .where(Unit.parent_id.is_(None), Unit.name == unit_name.strip())
    )


def _new(session: Session, details: UnitDetails, login: str, name: str, now: datetime) -> Account:
    accounts.require_free(session, login)
    unit = units.found(session, details)
    account = Account(
        login=login,
        display_name=fields.one_line(name, "name", longest=roles.NAME_LENGTH),
        created_at=now,
        roles=[Role(kind=RoleKind.ADMINISTRATOR, unit=unit)],
    )
    session.add(account)
    session.flush()
    holidays.seed(session, range(now.year, now.year + 2))
    audit.record(session, "unit.found", f"unit:{unit.id}", by=account, now=now, unit=unit, name=unit.name)
    return account
