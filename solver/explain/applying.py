"""The problem as it would be after a repair, for solving it again: what-ifs and the proof that a repair repairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from solver.explain.changes import asked, raised, trained
from solver.explain.findings import Repair
from solver.problem import Problem, Shift, Volunteer


def applied(problem: Problem, shift: str, repair: Repair, *, volunteer: str | None = None) -> Problem:
    """The problem with what the repair changes, for one of its alternatives (by default the first).

    Kinds that only rearrange the roster (`add`, `swap`, `replace`) change nothing that is asked. Raises KeyError for
    an unknown shift or volunteer.
    """
    place = problem.shift_by_id[repair.facts.get("via", {}).get("from", shift)]
    if repair.kind == "move":
        later = repair.facts["minutes_later"]
        return _with_shift(problem, replace(place, start=place.start + later, end=place.end + later))
    if repair.kind not in CHANGED:
        return problem
    person = problem.volunteer_by_id[repair.facts["volunteers"][0] if volunteer is None else volunteer]
    return _with_volunteer(problem, CHANGED[repair.kind](person, place, repair.facts))


def _lent(person: Volunteer, shift: Shift, _facts: Any) -> Volunteer:
    return replace(person, groups=person.groups | set((shift.pool or ())[:1]))


CHANGED: dict[str, Callable[[Volunteer, Shift, Any], Volunteer]] = {
    "raise_limit": lambda person, _shift, facts: raised(person, facts["limit"], facts["to"], facts.get("type")),
    "ask": lambda person, shift, _facts: asked(person, shift),
    "train": lambda person, _shift, facts: trained(person, facts["qualification"]),
    "lend": _lent,
}


def _with_shift(problem: Problem, changed: Shift) -> Problem:
    return replace(problem, shifts=tuple(changed if one.id == changed.id else one for one in problem.shifts))


def _with_volunteer(problem: Problem, changed: Volunteer) -> Problem:
    return replace(problem, volunteers=tuple(changed if one.id == changed.id else one for one in problem.volunteers))
