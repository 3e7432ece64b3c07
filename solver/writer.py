"""Writing a problem: the shortest file that reads back as the same Problem, in `/2` only what `/1` cannot say.

What equals its default is left out, so a file shows what somebody decided and stays small at 6,000 volunteers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from solver.problem import (
    FORMAT,
    FORMAT_2,
    Limits,
    Pair,
    Place,
    Problem,
    Rules,
    Shift,
    Site,
    Volunteer,
    Weights,
    default_levels,
)


def to_bytes(problem: Problem) -> bytes:
    """The file's bytes: UTF-8 JSON with a final newline."""
    return (json.dumps(to_json(problem), ensure_ascii=False) + "\n").encode()


def to_json(problem: Problem) -> dict[str, Any]:
    moments = _Moments(problem)
    document = {
        "format": format_of(problem),
        "timezone": problem.timezone,
        "period": {"first_day": problem.first_day.isoformat(), "days": problem.days},
        "shifts": [_shift(moments, shift) for shift in problem.shifts],
        "volunteers": [_volunteer(moments, person) for person in problem.volunteers],
    }
    document |= _filled(
        sites=[_site(site) for site in problem.sites],
        equipment=[{"id": kind.id, "count": kind.count} for kind in problem.equipment],
        wishes=[asdict(wish) for wish in problem.wishes],
        pins=[asdict(pin) for pin in problem.pins],
        pairs=[_pair(pair) for pair in problem.pairs],
        travel=[{"from": way.origin, "to": way.destination, "minutes": way.minutes} for way in problem.travel],
        rules=_rules(problem.rules),
    )
    if problem.previous is not None:
        document["previous"] = [{"volunteer": turn.volunteer, "shift": turn.shift} for turn in problem.previous]
    if problem.levels != default_levels(problem.shifts):
        document["objective"] = {"levels": [dict(level) for level in problem.levels]}
    return document


def format_of(problem: Problem) -> str:
    """The oldest format that can say all of it, so that its readers need not know the newer one."""
    robust = (
        any(person.show_up != 1 for person in problem.volunteers)
        or any(shift.service_level is not None for shift in problem.shifts)
        or any("under_service" in level for level in problem.levels)
    )
    return FORMAT_2 if robust else FORMAT


def _filled(**values: Any) -> dict[str, Any]:
    """Only what says something: no empty list, no empty object, no False, no None."""
    return {key: value for key, value in values.items() if value not in (None, [], {}, False)}


class _Moments(dict[int, str]):
    """Minutes of a problem as the file writes them: a hundred thousand offers begin and end at a few hundred."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem

    def __missing__(self, minute: int) -> str:
        self[minute] = text = self.problem.moment(minute).isoformat(timespec="minutes")
        return text


def _site(site: Site) -> dict[str, Any]:
    return {"id": site.id} | ({"lat": site.place.lat, "lon": site.place.lon} if site.place else {})


def _shift(moments: _Moments, shift: Shift) -> dict[str, Any]:
    record: dict[str, Any] = {"id": shift.id, "start": moments[shift.start], "end": moments[shift.end]}
    record |= _filled(
        site=shift.site,
        type=shift.type,
        requires=list(shift.requires),
        needs=[asdict(need) for need in shift.needs],
        adults_only=shift.adults_only,
        all_or_nothing=shift.all_or_nothing,
        equipment=dict(shift.equipment),
    )
    numbers = {"min": (shift.min, 0), "target": (shift.target, shift.min), "max": (shift.max, None)}
    record |= {key: value for key, (value, default) in numbers.items() if value != default}
    if shift.pool is not None:
        record["pool"] = list(shift.pool)
    if shift.weights != Weights():
        record["weights"] = asdict(shift.weights)
    if shift.service_level is not None:
        record["service_level"] = shift.service_level
    return record


def _volunteer(moments: _Moments, person: Volunteer) -> dict[str, Any]:
    record = {"id": person.id} | _filled(
        groups=sorted(person.groups),
        qualifications=sorted(person.qualifications),
        minor=person.minor,
        newcomer=person.newcomer,
        home=_place(person.home),
        limits=_limits(person.limits),
    )
    if person.max_km is not None:
        record["max_km"] = person.max_km
    if person.available is not None:
        record["available"] = [
            {"start": moments[offer.start], "end": moments[offer.end]}
            | ({} if offer.level == "available" else {"level": offer.level})
            for offer in person.available
        ]
    if person.history_turns:
        record["history"] = {"turns": person.history_turns}
    if person.show_up != 1:
        record["show_up"] = person.show_up
    return record


def _place(place: Place | None) -> list[float] | None:
    return [place.lat, place.lon] if place else None


def _limits(limits: Limits) -> Mapping[str, Any]:
    numbers = ((name, getattr(limits, name)) for name in Limits.__slots__ if name != "turns_per_type")
    record = {name: value for name, value in numbers if value is not None}
    return record | ({"turns_per_type": dict(limits.turns_per_type)} if limits.turns_per_type else {})


def _pair(pair: Pair) -> dict[str, Any]:
    return {"volunteers": list(pair.volunteers), "rule": pair.rule}


def _rules(rules: Rules) -> dict[str, Any]:
    record: dict[str, Any] = {}
    if rules.minors_latest_end is not None:
        record["minors_latest_end"] = f"{rules.minors_latest_end // 60:02}:{rules.minors_latest_end % 60:02}"
    if rules.forbidden_successions:
        record["forbidden_successions"] = [list(types) for types in rules.forbidden_successions]
    return record
