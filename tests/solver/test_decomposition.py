"""A long roster person by person: no roster is below its bound, and none with what it leaves out is as good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from solver.check import Roster, broken_rules
from solver.components import components
from solver.decomposition import Decomposition
from solver.linear import Question
from solver.progress import Part
from solver.stint_model import StintModel
from tests.solver.random_problems import a_random_problem
from tests.solver.test_long_rosters import two_weeks
from tests.waiting import PATIENCE

NEARLY = 1e-4


class Settled:
    """The last group of levels of a part, with the earlier ones at their optimum."""

    def __init__(self, model: StintModel) -> None:
        self.model, self.size = model, len(model.programme.most)
        everything, values = np.ones(self.size, np.bool_), np.zeros(self.size)
        for group, cost in enumerate(model.costs):
            ceilings = model.ceilings(group, values)
            self.question = Question(cost, everything, values, PATIENCE, start=False, ceilings=ceilings)
            self.answer = model.programme.solve(self.question)
            values = values if self.answer.values is None else self.answer.values
        self.values = values
        self.optimum = float(model.costs[-1] @ values)

    def decomposed(self, total: float) -> Decomposition:
        """Asked to the end, where a roster costs so much."""
        relaxed = self.model.programme.solve(replace(self.question, whole=False))
        assert relaxed.prices is not None
        found = Decomposition(
            self.model, len(self.model.costs) - 1, relaxed.prices, self.question.ceilings, lambda: PATIENCE
        )
        found.learn(self.values)
        while not found.done:
            found.step(total)
        return found

    def taking(self, turn: int) -> float:
        """What the cheapest roster with a turn costs; endless if no roster has it."""
        free, values = np.ones(self.size, np.bool_), np.zeros(self.size)
        free[turn], values[turn] = False, 1
        found = self.model.programme.solve(replace(self.question, free=free, values=values)).values
        problem = self.model.problem
        if found is None or broken_rules(problem, Roster(problem, self.model.assignments(found))):
            return inf
        return float(self.model.costs[-1] @ found)


def settled(seeds: range) -> Iterator[Settled]:
    for seed in seeds:
        for part in map(Part, components(a_random_problem(seed))):
            model = StintModel(part) if part.turns else None
            if model is not None and model.costs:
                found = Settled(model)
                if found.answer.values is not None:
                    yield found


@pytest.mark.parametrize("room", [0, 2, 1000])
def test_no_roster_with_a_turn_costs_less_than_the_bound_and_what_the_turn_costs_more(room: int) -> None:
    turns_that_cost_more = 0
    for one in settled(range(30)):
        found = one.decomposed(one.optimum + room)

        assert found.bound <= one.optimum + NEARLY
        for turn in range(len(one.model.turns)):
            assert one.taking(turn) >= found.bound + found.extra[turn] - NEARLY
            turns_that_cost_more += found.extra[turn] > NEARLY
    assert turns_that_cost_more > 0


def test_persons_bound_better_than_the_relaxation_and_the_mix_is_no_dearer_than_a_roster() -> None:
    problem = replace(two_weeks(), levels=({"under_target": 10, "wishes": 1},))
    [part] = (part for part in map(Part, components(problem)) if part.turns)
    one = Settled(StintModel(part))
    relaxed = one.model.programme.solve(replace(one.question, whole=False))

    found = one.decomposed(one.optimum)

    assert relaxed.bound < found.bound <= one.optimum + NEARLY
    assert found.mix is not None
    assert float(one.model.costs[-1] @ found.mix) <= one.optimum + NEARLY
