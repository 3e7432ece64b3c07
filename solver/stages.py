"""Level by level with CP-SAT: minimise the first level, hold it, minimise the next.

Every stage starts from the best roster as a complete hint and may only keep or better it, so stopping at any
moment leaves a roster and, for each level, a bound that is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ortools.sat.python.cp_model import FEASIBLE, INFEASIBLE, OPTIMAL, CpSolver, CpSolverSolutionCallback

from solver.costs import Cost
from solver.kept import EVERY_RULE, Kept
from solver.merging import Group, groups
from solver.possible import Turns
from solver.problem import Problem
from solver.progress import Part
from solver.rules import CONSTRAIN, COST
from solver.variables import Model

ROUNDING = 1e-6  # bounds come as floating-point numbers, levels are whole


class NoRoster(Exception):
    """The hard rules leave no roster at all."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How CP-SAT is asked: workers, seed, and who may stop it.

    `started` is called with each solver before it runs; it may raise to prevent that.
    """

    workers: int
    seed: int
    seconds_left: Callable[[], float]
    started: Callable[[CpSolver], None]

    def solver(self, work: float) -> CpSolver:
        """A solver for at most so much deterministic work (about a second each)."""
        solver = CpSolver()
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed
        solver.parameters.linearization_level = 2
        if self.workers > 1:
            # The default portfolio of few workers has no full linear relaxation, and with it goes the proof.
            solver.parameters.subsolvers.extend(["max_lp"])
        solver.parameters.max_deterministic_time = work
        solver.parameters.max_time_in_seconds = max(0.01, self.seconds_left())
        self.started(solver)
        return solver


def constrained(problem: Problem, turns: Turns | None = None, kept: Kept = EVERY_RULE) -> Model:
    """The model of a problem's hard rules."""
    model = Model(problem, kept, turns)
    for constrain in CONSTRAIN.values():
        constrain(model)
    return model


class Stages:
    """The model of one part, and the walk through its levels."""

    def __init__(self, part: Part, effort: Effort) -> None:
        self.part, self.effort = part, effort
        self.model = constrained(part.problem, part.turns)
        self.costs = level_costs(self.model)
        self.caps = [self.model.cap(cost) for cost in self.costs]
        self.groups = groups([self.model.most(cost) for cost in self.costs])

    def walk(self, work: float) -> None:
        """One pass over the levels not proved yet, each group with the same work. Raises NoRoster if there is none."""
        if not self.groups and self.part.best is None:
            self._solve(Group(0, ()), work)
        for group in self.groups:
            if not all(self.part.proved(level) for level, _ in enumerate(group.weights, group.first)):
                self._solve(group, work)
            if self.part.values is None:
                return

    def _solve(self, group: Group, work: float) -> None:
        held = self._hold(group.first)
        if group.weights:
            self.model.cp.minimize(self.model.expression(group.cost(self.costs)))
        if self.part.best is not None:
            self.model.hint(self.model.complete(self.part.best))
        solver = self.effort.solver(work)
        watch = _Watch(self)
        if group.weights:
            solver.best_bound_callback = lambda bound: self._bounded(group, held, bound)
        status = solver.solve(self.model.cp, watch)
        if watch.error is not None:
            raise watch.error
        if status == INFEASIBLE:
            raise NoRoster
        if group.weights and status in (OPTIMAL, FEASIBLE):
            self._bounded(group, held, solver.best_objective_bound)
        if group.weights and status == OPTIMAL:
            self._settled(group, held, round(solver.objective_value))

    def _bounded(self, group: Group, held: tuple[int, ...], bound: float) -> None:
        """A bound of the merged objective is one of the group's first level."""
        self.part.prove(group.first, group.values(ceil(bound - ROUNDING))[0], held)

    def _settled(self, group: Group, held: tuple[int, ...], optimum: int) -> None:
        """Each level of the optimum is a bound beside the levels before it.

        These need not be the best roster's: that may have won on an earlier level meanwhile, and lost on these.
        """
        for level, value in enumerate(group.values(optimum), group.first):
            self.part.prove(level, value, held)
            held = (*held, value)

    def _hold(self, level: int) -> tuple[int, ...]:
        """Keep the levels before this one at their best values; those from it on are free, or they would be bounds."""
        held = (self.part.values or ())[:level]
        for value, cap in zip(held, self.caps, strict=False):
            cap.hold(value)
        for cap in self.caps[len(held) :]:
            cap.release()
        return held

    def found(self, values: Sequence[int]) -> None:
        """Offer the roster in values of the variables, each level at its true value."""
        assignments = self.model.assignments(values)
        complete = self.model.complete(assignments)
        self.part.offer(assignments, [cost.value(complete) for cost in self.costs])


def level_costs(model: Model) -> list[Cost]:
    """The cost of each level of the objective: its terms, weighted."""
    terms = {term for level in model.problem.levels for term, weight in level.items() if weight}
    costs = {term: COST[term](model) for term in COST if term in terms}
    levels = []
    for level in model.problem.levels:
        total = Cost()
        for term, weight in level.items():
            if weight:
                total.add_cost(costs[term], weight)
        levels.append(total)
    return levels


class _Watch(CpSolverSolutionCallback):
    """Passes on every roster CP-SAT finds."""

    def __init__(self, stages: Stages) -> None:
        super().__init__()
        self.stages = stages
        self.error: Exception | None = None

    def on_solution_callback(self) -> None:
        try:
            response: Any = self.response_proto
            self.stages.found(list(response.solution))
        except Exception as error:  # CP-SAT would swallow it; it is raised again after the solve
            self.error = error
            self.stop_search()
