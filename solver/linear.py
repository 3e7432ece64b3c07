"""A mixed-integer linear programme as plain arrays, solved whole or with most of it fixed, by HiGHS.

Where rosters are long, their linear relaxation says almost everything, and HiGHS makes the most of one. It comes
with OR-Tools (`ortools.math_opt`; a second copy cannot live in the same process), whose `core` is asked: the layer
above it takes a fifth as long as HiGHS itself, and holds Python's lock. HiGHS cannot be interrupted there: whoever must
answer soon leaves it behind, so every call is given a limit of nodes and of seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, result_pb2, solution_pb2
from ortools.math_opt.core.python import solver as math_opt

from solver.costs import Cost
from solver.program import UNBOUNDED, Program

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
ROUNDING = 1e-4  # a bound is a floating-point number, a cost is whole
BELOW_ONE = 0.99  # a whole cost is proved when no solution can be better by one
LONGEST = 1e6  # seconds
IMPOSSIBLE = result_pb2.TERMINATION_REASON_INFEASIBLE
SETTLED = (result_pb2.TERMINATION_REASON_OPTIMAL, IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` of all columns, None if none were found; `bound`: no solution costs less, as HiGHS reckons.

    Of a relaxation that is `closed` also the `prices` of all rows, and what each column is `reduced` to by them.
    """

    values: Numbers | None
    bound: float
    closed: bool  # settled: `values` are optimal, or none are possible
    steps: int  # simplex iterations: work that does not depend on the machine
    impossible: bool = False  # there are no values
    prices: Numbers | None = None
    reduced: Numbers | None = None


class Programme:
    """Columns between 0 and their most, rows between a low and a high."""

    def __init__(self) -> None:
        self.most: list[float] = []
        self.whole: list[bool] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._coefficients: list[float] = []
        self._arrays: _Arrays | None = None

    def column(self, most: float = 1, *, whole: bool = True, rows: Iterable[tuple[int, float]] = ()) -> int:
        """A column between 0 and `most`, with coefficients in rows that are there already."""
        number = len(self.most)
        for row, coefficient in rows:
            self._enter(row, number, coefficient)
        self.most.append(most)
        self.whole.append(whole)
        return number

    def row(self, entries: Iterable[tuple[int, float]], low: float = -inf, high: float = inf) -> int:
        """`low` ≤ sum of coefficient times column ≤ `high`."""
        number = len(self.low)
        for column, coefficient in entries:
            self._enter(number, column, coefficient)
        self.low.append(low)
        self.high.append(high)
        return number

    def _enter(self, row: int, column: int, coefficient: float) -> None:
        self._rows.append(row)
        self._columns.append(column)
        self._coefficients.append(coefficient)

    def cut(self, columns: Places, rows: Places) -> Programme:
        """These columns and these rows, in which no others are, as a programme of their own."""
        arrays, part = self._frozen(), Programme()
        for most, whole in zip(arrays.most[columns].tolist(), arrays.whole[columns].tolist(), strict=True):
            part.column(most, whole=whole)
        for low, high in zip(arrays.low[rows].tolist(), arrays.high[rows].tolist(), strict=True):
            part.row((), low, high)
        place_of_column, place_of_row = _places(columns, arrays.shape[1]), _places(rows, arrays.shape[0])
        chosen = np.isin(arrays.rows, rows)
        part._rows = place_of_row[arrays.rows[chosen]].tolist()
        part._columns = place_of_column[arrays.columns[chosen]].tolist()
        part._coefficients = arrays.coefficients[chosen].tolist()
        return part

    def cost(self, cost: Cost) -> Numbers:
        """A cost as one coefficient for each column; its constant is left out."""
        coefficients = np.zeros(len(self.most))
        np.add.at(coefficients, cost.indexes, cost.coefficients)
        return coefficients

    def solve(self, question: Question) -> Answer:
        """The cheapest values, as far as the question's limits let HiGHS find and prove them."""
        free, values = question.free, question.values
        columns = np.flatnonzero(free)
        paid = float(question.cost @ np.where(free, 0, values))
        try:
            answer = math_opt.solve(
                self._frozen().piece(question, columns),
                parameters_pb2.SOLVER_TYPE_HIGHS,
                parameters_pb2.SolverInitializerProto(),
                question.parameters(),
                question.hint(columns),
                None,
                callback_pb2.CallbackRegistrationProto(),
                None,
                None,
            )
        except Exception:
            return Answer(None, -inf, closed=False, steps=0)
        found = None
        best = answer.solutions[0].primal_solution if answer.solutions else None
        if best is not None and best.feasibility_status == solution_pb2.SOLUTION_STATUS_FEASIBLE:
            found = values.copy()
            found[columns] = 0
            found[columns[np.array(best.variable_values.ids, np.int64)]] = best.variable_values.values
            found = np.rint(found) if question.whole else found
        reason = answer.termination.reason
        prices, reduced = self._duals(answer, question, columns)
        return Answer(
            found,
            answer.termination.objective_bounds.dual_bound + paid,
            reason in SETTLED and (found is not None or reason == IMPOSSIBLE),
            answer.solve_stats.simplex_iterations,
            reason == IMPOSSIBLE,
            prices,
            reduced,
        )

    def _duals(
        self, answer: result_pb2.SolveResultProto, question: Question, columns: Places
    ) -> tuple[Numbers | None, Numbers | None]:
        closed = answer.termination.reason == result_pb2.TERMINATION_REASON_OPTIMAL  # before, they prove nothing
        if question.whole or not closed or not answer.solutions[0].HasField("dual_solution"):
            return None, None
        dual = answer.solutions[0].dual_solution
        prices, reduced = np.zeros(len(self.low)), np.zeros(len(self.most))
        rows = self._frozen().rows_of(question)
        prices[rows[np.array(dual.dual_values.ids, np.int64)]] = dual.dual_values.values
        reduced[columns[np.array(dual.reduced_costs.ids, np.int64)]] = dual.reduced_costs.values
        return prices, reduced

    def _frozen(self) -> _Arrays:
        if self._arrays is None or self._arrays.shape != (len(self.low), len(self.most)):
            self._arrays = _Arrays(self, self._rows, self._columns, self._coefficients)
        return self._arrays

    def entries(self) -> tuple[Places, Places, Numbers]:
        """Row, column and coefficient of every entry."""
        arrays = self._frozen()
        return arrays.rows, arrays.columns, arrays.coefficients


