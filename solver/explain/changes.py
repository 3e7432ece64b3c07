"""What would have to be different about one person for them to take a place: one thing, or we do not propose it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from solver.check import Violation
from solver.explain.findings import Kind
from solver.problem import Interval, Shift, Volunteer

RAISABLE = frozenset({"turns", "minutes_max", "turns_per_day", "turns_per_type", "consecutive_days_max", "weekends"})


@dataclass(frozen=True, slots=True)
class Change:
    """The person as they would be, and what is different."""

    kind: Kind
    facts: Mapping[str, Any]
    person: Volunteer


def change_for(person: Volunteer, shift: Shift, obstacles: Sequence[Violation]) -> Change | None:
    """The one change after which nothing that company could not mend is in the way; None if it takes two."""
    serious = [one for one in obstacles if not one.mendable]
    if len(serious) != 1:
        return None
    [only] = serious
    if only.detail == "requires" and len(only.facts["missing"]) == 1:
        [qualification] = only.facts["missing"]
        return Change("train", {"qualification": qualification}, trained(person, qualification))
    if only.rule == "availability":
        return Change("ask", {}, asked(person, shift))
    if only.detail in RAISABLE:
        return _limit_raised(person, only)
    return None


def _limit_raised(person: Volunteer, broken: Violation) -> Change:
    """The limit as high as the turn needs it; `from` and `to` are in turns, minutes, days or weekends."""
    limit, value, kind = broken.detail, broken.facts["value"], broken.facts.get("type")
    facts = {"limit": limit, "from": broken.facts["most"], "to": value} | ({} if kind is None else {"type": kind})
    return Change("raise_limit", facts, raised(person, limit, value, kind))


def trained(person: Volunteer, qualification: str) -> Volunteer:
    return replace(person, qualifications=person.qualifications | {qualification})


def asked(person: Volunteer, shift: Shift) -> Volunteer:
    """As if they had offered the shift's hours too, if needed."""
    more = Interval(shift.start, shift.end, "if_needed")
    return replace(person, available=(*(person.available or ()), more))


def raised(person: Volunteer, limit: str, value: int, kind: str | None = None) -> Volunteer:
    """With one limit at a new value; `kind` is the shift type of `turns_per_type`."""
    changed: dict[str, Any] = {limit: value}
    if kind is not None:
        changed = {limit: {**person.limits.turns_per_type, kind: value}}
    return replace(person, limits=replace(person.limits, **changed))
