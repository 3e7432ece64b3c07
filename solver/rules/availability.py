"""Availability: nobody is planned for a minute they did not offer.

Touching and overlapping offers join, so 07:00-09:00 and 09:00-12:00 allow a shift from 08:00 to 11:00.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from solver.problem import Interval, Shift, Volunteer


def joined(offers: tuple[Interval, ...]) -> list[tuple[int, int]]:
    """The offered time as stretches that neither touch nor overlap, earliest first."""
    stretches: list[tuple[int, int]] = []
    for start, end in sorted([(offer.start, offer.end) for offer in offers]):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches


def admits(person: Volunteer) -> Callable[[Shift], bool]:
    """Whether the volunteer is free for the whole of a shift."""
    if person.available is None:
        return lambda _shift: True
    stretches = joined(person.available)
    starts = [start for start, _ in stretches]

    def free(shift: Shift) -> bool:
        before = bisect_right(starts, shift.start)
        return before > 0 and shift.end <= stretches[before - 1][1]

    return free
