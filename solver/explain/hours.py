"""Another hour of the same day at which more people can serve: everybody on the shift stays, others join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from solver.check import Standing
from solver.check.suitability import joined
from solver.explain.situations import Situation
from solver.problem import MINUTES_PER_DAY, Assignment, Shift, Volunteer

STEP = 30  # minutes: people meet at half past nine, not at twenty to ten
MOST_TRIED = 12  # the hours nearest to the present one
MOST_ASKED = 300  # people, those with fewest turns, whose time says which hours are worth trying


@dataclass(frozen=True, slots=True)
class Hours:
    minutes_later: int
    joining: tuple[Volunteer, ...]


def other_hours(situation: Situation) -> list[Hours]:
    """Hours at which people missing can join, those first that most can join, then the nearest.

    All on the same day, within the hours the situation is `open`, at full and half hours, and over by midnight. None
    if only a need is missing.
    """
    shift, present = situation.shift, situation.present
    if not situation.missing:
        return []
    rest = situation.standing.without([Assignment(person.id, shift.id) for person in present])
    eligible = situation.crowd.eligible(shift) & situation.pool & ~situation.crowd.forbidden(shift)
    found = []
    people = islice(situation.crowd.members(eligible), MOST_ASKED)
    for start in _starts(rest, shift, people, situation.open):
        moved = replace(shift, start=start, end=start + shift.minutes)
        joining = _joining(rest, moved, present, situation)
        if joining:
            found.append(Hours(start - shift.start, joining))
    return sorted(found, key=lambda hours: (-len(hours.joining), abs(hours.minutes_later), hours.minutes_later))


def _joining(rest: Standing, moved: Shift, present: Sequence[Volunteer], situation: Situation) -> tuple[Volunteer, ...]:
    """Those who fill the moved shift, if everybody on it can stay; as many as are missing, at most."""
    joining: list[Volunteer] = []
    if any(_in_the_way(rest, moved, person) for person in present):
        return ()
    for person in situation.crowd.members(situation.crowd.suited(moved) & situation.pool):
        if len(joining) == situation.missing:
            break
        if rest.may_add(person, moved) and not _in_the_way(rest, moved, person):
            joining.append(person)
    return tuple(joining) if joining and not rest.may_join([*present, *joining], moved) else ()


def _in_the_way(rest: Standing, moved: Shift, person: Volunteer) -> bool:
    return not all(one.mendable for one in rest.may_join([person], moved))


def _starts(
    rest: Standing, shift: Shift, others: Iterable[Volunteer], hours: Sequence[tuple[int, int]] | None
) -> list[int]:
    """Starts at which somebody's free time, or the time between their turns, has room; the nearest first."""
    day = shift.day * MINUTES_PER_DAY
    starts: set[int] = set()
    for person in others:
        for start, end in _windows(rest, shift, person):
            for opens, closes in hours or [(0, MINUTES_PER_DAY)]:
                first = -(-max(start, day + opens) // STEP) * STEP
                last = (min(end, day + closes) - shift.minutes) // STEP * STEP
                if first <= last:
                    starts.add(min(max(shift.start, first), last))
    starts.discard(shift.start)
    return sorted(starts, key=lambda start: (abs(start - shift.start), start))[:MOST_TRIED]


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
