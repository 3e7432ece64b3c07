"""Rules about one volunteer and one shift, whatever else they do: availability, eligibility, minors' hours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from solver.check.findings import Violation
from solver.problem import MINUTES_PER_DAY, Interval, Place, Problem, Shift, Volunteer

EARTH_RADIUS_KM = 6371.0


def suits(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    """Whether no rule about the two alone is in the way: `suitability` without the reasons, for long lists."""
    return not unsuitable(problem, person, shift)


def unsuitable(problem: Problem, person: Volunteer, shift: Shift) -> list[Violation]:
    """Every rule about these two alone that is in the way."""
    return [*_ineligible(problem, person, shift), *_unavailable(person, shift), *_too_late(problem, person, shift)]


def _ineligible(problem: Problem, person: Volunteer, shift: Shift) -> list[Violation]:
    found = []
    if shift.pool is not None and person.groups.isdisjoint(shift.pool):
        found.append(Violation("eligibility", "pool", person.id, shift.id, {"pool": shift.pool}))
    if shift.requires and not person.qualifications.issuperset(shift.requires):
        missing = tuple(name for name in shift.requires if name not in person.qualifications)
        found.append(Violation("eligibility", "requires", person.id, shift.id, {"missing": missing}))
    if shift.adults_only and person.minor:
        found.append(Violation("eligibility", "adults_only", person.id, shift.id))
    if person.max_km is not None:
        km = kilometres(problem, person, shift)
        if km is not None and km > person.max_km:
            found.append(Violation("eligibility", "max_km", person.id, shift.id, {"value": km, "most": person.max_km}))
    return found


def _unavailable(person: Volunteer, shift: Shift) -> list[Violation]:
    if person.available is None or any(one.start <= shift.start and shift.end <= one.end for one in person.available):
        return []
    for start, end in joined(person.available):
        if start <= shift.start and shift.end <= end:
            return []
    return [Violation("availability", "", person.id, shift.id)]


def _too_late(problem: Problem, person: Volunteer, shift: Shift) -> list[Violation]:
    latest = problem.rules.minors_latest_end
    if latest is None or not person.minor or shift.end <= shift.day * MINUTES_PER_DAY + latest:
        return []
    facts = {"end": shift.end, "most": shift.day * MINUTES_PER_DAY + latest}
    return [Violation("minors", "latest_end", person.id, shift.id, facts)]


def joined(intervals: Sequence[Interval]) -> list[tuple[int, int]]:
    """The same time in as few stretches as possible: intervals that overlap or touch become one."""
    stretches: list[tuple[int, int]] = []
    for start, end in sorted((one.start, one.end) for one in intervals):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches


def kilometres(problem: Problem, person: Volunteer, shift: Shift) -> float | None:
    """From home to the shift's site; None if either place is not known."""
    if person.home is None or shift.site is None:
        return None
    site = problem.site_by_id[shift.site].place
    return None if site is None else great_circle(person.home, site)


def great_circle(one: Place, other: Place) -> float:
    """Kilometres along the surface of a sphere of 6,371 km (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.lon - one.lon) / 2
    square = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, square)))
