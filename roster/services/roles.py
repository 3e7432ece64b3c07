"""Roles: who coordinates or administers a unit, and who may look into a site.

A role is given to somebody by login: an account that exists gets one more role; a login nobody uses yet opens
an account, which its owner enters by invitation. Nobody takes a role from themselves, or the last
administrator could lock everybody out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, FieldError, NotAllowed, NotFound
from roster.models import Account, AccountLink, Role, RoleKind, Site, Unit
from roster.services import accounts, audit, feeds, fields, links, sites, units
from roster.services.people import Invitation

NAME_LENGTH = 200
GIVEN = (RoleKind.COORDINATOR, RoleKind.CENTER, RoleKind.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class RoleDetails:
    """What a form says of a role to give, as typed. The name is for an account that does not exist yet."""

    kind: str
    login: str
    name: str = ""
    unit_id: int | None = None
    site_id: int | None = None


def grant(session: Session, details: RoleDetails, *, by: Account, now: datetime) -> Role:
    """Give somebody a role. Raises NotFound, NotAllowed, FieldError, AlreadyExists."""
    kind = fields.choice(details.kind, "kind", RoleKind)
    if kind not in GIVEN:
        raise FieldError(field="kind", reason="unknown_choice", value=kind)
    unit, site = _place(session, kind, details)
    access.require_granter(by, kind, unit)
    account = _account(session, details, now)
    role = Role(kind=kind, unit=None if site else unit, site=site)
    if any(_alike(role, other) for other in account.roles):
        raise AlreadyExists(what="role", field="login", value=account.display_name)
    account.roles.append(role)
    session.flush()
    _record(session, "role.grant", role, unit, by, now)
    return role


def revoke(session: Session, role_id: int, *, by: Account, now: datetime) -> None:
    """Take a role away; it holds from the next page on. Raises NotFound, NotAllowed (also for one's own)."""
    role = session.get(Role, role_id)
    if role is None or role.kind is RoleKind.VOLUNTEER:
        raise NotFound(what="role", id=role_id)
    unit = _unit_of(role)
    access.require_granter(by, role.kind, unit)
    if role.account is by:
        raise NotAllowed(action="revoke_own_role")
    _record(session, "role.revoke", role, unit, by, now)
    account = role.account
    account.roles.remove(role)
    feeds.access_changed(session, account, now=now)


def lacks_link(session: Session, account: Account, *, by: Account, now: datetime) -> bool:
    """Whether nobody can sign in to the account before `by` makes a link for it."""
    works = exists().where(
        AccountLink.account_id == account.id, AccountLink.used_at.is_(None), AccountLink.expires_at > now
    )
    return (
        account.password_hash is None and access.may_manage_account(by, account) and not session.scalar(select(works))
    )


def invite(session: Session, account_id: int, *, by: Account, now: datetime) -> Invitation:
    """A one-use link for an account. Raises NotFound, NotAllowed."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    return Invitation(account, links.make(session, account, by=by, now=now))


def _place(session: Session, kind: RoleKind, details: RoleDetails) -> tuple[Unit, Site | None]:
    """The unit whose planner decides, and the site if the role is a center's."""
    if kind is RoleKind.CENTER:
        if details.site_id is None:
            raise FieldError(field="site_id", reason="missing")
        site = sites.get(session, details.site_id)
        return site.unit, site
    if details.unit_id is None:
        raise FieldError(field="unit_id", reason="missing")
    return units.get(session, details.unit_id), None


def _account(session: Session, details: RoleDetails, now: datetime) -> Account:
    login = accounts.normalised_login(fields.one_line(details.login, "login", longest=accounts.LOGIN_LENGTH))
    if login is None:
        raise FieldError(field="login", reason="not_a_login")
    account = session.scalar(select(Account).where(Account.login == login))
    if account is None:
        name = fields.one_line(details.name, "name", longest=NAME_LENGTH)
        account = Account(login=login, display_name=name, created_at=now)
        session.add(account)
    return account


def _alike(role: Role, other: Role) -> bool:
    return (role.kind, role.unit, role.site) == (other.kind, other.unit, other.site)


def _unit_of(role: Role) -> Unit:
    unit = role.site.unit if role.site else role.unit
    assert unit is not None  # a check constraint of the table
    return unit


def _record(session: Session, action: str, role: Role, unit: Unit, by: Account, now: datetime) -> None:
    subject, site_id = f"account:{role.account_id}", role.site.id if role.site else None
    audit.record(session, action, subject, by=by, now=now, unit=unit, kind=role.kind.value, site_id=site_id)
