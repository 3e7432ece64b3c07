"""The decision variables of a roster, and the few shapes of constraint and cost the rules are made of.

The only place that makes variables: one Boolean per possible turn, and others that follow from those. Each of
the latter knows how (by the number of some turns taken), so any roster can be turned into complete values: a
complete hint spares CP-SAT the search for what it implies, and values every level without solving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ortools.sat.python.cp_model import Constraint, CpModel, IntVar, LinearExpr

from solver.cliques import cliques
from solver.costs import Cost
from solver.kept import EVERY_RULE, Kept
from solver.possible import Turns, possible_turns
from solver.problem import Assignment, Problem, Shift, Volunteer

UNCAPPED = 2**60  # beyond every cost, and far enough from 64 bits


class Counted(NamedTuple):
    """A variable whose value follows from how many of some turns are taken."""

    variable: int
    turns: list[int]
    value: Callable[[int], int]


class Derived(NamedTuple):
    """A variable whose value follows from which of some turns are taken."""

    variable: int
    value: Callable[[list[int]], int]
    turns: list[int]


class Cap:
    """A ceiling over a cost that can be lowered and taken away."""

    def __init__(self, constraint: Constraint, constant: int) -> None:
        self._constraint, self._constant = constraint, constant

    def hold(self, value: int) -> None:
        self._constraint.proto.linear.domain[1] = value - self._constant

    def release(self) -> None:
        self._constraint.proto.linear.domain[1] = UNCAPPED


def _more_than(number: int, count: int) -> int:
    return int(count > number)


class Model:
    """One model: the possible turns of a problem as Booleans, and what constrains them."""

    def __init__(self, problem: Problem, kept: Kept = EVERY_RULE, turns: Turns | None = None) -> None:
        self.problem, self.kept, self.cp = problem, kept, CpModel()
        self._turns = possible_turns(problem, kept) if turns is None else turns
        self._variables = [self.cp.new_bool_var("") for _ in self._turns]
        self._index = {(person.id, shift.id): number for number, (person, shift) in enumerate(self._turns)}
        self._of_person: dict[str, list[Shift]] = {person.id: [] for person in problem.volunteers}
        self._on_shift: dict[str, list[int]] = {shift.id: [] for shift in problem.shifts}
        for number, (person, shift) in enumerate(self._turns):
            self._of_person[person.id].append(shift)
            self._on_shift[shift.id].append(number)
        self._counted: list[Counted] = []
        self._derived: list[Derived] = []
        self._used: dict[str, IntVar] = {}
        self._worked: dict[tuple[str, tuple[int, ...]], IntVar | None] = {}

    # Reading: who could serve where.

    def turns(self) -> Iterator[tuple[Volunteer, Shift, int]]:
        """Every possible turn with the index of its variable."""
        for number, (person, shift) in enumerate(self._turns):
            yield person, shift, number

    def index_of(self, volunteer: str, shift: str) -> int | None:
        return self._index.get((volunteer, shift))

    def turn(self, person: Volunteer, shift: Shift) -> IntVar:
        return self._variables[self._index[person.id, shift.id]]

    def turn_if_possible(self, person: Volunteer, shift: Shift) -> IntVar | None:
        number = self.index_of(person.id, shift.id)
        return None if number is None else self._variables[number]

    def shifts_of(self, person: Volunteer) -> list[Shift]:
        return self._of_person[person.id]

    def turns_on(self, shift: Shift) -> list[IntVar]:
        return [self._variables[number] for number in self._on_shift[shift.id]]

    def turns_with(self, shift: Shift, qualification: str) -> list[IntVar]:
        """The possible turns on a shift by people who hold a qualification."""
        holders = (n for n in self._on_shift[shift.id] if qualification in self._turns[n][0].qualifications)
        return [self._variables[number] for number in holders]

    def people_for(self, shift: Shift) -> list[Volunteer]:
        """Everybody with a possible turn on a shift."""
        return [self._turns[number][0] for number in self._on_shift[shift.id]]

    def turns_by(self, shift: Shift, whom: Callable[[Volunteer], bool]) -> list[IntVar]:
        """The possible turns on a shift by people of some kind."""
        return [self._variables[number] for number in self._on_shift[shift.id] if whom(self._turns[number][0])]

    # Variables that follow from the turns.

    def used(self, shift: Shift) -> IntVar:
        """Whether anybody is on the shift."""
        if shift.id not in self._used:
            self._used[shift.id] = self._any(self.turns_on(shift))
        return self._used[shift.id]

    def worked(self, person: Volunteer, day: int) -> IntVar | None:
        """Whether the volunteer works on a day; None if they cannot."""
        return self.worked_on_any(person, (day,))

    def worked_on_any(self, person: Volunteer, days: Iterable[int]) -> IntVar | None:
        """Whether the volunteer works on any of some days; None if they cannot."""
        key = (person.id, tuple(days))
        if key not in self._worked:
            turns = [self.turn(person, shift) for shift in self.shifts_of(person) if shift.day in key[1]]
            self._worked[key] = self._any(turns) if turns else None
        return self._worked[key]

    def _any(self, turns: Sequence[IntVar]) -> IntVar:
        if len(turns) == 1:
            return turns[0]
        variable = self._new(1, turns, lambda count: int(count > 0))
        for turn in turns:
            self.cp.add_implication(turn, variable)
        self.cp.add_bool_or([*turns, variable.negated()])
        return variable

    def _new(self, most: int, turns: Sequence[IntVar], value: Callable[[int], int]) -> IntVar:
        variable = self.cp.new_int_var(0, most, "") if most > 1 else self.cp.new_bool_var("")
        self._counted.append(Counted(variable.index, [turn.index for turn in turns], value))
        return variable

    # Constraints.

    def at_most(self, variables: Sequence[IntVar], most: int) -> None:
        if most == 1:
            self.cp.add_at_most_one(variables)
        else:
            self.cp.add(LinearExpr.sum(list(variables)) <= most)

    def at_most_one(self, person: Volunteer, clash: Callable[[Shift, Shift], bool]) -> None:
        """Of any two clashing shifts the volunteer serves on one at most."""
        for group in cliques(self.shifts_of(person), clash):
            self.cp.add_at_most_one([self.turn(person, shift) for shift in group])

    def between(self, variables: Sequence[IntVar], amounts: Sequence[int], least: int, most: int) -> None:
        if not variables:
            self.cp.add_bool_or([] if least > 0 else [True])
            return
        self.cp.add_linear_constraint(LinearExpr.weighted_sum(list(variables), list(amounts)), least, most)

    def same(self, variables: Sequence[IntVar | None]) -> None:
        """All or none of them; one that cannot be excludes the others."""
        known = [variable for variable in variables if variable is not None]
        for variable in known:
            self.cp.add(variable == (known[0] if len(known) == len(variables) else 0))

    def not_all(self, conditions: Iterable[tuple[IntVar | None, bool]]) -> None:
        """Not each variable at its given value; None stands for one that is always false."""
        clause = []
        for variable, value in conditions:
            if variable is not None:
                clause.append(variable.negated() if value else variable)
            elif value:
                return
        self.cp.add_bool_or(clause)

    def accompany(self, shift: Shift, needy: Callable[[Volunteer], bool]) -> None:
        """Nobody needy serves on the shift without somebody who is not."""
        numbers = self._on_shift[shift.id]
        companions = [self._variables[n] for n in numbers if not needy(self._turns[n][0])]
        for number in numbers:
            if needy(self._turns[number][0]):
                self.cp.add_bool_or([*companions, self._variables[number].negated()])

    def at_least_if_used(self, shift: Shift, turns: Sequence[IntVar], least: int) -> None:
        """At least so many of the turns, or nobody on the shift at all."""
        if least and self.turns_on(shift):
            self.cp.add(LinearExpr.sum(list(turns)) >= least * self.used(shift))

    def must_serve(self, volunteer: str, shift: str) -> None:
        number = self.index_of(volunteer, shift)
        self.cp.add_bool_or([] if number is None else [self._variables[number]])

    # Costs.

    def shortage(self, shift: Shift, turns: Sequence[IntVar], wanted: int) -> Cost:
        """How many of the turns wanted on a shift are not taken."""
        cost = Cost()
        if not turns:
            cost.constant = wanted
        elif wanted:
            missing = self._new(wanted, turns, lambda count: max(0, wanted - count))
            self.cp.add(LinearExpr.sum([*turns, missing]) >= wanted)
            if shift.id in self._used:
                # Implied, but the linear relaxation does not know it: a third of a laptop serves nobody.
                self.cp.add(missing + wanted * self._used[shift.id] >= wanted)
            cost.add(missing.index, 1)
        return cost

    def excess(self, turns: Sequence[IntVar], wanted: int) -> Cost:
        """How many turns are taken beyond those wanted."""
        cost = Cost()
        if len(turns) > wanted:
            beyond = self._new(len(turns) - wanted, turns, lambda count: max(0, count - wanted))
            self.cp.add(LinearExpr.sum(list(turns)) <= wanted + beyond)
            cost.add(beyond.index, 1)
        return cost

    def stepwise(self, turns: Sequence[IntVar], steps: Sequence[int]) -> Cost:
        """The first so many steps, by the number of turns taken; each step costs at least the one before."""
        cost = Cost()
        if len(turns) == 1 and len(steps) == 1:
            cost.add(turns[0].index, steps[0])
        elif turns:
            taken = [self._new(1, turns, partial(_more_than, at)) for at in range(len(steps))]
            self.cp.add(LinearExpr.sum(taken) == LinearExpr.sum(list(turns)))
            for variable, step in zip(taken, steps, strict=True):
                cost.add(variable.index, step)
        return cost

    def taken_at_least(self, turns: Sequence[IntVar], least: int) -> IntVar:
        """Whether at least so many of the turns are taken; to be asked for, as it may stay false even so."""
        variable = self._new(1, turns, lambda count: int(count >= least))
        self.cp.add(LinearExpr.sum(list(turns)) >= least * variable)
        return variable

    def failing(
        self, shift: Shift, clauses: Iterable[Sequence[IntVar]], fails: Callable[[list[Volunteer]], bool]
    ) -> Cost:
        """1 unless each clause has something true; which is when the people on the shift do not fail."""
        cost = Cost()
        variable = self.cp.new_bool_var("")
        for clause in clauses:
            self.cp.add_bool_or([variable, *clause])
        self._derived.append(
            Derived(
                variable.index,
                lambda taken: int(fails([self._turns[number][0] for number in taken])),
                self._on_shift[shift.id],
            )
        )
        cost.add(variable.index, 1)
        return cost

    # Solving.

    def expression(self, cost: Cost) -> LinearExpr:
        variables = [self.cp.get_int_var_from_proto_index(index) for index in cost.indexes]
        return LinearExpr.weighted_sum(variables, cost.coefficients) + cost.constant

    def most(self, cost: Cost) -> int:
        """What a cost can come to at most, or somewhat more."""
        total = Counter[int]()
        for index, coefficient in zip(cost.indexes, cost.coefficients, strict=True):
            total[index] += coefficient
        by_turn = [amount for index, amount in total.items() if amount > 0 and index < len(self._turns)]
        others = sum(
            # The last entry of the domain; the field does not count from its end.
            amount * int(self.cp.proto.variables[index].domain[1])
            for index, amount in total.items()
            if amount > 0 and index >= len(self._turns)
        )
        return cost.constant + others + min(sum(by_turn), max(by_turn, default=0) * self._most_turns())

    def _most_turns(self) -> int:
        """How many turns there can be at most, as far as the limits of turns say."""
        limits = ((person.limits.turns, len(self._of_person[person.id])) for person in self.problem.volunteers)
        return sum(most if turns is None else min(turns, most) for turns, most in limits)

    def cap(self, cost: Cost) -> Cap:
        """A ceiling over a cost, not yet in force."""
        return Cap(self.cp.add(self.expression(cost) <= UNCAPPED), cost.constant)

    def complete(self, assignments: Iterable[Assignment]) -> list[int]:
        """The value of every variable in a roster of possible turns."""
        values = [0] * len(self.cp.proto.variables)
        for turn in assignments:
            values[self._index[turn.volunteer, turn.shift]] = 1
        for variable, turns, value in self._counted:
            values[variable] = value(sum(values[turn] for turn in turns))
        for derived in self._derived:
            values[derived.variable] = derived.value([turn for turn in derived.turns if values[turn]])
        return values

    def assignments(self, values: Sequence[int]) -> tuple[Assignment, ...]:
        """The turns taken in values of the variables, in the problem's order of shifts."""
        return tuple(
            Assignment(person.id, shift.id)
            for (person, shift), taken in zip(self._turns, values, strict=False)
            if taken
        )

    def hint(self, values: Sequence[int]) -> None:
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        self.cp.proto.solution_hint.vars.extend(range(len(values)))
        self.cp.proto.solution_hint.values.extend(values)
