"""The optimum is the optimum: small random problems with all rules, against every roster there is.

The brute force shares nothing with the engine but the referee, which has its own tests. Each way through the engine
is tried alone, or a fault in one could hide behind another that is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from solver import highs, search, stages, starts
from solver.check import Roster, broken_rules, check
from solver.check.terms import levels_of
from solver.engine import solve
from solver.merging import groups
from solver.problem import Assignment, Problem
from tests.solver.random_problems import a_random_problem
from tests.waiting import PATIENCE


def every_roster(problem: Problem) -> list[tuple[int, ...]]:
    """The levels of every roster that breaks no rule: turn by turn, until somebody would have to leave again."""
    turns = [Assignment(person.id, shift.id) for person in problem.volunteers for shift in problem.shifts]
    found = []

    def extend(taken: list[Assignment], rest: int) -> None:
        roster = Roster(problem, taken)
        broken = broken_rules(problem, roster)
        if not all(one.mendable for one in broken):
            return
        if not broken:
            found.append(tuple(level.value for level in levels_of(problem, roster)))
        for number in range(rest, len(turns)):
            extend([*taken, turns[number]], number + 1)

    extend([], 0)
    return found


@pytest.fixture(scope="module", params=["as it is", "without flow", "hurried", "relaxed", "huge"])
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """One way through the engine: as it is, CP-SAT alone, many short rounds, by linear relaxations, as if huge."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param in ("without flow", "hurried"):
            patch.setattr(starts, "relaxation", lambda *_given, **_more: None)
        if request.param == "hurried":
            patch.setattr(search, "FIRST_ROUND", 0.00001)
        if request.param in ("relaxed", "huge"):
            patch.setattr(starts, "relaxation", lambda *_given, **_more: None)
            patch.setattr(stages, "LARGE", 0)
        if request.param == "huge":
            # With each level a goal of its own, as where numbers are large.
            patch.setattr(stages, "groups", partial(groups, largest=1))
            for module, name in ((stages, "HUGE"), (stages, "LARGE_RELAXATION"), (highs, "LARGE")):
                patch.setattr(module, name, 0)
        yield str(request.param)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
@example(seed=384)  # its last level only repeats another
def test_no_roster_is_better_than_the_proved_one(way: str, seed: int):
    problem = a_random_problem(seed)

    solution = solve(problem, seconds=PATIENCE, workers=1)

    rosters = every_roster(problem)
    if not rosters:
        assert solution.status == "infeasible"
        assert solution.contradiction
    else:
        assert solution.status == "optimal"
        assert check(problem, solution).ok
        assert tuple(level.value for level in solution.levels) == min(rosters)
