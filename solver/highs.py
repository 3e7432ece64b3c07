"""HiGHS on a programme: its linear relaxation, which is almost whole for rosters, and from there the whole numbers.

HiGHS computes with floating-point numbers, so the optimum of a relaxation proves nothing. Its dual values do: rounded
to whole multiples of a small unit they are multipliers like any others, and the bound they give (Lagrangian duality)
and the reduced costs are computed here in whole numbers. Poor duals make the bound weak, never wrong.

`math_opt.core` is the part of OR-Tools' Python layer that talks to the solver; the one above takes half a second to
import. The package `highspy` cannot live in one process with it. HiGHS cannot be interrupted there: a run that is
stopped leaves a call behind, which ends by its own limit of time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf, ulp
from typing import Any

import numpy as np
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, result_pb2, solution_pb2
from ortools.math_opt.core.python import solver as math_opt
from pybind11_abseil.status import StatusNotOk  # type: ignore[import-untyped]

from solver.effort import Effort
from solver.program import UNBOUNDED, Floats, Ints, Marks, Matrix
from solver.wire import put

LARGE = 100_000  # columns from which on a relaxation gains more by fewer rows than it loses
UNITS = 2**16  # the duals are multiples of one over this
# Of HiGHS's own perturbation of costs: with all of it a relaxation takes a fifth longer, with a tenth some never end.
PERTURBED = 0.5
MOST_PAID = 2.0**58  # by one column in one row, in units
DEAREST = 2.0**40  # of a dual: beyond it are those HiGHS could not make out
# Each takes a third of the time on a province, and none finds anything there.
LITTLE_USE = ("mip_detect_symmetry", "mip_heuristic_run_root_reduced_cost", "mip_heuristic_run_feasibility_jump")
NOTHING = result_pb2.SolveResultProto(termination={"objective_bounds": {"dual_bound": -np.inf}})  # found or proved
SMALL_GAP = 0.05  # of a cost that is not whole
TOLERANCE = 1e-3  # of a bound that HiGHS proves by branching: costs are whole
LAST_PLACES = 4  # by which a sum of HiGHS may be too large, whatever it comes to


@dataclass(frozen=True, slots=True)
class Relaxed:
    """No whole solution costs less than `total` units, none that moves column j from where it is cheap less than that
    and `|penalties[j]|`: away from its lower value if that is positive, from its upper one if negative.

    `prices`, in units, are what one more of each row's limit is worth. Some rows may prove that it is `more` units than
    the total; where they have columns `inside`, a penalty is beyond the total, not beyond that.
    """

    values: Floats
    prices: Ints
    total: int
    penalties: Floats
    inside: Marks
    more: int = 0

    @property
    def bound(self) -> float:
        return (self.total + self.more) / UNITS

    def floor(self, slack: float = 0.0) -> int:
        """The least whole cost of solutions outside the region of this slack, or (0) of any."""
        return self.floor_alone(slack + self.more / UNITS)

    def floor_alone(self, slack: float) -> int:
        """The least whole cost of solutions that cost so much more than the relaxation."""
        return -(-(self.total + int(slack * UNITS)) // UNITS)

    def proved(self, more: int, inside: Marks) -> Relaxed:
        """With what some rows prove beyond the relaxation, if more than before; `inside` is what they are about."""
        return replace(self, more=more, inside=self.inside | inside) if more > self.more else self

    def region(self, matrix: Matrix, slack: float) -> Matrix:
        """What is left of the programme for solutions that cost at most so much more than the bound."""
        ranges = matrix.upper - matrix.lower
        steps = ranges.copy()
        dear = np.abs(self.penalties) > 0
        left = slack + np.where(self.inside, self.more / UNITS, 0)[dear]
        steps[dear] = np.minimum(ranges[dear], np.floor((left + 1 / UNITS) / np.abs(self.penalties[dear])))
        return matrix.within(
            np.where(self.penalties < 0, matrix.upper - steps, matrix.lower),
            np.where(self.penalties > 0, matrix.lower + steps, matrix.upper),
        )


def relaxed(
    matrix: Matrix, costs: Ints, effort: Effort, among: Marks | None = None, enough: float = inf
) -> Relaxed | None:
    """The relaxation, if large without the single rows; None if it has no solution, or not enough time to find it.

    If it is known which columns are worth having, it begins `among` them and adds those that turn out to be (sifting),
    until its floor is `enough`.
    """
    if matrix.impossible():
        return None  # OR-Tools would refuse the model
    among = np.ones(len(costs), dtype=bool) if among is None else among
    while True:
        found = _relaxed_among(matrix, costs, effort, among)
        if found is None:
            return None
        missed = ~among & (found.penalties < 0)
        if not missed.any() or found.floor() >= enough:
            return found
        among = among | missed


def _relaxed_among(matrix: Matrix, costs: Ints, effort: Effort, among: Marks) -> Relaxed | None:
    kept = ~matrix.single if len(costs) >= LARGE else np.ones(len(matrix.least), dtype=bool)
    fewer = matrix.only(kept).within(matrix.lower, np.where(among, matrix.upper, matrix.lower))
    small, columns, rows = fewer.reduced()
    # Its presolve takes longer than it spares.
    answer = _ask(_model(small, costs[columns], whole=False), effort, parameters_pb2.EMPHASIS_OFF)
    solution = _solution(answer)
    if solution is None or not solution.HasField("dual_solution"):
        return None
    values, duals = np.where(among, 0.0, matrix.lower), np.zeros(len(matrix.least))
    values[columns] = _dense(solution.primal_solution.variable_values, len(columns))
    duals[np.flatnonzero(kept)[rows]] = _dense(solution.dual_solution.dual_values, len(rows))
    return priced(matrix, costs, matrix.raised(values), duals)


def cheapest(
    matrix: Matrix,
    costs: Ints | Floats,
    effort: Effort,
    *,
    gap: float = 0.5,
    target: int | None = None,
    most: float = inf,
) -> tuple[Ints | None, int | None]:
    """The cheapest whole solution found, and what HiGHS proves none costs less than (where there is none, UNBOUNDED).

    It is content to be within the gap of the cheapest, or no dearer than the target. One that costs more than `most` is
    as good as none.
    """
    if matrix.impossible():
        return None, UNBOUNDED
    small, free, _ = matrix.reduced()
    settled = np.where(matrix.lower < matrix.upper, 0, matrix.lower)
    spent = float(costs @ settled)
    aim = None if target is None else target - spent
    answer = _ask(_model(small, costs[free], whole=True), effort, gap=gap, target=aim, most=most - spent)
    if answer.termination.reason == result_pb2.TERMINATION_REASON_INFEASIBLE:
        return None, UNBOUNDED
    bound = answer.termination.objective_bounds.dual_bound
    floor = int(costs @ settled) + ceil(surely(bound) - TOLERANCE) if abs(bound) < UNBOUNDED else None
    solution = _solution(answer)
    if solution is None:
        return None, floor
    settled[free] = np.rint(_dense(solution.primal_solution.variable_values, len(free))).astype(np.int64)
    return settled, floor


def least_cost(matrix: Matrix, costs: Floats, effort: Effort) -> float | None:
    """What HiGHS proves no whole solution costs less than; None if there is none, or nothing is proved."""
    if matrix.impossible():
        return None
    small, free, _ = matrix.reduced()
    settled = np.where(matrix.lower < matrix.upper, 0, matrix.lower)
    bound = _ask(_model(small, costs[free], whole=True), effort, gap=SMALL_GAP).termination.objective_bounds.dual_bound
    return surely(surely(float(costs @ settled)) + surely(bound)) if abs(bound) < UNBOUNDED else None


def surely(amount: float) -> float:
    """What a sum in floating point is at least."""
    return amount - LAST_PLACES * ulp(amount)


def _ask(
    model: model_pb2.ModelProto,
    effort: Effort,
    presolve: int = parameters_pb2.EMPHASIS_UNSPECIFIED,
    gap: float = 0.5,
    target: float | None = None,
    most: float = inf,
) -> Any:
    parameters = parameters_pb2.SolveParametersProto()
    parameters.presolve = presolve
    parameters.highs.double_options["dual_simplex_cost_perturbation_multiplier"] = PERTURBED
    # A little less than there is: what it has found by then shall still be used.
    parameters.time_limit.FromMilliseconds(int(1000 * max(0.01, effort.seconds_left() * 0.9 - 0.2)))
    parameters.random_seed = effort.seed
    parameters.relative_gap_tolerance = 0
    parameters.absolute_gap_tolerance = gap
    if target is not None:
        parameters.highs.double_options["objective_target"] = target + TOLERANCE
    if most < inf:
        parameters.highs.double_options["objective_bound"] = most
    for name in LITTLE_USE:
        parameters.highs.bool_options[name] = False
    effort.check()
    try:
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
    except StatusNotOk:  # HiGHS gave up, as it may where numbers of very different size meet
        return NOTHING


def _model(matrix: Matrix, costs: Ints | Floats, *, whole: bool) -> model_pb2.ModelProto:
    model = model_pb2.ModelProto()
    columns, rows = len(costs), len(matrix.least)
    put(
        model.variables,
        ids=np.arange(columns),
        lower_bounds=matrix.lower,
        upper_bounds=matrix.upper,
        integers=np.full(columns, whole),
    )
    put(
        model.linear_constraints,
        ids=np.arange(rows),
        lower_bounds=np.where(matrix.least > -UNBOUNDED, matrix.least, -np.inf),
        upper_bounds=np.where(matrix.most < UNBOUNDED, matrix.most, np.inf),
    )
    put(
        model.linear_constraint_matrix,
        row_ids=matrix.rows,
        column_ids=matrix.columns,
        coefficients=matrix.coefficients,
    )
    charged = np.flatnonzero(costs)
    put(model.objective.linear_coefficients, ids=charged, values=costs[charged])
    return model


def _solution(answer: Any) -> Any | None:
    """The solution found. HiGHS also hands out where it stood when it saw that there is none, or ran out of time."""
    found = next(iter(answer.solutions), None)
    if found is None or found.primal_solution.feasibility_status != solution_pb2.SOLUTION_STATUS_FEASIBLE:
        return None
    return found


def _dense(sparse: Any, size: int) -> Floats:
    dense = np.zeros(size)
    dense[np.array(sparse.ids, dtype=np.int64)] = sparse.values
    return dense


def priced(matrix: Matrix, costs: Ints, values: Floats, duals: Floats) -> Relaxed:
    """The Lagrangian bound of some multipliers of the rows, and the reduced costs, both exact in `UNITS`."""
    prices = np.rint(np.where(np.abs(duals) < DEAREST, duals, 0) * UNITS).astype(np.int64)
    # A row without a lower side can only be paid for its upper one, and the other way round.
    prices[(prices > 0) & (matrix.least == -UNBOUNDED)] = 0
    prices[(prices < 0) & (matrix.most == UNBOUNDED)] = 0
    # Any prices give a bound, so those do without that 64 bits are too few for.
    prices[matrix.rows[np.abs(matrix.coefficients.astype(np.float64) * prices[matrix.rows]) > MOST_PAID]] = 0
    reduced = costs * UNITS
    np.subtract.at(reduced, matrix.columns, matrix.coefficients * prices[matrix.rows])
    total = exactly(prices, limits(matrix, prices)) + exactly(
        reduced, np.where(reduced > 0, matrix.lower, matrix.upper)
    )
    return Relaxed(values, prices, total, reduced / UNITS, np.zeros(len(costs), dtype=bool))


def limits(matrix: Matrix, prices: Ints) -> Ints:
    """The limit of each row that its price is paid for."""
    return np.where(prices > 0, matrix.least, np.where(prices < 0, matrix.most, 0))


def exactly(amounts: Ints, prices: Ints) -> int:
    """The sum of the amounts times their prices: 64 bits may be too few for it, Python's whole numbers have no end."""
    if np.abs(amounts.astype(np.float64) * prices).max(initial=0) < UNBOUNDED:
        return sum((amounts * prices).tolist())
    return sum(amount * price for amount, price in zip(amounts.tolist(), prices.tolist(), strict=True))
