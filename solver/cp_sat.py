"""CP-SAT on a programme: the whole numbers, and the proof.

`cp_model_helper` is the part of OR-Tools' own Python layer that talks to the solver. The part above it loads pandas,
which takes longer than most rosters do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from ortools.sat.python import cp_model_helper as cp_sat

from solver.effort import Effort
from solver.program import Ints, Matrix

ROUNDING = 1e-6  # bounds come as floating-point numbers, costs are whole


@dataclass(frozen=True, slots=True)
class Answer:
    """`possible` None: not known. `bound`: no solution costs less."""

    possible: bool | None
    bound: int | None = None


def ask(
    matrix: Matrix,
    effort: Effort,
    work: float,
    *,
    costs: Ints | None = None,
    hint: Sequence[int] | None = None,
    found: Callable[[Ints], None] | None = None,
    bounded: Callable[[int], None] | None = None,
) -> Answer:
    """Look for the cheapest solution, with a hint to start from. Tells of each solution and each bound at once."""
    small, free, _ = matrix.reduced()
    if matrix.impossible():
        return Answer(False)  # CP-SAT would call the model invalid
    settled = matrix.lower.copy()
    model = _model(small)
    base = 0
    if costs is not None:
        base = int(costs @ np.where(matrix.lower < matrix.upper, 0, matrix.lower))
        charged = np.flatnonzero(costs[free])
        model.objective.vars.extend(charged.tolist())
        model.objective.coeffs.extend(costs[free][charged].tolist())
    if hint is not None:
        model.solution_hint.vars.extend(range(len(free)))
        model.solution_hint.values.extend(np.array(hint, dtype=np.int64)[free].tolist())
    wrapper = cp_sat.SolveWrapper()
    wrapper.set_parameters(_parameters(effort, work))
    watch = _Watch(lambda values: _tell(found, settled, free, values))
    wrapper.add_solution_callback(watch)
    if bounded is not None and costs is not None:
        tell = bounded
        wrapper.add_best_bound_callback(lambda bound: tell(base + ceil(bound - ROUNDING)))
    with effort.running(wrapper.stop_search):
        response: Any = wrapper.solve(model)  # type: ignore[no-untyped-call]
    if watch.error is not None:
        raise watch.error
    if response.status == cp_sat.INFEASIBLE:
        return Answer(False)
    if response.status not in (cp_sat.OPTIMAL, cp_sat.FEASIBLE):
        return Answer(None)
    if costs is None:
        return Answer(True)
    return Answer(True, base + ceil(response.best_objective_bound - ROUNDING))


def _parameters(effort: Effort, work: float) -> Any:
    parameters = cp_sat.SatParameters()
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed
    parameters.linearization_level = 2
    if effort.workers > 1:
        # The default portfolio of few workers has no full linear relaxation, and with it goes the proof.
        parameters.subsolvers.extend(["max_lp"])
    parameters.max_deterministic_time = work
    parameters.max_time_in_seconds = max(0.01, effort.seconds_left())
    return parameters


def _tell(found: Callable[[Ints], None] | None, settled: Ints, free: Ints, values: Sequence[int]) -> None:
    if found is not None:
        complete = settled.copy()
        complete[free] = values
        found(complete)


def _model(matrix: Matrix) -> Any:
    model = cp_sat.CpModelProto()
    for lower, upper in zip(matrix.lower.tolist(), matrix.upper.tolist(), strict=True):
        model.variables.add().domain.extend((lower, upper))
    order = np.argsort(matrix.rows, kind="stable")
    columns, coefficients = matrix.columns[order].tolist(), matrix.coefficients[order].tolist()
    ends = np.cumsum(np.bincount(matrix.rows, minlength=len(matrix.least))).tolist()
    start = 0
    for end, least, most in zip(ends, matrix.least.tolist(), matrix.most.tolist(), strict=True):
        row = model.constraints.add().linear
        row.vars.extend(columns[start:end])
        row.coeffs.extend(coefficients[start:end])
        row.domain.extend((least, most))
        start = end
    return model


class _Watch(cp_sat.SolutionCallback):
    """Passes on every solution."""

    def __init__(self, tell: Callable[[Sequence[int]], None]) -> None:
        super().__init__()
        self._tell = tell
        self.error: Exception | None = None

    def OnSolutionCallback(self) -> None:  # noqa: N802  the name CP-SAT calls
        try:
            response: Any = self.Response()  # type: ignore[no-untyped-call]
            self._tell(list(response.solution))
        except Exception as error:  # CP-SAT would swallow it; it is raised again after the solve
            self.error = error
            self.StopSearch()
