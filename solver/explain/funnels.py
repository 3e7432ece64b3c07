"""The funnel of one shift: of all people, who is out by which rule first, and who is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from solver.check import Violation
from solver.explain.findings import Exclusion
from solver.explain.situations import Situation
from solver.problem import Volunteer

# What people would ask first. Rules about the roster come after those about the two alone, so that one can say
# "four are free then, all four are at their limit".
ORDER = (
    ("eligibility", "pool"),
    ("under_need", ""),
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
ABOUT_THE_TWO = ORDER[: ORDER.index(("pins", "forbidden")) + 1]
PLACES = {reason: place for place, reason in enumerate(ORDER)}
Reason = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Everybody not on the shift, by the first reason in the way; `suited` and `free` as in a Shortage."""

    asked: int
    suited: tuple[str, ...]
    free: tuple[str, ...]
    excluded: tuple[Exclusion, ...]


def funnel(situation: Situation) -> Funnel:
    out: dict[Reason, list[tuple[str, Mapping[str, Any]]]] = {}
    suited, free = [], []
    for person in situation.others:
        first = _first_reason(situation, person)
        if first is None:
            free.append(person.id)
        else:
            out.setdefault((first.rule, first.detail), []).append((person.id, first.facts))
        if first is None or (first.rule, first.detail) not in ABOUT_THE_TWO:
            suited.append(person.id)
    asked = len(situation.standing.problem.volunteers) - len(situation.present)
    return Funnel(asked, tuple(suited), tuple(free), (*_outside_the_pool(situation), *_exclusions(out)))


def _first_reason(situation: Situation, person: Volunteer) -> Violation | None:
    if not situation.fits(person):
        return Violation("under_need", "", person.id, situation.shift.id, {"wanted": tuple(sorted(situation.wanted))})
    return min(situation.obstacles[person.id], key=_place, default=None)


def _place(one: Violation) -> tuple[bool, int]:
    """What company could mend comes last, as it is no reason against this person."""
    return one.mendable, PLACES.get((one.rule, one.detail), len(ORDER))


def _outside_the_pool(situation: Situation) -> Iterator[Exclusion]:
    """The rest of the world, without asking any other rule."""
    shift = situation.shift
    if shift.pool is None:
        return
    inside = situation.obstacles.keys() | {person.id for person in situation.present}
    outside = tuple(one for one in situation.standing.problem.volunteer_by_id if one not in inside)
    if outside:
        yield Exclusion("eligibility", "pool", outside, {"pool": shift.pool})


def _exclusions(out: Mapping[Reason, list[tuple[str, Mapping[str, Any]]]]) -> Iterator[Exclusion]:
    for reason in sorted(out, key=lambda reason: (PLACES.get(reason, len(ORDER)), reason)):
        people = out[reason]
        yield Exclusion(*reason, tuple(name for name, _ in people), _common([facts for _, facts in people]))


def _common(many: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts that are the same for all."""
    first, *others = many
    return {key: value for key, value in first.items() if all(key in one and one[key] == value for one in others)}
