"""Stints: a person's days as one path through stretches of work and stretches of rest.

One column says "works from day a to day b and rests on either side of it", one the same of rest. Each obeys the run
lengths by itself and a flow lines them up, so the linear relaxation is nearly whole where clauses over single days
say next to nothing. Turns are tied to stints from both sides: who is on a turn that may follow only some of
yesterday's was on one of those, or begins a stint. These few rows are what brings the relaxation to within a percent
of the optimum where there are many types of shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil, inf
from typing import NamedTuple

from solver.cliques import cliques
from solver.linear import Programme
from solver.possible import Turns
from solver.problem import MINUTES_PER_DAY, Limits, Problem, Shift, Volunteer
from solver.rules import overlap, rest, succession

Turn = tuple[int, Shift]  # the column of a possible turn of somebody, and its shift


class Stretch(NamedTuple):
    """Work or rest from day `first` to the one before `after`, as a column.

    A run is a whole stretch; one that may be of any length is an opening of the least length, single days after it,
    and a closing without days.
    """

    works: bool
    first: int
    after: int
    part: str = "run"


class Person(NamedTuple):
    """The columns of one person: possible turns, and stretches if the number of days in a row matters to them."""

    volunteer: Volunteer
    turns: Sequence[Turn]
    stretches: dict[Stretch, int]


def bound_by_days(limits: Limits) -> bool:
    """Whether days in a row, worked or free, matter to somebody who serves as often as they may."""
    turns = inf if limits.turns is None else limits.turns
    least = max(limits.consecutive_days_min or 1, limits.consecutive_days_off_min or 1)
    most = inf if limits.consecutive_days_max is None else limits.consecutive_days_max
    return turns > 1 and (least > 1 or most < turns)


def people_of(problem: Problem, turns: Turns, programme: Programme) -> list[Person]:
    """Add everybody's days, clashes and hours to a programme whose first columns are the turns."""
    own: dict[str, list[Turn]] = {person.id: [] for person in problem.volunteers}
    for column, (volunteer, shift) in enumerate(turns):
        own[volunteer.id].append((column, shift))
    clashes = Clashes(problem)
    return [_Days(problem, programme, clashes, person, own[person.id]).add() for person in problem.volunteers]


def taken(person: Person, shifts: Iterable[Shift], days: int) -> Iterator[int]:
    """The columns of the stretches that somebody on these shifts goes through."""
    if not person.stretches:
        return
    worked = {shift.day for shift in shifts}
    for works, group in groupby(range(days), key=worked.__contains__):
        run = list(group)
        first, after = run[0], run[-1] + 1
        whole = person.stretches.get(Stretch(works, first, after))
        yield from [whole] if whole is not None else _pieces(person, works, first, after, days)


def _pieces(person: Person, works: bool, first: int, after: int, days: int) -> Iterator[int]:
    opened = first + _least(person.volunteer.limits, works)
    yield person.stretches[Stretch(works, first, opened, "opening")]
    for day in range(opened, after):
        yield person.stretches[Stretch(works, day, day + 1, "day")]
    if after < days:
        yield person.stretches[Stretch(works, after, after, "closing")]


def _least(limits: Limits, works: bool) -> int:
    return (limits.consecutive_days_min if works else limits.consecutive_days_off_min) or 1


