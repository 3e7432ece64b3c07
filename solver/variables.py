"""The decision variables of a roster, and the few shapes of constraint and cost the rules are made of.

The only place that makes variables: one Boolean per possible turn, and others that follow from those. Each of
the latter knows how (by the number of some turns taken), so any roster can be turned into complete values: a
complete hint spares CP-SAT the search for what it implies, and values every level without solving.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from solver.costs import Cost
from solver.kept import EVERY_RULE, Kept
from solver.possible import Turns, possible_turns
from solver.problem import Assignment, Problem, Shift, Volunteer
from solver.program import Ints, Marks, Program


class Counted(NamedTuple):
    """A variable whose value follows from how many of some turns are taken."""

    variable: int
    turns: Sequence[int]
    value: Callable[[int], int]


class Derived(NamedTuple):
    """A variable whose value follows from which of some turns are taken."""

    variable: int
    turns: Sequence[int]
    value: Callable[[list[int]], int]


def _more_than(number: int, count: int) -> int:
    return int(count > number)


class Model:
    """One model: the possible turns of a problem as Booleans, and what constrains them. Variables are numbers."""

    def __init__(self, problem: Problem, kept: Kept = EVERY_RULE, turns: Turns | None = None) -> None:
        self.problem, self.kept, self.program = problem, kept, Program()
        self.possible = possible_turns(problem, kept) if turns is None else turns
        self.program.columns(len(self.possible))
        people, shifts = _numbers(problem.volunteers), _numbers(problem.shifts)
        self.person_of = np.array([people[person.id] for person, _ in self.possible], dtype=np.int64)
        self.shift_of = np.array([shifts[shift.id] for _, shift in self.possible], dtype=np.int64)
        self._turns_of = dict(zip(people, _grouped(self.person_of, len(people)), strict=True))
        # Ascending like the shifts, as the possible turns come shift by shift.
        self._on_shift = dict(zip(shifts, _grouped(self.shift_of, len(shifts)), strict=True))
        self._counted: list[Counted] = []
        self._derived: list[Derived] = []
        self._used: dict[str, int] = {}
        self._worked: dict[tuple[str, tuple[int, ...]], int | None] = {}
        self._missing: dict[tuple[str, int, str | None], int] = {}

    # Reading: who could serve where.

    def turns(self) -> Iterator[tuple[Volunteer, Shift, int]]:
        """Every possible turn with its variable."""
        for number, (person, shift) in enumerate(self.possible):
            yield person, shift, number

    def turn(self, person: Volunteer, shift: Shift) -> int:
        turn = self.turn_if_possible(person.id, shift.id)
        if turn is None:
            raise KeyError(person.id, shift.id)
        return turn

    def turn_if_possible(self, volunteer: str, shift: str) -> int | None:
        own, there = self._turns_of.get(volunteer), self._on_shift.get(shift)
        if not own or not there:
            return None
        at = bisect_left(own, there[0])
        return own[at] if at < len(own) and own[at] <= there[-1] else None

    def shifts_of(self, person: Volunteer) -> list[Shift]:
        return self._shifts_of[person.id]

    @cached_property
    def _shifts_of(self) -> dict[str, list[Shift]]:
        found: dict[str, list[Shift]] = {person: [] for person in self._turns_of}
        for person, shift in self.possible:
            found[person.id].append(shift)
        return found

    def turns_of(self, person: Volunteer) -> list[int]:
        return self._turns_of[person.id]

    def turns_on(self, shift: Shift, qualification: str | None = None) -> list[int]:
        """The possible turns on a shift, if wanted only those of people who hold a qualification."""
        if qualification is None:
            return self._on_shift[shift.id]
        return self.turns_by(shift, lambda person: qualification in person.qualifications)

    def people_for(self, shift: Shift) -> list[Volunteer]:
        """Everybody with a possible turn on a shift."""
        return [self.possible[turn][0] for turn in self._on_shift[shift.id]]

    def turns_by(self, shift: Shift, whom: Callable[[Volunteer], bool]) -> list[int]:
        """The possible turns on a shift by people of some kind."""
        return [turn for turn in self._on_shift[shift.id] if whom(self.possible[turn][0])]

    def turns_of_all(self, whom: Callable[[Volunteer], bool]) -> Marks:
        """The turns of people of some kind, on whatever shift."""
        return np.array([whom(person) for person in self.problem.volunteers], dtype=bool)[self.person_of]

    # Variables that follow from the turns.

    def used(self, shift: Shift) -> int:
        """Whether anybody is on the shift."""
        if shift.id not in self._used:
            self._used[shift.id] = self._any(self.turns_on(shift), self._places(shift))
        return self._used[shift.id]

    def worked(self, person: Volunteer, day: int) -> int | None:
        """Whether the volunteer works on a day; None if they cannot."""
        return self.worked_on_any(person, (day,))

    def worked_on_any(self, person: Volunteer, days: Iterable[int]) -> int | None:
        """Whether the volunteer works on any of some days; None if they cannot."""
        key = (person.id, tuple(days))
        if key not in self._worked:
            turns = [turn for turn in self._turns_of[person.id] if self.possible[turn][1].day in key[1]]
            self._worked[key] = self._any(turns) if turns else None
        return self._worked[key]

    def _places(self, shift: Shift, others: int = 0) -> int | None:
        """How many can be on the shift beside so many others; None: everybody."""
        limited = shift.max is not None and self.kept.holds("capacity", shift=shift.id)
        return max(0, shift.max - others) if limited and shift.max is not None else None

    def _any(self, turns: Sequence[int], most: int | None = None) -> int:
        if len(turns) == 1:
            return turns[0]
        variable = self._new(1, turns, partial(_more_than, 0))
        self.imply(turns, variable, most)
        self.program.row([*turns, variable], [*[1] * len(turns), -1], least=0)
        return variable

    def _new(self, most: int, turns: Sequence[int], value: Callable[[int], int]) -> int:
        variable = self.program.column(most)
        self._counted.append(Counted(variable, turns, value))
        return variable

    # Constraints.

    def at_most(self, variables: Sequence[int], most: int) -> None:
        if len(variables) > most:
            self.program.row(variables, most=most)

    def imply(self, turns: Sequence[int], variable: int, most: int | None = None) -> None:
        """Each of the turns, of which at most so many can be taken, implies the variable."""
        most = len(turns) if most is None else min(most, len(turns))
        self.program.row([*turns, variable], [*[1] * len(turns), -most], most=0)
        if most > 1:
            self.program.imply(turns, variable)

    def between(self, variables: Sequence[int], amounts: Sequence[int], least: int, most: int) -> None:
        self.program.row(variables, amounts, least=least, most=most)

    def same(self, variables: Sequence[int | None]) -> None:
        """All or none of them; one that cannot be excludes the others."""
        known = [variable for variable in variables if variable is not None]
        if len(known) < len(variables):
            for variable in known:
                self.program.row([variable], most=0)
        for variable in known[1:]:
            self.program.row((variable, known[0]), (1, -1), least=0, most=0)

    def not_all(self, conditions: Iterable[tuple[int | None, bool]]) -> None:
        """Not each variable at its given value; None stands for one that is always false."""
        variables, signs = [], []
        for variable, value in conditions:
            if variable is not None:
                variables.append(variable)
                signs.append(-1 if value else 1)
            elif value:
                return
        self.program.row(variables, signs, least=1 - signs.count(-1))

    def accompany(self, shift: Shift, needy: Marks) -> None:
        """None of the needy turns is taken on the shift without one that is not needy."""
        turns = np.array(self._on_shift[shift.id], dtype=np.int64)
        asking, companions = turns[needy[turns]].tolist(), turns[~needy[turns]].tolist()
        if len(asking) == 1 or not companions:
            for turn in asking:
                self.program.row([turn, *companions], [1, *[-1] * len(companions)], most=0)
        elif asking:
            # The second variable stands for any companion, so that not every one asking repeats them all.
            company = self._new(1, companions, partial(_more_than, 0))
            self.program.row([company, *companions], [1, *[-1] * len(companions)], most=0)
            self.imply(asking, company, self._places(shift, 1))

    def at_least_if_used(self, shift: Shift, turns: Sequence[int], least: int) -> None:
        """At least so many of the turns, or nobody on the shift at all."""
        if least and self.turns_on(shift):
            # With nobody else to come, the variable may be one of the turns.
            amounts = Counter(turns)
            amounts[self.used(shift)] -= least
            self.program.row(list(amounts), list(amounts.values()), least=0)

    def must_serve(self, volunteer: str, shift: str) -> None:
        turn = self.turn_if_possible(volunteer, shift)
        self.program.row([] if turn is None else [turn], least=1)

    # Costs.

    def shortage(self, shift: Shift, wanted: int, qualification: str | None = None) -> Cost:
        """How many of the people wanted on a shift are missing, if wanted only those with a qualification."""
        cost, turns = Cost(), self.turns_on(shift, qualification)
        if not turns:
            cost.constant = wanted
        elif wanted:
            key = (shift.id, wanted, qualification)
            if key not in self._missing:
                self._missing[key] = self._shortage(shift, turns, wanted)
            cost.add(self._missing[key], 1)
        return cost

    def _shortage(self, shift: Shift, turns: Sequence[int], wanted: int) -> int:
        missing = self._new(wanted, turns, lambda count: max(0, wanted - count))
        self.program.row([*turns, missing], least=wanted)
        if shift.id in self._used:
            # Implied, but the linear relaxation does not know it: a third of a laptop serves nobody.
            self.program.row((missing, self._used[shift.id]), (1, wanted), least=wanted)
        return missing

    def excess(self, turns: Sequence[int], wanted: int) -> Cost:
        """How many turns are taken beyond those wanted."""
        cost = Cost()
        if len(turns) > wanted:
            beyond = self._new(len(turns) - wanted, turns, lambda count: max(0, count - wanted))
            self.program.row([*turns, beyond], [*[1] * len(turns), -1], most=wanted)
            cost.add(beyond, 1)
        return cost

    def stepwise(self, turns: Sequence[int], steps: Sequence[int]) -> Cost:
        """The first so many steps, by the number of turns taken; each step costs at least the one before.

        Every turn costs the first step, and further variables what each later one costs beyond that.
        """
        cost = Cost()
        if steps:
            cost.add_each(turns, [steps[0]] * len(turns))
        if len(turns) > 1 and len(steps) > 1:
            further = [self._new(1, turns, partial(_more_than, at)) for at in range(1, len(steps))]
            self.program.row([*turns, *further], [*[1] * len(turns), *[-1] * len(further)], most=1)
            for variable, step in zip(further, steps[1:], strict=True):
                cost.add(variable, step - steps[0])
        return cost

    def taken_at_least(self, turns: Sequence[int], least: int) -> int:
        """Whether at least so many of the turns are taken; to be asked for, as it may stay false even so."""
        variable = self._new(1, turns, lambda count: int(count >= least))
        self.program.row([*turns, variable], [*[1] * len(turns), -least], least=0)
        return variable

    def failing(
        self,
        shift: Shift,
        clauses: Iterable[Sequence[int]],
        helpful: Sequence[int],
        fewest: int,
        fails: Callable[[list[Volunteer]], bool],
    ) -> Cost:
        """1 unless each clause has something true; which is when the people on the shift do not fail.

        It takes at least the `fewest` of the helpful turns not to.
        """
        cost, variable = Cost(), self.program.column()
        for clause in clauses:
            self.program.row([variable, *clause], least=1)
        self.program.row([*helpful, variable], [*[1] * len(helpful), fewest], least=fewest)
        turns = self._on_shift[shift.id]
        self._derived.append(
            Derived(variable, turns, lambda taken: int(fails([self.possible[turn][0] for turn in taken])))
        )
        cost.add(variable, 1)
        return cost

    def most(self, cost: Cost) -> int:
        """What a cost can come to at most, or somewhat more."""
        amounts = np.zeros(len(self.program.upper), dtype=np.int64)
        np.add.at(amounts, np.array(cost.indexes, dtype=np.int64), np.array(cost.coefficients, dtype=np.int64))
        amounts = np.maximum(amounts, 0)
        turns = len(self.possible)
        others = int(amounts[turns:] @ np.array(self.program.upper[turns:], dtype=np.int64))
        return cost.constant + others + self._dearest(amounts[:turns])

    def _dearest(self, amounts: Ints) -> int:
        """What turns can come to at most, as far as the limits of turns and the places say."""
        if not amounts.any():
            return 0
        given = [person.limits.turns for person in self.problem.volunteers]
        taken = [shift.max for shift in self.problem.shifts]
        return min(_dearest(amounts, self.person_of, given), _dearest(amounts, self.shift_of, taken))

    # Rosters as values of the variables.

    def complete(self, assignments: Iterable[Assignment]) -> list[int]:
        """The value of every variable in a roster of possible turns."""
        values = [0] * len(self.program.upper)
        for turn in assignments:
            number = self.turn_if_possible(turn.volunteer, turn.shift)
            if number is None:
                raise KeyError(turn)
            values[number] = 1
        for (variable, _, value), count in zip(self._counted, self._counts(values), strict=True):
            values[variable] = value(count)
        for variable, turns, which in self._derived:
            values[variable] = which([turn for turn in turns if values[turn]])
        return values

    def _counts(self, values: Sequence[int]) -> list[int]:
        """How many of its turns are taken, for each variable that follows from that."""
        owners, turns = self._counted_turns
        taken = np.array(values, dtype=np.int64)[turns]
        return list(map(int, np.bincount(owners, taken, minlength=len(self._counted))))

    @cached_property
    def _counted_turns(self) -> tuple[Ints, Ints]:
        """The turns of all these variables, and whose each is; asked for once all rules are written down."""
        lengths = [len(counted.turns) for counted in self._counted]
        turns = chain.from_iterable(counted.turns for counted in self._counted)
        return np.repeat(np.arange(len(lengths)), lengths), np.fromiter(turns, dtype=np.int64)

    def assignments(self, values: Sequence[int]) -> tuple[Assignment, ...]:
        """The turns taken in values of the variables, in the problem's order of shifts."""
        taken = np.flatnonzero(np.array(values[: len(self.possible)])).tolist()
        return tuple(Assignment(person.id, shift.id) for person, shift in (self.possible[turn] for turn in taken))


def _dearest(amounts: Ints, owners: Ints, limits: Sequence[int | None]) -> int:
    """The sum of the largest amounts of each owner, at most so many of them; None: all."""
    most = np.array([len(amounts) if limit is None else limit for limit in limits], dtype=np.int64)
    order = np.lexsort((-amounts, owners))
    lengths = np.bincount(owners, minlength=len(limits))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return int(amounts[order][rank < most[owners[order]]].sum())


def _numbers(things: Iterable[Volunteer | Shift]) -> dict[str, int]:
    return {thing.id: number for number, thing in enumerate(things)}


def _grouped(owners: Ints, size: int) -> list[list[int]]:
    """For each owner the positions of what is theirs, ascending."""
    order = np.argsort(owners, kind="stable").tolist()
    ends = np.cumsum(np.bincount(owners, minlength=size)).tolist()
    return [order[start:end] for start, end in pairwise([0, *ends])]
