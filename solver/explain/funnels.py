"""The funnel of one shift: of all people, who is out by which rule first, and who is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from solver.check import Violation
from solver.check.rosters import in_order
from solver.check.suitability import kilometres
from solver.crowd import Crowd, Crowded
from solver.explain.findings import Exclusion
from solver.explain.situations import Situation
from solver.problem import MINUTES_PER_DAY, Shift, Volunteer

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
    crowd = situation.crowd
    asked = crowd.everyone & ~crowd.present(situation.shift)
    alone, left = _out_alone(situation, asked)
    out: dict[Reason, list[tuple[str, Mapping[str, Any]]]] = {}
    free = []
    for person in crowd.members(left):
        first = _first_reason(situation, person)
        if first is None:
            free.append(person.id)
        else:
            out.setdefault((first.rule, first.detail), []).append((person.id, first.facts))
    return Funnel(asked.bit_count(), crowd.named(left), tuple(free), (*alone, *_exclusions(out)))


def _out_alone(situation: Situation, asked: Crowded) -> tuple[list[Exclusion], Crowded]:
    """Who is out whatever the roster, set by set, and who is left: the suited."""
    crowd, shift = situation.crowd, situation.shift
    latest = crowd.problem.rules.minors_latest_end
    too_late = {"end": shift.end, "most": shift.day * MINUTES_PER_DAY + (latest or 0)}
    stages: list[tuple[Reason, Crowded, Callable[[Crowded], Mapping[str, Any]]]] = [
        (("eligibility", "pool"), crowd.pool(shift), lambda _: {"pool": shift.pool}),
        (("under_need", ""), situation.fitting, lambda _: {"wanted": tuple(sorted(situation.wanted))}),
        (("eligibility", "requires"), crowd.trained(shift), lambda those: _untrained(crowd, shift, those)),
        (("eligibility", "adults_only"), ~crowd.minors if shift.adults_only else crowd.everyone, lambda _: {}),
        (("eligibility", "max_km"), crowd.near(shift), lambda those: _too_far(crowd, shift, those)),
        (("availability", ""), crowd.free(shift), lambda _: {}),
        (("minors", "latest_end"), ~crowd.too_young(shift), lambda _: too_late),
        (("pins", "forbidden"), ~crowd.forbidden(shift), lambda _: {}),
    ]
    found, left = [], asked
    for reason, kept, facts in stages:
        gone = left & ~kept
        if gone:
            found.append(Exclusion(*reason, crowd.named(gone), facts(gone)))
        left &= kept
    return found, left


def _untrained(crowd: Crowd, shift: Shift, those: Crowded) -> dict[str, Any]:
    """What all of them lack, if they lack the same."""
    missing = []
    for qualification in shift.requires:
        holders = those & crowd.holding(qualification)
        if holders and holders != those:
            return {}
        if not holders:
            missing.append(qualification)
    return {"missing": tuple(missing)}


def _too_far(crowd: Crowd, shift: Shift, those: Crowded) -> dict[str, Any]:
    """How far they would go, if it is the same for all; how far it is, of one person alone."""
    people = list(crowd.members(those))
    facts: dict[str, Any] = {}
    if len(people) == 1:
        facts["value"] = kilometres(crowd.problem, people[0], shift)
    if len({person.max_km for person in people}) == 1:
        facts["most"] = people[0].max_km
    return facts


def _first_reason(situation: Situation, person: Volunteer) -> Violation | None:
    return _plain_reason(situation, person) or first_of(situation.obstacles(person))


def _plain_reason(situation: Situation, person: Volunteer) -> Violation | None:
    """Busy at the time, or at a limit of turns: the first reason of most, seen without asking every rule."""
    shift, limits = situation.shift, person.limits
    turns = situation.standing.roster.turns_of(person.id)
    for turn in turns:
        earlier, later = in_order([turn, shift])
        if later.start < earlier.end:
            travel = situation.standing.problem.travel_between(turn, shift)
            facts = {"other": earlier.id, "gap": later.start - earlier.end, "travel": travel}
            return Violation("overlap", "", person.id, later.id, facts)
    if situation.standing.problem.travel:
        return None
    if limits.turns is not None and len(turns) >= limits.turns:
        return Violation("limits", "turns", person.id, None, {"value": len(turns) + 1, "most": limits.turns})
    if limits.minutes_max is None and limits.turns_per_day is not None:
        value = 1 + sum(turn.day == shift.day for turn in turns)
        if value > limits.turns_per_day:
            facts = {"value": value, "most": limits.turns_per_day, "day": shift.day}
            return Violation("limits", "turns_per_day", person.id, None, facts)
    return None


def first_of(broken: Iterable[Violation]) -> Violation | None:
    """What people would name first of all that is in the way."""
    return min(broken, key=_place, default=None)


def _place(one: Violation) -> tuple[bool, int]:
    """What company could mend comes last, as it is no reason against this person."""
    return one.mendable, PLACES.get((one.rule, one.detail), len(ORDER))


def _exclusions(out: Mapping[Reason, list[tuple[str, Mapping[str, Any]]]]) -> Iterator[Exclusion]:
    for reason in sorted(out, key=lambda reason: (PLACES.get(reason, len(ORDER)), reason)):
        people = out[reason]
        yield Exclusion(*reason, tuple(name for name, _ in people), common_facts([facts for _, facts in people]))


def common_facts(many: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts that are the same for all."""
    first, *others = many
    return {key: value for key, value in first.items() if all(key in one and one[key] == value for one in others)}
