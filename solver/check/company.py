"""Rules about the people of one shift: capacity, company for minors and newcomers, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver.check.findings import Violation
from solver.problem import Shift, Volunteer


def missing_to_min(shift: Shift, people: Sequence[Volunteer]) -> int:
    return max(0, shift.min - len(people))


def missing_to_needs(shift: Shift, people: Sequence[Volunteer]) -> dict[str, int]:
    """People missing by qualification, only where some are. A person counts for every need they fit."""
    missing = {}
    for need in shift.needs:
        gap = need.min - sum(need.qualification in person.qualifications for person in people)
        if gap > 0:
            missing[need.qualification] = gap
    return missing


def broken_on(shift: Shift, people: Sequence[Volunteer]) -> list[Violation]:
    """What is wrong with these people on this shift."""
    if not people:
        return []
    found = list(_company(shift, people))
    if shift.max is not None and len(people) > shift.max:
        found.append(Violation("capacity", "", None, shift.id, {"value": len(people), "most": shift.max}))
    if shift.all_or_nothing:
        found += _half_done(shift, people)
    return found


def _company(shift: Shift, people: Sequence[Volunteer]) -> Iterator[Violation]:
    if all(person.minor for person in people):
        yield Violation("minors", "company", None, shift.id, {"volunteers": tuple(person.id for person in people)})
    if all(person.newcomer for person in people):
        yield Violation("newcomers", "company", None, shift.id, {"volunteers": tuple(person.id for person in people)})


def _half_done(shift: Shift, people: Sequence[Volunteer]) -> Iterator[Violation]:
    missing, needs = missing_to_min(shift, people), missing_to_needs(shift, people)
    if missing:
        yield Violation("all_or_nothing", "min", None, shift.id, {"value": len(people), "least": shift.min})
    if needs:
        yield Violation("all_or_nothing", "need", None, shift.id, {"needs": needs})
