"""A part of a problem as one linear programme: every rule as elsewhere, but days, clashes and hours by stints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from solver.linear import Flags, Numbers, programme_of
from solver.merging import Group, groups
from solver.problem import Assignment, Shift
from solver.progress import Part, TooDear
from solver.rules import CONSTRAIN
from solver.stages import level_costs
from solver.stints import people_of, taken
from solver.variables import Model

BY_STINTS = frozenset({"days", "overlap", "rest", "succession"})
LARGEST = 10**6  # of several levels in one number: HiGHS is exact to about this many parts
DEAREST = 10**5  # of what one column costs: to HiGHS a millionth of a turn is none
Places = NDArray[np.int64]


class StintModel:
    """The programme of a part. Its first columns are the part's possible turns, in their order.

    Raises TooDear if weights are larger than floating-point numbers can be trusted with.
    """

    def __init__(self, part: Part) -> None:
        self.problem, self.turns = part.problem, part.turns
        self._model = Model(part.problem, turns=part.turns)
        for rule, constrain in CONSTRAIN.items():
            if rule not in BY_STINTS:
                constrain(self._model)
        costs = level_costs(self._model)
        if any(abs(coefficient) > DEAREST for cost in costs for coefficient in cost.coefficients):
            raise TooDear
        self.groups = groups([self._model.most(cost) for cost in costs], LARGEST)
        merged = [group.cost(costs) for group in self.groups]
        self.programme = programme_of(self._model.program)
        self._variables = len(self.programme.most)
        self.people = people_of(part.problem, part.turns, self.programme)
        self.costs = [self.programme.cost(cost) for cost in merged]
        self.constants = [cost.constant for cost in merged]
        self._caps = [self._cap(cost) for cost in self.costs[:-1]]
        self._index()

    def _cap(self, cost: Numbers) -> int:
        """A row over a group's cost, without effect until a question gives it a ceiling."""
        columns = np.flatnonzero(cost).tolist()
        return self.programme.row([(column, float(cost[column])) for column in columns])

    def _index(self) -> None:
        """Whose and of which days the columns are."""
        size = len(self.programme.most)
        self.person_of = np.full(size, -1, np.int64)
        self.day_of = np.full(size, -1, np.int64)
        stretches: list[tuple[int, int, int, int, int]] = []
        for number, person in enumerate(self.people):
            for column, shift in person.turns:
                self.person_of[column], self.day_of[column] = number, shift.day
            for stretch, column in person.stretches.items():
                stretches.append((column, number, stretch.works, stretch.first, stretch.after))
        table = np.array(stretches, np.int64).reshape(-1, 5)
        self._columns, self._whose, works, self._first, self._after = table.T
        self._works = works.astype(np.bool_)
        self.owner = self.person_of.copy()  # of turns and stretches
        self.owner[self._columns] = self._whose
        self.derived = np.ones(size, np.bool_)  # neither a turn nor a stretch: what follows from them
        self.derived[: len(self.turns)] = False
        self.derived[self._columns] = False

    # Rosters and values.

    def assignments(self, values: Numbers) -> tuple[Assignment, ...]:
        return self._model.assignments(np.rint(values[: len(self.turns)]).astype(np.int64).tolist())

    def complete(self, assignments: Iterable[Assignment]) -> Numbers:
        """The value of every column in a roster."""
        turns = tuple(assignments)
        values = np.zeros(len(self.programme.most))
        values[: self._variables] = self._model.complete(turns)
        shifts: dict[str, list[Shift]] = {}
        for turn in turns:
            shifts.setdefault(turn.volunteer, []).append(self.problem.shift_by_id[turn.shift])
        for person in self.people:
            values[list(taken(person, shifts.get(person.volunteer.id, ()), self.problem.days))] = 1
        return values

    def same(self, one: Numbers, other: Numbers) -> bool:
        """Whether two solutions are the same roster."""
        return bool(np.array_equal(one[: len(self.turns)] > 0.5, other[: len(self.turns)] > 0.5))

    def totals(self, values: Numbers) -> list[int]:
        """What each group of levels comes to."""
        return [
            round(float(cost @ values)) + constant for cost, constant in zip(self.costs, self.constants, strict=True)
        ]

    def ceilings(self, group: int, values: Numbers) -> Mapping[int, float]:
        """The groups before this one held at what they come to in these values."""
        return {cap: float(cost @ values) for cap, cost in zip(self._caps[:group], self.costs, strict=False)}

    def levels(self, group: int, total: float) -> Iterator[tuple[int, int]]:
        """Each level of a group with its value, from what the group's columns come to."""
        merged: Group = self.groups[group]
        return enumerate(merged.values(round(total) + self.constants[group]), merged.first)

    # What of a roster may change.

    def placing(self, people: Sequence[int]) -> Flags:
        """All columns of some people, whatever they do now."""
        chosen = np.zeros(len(self.people) + 1, np.bool_)
        chosen[people] = True
        free = self.derived | (chosen[self.person_of] & (self.person_of >= 0))
        free[self._columns] = chosen[self._whose]
        return free

    def around(self, values: Numbers, loose: Flags) -> Flags:
        """The turns on the loose days (people × days), and the stretches that agree with all other days."""
        free = self.derived.copy()
        turns = slice(0, len(self.turns))
        free[turns] = loose[self.person_of[turns], self.day_of[turns]]
        worked = np.zeros(loose.shape, np.bool_)
        now = np.flatnonzero(values[turns] > 0.5)
        worked[self.person_of[now], self.day_of[now]] = True
        against = np.where(self._works, self._kept(~worked & ~loose), self._kept(worked & ~loose))
        touched: Flags = np.asarray(loose.any(axis=1))
        free[self._columns] = touched[self._whose] & (against == 0)
        return free

    def doubts(self, values: Numbers, relaxed: Numbers) -> Numbers:
        """For people × days, how far the relaxed values are from what the person does there in a roster."""
        turns = slice(0, len(self.turns))
        apart = np.zeros((len(self.people), self.problem.days))
        np.add.at(apart, (self.person_of[turns], self.day_of[turns]), np.abs(values[turns] - relaxed[turns]))
        return apart / 2

    def turns_of_days(self) -> Places:
        """For people × days, how many possible turns there are."""
        turns = slice(0, len(self.turns))
        counts = np.zeros((len(self.people), self.problem.days), np.int64)
        np.add.at(counts, (self.person_of[turns], self.day_of[turns]), 1)
        return counts

    def _kept(self, days: Flags) -> Places:
        """How many of the marked days of its person each stretch covers."""
        sums = np.zeros((len(self.people), self.problem.days + 1), np.int64)
        sums[:, 1:] = np.cumsum(days, axis=1)
        covered: Places = sums[self._whose, self._after] - sums[self._whose, self._first]
        return covered
