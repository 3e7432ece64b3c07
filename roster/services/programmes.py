"""Programmes: the reasons shifts exist, kept by the unit that runs them and used by all beneath it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, NotFound
from roster.models import Account, Programme, ProgrammeKind, Unit
from roster.services import audit, feeds, fields

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ProgrammeDetails:
    """What a form says of a programme, as typed."""

    name: str
    kind: str


def get(session: Session, programme_id: int) -> Programme:
    """Raises NotFound."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound(what="programme", id=programme_id)
    return programme


def create(session: Session, unit: Unit, details: ProgrammeDetails, *, by: Account, now: datetime) -> Programme:
    """Raises NotAllowed, FieldError, AlreadyExists."""
    access.require_planner(by, unit)
    programme = Programme(unit_id=unit.id)
    _fill(session, programme, details)
    session.add(programme)
    session.flush()
    _record(session, "programme.create", programme, unit, by, now)
    return programme


def change(session: Session, programme_id: int, details: ProgrammeDetails, *, by: Account, now: datetime) -> Programme:
    """Raises NotFound, NotAllowed, FieldError, AlreadyExists."""
    programme = get(session, programme_id)
    unit = session.get_one(Unit, programme.unit_id)
    access.require_planner(by, unit)
    before = programme.name
    _fill(session, programme, details)
    if programme.name != before:
        feeds.programme_changed(session, programme.id, now=now)
    _record(session, "programme.change", programme, unit, by, now)
    return programme


def _fill(session: Session, programme: Programme, details: ProgrammeDetails) -> None:
    name = fields.one_line(details.name, "name", longest=NAME_LENGTH)
    kind = fields.choice(details.kind, "kind", ProgrammeKind)
    with session.no_autoflush:
        same = select(Programme.id).where(Programme.unit_id == programme.unit_id, Programme.name == name)
        if session.scalar(same.where(Programme.id != (programme.id or 0)).limit(1)) is not None:
            raise AlreadyExists(what="programme", field="name", value=name)
    programme.name, programme.kind = name, kind


def _record(session: Session, action: str, programme: Programme, unit: Unit, by: Account, now: datetime) -> None:
    subject = f"programme:{programme.id}"
    audit.record(session, action, subject, by=by, now=now, unit=unit, name=programme.name)
