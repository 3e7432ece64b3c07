"""Eligibility: a shift takes only who it asks for: trained, of the right group, near enough, of age if it says so.

Where the volunteer's home or the site's place is unknown, no distance can be exceeded.
"""

from __future__ import annotations

from solver.distance import way_to_serve
from solver.problem import Problem, Shift, Volunteer


def fits(person: Volunteer, shift: Shift) -> bool:
    """Whether the shift takes this kind of person, wherever they live."""
    if shift.pool is not None and person.groups.isdisjoint(shift.pool):
        return False
    if shift.adults_only and person.minor:
        return False
    return person.qualifications.issuperset(shift.requires)


def near(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    """Whether the shift's site lies within the volunteer's `max_km`."""
    if person.max_km is None:
        return True
    way = way_to_serve(problem, person, shift)
    return way is None or way <= person.max_km


def admits(problem: Problem, person: Volunteer, shift: Shift) -> bool:
    return fits(person, shift) and near(problem, person, shift)
