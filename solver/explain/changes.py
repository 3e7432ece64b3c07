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
        return _trained(person, only.facts["missing"][0])
    if only.rule == "availability":
        return _asked(person, shift)
    if only.detail in RAISABLE:
        return _raised(person, only)
    return None


def _trained(person: Volunteer, qualification: str) -> Change:
    qualified = replace(person, qualifications=person.qualifications | {qualification})
    return Change("train", {"qualification": qualification}, qualified)


def _asked(person: Volunteer, shift: Shift) -> Change:
    more = Interval(shift.start, shift.end, "if_needed")
    return Change("ask", {}, replace(person, available=(*(person.available or ()), more)))


def _raised(person: Volunteer, broken: Violation) -> Change:
    """The limit as high as the turn needs it; `from` and `to` are in turns, minutes, days or weekends."""
    value, limit = broken.facts["value"], broken.detail
    facts = {"limit": limit, "from": broken.facts["most"], "to": value}
    if limit == "turns_per_type":
        kind = broken.facts["type"]
        limits = replace(person.limits, turns_per_type={**person.limits.turns_per_type, kind: value})
        return Change("raise_limit", facts | {"type": kind}, replace(person, limits=limits))
    limits = replace(person.limits, **{limit: value})
    return Change("raise_limit", facts, replace(person, limits=limits))
