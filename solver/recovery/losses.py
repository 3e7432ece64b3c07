"""What has been lost of a roster, and the question that is left: the same problem without what was cancelled.

The roster that stood is the `previous` one of that question, so its level `changes` counts everybody who is asked to
do something else than they were told. A cancelled turn counts too, the same in every answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.problem import MINUTES_PER_DAY, Assignment, Interval, Pin, Problem, Shift, Volunteer

COVER = frozenset({"under_min", "under_need", "under_service", "under_target"})
WEEK = 7 * MINUTES_PER_DAY  # on either side of the period: turns may end after it


@dataclass(frozen=True, slots=True)
class Absence:
    """A person cannot serve from one minute of the period to another (not included): ill, called away, an exam."""

    volunteer: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Losses:
    """Turns that were cancelled, one by one or because somebody is away for a time."""

    turns: tuple[Assignment, ...] = ()
    absences: tuple[Absence, ...] = ()

    def of(self, problem: Problem, standing: Iterable[Assignment]) -> frozenset[Assignment]:
        """The turns of a roster that are lost."""
        cancelled, away = set(self.turns), _away(self.absences)
        return frozenset(
            turn
            for turn in standing
            if turn in cancelled or _clashes(problem.shift_by_id[turn.shift], away.get(turn.volunteer, ()))
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Where turns may change at all: on these days (from 0), at these sites, on these shifts; None is anywhere."""

    days: frozenset[int] | None = None
    sites: frozenset[str] | None = None
    shifts: frozenset[str] | None = None

    def holds(self, shift: Shift) -> bool:
        return (
            (self.days is None or shift.day in self.days)
            and (self.sites is None or shift.site in self.sites)
            and (self.shifts is None or shift.id in self.shifts)
        )

    @property
    def everywhere(self) -> bool:
        return self.days is None and self.sites is None and self.shifts is None


def question_after(problem: Problem, standing: Sequence[Assignment], losses: Losses) -> Problem:
    """The problem of a repair: what is lost cannot be assigned again, and every other turn that moves is counted.

    Without a level that names `changes` they come right after cover. Whoever lost turns owes no more minutes
    (`minutes_min`) than they have left: somebody who is ill must not make the roster impossible.
    Raises KeyError for an unknown volunteer or shift.
    """
    lost = losses.of(problem, standing)
    cancelled = {
        (problem.volunteer_by_id[turn.volunteer].id, problem.shift_by_id[turn.shift].id)
        for turn in (*losses.turns, *lost)
    }
    pins = [pin for pin in problem.pins if (pin.volunteer, pin.shift) not in cancelled]
    return replace(
        problem,
        volunteers=tuple(_volunteers(problem, standing, losses, lost)),
        pins=(*pins, *(Pin(person, shift, "forbidden") for person, shift in sorted(cancelled))),
        previous=tuple(standing),
        levels=_levels(problem.levels),
    )


def _volunteers(
    problem: Problem, standing: Sequence[Assignment], losses: Losses, lost: frozenset[Assignment]
) -> Iterator[Volunteer]:
    away, losers = _away(losses.absences), {turn.volunteer for turn in lost}
    for name in away:
        assert problem.volunteer_by_id[name]
    left = dict.fromkeys(losers, 0)
    for turn in standing:
        if turn.volunteer in losers and turn not in lost:
            left[turn.volunteer] += problem.shift_by_id[turn.shift].minutes
    for person in problem.volunteers:
        owed = person.limits.minutes_min
        if owed and owed > left.get(person.id, owed):
            person = replace(person, limits=replace(person.limits, minutes_min=left[person.id]))
        if person.id in away:
            person = replace(person, available=tuple(_without(person, away[person.id], problem)))
        yield person


def _without(person: Volunteer, absences: Sequence[Absence], problem: Problem) -> Iterator[Interval]:
    """What is left of somebody's time: each offer cut where they are away."""
    offers = person.available
    if offers is None:
        offers = (Interval(-WEEK, problem.days * MINUTES_PER_DAY + WEEK),)
    for offer in offers:
        start = offer.start
        for one in sorted(absences, key=lambda one: one.start):
            if start < one.end and one.start < offer.end:
                if start < one.start:
                    yield replace(offer, start=start, end=one.start)
                start = one.end
        if start < offer.end:
            yield replace(offer, start=start)


def _levels(levels: Sequence[Mapping[str, int]]) -> tuple[Mapping[str, int], ...]:
    if any("changes" in level for level in levels):
        return tuple(levels)
    after = max((number + 1 for number, level in enumerate(levels) if COVER & level.keys()), default=0)
    return (*levels[:after], {"changes": 1}, *levels[after:])


def _away(absences: Iterable[Absence]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = {}
    for one in absences:
        found.setdefault(one.volunteer, []).append(one)
    return found


def _clashes(shift: Shift, absences: Iterable[Absence]) -> bool:
    return any(one.start < shift.end and shift.start < one.end for one in absences)
