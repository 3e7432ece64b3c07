"""Units of the organisation tree: found, added beneath another one, renamed.

A unit never moves: `path` reaches into permissions, calendars and past rosters, and a merged commune is a new
unit in life as well.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, NotFound
from roster.models import Account, Unit, UnitKind
from roster.services import audit, feeds, fields
from roster.vietnam import names

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What a form says of a unit, as typed."""

    name: str
    kind: str


def get(session: Session, unit_id: int | None) -> Unit:
    """Raises NotFound."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit is None:
        raise NotFound(what="unit", id=unit_id)
    return unit


def found(session: Session, details: UnitDetails) -> Unit:
    """Add a unit above all, in the zone of the country. Raises FieldError, AlreadyExists; asks nobody's leave."""
    unit = Unit(parent=None)
    _fill(session, unit, details)
    session.add(unit)
    session.flush()
    unit.path = f"/{unit.id}/"
    return unit


def create(session: Session, parent_id: int | None, details: UnitDetails, *, by: Account, now: datetime) -> Unit:
    """Add a unit beneath another. Raises NotFound, NotAllowed, FieldError, AlreadyExists."""
    parent = get(session, parent_id)
    access.require_administrator(by, parent)
    unit = Unit(parent=parent, timezone=parent.timezone)
    _fill(session, unit, details)
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path}{unit.id}/"
    audit.record(session, "unit.create", f"unit:{unit.id}", by=by, now=now, unit=unit, name=unit.name)
    return unit


def change(session: Session, unit_id: int, details: UnitDetails, *, by: Account, now: datetime) -> Unit:
    """Change name or kind. Raises NotFound, NotAllowed, FieldError, AlreadyExists."""
    unit = get(session, unit_id)
    access.require_administrator(by, unit)
    before = unit.name
    _fill(session, unit, details)
    if unit.name != before:
        feeds.unit_changed(session, unit.id)
    audit.record(session, "unit.change", f"unit:{unit.id}", by=by, now=now, unit=unit, before=before, name=unit.name)
    return unit


def _fill(session: Session, unit: Unit, details: UnitDetails) -> None:
    name = fields.one_line(details.name, "name", longest=NAME_LENGTH)
    kind = fields.choice(details.kind, "kind", UnitKind)
    _require_free(session, unit, name)
    unit.name, unit.name_sort, unit.kind = name, names.text_sort_key(name), kind


def _require_free(session: Session, unit: Unit, name: str) -> None:
    """Two sisters of one name could not be told apart in any list."""
    parent_id = unit.parent.id if unit.parent else None
    with session.no_autoflush:
        sisters = select(Unit.id).where(Unit.parent_id == parent_id, Unit.name == name, Unit.id != (unit.id or 0))
        if session.scalar(sisters.limit(1)) is not None:
            raise AlreadyExists(what="unit", field="name", value=name)