@dataclass(frozen=True, slots=True)
class Question:
    """The cheapest values of the `free` columns while all others keep theirs.

    `start`: the values are a solution already. `ceilings`: rows with another high than the programme's.
    """

    cost: Numbers
    free: Flags
    values: Numbers
    seconds: float
    nodes: int | None = None
    start: bool = True
    whole: bool = True  # or the linear relaxation
    gap: float = BELOW_ONE  # within which values are the cheapest
    seed: int = 0
    ceilings: Mapping[int, float] = field(default_factory=dict)

    def parameters(self) -> parameters_pb2.SolveParametersProto:
        parameters = parameters_pb2.SolveParametersProto()
        parameters.time_limit.FromMilliseconds(int(1000 * max(0.05, min(self.seconds, LONGEST))))
        if self.nodes is not None:
            parameters.node_limit = self.nodes
        if not self.whole:
            parameters.lp_algorithm = parameters_pb2.LP_ALGORITHM_BARRIER  # a third of what the simplex method takes
        parameters.relative_gap_tolerance = 0
        parameters.absolute_gap_tolerance = self.gap
        parameters.random_seed = self.seed
        return parameters

    def hint(self, columns: Places) -> model_parameters_pb2.ModelSolveParametersProto:
        parameters = model_parameters_pb2.ModelSolveParametersProto()
        if self.start:
            known = parameters.solution_hints.add().variable_values
            known.ids.extend(range(len(columns)))
            known.values.extend(self.values[columns])
        return parameters


class _Arrays:
    """The programme's numbers in the form that pieces are cut from."""

    def __init__(
        self, programme: Programme, rows: Sequence[int], columns: Sequence[int], coefficients: Sequence[float]
    ) -> None:
        self.shape = (len(programme.low), len(programme.most))
        self.rows, self.columns = np.array(rows, np.int64), np.array(columns, np.int64)
        self.coefficients = np.array(coefficients, np.float64)
        self.low, self.high = np.array(programme.low, np.float64), np.array(programme.high, np.float64)
        self.most, self.whole = np.array(programme.most, np.float64), np.array(programme.whole, np.bool_)

    def rows_of(self, question: Question) -> Places:
        """The rows that a free column is in."""
        return np.unique(self.rows[question.free[self.columns]])

    def piece(self, question: Question, columns: Places) -> model_pb2.ModelProto:
        """The free columns and the rows they are in, less what the fixed ones come to."""
        free, values, high = question.free, question.values, self.high.copy()
        for row, ceiling in question.ceilings.items():
            high[row] = ceiling
        of_free = free[self.columns]
        given = ~of_free
        paid = np.bincount(
            self.rows[given], self.coefficients[given] * values[self.columns[given]], minlength=self.shape[0]
        )
        rows = self.rows_of(question)
        place_of_column, place_of_row = _places(columns, self.shape[1]), _places(rows, self.shape[0])
        proto = model_pb2.ModelProto()
        proto.variables.ids.extend(range(len(columns)))
        proto.variables.lower_bounds.extend(np.zeros(len(columns)))
        proto.variables.upper_bounds.extend(self.most[columns])
        proto.variables.integers.extend((self.whole[columns] & question.whole).tolist())
        proto.linear_constraints.ids.extend(range(len(rows)))
        proto.linear_constraints.lower_bounds.extend(self.low[rows] - paid[rows])
        proto.linear_constraints.upper_bounds.extend(high[rows] - paid[rows])
        self._matrix(proto, place_of_row[self.rows[of_free]], place_of_column[self.columns[of_free]], of_free)
        cost = question.cost[columns]
        costly = np.flatnonzero(cost)
        proto.objective.linear_coefficients.ids.extend(costly)
        proto.objective.linear_coefficients.values.extend(cost[costly])
        return proto

    def _matrix(self, proto: model_pb2.ModelProto, rows: Places, columns: Places, chosen: Flags) -> None:
        """Entries row by row, column by column, each place once, as the format wants them."""
        width = max(1, len(proto.variables.ids))
        places, inverse = np.unique(rows * width + columns, return_inverse=True)
        sums = np.bincount(inverse, self.coefficients[chosen], minlength=len(places))
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(places // width)
        matrix.column_ids.extend(places % width)
        matrix.coefficients.extend(sums)


def _places(chosen: Places, size: int) -> Places:
    """Where each of the chosen stands among them."""
    places = np.zeros(size, np.int64)
    places[chosen] = np.arange(len(chosen))
    return places


def programme_of(program: Program) -> Programme:
    """What the rules have written down, column by column the same, and open to more."""
    programme = Programme()
    for upper in program.upper:
        programme.column(upper)
    for columns, coefficients, least, most in program.rows():
        entries = zip(columns, map(float, coefficients), strict=True)
        programme.row(entries, -inf if least == -UNBOUNDED else least, inf if most == UNBOUNDED else most)
    return programme
