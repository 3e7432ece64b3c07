"""The organisation tree as one account sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, Person, RoleKind, Site, Team, Unit, UnitKind
from roster.queries.pages import is_named_like, page_number

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the tree. `depth`: steps beneath the topmost unit shown; the counts are of this unit alone."""

    id: int
    name: str
    kind: UnitKind
    depth: int
    people: int
    teams: int
    sites: int
    may_change: bool


@dataclass(frozen=True, slots=True)
class UnitTree:
    rows: Sequence[UnitRow]
    total: int
    page: int


def choices(
    session: Session, account: Account, kinds: frozenset[RoleKind] = access.PLANNING_ROLES
) -> list[tuple[int, str]]:
    """The units that the account's roles of these kinds reach, as (id, name), those beneath others indented."""
    units = _in_tree_order(session.scalars(select(Unit).where(access.within_reach(account, kinds))).all())
    top = min((_depth(unit) for unit in units), default=0)
    return [(unit.id, "\N{EM SPACE}" * (_depth(unit) - top) + unit.name) for unit in units]


def tree(session: Session, account: Account, *, search: str = "", page: int = 1) -> UnitTree:
    """The units the account plans for, each followed by those beneath it. A search lists what it finds."""
    units = _in_tree_order(session.scalars(select(Unit).where(access.within_reach(account))).all())
    top = min((_depth(unit) for unit in units), default=0)
    found = [unit for unit in units if is_named_like(search, unit.name)]
    page = page_number(page, len(found), PAGE_SIZE)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    people, teams, sites = (_counts(session, kind, [unit.id for unit in shown]) for kind in (Person, Team, Site))
    rows = [
        UnitRow(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            depth=0 if search else _depth(unit) - top,
            people=people.get(unit.id, 0),
            teams=teams.get(unit.id, 0),
            sites=sites.get(unit.id, 0),
            may_change=access.may_administer(account, unit),
        )
        for unit in shown
    ]
    return UnitTree(rows, len(found), page)


def _in_tree_order(units: Sequence[Unit]) -> list[Unit]:
    """Each unit after the one above it, sisters by name."""
    sort_keys = {unit.id: (unit.name_sort, unit.id) for unit in units}

    def way_down(unit: Unit) -> list[tuple[str, int]]:
        return [sort_keys.get(int(part), ("", 0)) for part in unit.path.strip("/").split("/")]

    return sorted(units, key=way_down)


def _depth(unit: Unit) -> int:
    return unit.path.count("/")


def _counts(session: Session, kind: type[Person] | type[Team] | type[Site], ids: Sequence[int]) -> dict[int, int]:
    counted = select(kind.unit_id, func.count()).where(kind.unit_id.in_(ids)).group_by(kind.unit_id)
    return dict(session.execute(counted).all())
