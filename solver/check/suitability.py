"""Rules about one volunteer and one shift, whatever else they do: availability, eligibility, minors' hours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from solver.check.findings import Violation
from solver.problem import MINUTES_PER_DAY, Interval, Place, Problem, Shift, Volunteer

EARTH_RADIUS_KM = 6371.0


def suits(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    """Whether no rule about the two alone is in the way: stops at the first, for long lists of people."""
    return next(_obstacles(problem, person, shift), None) is None


def unsuitable(problem: Problem, person: Volunteer, shift: Shift) -> list[Violation]:
    """Every rule about these two alone that is in the way."""
    return list(_obstacles(problem, person, shift))


def _obstacles(problem: Problem, person: Volunteer, shift: Shift) -> Iterator[Violation]:
    """The pool first: in a province it is what keeps nearly everybody out of a shift."""
    if shift.pool is not None and person.groups.isdisjoint(shift.pool):
        yield Violation("eligibility", "pool", person.id, shift.id, {"pool": shift.pool})
    if shift.requires and not person.qualifications.issuperset(shift.requires):
        missing = tuple(name for name in shift.requires if name not in person.qualifications)
        yield Violation("eligibility", "requires", person.id, shift.id, {"missing": missing})
    if shift.adults_only and person.minor:
        yield Violation("eligibility", "adults_only", person.id, shift.id)
    if person.max_km is not None:
        km = kilometres(problem, person, shift)
        if km is not None and km > person.max_km:
            yield Violation("eligibility", "max_km", person.id, shift.id, {"value": km, "most": person.max_km})
    if not is_available(person, shift):
        yield Violation("availability", "", person.id, shift.id)
    latest = problem.rules.minors_latest_end
    if latest is not None and person.minor and shift.end > shift.day * MINUTES_PER_DAY + latest:
        facts = {"end": shift.end, "most": shift.day * MINUTES_PER_DAY + latest}
        yield Violation("minors", "latest_end", person.id, shift.id, facts)


def is_available(person: Volunteer, shift: Shift) -> bool:
    """From the shift's start on, each interval that covers the minute reached carries on to its own end."""
    if person.available is None:
        return True
    reached = shift.start
    while reached < shift.end:
        furthest = reached
        for offer in person.available:
            if offer.start <= reached and offer.end > furthest:
                furthest = offer.end
        if furthest == reached:
            return False
        reached = furthest
    return True


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
