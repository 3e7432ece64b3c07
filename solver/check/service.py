"""How surely enough people come: everybody comes or not, independently, each as surely as they used to.

The number of people who come then has the Poisson binomial distribution, which is exact here: for the handful of
people on a shift it is a few additions and products. Y. Hong, "On computing the distribution function for the
Poisson binomial distribution", 2013.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from solver.check.rosters import Roster
from solver.problem import Problem, Shift, Volunteer

TOLERANCE = 1e-9  # a level missed by less is reached: decimal fractions are not exact in binary


@dataclass(frozen=True, slots=True)
class Service:
    """One shift of a roster.

    probability   that at least `min` of its people come
    level         what the shift asks for, None if nothing
    missing       how many further people, each sure to come, the level would take; 0 if it is reached
    expected      how many come on average
    """

    shift: str
    probability: float
    level: float | None
    missing: int
    expected: float


def service_of(problem: Problem, roster: Roster) -> tuple[Service, ...]:
    """How surely each shift has its `min` people."""
    return tuple(_service(shift, roster.people_on(shift.id)) for shift in problem.shifts)


def to_json(found: Iterable[Service]) -> dict[str, Any]:
    """The answer of `solver service --json`."""
    return {"shifts": [_record(one) for one in found]}


def missing_to_service(shift: Shift, people: Iterable[Volunteer]) -> int:
    """The term `under_service` of one shift."""
    if shift.service_level is None:
        return 0
    surely = at_least([person.show_up for person in people], shift.min)
    return next(missing for missing in range(shift.min + 1) if reaches(shift, surely[shift.min - missing]))


def reaches(shift: Shift, probability: float) -> bool:
    return shift.service_level is None or probability >= shift.service_level - TOLERANCE


def at_least(show_ups: Sequence[float], most: int) -> list[float]:
    """How probable it is that at least 0, 1, …, `most` of these people come."""
    exactly = [1.0]
    for show_up in sorted(show_ups, reverse=True):
        exactly = list(_one_more(exactly, show_up))
    tails = [sum(exactly[count:]) for count in range(most + 1)]
    return [1.0, *(min(1.0, tail) for tail in tails[1:])]


def _one_more(exactly: Sequence[float], show_up: float) -> Iterator[float]:
    """The distribution with one more person."""
    yield exactly[0] * (1 - show_up)
    for fewer, same in pairwise(exactly):
        yield fewer * show_up + same * (1 - show_up)
    yield exactly[-1] * show_up


def _service(shift: Shift, people: Sequence[Volunteer]) -> Service:
    show_ups = [person.show_up for person in people]
    return Service(
        shift=shift.id,
        probability=at_least(show_ups, shift.min)[shift.min],
        level=shift.service_level,
        missing=missing_to_service(shift, people),
        expected=sum(show_ups),
    )


def _record(one: Service) -> dict[str, Any]:
    record = {"shift": one.shift, "probability": round(one.probability, 6), "expected": round(one.expected, 6)}
    return record if one.level is None else record | {"service_level": one.level, "missing": one.missing}
