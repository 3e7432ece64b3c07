"""Long rosters with run lengths: the stints say what the referee says, and no roster is better than the proved one."""

from __future__ import annotations

import pytest

from solver import long_rosters, search
from solver.check import check
from solver.engine import solve
from tests.solver.random_problems import a_random_problem
from tests.solver.test_optimum import every_roster


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems too go by stints."""
    monkeypatch.setattr(search, "LONG", 1)
    monkeypatch.setattr(long_rosters, "LEAST_DAYS", 1)
    monkeypatch.setattr(long_rosters, "LEAST_TURNS", 1)
    monkeypatch.setattr(long_rosters, "bound_by_days", lambda _limits: True)
    monkeypatch.setattr(long_rosters, "FIRST_PIECE", 4)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_roster_is_better_than_the_proved_one(first: int) -> None:
    for seed in range(first, first + 20):
        problem = a_random_problem(seed)
        solution = solve(problem, seconds=60, workers=1)
        rosters = every_roster(problem)
        if rosters:
            assert check(problem, solution).ok, seed
            assert solution.status == "optimal", seed
            assert tuple(level.value for level in solution.levels) == min(rosters), seed
        else:
            assert solution.status == "infeasible", seed
