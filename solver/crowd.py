"""Everybody as one bit of a number: whom a shift suits is a few ANDs, however many people there are.

A province has six thousand people, and to explain a short place all of them are asked about, often for many shifts.
Shifts share what they ask for (a pool, a qualification, the same hours), so each of these is a set of people found
once. The bits are in the order of turns so far: whoever has fewest comes first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, pairwise
from math import cos, radians

from solver.check import Standing
from solver.check.suitability import is_available, joined, kilometres
from solver.problem import MINUTES_PER_DAY, Interval, Place, Shift, Volunteer

Crowded = int
"""A set of people, a bit for each."""

# These two are in possible.py once more: what the referee says shares nothing with the engine.
KM_PER_DEGREE = 110.0  # of latitude, and on the equator of longitude: less than there are, to err on the near side
NARROW = 20.0  # degrees of longitude over which a great circle saves less than the kilometres left out above
ONE_BY_ONE = 2_000  # people asked for their time before it is worth to sort everybody's
ONE = ord("1")
ZERO_AND_ONE = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True, slots=True)
class _Home:
    lat: float
    lon: float
    cos: float
    most: float
    number: int
    person: Volunteer


class Crowd:
    """The people of one roster."""

    def __init__(self, standing: Standing) -> None:
        self.standing, self.problem = standing, standing.problem
        self.people = sorted(standing.problem.volunteers, key=self.load)
        self.names = [person.id for person in self.people]
        self.number = {name: number for number, name in enumerate(self.names)}
        self.everyone: Crowded = (1 << len(self.people)) - 1
        self._one_by_one = ONE_BY_ONE
        self._pools: dict[tuple[str, ...], Crowded] = {}
        self._holders: dict[str, Crowded] = {}
        self._free: dict[tuple[int, int], Crowded] = {}
        self._near: dict[Place, Crowded] = {}
        self._may_add: dict[tuple[str, Hashable], bool] = {}
        self._in_the_way: dict[tuple[str, Hashable], Sequence[Shift]] = {}

    def of_roster(self, standing: Standing) -> Crowd:
        """The same people in another roster of the problem; `busy`, `spare` and the order stay those of the first."""
        crowd = copy(self)
        crowd.standing, crowd._may_add, crowd._in_the_way = standing, {}, {}
        return crowd

    def load(self, person: Volunteer) -> tuple[int, str]:
        """What people are ordered by: turns so far and in this roster, then the id."""
        return person.history_turns + len(self.standing.roster.turns_of(person.id)), person.id

    # Sets as people.

    def members(self, crowd: Crowded) -> Iterator[Volunteer]:
        return compress(self.people, _flags(crowd))

    def named(self, crowd: Crowded) -> tuple[str, ...]:
        return tuple(compress(self.names, _flags(crowd)))

    def of(self, people: Iterable[Volunteer]) -> Crowded:
        crowd: Crowded = 0
        for person in people:
            crowd |= 1 << self.number[person.id]
        return crowd

    def _gathered(self, numbers: Iterable[int]) -> Crowded:
        """The set of many numbers. By way of text: adding bit by bit would copy the whole set for each."""
        digits = bytearray(b"0" * (len(self.people) + 1))
        for number in numbers:
            digits[-1 - number] = ONE
        return int(digits, 2)

    # What a shift asks for, each for itself.

    def suited(self, shift: Shift) -> Crowded:
        """Everybody nothing about the two alone keeps from the shift; as `Standing.suits` for each of them."""
        crowd = self.suited_but_for_time(shift)
        few = crowd.bit_count()
        if few > self._one_by_one:
            return crowd & self.free(shift)
        self._one_by_one -= few
        return self.of(person for person in self.members(crowd) if is_available(person, shift))

    def suited_but_for_time(self, shift: Shift) -> Crowded:
        """The same whenever they are free, which is what takes longest to find out of all of them."""
        return self.eligible(shift) & ~self.too_young(shift) & ~self.forbidden(shift)

    def eligible(self, shift: Shift) -> Crowded:
        crowd = self.pool(shift) & self.trained(shift) & self.near(shift)
        return crowd & ~self.minors if shift.adults_only else crowd

    def pool(self, shift: Shift) -> Crowded:
        if shift.pool is None:
            return self.everyone
        if shift.pool not in self._pools:
            self._pools[shift.pool] = self.of(self.standing.pool_of(shift))
        return self._pools[shift.pool]

    def trained(self, shift: Shift) -> Crowded:
        crowd = self.everyone
        for qualification in shift.requires:
            crowd &= self.holding(qualification)
        return crowd

    def holding(self, qualification: str) -> Crowded:
        if qualification not in self._holders:
            self._holders[qualification] = self._those(lambda person: qualification in person.qualifications)
        return self._holders[qualification]

    @cached_property
    def minors(self) -> Crowded:
        return self._those(lambda person: person.minor)

    @cached_property
    def busy(self) -> Crowded:
        """Everybody with a turn."""
        return self._gathered(self.number[person.id] for person, _ in self.standing.roster.busy())

    def present(self, shift: Shift) -> Crowded:
        return self.of(self.standing.roster.people_on(shift.id))

    def near(self, shift: Shift) -> Crowded:
        """Everybody whose way to the shift's site is not longer than they want."""
        site = None if shift.site is None else self.problem.site_by_id[shift.site].place
        if site is None or not self._picky:
            return self.everyone
        if site not in self._near:
            self._near[site] = self._near_to(shift, site)
        return self._near[site]

    def free(self, shift: Shift) -> Crowded:
        """Everybody whose offered time holds the whole shift."""
        key = shift.start, shift.end
        if key not in self._free:
            crowd = self._always_free
            for (start, end), those in self.stretches.items():
                if start <= shift.start and shift.end <= end:
                    crowd |= those
            self._free[key] = crowd
        return self._free[key]

    def too_young(self, shift: Shift) -> Crowded:
        """The minors, if the shift ends too late for them."""
        latest = self.problem.rules.minors_latest_end
        late = latest is not None and shift.end > shift.day * MINUTES_PER_DAY + latest
        return self.minors if late else 0

    def forbidden(self, shift: Shift) -> Crowded:
        return self.of(self._forbidden.get(shift.id, ()))

    # One turn more.

    @cached_property
    def spare(self) -> Crowded:
        """Everybody whose limit of turns leaves room for one more."""
        turns_of = self.standing.roster.turns_of
        return self._those(lambda one: one.limits.turns is None or len(turns_of(one.id)) < one.limits.turns)

    def may_add(self, person: Volunteer, shift: Shift) -> bool:
        """As `Standing.may_add`, asked once for all shifts at the same time."""
        key = person.id, self._kind(shift)
        if key not in self._may_add:
            self._may_add[key] = self.standing.may_add(person, shift)
        return self._may_add[key]

    def in_the_way(self, person: Volunteer, shift: Shift) -> Sequence[Shift]:
        """The turns of which one would have to go for this one, or all of them if no single one would do."""
        turns = self.standing.roster.turns_of(person.id)
        if not turns or self.may_add(person, shift):
            return ()
        if len(turns) == 1:
            return turns
        key = person.id, self._kind(shift)
        if key not in self._in_the_way:
            broken = self.standing.turns_broken
            single = [turn for turn in turns if not broken(person, shift, without=turn.id)]
            self._in_the_way[key] = single or turns
        return self._in_the_way[key]

    def _kind(self, shift: Shift) -> Hashable:
        """All about a shift that somebody's own turns can clash with."""
        return shift.start, shift.end, shift.type, shift.site if self.problem.travel else None

    # How the sets are found.

    @cached_property
    def stretches(self) -> dict[tuple[int, int], Crowded]:
        """Who is free from when to when, as far as they have said: as many stretches as people offer different ones."""
        found: dict[tuple[int, int], list[int]] = {}
        for number, person in enumerate(self.people):
            for stretch in _stretches(person.available or ()):
                found.setdefault(stretch, []).append(number)
        return {stretch: self._gathered(numbers) for stretch, numbers in found.items()}

    @cached_property
    def _always_free(self) -> Crowded:
        return self._those(lambda person: person.available is None)

    @cached_property
    def _forbidden(self) -> dict[str, list[Volunteer]]:
        found: dict[str, list[Volunteer]] = {}
        for pin in self.problem.pins:
            if pin.state == "forbidden":
                found.setdefault(pin.shift, []).append(self.problem.volunteer_by_id[pin.volunteer])
        return found

    @cached_property
    def _picky(self) -> list[_Home]:
        """The homes of those who go only so far, from south to north."""
        found = [
            _Home(person.home.lat, person.home.lon, cos(radians(person.home.lat)), person.max_km, number, person)
            for number, person in enumerate(self.people)
            if person.home is not None and person.max_km is not None
        ]
        return sorted(found, key=lambda home: (home.lat, home.number))

    @cached_property
    def _furthest(self) -> float:
        """How many degrees of latitude anybody would go."""
        return max((home.most for home in self._picky), default=0.0) / KM_PER_DEGREE

    def _near_to(self, shift: Shift, site: Place) -> Crowded:
        """The trigonometry is for the few whom neither north and south nor east and west alone take too far."""
        homes = self._picky
        first = bisect_left(homes, site.lat - self._furthest, key=lambda home: home.lat)
        last = bisect_right(homes, site.lat + self._furthest, key=lambda home: home.lat)
        site_cos = cos(radians(site.lat))
        near = []
        for home in homes[first:last]:
            east = abs(home.lon - site.lon)
            if east < NARROW and KM_PER_DEGREE * min(home.cos, site_cos) * east > home.most:
                continue
            if (kilometres(self.problem, home.person, shift) or 0) <= home.most:
                near.append(home.number)
        return self._not_picky | self._gathered(near)

    @cached_property
    def _not_picky(self) -> Crowded:
        return self.everyone & ~self._gathered(home.number for home in self._picky)

    def _those(self, what: Callable[[Volunteer], bool]) -> Crowded:
        return self._gathered(number for number, person in enumerate(self.people) if what(person))


def _stretches(offers: Sequence[Interval]) -> Iterable[tuple[int, int]]:
    """The same time in as few stretches as possible; quickly if, as nearly always, it is written like that."""
    plain = [(one.start, one.end) for one in offers]
    if all(earlier[1] < later[0] for earlier, later in pairwise(plain)):
        return plain
    return joined(offers)


def _flags(crowd: Crowded) -> bytes:
    """A 0 or 1 for every number from 0 up."""
    return bin(crowd)[:1:-1].encode().translate(ZERO_AND_ONE)
