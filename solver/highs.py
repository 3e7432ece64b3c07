"""HiGHS on a programme: its linear relaxation, which is almost whole for rosters, and from there the whole numbers.

HiGHS computes with floating-point numbers, so the optimum of a relaxation proves nothing. Its dual values do: rounded
to whole multiples of a small unit they are multipliers like any others, and the bound they give (Lagrangian duality)
and the reduced costs are computed here in whole numbers. Poor duals make the bound weak, never wrong.

`math_opt.core` is the part of OR-Tools' Python layer that talks to the solver; the one above takes half a second to
import. The package `highspy` cannot live in one process with it. HiGHS cannot be interrupted there: a run that is
stopped leaves a call behind, which ends by its own limit of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2
from ortools.math_opt.core.python import solver as math_opt

from solver.effort import Effort
from solver.program import UNBOUNDED, Floats, Ints, Matrix

UNITS = 2**16  # the duals are multiples of one over this
# Each takes a third of the time on a province, and none finds anything there.
LITTLE_USE = ("mip_detect_symmetry", "mip_heuristic_run_root_reduced_cost", "mip_heuristic_run_feasibility_jump")
TOLERANCE = 1e-3  # of a bound that HiGHS proves by branching: costs are whole


@dataclass(frozen=True, slots=True)
class Relaxed:
    """No whole solution costs less than `total` units, none that moves column j from where it is cheap less than that
    and `|penalties[j]|`: away from its lower value if that is positive, from its upper one if negative.
    """

    values: Floats
    total: int
    penalties: Floats

    @property
    def bound(self) -> float:
        return self.total / UNITS

    def floor(self, slack: float = 0.0) -> int:
        """The least whole cost of solutions outside the region of this slack, or (0) of any."""
        return -(-(self.total + int(slack * UNITS)) // UNITS)

    def region(self, matrix: Matrix, slack: float) -> Matrix:
        """What is left of the programme for solutions that cost at most so much more than the bound."""
        ranges = matrix.upper - matrix.lower
        steps = ranges.copy()
        dear = np.abs(self.penalties) > 0
        steps[dear] = np.minimum(ranges[dear], np.floor((slack + 1 / UNITS) / np.abs(self.penalties[dear])))
        return matrix.within(
            np.where(self.penalties < 0, matrix.upper - steps, matrix.lower),
            np.where(self.penalties > 0, matrix.lower + steps, matrix.upper),
        )


def relaxed(matrix: Matrix, costs: Ints, effort: Effort) -> Relaxed | None:
    """The relaxation; None if it has no solution, or not enough time."""
    if matrix.impossible():
        return None  # OR-Tools would refuse the model
    answer = _ask(_model(matrix, costs, whole=False), effort)
    if not answer.solutions or not answer.solutions[0].HasField("dual_solution"):
        return None
    solution = answer.solutions[0]
    values = _dense(solution.primal_solution.variable_values, len(costs))
    total, penalties = _proved(matrix, costs, _dense(solution.dual_solution.dual_values, len(matrix.least)))
    return Relaxed(values, total, penalties)


def cheapest(matrix: Matrix, costs: Ints, effort: Effort) -> tuple[Ints | None, int | None]:
    """The cheapest whole solution found, and what HiGHS proves none costs less than."""
    if matrix.impossible():
        return None, None
    small, free = matrix.reduced()
    settled = np.where(matrix.lower < matrix.upper, 0, matrix.lower)
    answer = _ask(_model(small, costs[free], whole=True), effort)
    bound = answer.termination.objective_bounds.dual_bound
    floor = int(costs @ settled) + ceil(bound - TOLERANCE) if abs(bound) < UNBOUNDED else None
    if not answer.solutions:
        return None, floor
    settled[free] = np.rint(_dense(answer.solutions[0].primal_solution.variable_values, len(free))).astype(np.int64)
    return settled, floor


def _ask(model: model_pb2.ModelProto, effort: Effort) -> Any:
    parameters = parameters_pb2.SolveParametersProto()
    # A little less than there is: what it has found by then shall still be used.
    parameters.time_limit.FromMilliseconds(int(1000 * max(0.01, effort.seconds_left() * 0.9 - 0.2)))
    parameters.random_seed = effort.seed
    parameters.relative_gap_tolerance = 0
    parameters.absolute_gap_tolerance = 0.5
    for name in LITTLE_USE:
        parameters.highs.bool_options[name] = False
    effort.check()
    return math_opt.solve(
        model,
        parameters_pb2.SOLVER_TYPE_HIGHS,
        parameters_pb2.SolverInitializerProto(),
        parameters,
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )


def _model(matrix: Matrix, costs: Ints, *, whole: bool) -> model_pb2.ModelProto:
    model = model_pb2.ModelProto()
    columns, rows = len(costs), len(matrix.least)
    model.variables.ids.extend(range(columns))
    model.variables.lower_bounds.extend(matrix.lower)
    model.variables.upper_bounds.extend(matrix.upper)
    model.variables.integers.extend([whole] * columns)
    model.linear_constraints.ids.extend(range(rows))
    model.linear_constraints.lower_bounds.extend(np.where(matrix.least > -UNBOUNDED, matrix.least, -np.inf))
    model.linear_constraints.upper_bounds.extend(np.where(matrix.most < UNBOUNDED, matrix.most, np.inf))
    order = np.lexsort((matrix.columns, matrix.rows))
    entries = model.linear_constraint_matrix
    entries.row_ids.extend(matrix.rows[order])
    entries.column_ids.extend(matrix.columns[order])
    entries.coefficients.extend(matrix.coefficients[order])
    charged = np.flatnonzero(costs)
    model.objective.linear_coefficients.ids.extend(charged)
    model.objective.linear_coefficients.values.extend(costs[charged])
    return model


def _dense(sparse: Any, size: int) -> Floats:
    dense = np.zeros(size)
    dense[np.array(sparse.ids, dtype=np.int64)] = sparse.values
    return dense


def _proved(matrix: Matrix, costs: Ints, duals: Floats) -> tuple[int, Floats]:
    """The Lagrangian bound of some multipliers of the rows, and the reduced costs, both exact in `UNITS`."""
    prices = np.rint(duals * UNITS).astype(np.int64)
    # A row without a lower side can only be paid for its upper one, and the other way round.
    prices[(prices > 0) & (matrix.least == -UNBOUNDED)] = 0
    prices[(prices < 0) & (matrix.most == UNBOUNDED)] = 0
    reduced = costs * UNITS
    np.subtract.at(reduced, matrix.columns, matrix.coefficients * prices[matrix.rows])
    paid = prices * np.where(prices > 0, matrix.least, np.where(prices < 0, matrix.most, 0))
    cheap = reduced * np.where(reduced > 0, matrix.lower, matrix.upper)
    total = sum(paid.tolist()) + sum(cheap.tolist())  # Python's whole numbers have no end
    return total, reduced / UNITS
