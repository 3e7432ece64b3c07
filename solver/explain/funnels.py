"""The funnel of one shift: of all people, who is out by which rule first, and who is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from solver.check import Standing, Violation
from solver.check.company import missing_to_min, missing_to_needs
from solver.explain.findings import Exclusion
from solver.problem import Shift, Volunteer

# What people would ask first. Rules about the roster come after those about the two alone, so that one can say
# "four are free then, all four are at their limit".
ORDER = (
    ("under_need", ""),
    ("eligibility", "pool"),
    ("eligibility", "requires"),
    ("eligibility", "adults_only"),
    ("eligibility", "max_km"),
    ("availability", ""),
    ("minors", "latest_end"),
    ("pins", "forbidden"),
    ("overlap", ""),
    ("overlap", "travel"),
    ("limits", "turns"),
    ("limits", "minutes_max"),
    ("limits", "turns_per_day"),
    ("limits", "turns_per_type"),
    ("rest", ""),
    ("succession", ""),
    ("days", "consecutive_days_max"),
    ("days", "weekends"),
)
ABOUT_THE_TWO = ("under_need", "eligibility", "availability", "minors", "pins")
PLACES = {reason: place for place, reason in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Funnel:
    asked: int
    suited: tuple[Volunteer, ...]
    free: tuple[Volunteer, ...]
    excluded: tuple[Exclusion, ...]


def funnel(standing: Standing, shift: Shift) -> Funnel:
    """Everybody not on the shift, by the first reason in the way. Reasons in the order of `ORDER`."""
    present = {person.id for person in standing.roster.people_on(shift.id)}
    out: dict[tuple[str, str], list[tuple[Volunteer, Mapping[str, Any]]]] = {}
    suited, free = [], []
    wanted = wanted_qualifications(standing, shift)
    pool = [person for person in standing.pool_of(shift) if person.id not in present]
    for person in pool:
        reason = _first_reason(standing, person, shift, wanted)
        if reason is None:
            free.append(person)
        else:
            out.setdefault((reason.rule, reason.detail), []).append((person, reason.facts))
        if reason is None or not _about_the_two(reason):
            suited.append(person)
    outside = _outside_the_pool(standing, shift, present, pool)
    asked = len(standing.problem.volunteers) - len(present)
    return Funnel(asked, tuple(suited), tuple(free), (*outside, *_exclusions(out)))


def wanted_qualifications(standing: Standing, shift: Shift) -> frozenset[str]:
    """The qualifications of which one is a must for a newcomer to help: none, if anybody helps to reach `min`."""
    people = standing.roster.people_on(shift.id)
    return frozenset() if missing_to_min(shift, people) else frozenset(missing_to_needs(shift, people))


def _first_reason(standing: Standing, person: Volunteer, shift: Shift, wanted: frozenset[str]) -> Violation | None:
    if wanted and wanted.isdisjoint(person.qualifications):
        return Violation("under_need", "", person.id, shift.id, {"wanted": tuple(sorted(wanted))})
    alone = standing.unsuitable(person, shift)
    return min(alone or standing.may_join([person], shift), key=_place, default=None)


def _place(one: Violation) -> tuple[bool, int]:
    """What company could mend comes last, as it is no reason against this person."""
    return one.mendable, PLACES.get((one.rule, one.detail), len(ORDER))


def _about_the_two(one: Violation) -> bool:
    return one.rule in ABOUT_THE_TWO and not one.mendable


def _outside_the_pool(
    standing: Standing, shift: Shift, present: set[str], pool: Iterable[Volunteer]
) -> Iterator[Exclusion]:
    """The rest of the world, without asking each of them the other rules."""
    if shift.pool is None:
        return
    inside = present | {person.id for person in pool}
    outside = [person for person in standing.problem.volunteers if person.id not in inside]
    if outside:
        yield Exclusion("eligibility", "pool", tuple(person.id for person in outside), {"pool": shift.pool})


def _exclusions(
    out: Mapping[tuple[str, str], list[tuple[Volunteer, Mapping[str, Any]]]],
) -> Iterator[Exclusion]:
    for rule, detail in sorted(out, key=lambda reason: (PLACES.get(reason, len(ORDER)), reason)):
        people = out[rule, detail]
        yield Exclusion(rule, detail, tuple(person.id for person, _ in people), _common(facts for _, facts in people))


def _common(many: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts that are the same for all."""
    first, *others = many
    return {key: value for key, value in first.items() if all(key in one and one[key] == value for one in others)}
