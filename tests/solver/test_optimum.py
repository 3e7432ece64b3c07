"""The optimum is the optimum: small random problems with all rules, against every roster there is.

The brute force shares nothing with the engine but the referee, which has its own tests.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import search
from solver.check import Roster, broken_rules, check
from solver.check.terms import levels_of
from solver.engine import solve
from solver.problem import Assignment, Problem
from tests.solver.random_problems import a_random_problem


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


@pytest.fixture(scope="module", params=[search.FIRST_ROUND, 0.00001], ids=["calm", "hurried"])
def first_round(request: pytest.FixtureRequest) -> float:
    """The work of the first round: enough, or so little that every level needs several rounds."""
    return float(request.param)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_roster_is_better_than_the_proved_one(first_round: float, seed: int):
    problem = a_random_problem(seed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "FIRST_ROUND", first_round)
        solution = solve(problem, seconds=30, workers=1)

    rosters = every_roster(problem)
    if not rosters:
        assert solution.status == "infeasible"
        assert solution.contradiction
    else:
        assert solution.status == "optimal"
        assert check(problem, solution).ok
        assert tuple(level.value for level in solution.levels) == min(rosters)
