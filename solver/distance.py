"""Distances on the earth, as the file format defines them."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from solver.problem import Place, Problem, Shift, Volunteer

EARTH_RADIUS_KM = 6371


def kilometres(one: Place, other: Place) -> float:
    """Great-circle distance by the haversine formula on a sphere of 6,371 km."""
    lat1, lat2 = radians(one.lat), radians(other.lat)
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))


def way_to_serve(problem: Problem, person: Volunteer, shift: Shift) -> float | None:
    """Kilometres from home to the shift's site, None where either place is unknown."""
    place = problem.site_by_id[shift.site].place if shift.site is not None else None
    return None if place is None or person.home is None else kilometres(person.home, place)
