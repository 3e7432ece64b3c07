"""One person's whole week in facts: why they serve where they do, and why nowhere else.

Everywhere else is summed up by the first thing in the way, as a coordinator would: "not free then" forty times, "at the
limit of one turn" twice. Where nothing is in the way, either nobody more was needed, or the roster misses somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from solver.check import Violation
from solver.check.company import missing_to_min, missing_to_needs
from solver.crowd import Crowd
from solver.explain.funnels import common_facts, first_of
from solver.explain.people import Service, service_in
from solver.problem import Shift, Volunteer


@dataclass(frozen=True, slots=True)
class Kept:
    """Shifts one person is kept from by one reason, the first in their way; `facts` are those common to all of them."""

    rule: str
    detail: str
    shifts: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why one person serves as they do.

    turns        theirs, before this period and in it
    here         each of their turns with what speaks for it
    kept_from    all shifts something keeps them from, by reason
    not_needed   shifts they could take that lack nobody
    missed       shifts they could take that lack somebody: none, if the roster is as good as it gets
    """

    volunteer: str
    turns: int
    here: Mapping[str, Service]
    kept_from: tuple[Kept, ...]
    not_needed: tuple[str, ...]
    missed: tuple[str, ...]


def reasons_of(crowd: Crowd, volunteer: str) -> Reasons:
    """All about one person in the crowd's roster. Raises KeyError for an unknown one."""
    problem, roster = crowd.problem, crowd.standing.roster
    person = problem.volunteer_by_id[volunteer]
    kept: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}
    open_to: dict[bool, list[str]] = {True: [], False: []}
    for shift in problem.shifts:
        if roster.has(volunteer, shift.id):
            continue
        first = _first_in_the_way(crowd, person, shift)
        if first is None:
            open_to[_would_help(crowd, person, shift)].append(shift.id)
        else:
            kept.setdefault((first.rule, first.detail), []).append((shift.id, first.facts))
    return Reasons(
        volunteer=volunteer,
        turns=crowd.load(person)[0],
        here={turn.id: service_in(crowd, volunteer, turn.id) for turn in roster.turns_of(volunteer)},
        kept_from=tuple(
            Kept(*reason, tuple(name for name, _ in those), common_facts([facts for _, facts in those]))
            for reason, those in sorted(kept.items(), key=lambda one: -len(one[1]))
        ),
        not_needed=tuple(open_to[False]),
        missed=tuple(open_to[True]),
    )


def to_json(found: Iterable[Reasons]) -> list[dict[str, Any]]:
    """The value of `people` that `solver explain --json --person ID` adds."""
    return [_record(one) for one in found]


def _first_in_the_way(crowd: Crowd, person: Volunteer, shift: Shift) -> Violation | None:
    standing = crowd.standing
    alone = standing.unsuitable(person, shift)
    return first_of(alone or [*standing.turns_broken(person, shift), *standing.place_broken([person], shift)])


def _would_help(crowd: Crowd, person: Volunteer, shift: Shift) -> bool:
    people = crowd.standing.roster.people_on(shift.id)
    return bool(missing_to_min(shift, people)) or not person.qualifications.isdisjoint(missing_to_needs(shift, people))


def _record(one: Reasons) -> dict[str, Any]:
    return {
        "volunteer": one.volunteer,
        "turns": one.turns,
        "here": [_service(shift, service) for shift, service in one.here.items()],
        "kept_from": [
            {"rule": kept.rule, "detail": kept.detail, "shifts": list(kept.shifts), "facts": dict(kept.facts)}
            for kept in one.kept_from
        ],
        "not_needed": list(one.not_needed),
        "missed": list(one.missed),
    }


def _service(shift: str, one: Service) -> dict[str, Any]:
    return {
        "shift": shift,
        "pinned": one.pinned,
        "wished": one.wished,
        "reluctance": one.reluctance,
        "lost": one.lost,
        "lost_needs": dict(one.lost_needs),
        "needed_by": list(one.needed_by),
        "others": list(one.others),
        "fresher": list(one.fresher),
    }