class Clashes:
    """Which two shifts one person cannot both serve on, day by day; a roster of half a year has too many to try all."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._known: dict[tuple[int | None, str, str], bool] = {}
        self._cliques: dict[tuple[int | None, tuple[str, ...]], list[list[int]]] = {}
        self._longest = max((shift.minutes for shift in problem.shifts), default=0)
        self._travel = max(problem.travel_minutes.values(), default=0)

    def reach(self, person: Volunteer) -> int:
        """The most days that lie between two shifts which clash."""
        gap = max(self._travel, person.limits.rest_minutes or 0)
        across = (self._longest + gap + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
        return max(1, across)

    def clash(self, person: Volunteer, one: Shift, other: Shift) -> bool:
        minutes = person.limits.rest_minutes
        key = (minutes, one.id, other.id)
        if key not in self._known:
            self._known[key] = (
                overlap.clash(self.problem, one, other)
                or succession.clash(self.problem, one, other)
                or (minutes is not None and rest.clash(minutes, one, other))
            )
        return self._known[key]

    def groups(self, person: Volunteer, turns: Sequence[Turn]) -> list[list[int]]:
        """Columns of pairwise clashing turns that together cover every clash among these."""
        key = (person.limits.rest_minutes, tuple(shift.id for _, shift in turns))
        if key not in self._cliques:
            places = range(len(turns))
            self._cliques[key] = cliques(places, lambda one, other: self.clash(person, turns[one][1], turns[other][1]))
        return [[turns[place][0] for place in group] for group in self._cliques[key]]


class _Days:
    """The rows of one person."""

    def __init__(
        self, problem: Problem, programme: Programme, clashes: Clashes, person: Volunteer, turns: Sequence[Turn]
    ) -> None:
        self.problem, self.programme, self.clashes = problem, programme, clashes
        self.person, self.turns, self.limits = person, turns, person.limits
        self.on_day: list[list[Turn]] = [[] for _ in range(problem.days)]
        for turn in turns:
            self.on_day[turn[1].day].append(turn)
        self.stretches: dict[Stretch, int] = {}
        self.single = [self._single(day) for day in range(problem.days)]

    def add(self) -> Person:
        if self._days_matter():
            self._stretches()
            self._flow()
            self._work()
            self._weekends()
            self._followers()
        self._clashes()
        self._hours()
        return Person(self.person, self.turns, self.stretches)

    def _days_matter(self) -> bool:
        limits = self.limits
        runs = (limits.consecutive_days_max, limits.consecutive_days_min, limits.consecutive_days_off_min)
        return any(limit is not None for limit in (*runs, limits.weekends))

    def _single(self, day: int) -> bool:
        """Whether the person takes at most one turn on the day."""
        turns = self.on_day[day]
        if self.limits.turns_per_day == 1 or len(turns) < 2:
            return True
        return all(
            self.clashes.clash(self.person, one, other)
            for at, (_, one) in enumerate(turns)
            for _, other in turns[at + 1 :]
        )

    # Stretches, and the flow that lines them up.

    def _stretches(self) -> None:
        days, longest = self.problem.days, self.limits.consecutive_days_max
        for works in (True, False):
            bounded = works and longest is not None and longest < days
            for first in range(days):
                for stretch in self._bounded(first) if bounded else self._open(works, first):
                    if not works or all(self.on_day[day] for day in range(stretch.first, stretch.after)):
                        whole = stretch.part in ("run", "opening")
                        self.stretches[stretch] = self.programme.column(whole=whole)

    def _bounded(self, first: int) -> Iterator[Stretch]:
        """Every run of work that may begin on this day."""
        longest, days = self.limits.consecutive_days_max or 0, self.problem.days
        for after in range(first + 1, min(first + longest, days) + 1):
            if first == 0 or after == days or after - first >= _least(self.limits, True):
                yield Stretch(True, first, after)

    def _open(self, works: bool, first: int) -> Iterator[Stretch]:
        """The same where no length is too long; too short is only what touches neither end of the period."""
        least, days = _least(self.limits, works), self.problem.days
        for after in range(first + 1, min(first + least - 1, days) + 1):
            if first == 0 or after == days:
                yield Stretch(works, first, after)
        if first + least <= days:
            yield Stretch(works, first, first + least, "opening")
        if first > 0:
            yield Stretch(works, first, first + 1, "day")
            yield Stretch(works, first, first, "closing")

    def _flow(self) -> None:
        """One way through the days: what comes to a day goes on from it, in the state it is in."""
        nodes: dict[tuple[str, bool, int], list[tuple[int, float]]] = {}
        for stretch, column in self.stretches.items():
            works, first, after, part = stretch
            begins = part in ("run", "opening")
            nodes.setdefault(("fresh" if begins else "open", works, first), []).append((column, 1))
            # A run that is over leads to one of the other kind, one that is open goes on or is closed.
            over = part in ("run", "closing")
            nodes.setdefault(("fresh", not works, after) if over else ("open", works, after), []).append((column, -1))
        begun = nodes.pop(("fresh", True, 0), []) + nodes.pop(("fresh", False, 0), [])
        self.programme.row(begun, 1, 1)
        for (_, _, day), entries in nodes.items():
            if day < self.problem.days:
                self.programme.row(entries, 0, 0)

    def _work(self) -> None:
        """Turns only on the days of a stretch of work, and at least one on each of them."""
        covering: list[list[int]] = [[] for _ in range(self.problem.days)]
        for stretch, column in self.stretches.items():
            if stretch.works:
                for day in range(stretch.first, stretch.after):
                    covering[day].append(column)
        for day, turns in enumerate(self.on_day):
            work = [(column, -1.0) for column in covering[day]]
            if turns:
                every = [(column, 1.0) for column, _ in turns]
                self.programme.row(every + work, 0, 0 if self.single[day] else len(turns))
            if not self.single[day]:
                for column, _ in turns:
                    self.programme.row([(column, 1.0), *work], high=0)

    def _weekends(self) -> None:
        if self.limits.weekends is not None:
            entries = [(column, float(self._new_weekends(one))) for one, column in self.stretches.items() if one.works]
            self.programme.row([(column, count) for column, count in entries if count], high=self.limits.weekends)

    def _new_weekends(self, stretch: Stretch) -> int:
        """How many weekends it works on that the days right before it don't."""
        weekends = {self.problem.weekend_of(day) for day in range(stretch.first, stretch.after)} - {None}
        if stretch.part == "day":
            weekends -= {self.problem.weekend_of(stretch.first - 1)}
        return len(weekends)

    # What may follow what.

    def _followers(self) -> None:
        """Who serves on some turns of a day begins there, or served the day before on what these may follow."""
        begins: list[list[int]] = [[] for _ in range(self.problem.days + 1)]
        ends: list[list[int]] = [[] for _ in range(self.problem.days + 1)]
        for stretch, column in self.stretches.items():
            if stretch.works and stretch.part in ("run", "opening"):
                begins[stretch.first].append(column)
            if stretch.works and stretch.part in ("run", "closing"):
                ends[stretch.after].append(column)
        for day in range(1, self.problem.days):
            before, after = self.on_day[day - 1], self.on_day[day]
            if self.single[day]:
                self._tie(after, before, begins[day])
            if self.single[day - 1]:
                self._tie(before, after, ends[day])

    def _tie(self, turns: Sequence[Turn], neighbours: Sequence[Turn], edges: Sequence[int]) -> None:
        """For turns that suit the same few of the neighbouring day's: they are next to one of those, or to rest."""
        suiting = {
            column: frozenset(one for one, other in neighbours if not self.clashes.clash(self.person, shift, other))
            for column, shift in turns
        }
        for some in dict.fromkeys(suiting.values()):
            if len(some) < len(neighbours):
                alike = [(column, 1.0) for column, suits in suiting.items() if suits <= some]
                self.programme.row(alike + [(column, -1.0) for column in (*some, *edges)], high=0)

    def _clashes(self) -> None:
        """At most one of clashing turns. Between neighbouring days of single turns, stretches say so already."""
        tied = bool(self.stretches) and all(self.single)
        reach = self.clashes.reach(self.person)
        width = 1 if tied and reach == 1 else reach + 1
        known: set[tuple[int, ...]] = set()
        for day in range(self.problem.days):
            window = [turn for turns in self.on_day[day : day + width] for turn in turns]
            known.update(tuple(group) for group in self.clashes.groups(self.person, window))
        for group in sorted(known):
            self.programme.row([(column, 1.0) for column in group], high=1)

    def _hours(self) -> None:
        """Least and most hours as numbers of turns: no fraction of one helps."""
        lengths = [shift.minutes for _, shift in self.turns]
        if lengths:
            least, most = self.limits.minutes_min or 0, self.limits.minutes_max
            every = [(column, 1.0) for column, _ in self.turns]
            if least:
                self.programme.row(every, low=ceil(least / max(lengths)))
            if most is not None:
                self.programme.row(every, high=most // min(lengths))
