"""Who coordinates, administers and hosts: the roles an account may see, with the state of each holder's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import Account, AccountLink, Role, RoleKind, Site, Unit
from roster.queries.links import let_in_by
from roster.queries.people import AccountState, state_of


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role: who holds it, where, and what the reader may do about it."""

    id: int
    account_id: int
    name: str
    login: str
    kind: RoleKind
    place: str
    account: AccountState
    signed_in_at: datetime | None
    may_revoke: bool
    may_invite: bool


_WITH_PLACE = (joinedload(Role.unit), joinedload(Role.site).joinedload(Site.unit))


def role_list(session: Session, account: Account, *, now: datetime) -> Sequence[RoleRow]:
    """Every role but volunteers' own of the units the account plans for and of their sites, by place and name."""
    places = select(Unit.id).where(access.within_reach(account))
    roles = session.scalars(
        select(Role)
        .outerjoin(Role.site)
        .where(Role.kind != RoleKind.VOLUNTEER, or_(Role.unit_id.in_(places), Site.unit_id.in_(places)))
        .options(joinedload(Role.account).selectinload(Account.roles).options(*_WITH_PLACE), *_WITH_PLACE)
    ).all()
    links = _open_links(session, [role.account_id for role in roles])
    let_in = let_in_by(session, account, [role.account for role in roles])
    rows = [_row(role, account, links.get(role.account_id), role.account_id in let_in, now) for role in roles]
    return sorted(rows, key=lambda row: (row.kind != RoleKind.ADMINISTRATOR, row.place, row.name))


def site_choices(session: Session, account: Account) -> list[tuple[int, str]]:
    """The sites of the units the account plans for, as (id, name with unit)."""
    rows = select(Site.id, Site.name, Unit.name).join(Unit).where(access.within_reach(account)).order_by(Site.name_sort)
    return [(site_id, f"{name} · {unit_name}") for site_id, name, unit_name in session.execute(rows)]


def _open_links(session: Session, account_ids: Sequence[int]) -> dict[int, datetime]:
    unused = select(AccountLink.account_id, func.max(AccountLink.expires_at)).where(AccountLink.used_at.is_(None))
    mine = unused.where(AccountLink.account_id.in_(account_ids)).group_by(AccountLink.account_id)
    return dict(session.execute(mine).all())


def _row(role: Role, reader: Account, link_expires_at: datetime | None, may_invite: bool, now: datetime) -> RoleRow:
    place = role.site or role.unit
    unit = role.site.unit if role.site else role.unit
    assert place is not None  # a check constraint of the table
    assert unit is not None
    return RoleRow(
        id=role.id,
        account_id=role.account_id,
        name=role.account.display_name,
        login=role.account.login,
        kind=role.kind,
        place=place.name,
        account=state_of(role.account, link_expires_at, now),
        signed_in_at=role.account.signed_in_at,
        may_revoke=access.may_grant(reader, role.kind, unit) and role.account_id != reader.id,
        may_invite=may_invite,
    )
