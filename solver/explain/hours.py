"""Another hour of the same day at which more people can serve: everybody on the shift stays, others join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from solver.check import Standing
from solver.check.suitability import joined
from solver.problem import MINUTES_PER_DAY, Shift, Volunteer

MOST_TRIED = 12  # the hours nearest to the present one


@dataclass(frozen=True, slots=True)
class Hours:
    minutes_later: int
    joining: tuple[Volunteer, ...]


def other_hours(standing: Standing, shift: Shift, others: Sequence[Volunteer]) -> list[Hours]:
    """Hours at which somebody can join, those first that most can join, up to the people missing, then the nearest."""
    if shift.end > (shift.day + 1) * MINUTES_PER_DAY:
        return []
    present = standing.roster.people_on(shift.id)
    rest = Standing(standing.problem, (turn for turn in standing.roster.assignments() if turn.shift != shift.id))
    found = []
    for start in sorted(_starts(rest, shift, others), key=lambda start: (abs(start - shift.start), start))[:MOST_TRIED]:
        moved = replace(shift, start=start, end=start + shift.minutes)
        joining = _joining(rest, moved, present, others)
        if joining:
            found.append(Hours(start - shift.start, joining))
    return sorted(found, key=lambda hours: (-len(hours.joining), abs(hours.minutes_later), hours.minutes_later))


def _joining(
    rest: Standing, moved: Shift, present: Sequence[Volunteer], others: Iterable[Volunteer]
) -> tuple[Volunteer, ...]:
    """Those who fill the moved shift, if everybody on it can stay; as many as are missing, at most."""
    joining: list[Volunteer] = []
    wanted = max(1, moved.min - len(present))
    if any(rest.may_join([person], moved) for person in present):
        return ()
    for person in others:
        if len(joining) < wanted and not _in_the_way(rest, moved, person):
            joining.append(person)
    return tuple(joining) if joining and not rest.may_join([*present, *joining], moved) else ()


def _in_the_way(rest: Standing, moved: Shift, person: Volunteer) -> bool:
    return not all(one.mendable for one in rest.may_join([person], moved))


def _starts(rest: Standing, shift: Shift, others: Iterable[Volunteer]) -> set[int]:
    """The nearest starts to the present one at which somebody's free time, or the time between turns, has room."""
    day = shift.day * MINUTES_PER_DAY
    starts: set[int] = set()
    for person in others:
        for start, end in _windows(rest, shift, person):
            first, last = max(start, day), min(end, day + MINUTES_PER_DAY) - shift.minutes
            if first <= last:
                starts.add(min(max(shift.start, first), last))
    return starts - {shift.start}


def _windows(rest: Standing, shift: Shift, person: Volunteer) -> Iterator[tuple[int, int]]:
    day = shift.day * MINUTES_PER_DAY
    offers = [(day, day + MINUTES_PER_DAY)] if person.available is None else joined(person.available)
    busy = [
        (turn.start - rest.problem.travel_between(turn, shift), turn.end + rest.problem.travel_between(turn, shift))
        for turn in rest.roster.turns_of(person.id)
    ]
    for start, end in offers:
        if end <= day or start >= day + MINUTES_PER_DAY:
            continue
        for from_, to in busy:
            if start < to and from_ < end:
                yield start, from_
                start = max(start, to)
        yield start, end
