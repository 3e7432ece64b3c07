"""The roster nearest to one that lost turns: the fewest changes among the best covered, by the flow around the gaps.

Where every other turn costs a change, only a place that is short can be worth any. So the turns that are left are the
cheapest flow but for those places, and paths from there lead to the cheapest of all (`solver.residual`). A province
loses a hundred turns, and a few hundred of its people are looked at. What is no flow the referee knows: a turn it
refuses is forbidden, and if that costs nothing, the best roster is found. If it costs a little, the prices say in
which few turns the best one can differ, and those are searched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from solver.check import Roster, broken_rules, shortfalls_of
from solver.check.terms import levels_of
from solver.layout import Layout
from solver.possible import Turns, crowds
from solver.problem import Assignment, Pin, Problem, Shift, Volunteer
from solver.recovery.parts import piece_of, whole_of
from solver.repair import culprits
from solver.residual import HUB, Residual, TooMuch
from solver.solution import Level, Run, Solution

OF_PLACES = frozenset({"under_min", "under_need", "under_target", "over_target"})  # the same whoever serves
FORCED_FIRST = 1  # level of the network before those of the problem
MOST_ARCS = 300_000  # to look at, in a third of a second; a province takes ten thousand
TRIES = 30  # rosters shown to the referee

Solve = Callable[[Problem, Sequence[Assignment]], Solution]
"""Solves a problem of which a roster is known."""


class NoPath(Exception):
    """The turns that are left are no flow."""


def nearest_roster(
    problem: Problem,
    left: Sequence[Assignment],
    run: Callable[[], Run],
    solve: Solve,
    go_on: Callable[[], bool] = lambda: True,
) -> Solution | None:
    """The best roster there is, proved; None where this way does not lead to one. `left` are turns of `previous`.

    Proved, because the flow knows fewer rules: nothing is better than what it reaches, on any level. `solve` is for
    the few turns in which a roster with those rules can differ from it. `go_on` is asked before each look at a roster.
    """
    level = _level_of_changes(problem)
    if level is None or any(shift.service_level for shift in problem.shifts):
        return None
    try:
        flow = _Nearest(problem, left, level)
        found = _accepted(problem, flow, go_on)
    except (NoPath, TooMuch):
        return None
    if found is None:
        return None
    turns, roster, gap = found
    if gap:
        return _among(problem, turns, flow, gap, solve)
    levels = tuple(Level(one.terms, one.value, one.value) for one in levels_of(problem, roster))
    return Solution("optimal", turns, levels, shortfalls_of(problem, roster), run())


def _accepted(
    problem: Problem, flow: _Nearest, go_on: Callable[[], bool]
) -> tuple[tuple[Assignment, ...], Roster, int] | None:
    """A roster without a fault, and how much more than the cheapest flow it costs; none that has more changes."""
    least: list[int] = []
    for _ in range(TRIES):
        if not go_on():
            return None
        turns = flow.turns()
        roster = Roster(problem, turns)
        values = [level.value for level in levels_of(problem, roster)]
        if not least:
            least = values
            flow.measure()
        gap = flow.worth(value - below for value, below in zip(values, least, strict=True))
        if gap > flow.change // 4:
            return None
        broken = broken_rules(problem, roster)
        if not broken:
            return turns, roster, gap
        refused = set(culprits(problem, roster, broken)) & flow.added()
        if not refused:
            return None
        flow.forbid(refused)
    return None


def _among(problem: Problem, turns: Sequence[Assignment], flow: _Nearest, gap: int, solve: Solve) -> Solution:
    """The best roster, of which one is known that costs so much more than the cheapest flow: it can differ only in
    turns that cost no more than that, and all others stay as they are."""
    free = flow.within(gap)
    shifts = frozenset(turn.shift for turn in free)
    known = set(turns)
    fixed = [turn for turn in flow.possible(shifts) if turn not in free]
    own = {(turn.volunteer, turn.shift) for turn in fixed}
    pins = [pin for pin in problem.pins if (pin.volunteer, pin.shift) not in own]
    pins += [Pin(turn.volunteer, turn.shift, "assigned" if turn in known else "forbidden") for turn in fixed]
    piece = piece_of(replace(problem, pins=tuple(pins)), turns, shifts)
    return whole_of(problem, piece, turns, solve(piece, turns))


def _level_of_changes(problem: Problem) -> int | None:
    """The level of `changes`, if no level before it, and nothing beside it, depends on who serves."""
    for number, level in enumerate(problem.levels):
        terms = {term for term, weight in level.items() if weight}
        if not terms - {"changes"} <= OF_PLACES:
            return None
        if "changes" in terms:
            return number
    return None


class _Nearest:
    """The flow of the turns that are left, drawn where paths come.

    People and shifts are numbers, and so are turns: (person, shift). Each person and each shift has its root in the
    network from the beginning, sealed. `ways` are the arcs of the turns drawn so far.
    """

    def __init__(self, problem: Problem, left: Iterable[Assignment], level: int) -> None:
        self.problem = problem
        self.network = Residual(len(problem.levels) + FORCED_FIRST, self._open, MOST_ARCS)
        self.layout = Layout(problem, self.network, HUB, HUB)
        self.person = {one.id: number for number, one in enumerate(problem.volunteers)}
        self.slot = {one.id: number for number, one in enumerate(problem.shifts)}
        self.people_for = [numbers for _, _, numbers in crowds(problem)]
        self.shifts_for: list[list[int]] = [[] for _ in problem.volunteers]
        for shift, numbers in enumerate(self.people_for):
            for person in numbers:
                self.shifts_for[person].append(shift)
        self.taken: list[list[int]] = [[] for _ in problem.volunteers]
        self.crews: list[list[int]] = [[] for _ in problem.shifts]
        for turn in left:
            self.taken[self.person[turn.volunteer]].append(self.slot[turn.shift])
            self.crews[self.slot[turn.shift]].append(self.person[turn.volunteer])
        if any(not set(crew) <= set(self.people_for[shift]) for shift, crew in enumerate(self.crews) if crew):
            raise NoPath
        self.ways: dict[tuple[int, int], int] = {}
        self.gaps: dict[tuple[int, int], int] = {}
        self.change = self.network.worth(level + FORCED_FIRST, problem.levels[level]["changes"])
        self._seal_all()

    def turns(self) -> tuple[Assignment, ...]:
        """Those of the cheapest flow. Raises NoPath, TooMuch."""
        self.network.settle()
        if "under_need" in self.layout.left_out:
            raise NoPath
        left = ((person, shift) for shift, crew in enumerate(self.crews) for person in crew)
        found = chain((turn for turn in left if turn not in self.ways), filter(self._carried, self.ways))
        return tuple(map(self._named, sorted(found, key=lambda turn: turn[::-1])))

    def added(self) -> set[Assignment]:
        """The turns of the flow that were not left."""
        return {self._named(turn) for turn in self.ways if self._carried(turn) and not self._was_left(turn)}

    def forbid(self, turns: Iterable[Assignment]) -> None:
        """Never again these turns, which the flow has; in the order of people and shifts, as paths depend on it."""
        for turn in sorted((self.person[turn.volunteer], self.slot[turn.shift]) for turn in turns):
            self.network.block(self.ways[turn])

    def measure(self) -> None:
        """Note of each turn by how much a flow costs more that differs in it; of sealed ones it is half a change."""
        self.gaps = {turn: self.network.gap(way) for turn, way in self.ways.items()}

    def within(self, gap: int) -> set[Assignment]:
        """The turns in which a flow can differ that costs at most so much more than the one measured."""
        return {self._named(turn) for turn, least in self.gaps.items() if least <= gap}

    def possible(self, shifts: Collection[str]) -> Iterator[Assignment]:
        """All who could serve on these shifts."""
        for shift in sorted(self.slot[one] for one in shifts):
            yield from (self._named((person, shift)) for person in self.people_for[shift])

    def worth(self, values: Iterable[int]) -> int:
        """The values of the problem's levels as one number."""
        return sum(self.network.worth(number + FORCED_FIRST, value) for number, value in enumerate(values))

    def _named(self, turn: tuple[int, int]) -> Assignment:
        person, shift = turn
        return Assignment(self.problem.volunteers[person].id, self.problem.shifts[shift].id)

    def _carried(self, turn: tuple[int, int]) -> bool:
        return self.network.carries(self.ways[turn])

    def _was_left(self, turn: tuple[int, int]) -> bool:
        person, shift = turn
        return person in self.crews[shift]

    # Roots: the hub is 0, people come next, then shifts.

    def _root_of_person(self, person: int) -> int:
        return 1 + person

    def _root_of_shift(self, shift: int) -> int:
        return 1 + len(self.taken) + shift

    def _seal_all(self) -> None:
        """Roots at prices at which no turn between two that are sealed gains anything. Open is where more might."""
        for person, taken in zip(self.problem.volunteers, self.taken, strict=True):
            self.network.seal(self._price(person, len(taken)))
        for _ in self.problem.shifts:
            self.network.seal(0)
        for root in list(self._unsure()):
            if root in self.network.sealed:
                self._open(root)

    def _price(self, person: Volunteer, taken: int) -> int:
        """What another turn costs by itself; half a change where one would have to be given up for it."""
        most = person.limits.turns
        if most is not None and taken >= most:
            return self.change // 2
        return sum(self.network.worth(*cost) for cost in self.layout.unfairness_of(person, taken + 1))

    def _unsure(self) -> Iterator[int]:
        """The roots of shifts that want more people or fewer, and of people who owe minutes."""
        for number, (shift, crew) in enumerate(zip(self.problem.shifts, self.crews, strict=True)):
            if not max(shift.min, shift.target) <= len(crew) <= shift.target or self._lacks(shift, crew):
                yield self._root_of_shift(number)
        for number, person in enumerate(self.problem.volunteers):
            owed = person.limits.minutes_min
            if owed and sum(self.problem.shifts[shift].minutes for shift in self.taken[number]) < owed:
                yield self._root_of_person(number)
        wanted = [(pin.volunteer, pin.shift) for pin in self.problem.pins if pin.state == "assigned"]
        wanted += [(turn.volunteer, turn.shift) for turn in self.problem.previous or ()]
        for name, place in wanted:
            if not self._was_left((self.person[name], self.slot[place])):
                yield self._root_of_shift(self.slot[place])

    def _lacks(self, shift: Shift, crew: Sequence[int]) -> bool:
        people = [self.problem.volunteers[number] for number in crew]
        return any(sum(need.qualification in one.qualifications for one in people) < need.min for need in shift.needs)

    # Drawing a person or a shift with all their turns.

    def _open(self, root: int) -> None:
        before = len(self.network.heads)
        self.network.unseal(root)
        people = len(self.taken)
        if root <= people:
            self._draw_person(root - 1, root)
        else:
            self._draw_shift(root - 1 - people, root)
        self.network.close_gaining(range(before, len(self.network.heads)))

    def _draw_person(self, person: int, root: int) -> None:
        shifts = self.shifts_for[person]
        known = [self.problem.shifts[shift] for shift in shifts]
        leaves = dict(zip(shifts, self.layout.volunteer(self.problem.volunteers[person], known, root), strict=True))
        for shift in self.taken[person]:
            self._carry(leaves[shift], from_hub=True)
        turns = [((person, shift), leaf, self._root_of_shift(shift)) for shift, leaf in leaves.items()]
        self._draw_turns(turns, new_heads=False)

    def _draw_shift(self, shift: int, root: int) -> None:
        people = self.people_for[shift]
        known = [self.problem.volunteers[person] for person in people]
        leaves = dict(zip(people, self.layout.shift(self.problem.shifts[shift], known, root), strict=True))
        for person in self.crews[shift]:
            self._carry(leaves[person], from_hub=False)
        turns = [((person, shift), self._root_of_person(person), leaf) for person, leaf in leaves.items()]
        self._draw_turns(turns, new_heads=True)

    def _carry(self, leaf: int, *, from_hub: bool) -> None:
        """A unit between the hub and a leaf, by the cheapest arcs. At a leaf those of even number lead to the hub."""
        node = leaf
        while node != HUB:
            arcs = [arc ^ from_hub for arc in self.network.arcs_at[node] if arc % 2 == from_hub]
            arc = self.network.cheapest_of(arcs)
            if arc is None:
                raise NoPath
            self.network.carry(arc)
            node = self.network.heads[arc ^ from_hub]

    def _draw_turns(self, turns: Iterable[tuple[tuple[int, int], int, int]], *, new_heads: bool) -> None:
        """An arc for each turn, from tail to head; where the other end has drawn it, this end is attached."""
        drawn: list[int] = []
        charged: Turns = []
        for turn, tail, head in turns:
            if turn in self.ways:
                self.network.attach(self.ways[turn] ^ new_heads, head if new_heads else tail)
                continue
            self.ways[turn] = arc = self.network.arc(tail, head, 1)
            drawn.append(arc)
            charged.append((self.problem.volunteers[turn[0]], self.problem.shifts[turn[1]]))
            if self._was_left(turn):
                self.network.carry(arc)
        self.layout.charge_turns(drawn, [person for person, _ in charged], charged)
