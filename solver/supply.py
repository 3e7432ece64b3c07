"""What one volunteer can give, as far as it nests: turns at most by period, day, type and clash.

A limit in minutes is one in turns where all possible turns are equally long; a limit on days matters only if the
possible days can break it. What cannot be said in nested sets of turns is named as left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from solver.clashes import Clashes, Clashing
from solver.problem import Problem, Shift, Volunteer
from solver.rules import limits


@dataclass(frozen=True, slots=True)
class Supply:
    """At least and at most so many turns, and at most so many of certain sets of them (by their positions)."""

    least: int
    most: int
    caps: tuple[tuple[frozenset[int], int], ...]
    left_out: frozenset[str]


class Supplies:
    """The supply of the volunteers of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._clashes = Clashes(problem)

    def of(self, person: Volunteer, shifts: Sequence[Shift]) -> Supply:
        caps: list[tuple[Collection[int], int]] = list(limits.turn_caps(person, shifts))
        caps += _weekend_caps(self.problem, person, shifts)
        most = _most(len(shifts), caps, _turns_in(person.limits.minutes_max, shifts))
        if person.limits.consecutive_days_max == 0:
            most = 0
        if most > 1:  # one turn clashes with nothing
            clashing = Clashing(rest_minutes=person.limits.rest_minutes)
            caps += [(clique, 1) for clique in self._clashes.cliques(clashing, shifts)]
            most = _most(len(shifts), caps, most)
        return Supply(
            least=_least(person.limits.minutes_min, shifts),
            most=most,
            caps=tuple((frozenset(group), cap) for group, cap in caps if cap < min(len(group), most)),
            left_out=frozenset(_left_out(self.problem, person, shifts, most)),
        )


def _least(minutes: int | None, shifts: Sequence[Shift]) -> int:
    """How many turns make up the minutes, the longest first."""
    return -(-minutes // max((shift.minutes for shift in shifts), default=1)) if minutes else 0


def _most(shifts: int, caps: Sequence[tuple[Collection[int], int]], most: int) -> int:
    """How many of the turns at most, by the caps on all of them."""
    return min([shifts, most, *(cap for group, cap in caps if len(group) == shifts)])


def _turns_in(minutes: int | None, shifts: Sequence[Shift]) -> int:
    """How many turns fit into the minutes, the shortest first."""
    if minutes is None:
        return len(shifts)
    turns = 0
    for shift in sorted(shifts, key=lambda shift: shift.minutes):
        minutes -= shift.minutes
        if minutes < 0:
            break
        turns += 1
    return turns


def _weekend_caps(problem: Problem, person: Volunteer, shifts: Sequence[Shift]) -> Iterator[tuple[frozenset[int], int]]:
    if person.limits.weekends == 0:
        weekend = [at for at, shift in enumerate(shifts) if problem.weekend_of(shift.day) is not None]
        if weekend:
            yield frozenset(weekend), 0


def _left_out(problem: Problem, person: Volunteer, shifts: Sequence[Shift], most: int) -> Iterator[str]:
    if _minutes_matter(person, shifts, most):
        yield "limits"
    if _days_matter(problem, person, shifts, most):
        yield "days"


def _minutes_matter(person: Volunteer, shifts: Sequence[Shift], most: int) -> bool:
    least, ceiling = person.limits.minutes_min or 0, person.limits.minutes_max
    if not least and ceiling is None:
        return False
    lengths = sorted((shift.minutes for shift in shifts), reverse=True)
    return len(set(lengths)) > 1 and (least > 0 or (ceiling is not None and sum(lengths[:most]) > ceiling))


def _days_matter(problem: Problem, person: Volunteer, shifts: Sequence[Shift], most: int) -> bool:
    """Whether some choice of at most so many turns on these days could break the rule."""
    longest, work, off, weekends = (
        person.limits.consecutive_days_max,
        person.limits.consecutive_days_min or 1,
        person.limits.consecutive_days_off_min or 1,
        person.limits.weekends,
    )
    if longest is None and work == off == 1 and weekends is None:
        return False
    days = sorted({shift.day for shift in shifts})
    in_a_row = longest is not None and 0 < longest < most and _longest_row(days) > longest
    lone = work > 1 and most > 0 and any(0 < day < problem.days - 1 for day in days)
    gap = off > 1 and most > 1 and any(1 < later - day <= off for day in days for later in days)
    crowded = weekends is not None and 0 < weekends < most and _weekends(problem, days) > weekends
    return in_a_row or lone or gap or crowded


def _weekends(problem: Problem, days: list[int]) -> int:
    return len({problem.weekend_of(day) for day in days} - {None})


def _longest_row(days: list[int]) -> int:
    longest = row = 0
    before: int | None = None
    for day in days:
        row = row + 1 if before is not None and day == before + 1 else 1
        longest, before = max(longest, row), day
    return longest
