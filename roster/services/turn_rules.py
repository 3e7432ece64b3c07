"""What volunteers may do with published turns by themselves, as the nearest unit upwards has said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError
from roster.models import Account, TurnRules, Unit
from roster.services import audit, fields

LONGEST_HOURS = 14 * 24


@dataclass(frozen=True, slots=True)
class Rules:
    """As in `models.TurnRules`; `unit_id`: whose they are, None for those that hold where nobody said anything."""

    unit_id: int | None = None
    withdraw_hours: int = 24
    claims_agreed: bool = False
    swaps_agreed: bool = False
    answer_hours: int = 12

    def withdraw_until(self, starts_at: datetime) -> datetime:
        """Until when somebody may leave without asking."""
        return starts_at - timedelta(hours=self.withdraw_hours)

    def answer_by(self, starts_at: datetime, heard_at: datetime) -> datetime:
        """Until when somebody has to say yes who hears then that they are offered a place."""
        return min(heard_at + timedelta(hours=self.answer_hours), starts_at)


@dataclass(frozen=True, slots=True)
class RulesTyped:
    """The form, as typed."""

    withdraw_hours: str
    answer_hours: str
    claims_agreed: bool
    swaps_agreed: bool


def of(session: Session, unit: Unit) -> Rules:
    """The rules that hold in the unit."""
    return of_units(session, [unit])[unit.id]


def of_units(session: Session, units: Collection[Unit]) -> dict[int, Rules]:
    """The same of many, by unit id, in one query."""
    lines = {unit_id for unit in units for unit_id in unit.line}
    known = {row.unit_id: row for row in session.scalars(select(TurnRules).where(TurnRules.unit_id.in_(lines)))}
    nearest = {unit.id: next((known[one] for one in reversed(unit.line) if one in known), None) for unit in units}
    return {unit_id: _rules(row) if row else Rules() for unit_id, row in nearest.items()}


def _rules(row: TurnRules) -> Rules:
    return Rules(row.unit_id, row.withdraw_hours, row.claims_agreed, row.swaps_agreed, row.answer_hours)


def change(session: Session, unit: Unit, typed: RulesTyped, *, by: Account, now: datetime) -> TurnRules:
    """Set the rules of the unit and all beneath it that has none of its own. Raises NotAllowed, FieldError."""
    access.require_planner(by, unit)
    row = session.scalars(select(TurnRules).where(TurnRules.unit_id == unit.id)).one_or_none()
    if row is None:
        row = TurnRules(unit_id=unit.id)
        session.add(row)
    row.withdraw_hours = _hours(typed.withdraw_hours, "withdraw_hours", least=0)
    row.answer_hours = _hours(typed.answer_hours, "answer_hours", least=1)
    row.claims_agreed, row.swaps_agreed = typed.claims_agreed, typed.swaps_agreed
    facts = {"withdraw_hours": row.withdraw_hours, "answer_hours": row.answer_hours}
    agreed = {"claims_agreed": row.claims_agreed, "swaps_agreed": row.swaps_agreed}
    audit.record(session, "turn_rules.change", f"unit:{unit.id}", by=by, now=now, unit=unit, **facts, **agreed)
    return row


def _hours(value: str, field: str, *, least: int) -> int:
    number = fields.whole_number(value, field, least=least, most=LONGEST_HOURS)
    if number is None:
        raise FieldError(field=field, reason="missing")
    return number
