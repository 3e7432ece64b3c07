"""Who may see or change what, for which unit: the one place that decides.

A role reaches its unit and all beneath it. Services call the `require_*` functions before they change anything,
queries and navigation ask the `may_*` ones.

| | administrator | coordinator | center | volunteer |
|---|---|---|---|---|
| plan rosters, demand, sites, teams, people of the unit and beneath | yes | yes | – | – |
| units, roles, invitations of coordinators, audit trail of the unit and beneath | yes | – | – | – |
| holidays, qualifications (whole installation) | of a root unit | – | – | – |
| coverage of a site, its feed, given names of today's people | of its unit | of its unit | own site | – |
| a team's feed | of its unit | of its unit | – | own teams |
| own availability, shifts, feeds, limits | own | own | own | own |
"""

from sqlalchemy import ColumnElement, false, or_

from roster.errors import NotAllowed
from roster.models import Account, Person, Role, RoleKind, Site, Team, Unit

ADMINISTRATOR = frozenset({RoleKind.ADMINISTRATOR})
PLANNING_ROLES = frozenset({RoleKind.ADMINISTRATOR, RoleKind.COORDINATOR})


def units_of(account: Account, kinds: frozenset[RoleKind] = PLANNING_ROLES) -> list[Unit]:
    """The top units of the account's roles of these kinds; each reaches all beneath it."""
    return [role.unit for role in account.roles if role.kind in kinds and role.unit is not None]


def sites_of(account: Account) -> list[Site]:
    """The sites the account is the center staff of."""
    return [role.site for role in account.roles if role.kind is RoleKind.CENTER and role.site is not None]


def within_reach(account: Account, kinds: frozenset[RoleKind] = PLANNING_ROLES) -> ColumnElement[bool]:
    """The condition on `Unit` that the account's roles of these kinds reach it, for queries that join units."""
    tops = units_of(account, kinds)
    return or_(false(), *(Unit.path.startswith(top.path, autoescape=True) for top in tops))


def may_plan(account: Account, unit: Unit) -> bool:
    return any(top.covers(unit) for top in units_of(account))


def may_administer(account: Account, unit: Unit) -> bool:
    return any(top.covers(unit) for top in units_of(account, ADMINISTRATOR))


def may_edit_installation(account: Account) -> bool:
    return any(unit.parent_id is None for unit in units_of(account, ADMINISTRATOR))


def may_see_site(account: Account, site: Site) -> bool:
    return may_plan(account, site.unit) or any(own.id == site.id for own in sites_of(account))


def may_see_team(account: Account, team: Team) -> bool:
    is_member = any(member.person_id == account.person_id for member in team.members)
    return may_plan(account, team.unit) or (account.person_id is not None and is_member)


def may_see_person(account: Account, person: Person) -> bool:
    return account.person_id == person.id or may_plan(account, person.unit)


def is_self(account: Account, person: Person) -> bool:
    return account.person_id is not None and account.person_id == person.id


def require_planner(account: Account, unit: Unit) -> None:
    """Raises NotAllowed unless the account coordinates or administers the unit."""
    if not may_plan(account, unit):
        raise NotAllowed(action="plan", unit_id=unit.id)


def require_administrator(account: Account, unit: Unit) -> None:
    """Raises NotAllowed unless the account administers the unit."""
    if not may_administer(account, unit):
        raise NotAllowed(action="administer", unit_id=unit.id)


def require_installation_editor(account: Account) -> None:
    """Raises NotAllowed unless the account administers a root unit."""
    if not may_edit_installation(account):
        raise NotAllowed(action="edit_installation")


def require_site_viewer(account: Account, site: Site) -> None:
    """Raises NotAllowed unless the account works at the site or plans its unit."""
    if not may_see_site(account, site):
        raise NotAllowed(action="see_site", site_id=site.id)


def require_team_viewer(account: Account, team: Team) -> None:
    """Raises NotAllowed unless the account is of the team or plans its unit."""
    if not may_see_team(account, team):
        raise NotAllowed(action="see_team", team_id=team.id)


def require_self(account: Account, person: Person) -> None:
    """Raises NotAllowed unless it is the account's own person."""
    if not is_self(account, person):
        raise NotAllowed(action="act_for_person", person_id=person.id)


def require_self_or_planner(account: Account, person: Person) -> None:
    """Raises NotAllowed unless it is the account's own person or one of a unit it plans."""
    if not may_see_person(account, person):
        raise NotAllowed(action="act_for_person", person_id=person.id)


def may_manage_account(account: Account, other: Account) -> bool:
    """Whether the account may hand out links for the other one, or close it.

    It must stand above every role the other holds: a password link for an administrator would make its maker one.
    """
    return bool(other.roles) and all(_stands_above(account, role) for role in other.roles)


def require_account_manager(account: Account, other: Account) -> None:
    """Raises NotAllowed unless the account stands above every role of the other one."""
    if not may_manage_account(account, other):
        raise NotAllowed(action="manage_account", account_id=other.id)


def may_grant(account: Account, kind: RoleKind, unit: Unit) -> bool:
    """Whether the account may give or take this role of the unit, or of a site of it."""
    return may_plan(account, unit) if kind in (RoleKind.CENTER, RoleKind.VOLUNTEER) else may_administer(account, unit)


def require_granter(account: Account, kind: RoleKind, unit: Unit) -> None:
    """Raises NotAllowed unless the account may give or take this role there."""
    if not may_grant(account, kind, unit):
        raise NotAllowed(action="grant", unit_id=unit.id)


def _stands_above(account: Account, role: Role) -> bool:
    place = role.unit or (role.site.unit if role.site else None)
    return place is not None and may_grant(account, role.kind, place)


def require_some_planner(account: Account) -> None:
    """Raises NotAllowed unless the account plans at least one unit: for pages that list what it plans."""
    if not units_of(account):
        raise NotAllowed(action="plan")


def administers_somewhere(account: Account) -> bool:
    return bool(units_of(account, ADMINISTRATOR))


def require_some_administrator(account: Account) -> None:
    """Raises NotAllowed unless the account administers at least one unit."""
    if not administers_somewhere(account):
        raise NotAllowed(action="administer")


def require_some_host(account: Account) -> None:
    """Raises NotAllowed unless the account looks into a site or plans a unit."""
    if not sites_of(account) and not units_of(account):
        raise NotAllowed(action="see_site")
