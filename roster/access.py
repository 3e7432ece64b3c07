"""Who may see or change what, for which unit: the one place that decides.

A role reaches its unit and all beneath it. Services call the `require_*` functions before they change anything,
queries and navigation ask the `may_*` ones.

| | administrator | coordinator | center | volunteer |
|---|---|---|---|---|
| plan rosters, demand, sites, teams, people of the unit and beneath | yes | yes | – | – |
| units, roles, invitations of coordinators, audit trail of the unit and beneath | yes | – | – | – |
| holidays (whole installation) | of a root unit | – | – | – |
| coverage of a site, its feed, given names of today's people | of its unit | of its unit | own site | – |
| own availability, shifts, feeds, limits | own | own | own | own |
"""

from roster.errors import NotAllowed
from roster.models import Account, Person, RoleKind, Site, Unit

PLANNING_ROLES = frozenset({RoleKind.ADMINISTRATOR, RoleKind.COORDINATOR})


def units_of(account: Account, kinds: frozenset[RoleKind] = PLANNING_ROLES) -> list[Unit]:
    """The top units of the account's roles of these kinds; each reaches all beneath it."""
    return [role.unit for role in account.roles if role.kind in kinds and role.unit is not None]


def sites_of(account: Account) -> list[Site]:
    """The sites the account is the center staff of."""
    return [role.site for role in account.roles if role.kind is RoleKind.CENTER and role.site is not None]


def may_plan(account: Account, unit: Unit) -> bool:
    return any(top.covers(unit) for top in units_of(account))


def may_administer(account: Account, unit: Unit) -> bool:
    return any(top.covers(unit) for top in units_of(account, frozenset({RoleKind.ADMINISTRATOR})))


def may_edit_holidays(account: Account) -> bool:
    return any(unit.parent_id is None for unit in units_of(account, frozenset({RoleKind.ADMINISTRATOR})))


def may_see_site(account: Account, site: Site) -> bool:
    return may_plan(account, site.unit) or any(own.id == site.id for own in sites_of(account))


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


def require_holiday_editor(account: Account) -> None:
    """Raises NotAllowed unless the account administers a root unit."""
    if not may_edit_holidays(account):
        raise NotAllowed(action="edit_holidays")


def require_site_viewer(account: Account, site: Site) -> None:
    """Raises NotAllowed unless the account works at the site or plans its unit."""
    if not may_see_site(account, site):
        raise NotAllowed(action="see_site", site_id=site.id)


def require_self(account: Account, person: Person) -> None:
    """Raises NotAllowed unless it is the account's own person."""
    if not is_self(account, person):
        raise NotAllowed(action="act_for_person", person_id=person.id)


def require_self_or_planner(account: Account, person: Person) -> None:
    """Raises NotAllowed unless it is the account's own person or one of a unit it plans."""
    if not may_see_person(account, person):
        raise NotAllowed(action="act_for_person", person_id=person.id)
