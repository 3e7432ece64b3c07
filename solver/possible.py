"""The possible turns: who could serve where, looking at one turn at a time.

A province has six million couples of volunteer and shift and fifty thousand possible turns. So shifts that ask for
the same people share one list, shifts at the same time share one look at everyone's availability.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, compress, repeat
from math import cos, radians
from typing import NamedTuple

from solver.kept import EVERY_RULE, Kept
from solver.problem import Place, Problem, Shift, Volunteer
from solver.rules import availability, eligibility, minors

KM_PER_DEGREE = 110.0  # of latitude, and on the equator of longitude: less than there are, to err on the near side
NARROW = 20.0  # degrees of longitude over which a great circle saves less than the kilometres left out above
Turns = list[tuple[Volunteer, Shift]]


def possible_turns(problem: Problem, kept: Kept = EVERY_RULE) -> Turns:
    """Every couple no rule about a single turn excludes, shift by shift in the problem's order."""
    if kept.only is not None:
        return _turns_kept(problem, kept)
    turns: Turns = []
    for shift, people, _ in crowds(problem):
        turns += zip(people, repeat(shift), strict=False)
    return turns


def crowds(problem: Problem) -> Iterator[tuple[Shift, list[Volunteer], list[int]]]:
    """For each shift who could serve there, and their numbers in the problem beside them."""
    takers, free, forbidden = _Takers(problem), _Free(problem), _Forbidden(problem)
    for shift in problem.shifts:
        people, numbers = takers.of(shift)
        there = forbidden.without(free.at(shift), shift)
        chosen = list(map(there.__getitem__, numbers))
        yield shift, list(compress(people, chosen)), list(compress(numbers, chosen))


def _turns_kept(problem: Problem, kept: Kept) -> Turns:
    """The same couple by couple, while some rule instances are dropped."""
    forbidden = {(pin.volunteer, pin.shift) for pin in problem.pins if pin.state == "forbidden"}
    free = {person.id: availability.admits(person) for person in problem.volunteers}

    def excluded(person: Volunteer, shift: Shift) -> bool:
        return (
            (kept.holds("availability", person.id, shift.id) and not free[person.id](shift))
            or (kept.holds("eligibility", person.id, shift.id) and not eligibility.admits(problem, person, shift))
            or (kept.holds("minors", person.id, shift.id) and not minors.admits(problem, person, shift))
            or ((person.id, shift.id) in forbidden and kept.holds("pins", person.id, shift.id))
        )

    return [(person, shift) for shift in problem.shifts for person in problem.volunteers if not excluded(person, shift)]


class _Takers:
    """Who a shift takes, by what it asks for and where it is."""

    def __init__(self, problem: Problem) -> None:
        self.everyone = problem.volunteers
        self.near = _Near(problem)
        self.by_group: dict[str, list[int]] = {}
        for number, person in enumerate(problem.volunteers):
            for group in person.groups:
                self.by_group.setdefault(group, []).append(number)
        self.known: dict[Hashable, tuple[list[Volunteer], list[int]]] = {}

    def of(self, shift: Shift) -> tuple[list[Volunteer], list[int]]:
        """The people, and their numbers beside them."""
        asks = (shift.pool, shift.requires, shift.adults_only, shift.site)
        if asks not in self.known:
            numbers = list(self._pool(shift))
            if shift.requires or shift.adults_only:
                numbers = [number for number in numbers if eligibility.fits(self.everyone[number], shift)]
            self.known[asks] = [self.everyone[number] for number in numbers], numbers
        return self.known[asks]

    def _pool(self, shift: Shift) -> Iterable[int]:
        near = self.near.to(shift)
        if shift.pool is None:
            numbers = near
        else:
            members = {number for group in shift.pool for number in self.by_group.get(group, ())}
            numbers = members if near is None else members & near
        return range(len(self.everyone)) if numbers is None else sorted(numbers)


class _Free:
    """Who may serve from one time to another. Most people offer the same hours, so those are looked at, not people."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.minors = [number for number, person in enumerate(problem.volunteers) if person.minor]
        self.always: list[int] = []
        self.offered: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for number, person in enumerate(problem.volunteers):
            if person.available is None:
                self.always.append(number)
            else:
                for stretch in availability.joined(person.available):
                    self.offered[stretch].append(number)
        self.known: dict[tuple[int, int], bytearray] = {}

    def at(self, shift: Shift) -> bytearray:
        """By their numbers, 1 for whoever is free and of age for the hour, and 0 for everybody else."""
        time = (shift.start, shift.end)
        if time not in self.known:
            found = self.known[time] = bytearray(len(self.problem.volunteers))
            offers = (people for (start, end), people in self.offered.items() if start <= time[0] and time[1] <= end)
            for number in chain(self.always, *offers):
                found[number] = 1
            for number in self.minors if minors.too_late(self.problem, shift) else ():
                found[number] = 0
        return self.known[time]


class _Forbidden:
    """Whom pins keep away."""

    def __init__(self, problem: Problem) -> None:
        self.pinned: defaultdict[str, list[int]] = defaultdict(list)
        pins = [pin for pin in problem.pins if pin.state == "forbidden"]
        number_of = {person.id: number for number, person in enumerate(problem.volunteers)} if pins else {}
        for pin in pins:
            self.pinned[pin.shift].append(number_of[pin.volunteer])

    def without(self, there: bytearray, shift: Shift) -> bytearray:
        """Those who are there, without whom it keeps away."""
        if shift.id in self.pinned:
            there = there.copy()
            for number in self.pinned[shift.id]:
                there[number] = 0
        return there


class _Home(NamedTuple):
    lat: float
    lon: float
    width: float  # of a degree of longitude, as a share of that at the equator
    most: float
    number: int

    def north(self) -> float:
        return self.lat


class _Near:
    """Who would go to a site, by their numbers, found once a site."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.anywhere: set[int] = set()
        picky: list[_Home] = []
        for number, person in enumerate(problem.volunteers):
            if person.home is None or person.max_km is None:
                self.anywhere.add(number)
            else:
                home = person.home
                picky.append(_Home(home.lat, home.lon, cos(radians(home.lat)), person.max_km, number))
        self.picky = sorted(picky)
        self.reach = max((home.most for home in picky), default=0.0) / KM_PER_DEGREE
        self.known: dict[Place, set[int]] = {}

    def to(self, shift: Shift) -> set[int] | None:
        """None: everybody would."""
        place = None if shift.site is None else self.problem.site_by_id[shift.site].place
        if place is None or not self.picky:
            return None
        if place not in self.known:
            people = self.problem.volunteers
            near = {one for one in self._perhaps(place) if eligibility.near(self.problem, people[one], shift)}
            self.known[place] = self.anywhere | near
        return self.known[place]

    def _perhaps(self, place: Place) -> Iterator[int]:
        """Those whom neither north and south nor east and west alone take too far: the trigonometry is for them."""
        first = bisect_left(self.picky, place.lat - self.reach, key=_Home.north)
        last = bisect_right(self.picky, place.lat + self.reach, key=_Home.north)
        width = cos(radians(place.lat))
        for _lat, lon, own_width, most, number in self.picky[first:last]:
            east = abs(lon - place.lon)
            if east >= NARROW or KM_PER_DEGREE * min(own_width, width) * east <= most:
                yield number
