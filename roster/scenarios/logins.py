"""One login per role, to try a scenario with. Passwords are drawn anew each time and kept by nobody."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Account, Person, Role, RoleKind, Site, Unit
from roster.services import accounts
from roster.services.passwords import Passwords

# Without letters and digits that look alike when read off a terminal.
CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
NAMES = {
    RoleKind.ADMINISTRATOR: ("quan.tri", "Quản trị"),
    RoleKind.COORDINATOR: ("dieu.phoi", "Cán bộ điều phối"),
    RoleKind.CENTER: ("mot.cua", "Cán bộ điểm hỗ trợ"),
    RoleKind.VOLUNTEER: ("tinh.nguyen.vien", "Tình nguyện viên"),
}


@dataclass(frozen=True, slots=True)
class Login:
    """What to type. `password` is None for an account that was there before: nobody knows it any more."""

    role: RoleKind
    name: str
    password: str | None
    account_id: int


def name_of(role: RoleKind, scenario_id: str) -> str:
    """An address under a domain that can't exist (RFC 2606 §2)."""
    return f"{NAMES[role][0]}@{scenario_id}.example"


def create(
    session: Session,
    role: RoleKind,
    scenario_id: str,
    *,
    unit: Unit | None = None,
    site: Site | None = None,
    person: Person | None = None,
    now: datetime,
) -> Account:
    """An account with one role and no password yet."""
    account = Account(
        login=name_of(role, scenario_id),
        display_name=person.full_name if person else NAMES[role][1],
        person=person,
        created_at=now,
        roles=[Role(kind=role, unit=unit, site=site)],
    )
    session.add(account)
    session.flush()
    return account


def existing(session: Session, scenario_id: str) -> list[Login]:
    """The scenario's logins in the order of the roles, without passwords; empty if it isn't loaded."""
    by_name = {name_of(role, scenario_id): role for role in NAMES}
    found = session.execute(select(Account.login, Account.id).where(Account.login.in_(by_name)))
    ids = dict(found.all())
    return [Login(role, name, None, ids[name]) for name, role in by_name.items() if name in ids]


def with_passwords(session: Session, logins: list[Login], passwords: Passwords) -> list[Login]:
    """The same logins with new passwords; sessions with the old ones end."""
    renewed = []
    for login in logins:
        password = "-".join("".join(secrets.choice(CLEAR) for _ in range(4)) for _ in range(3))
        accounts.set_password_hash(session.get_one(Account, login.account_id), passwords.hash(password))
        renewed.append(Login(login.role, login.name, password, login.account_id))
    return renewed
