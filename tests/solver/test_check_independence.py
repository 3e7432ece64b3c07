"""The referee shares nothing with the engine, and what the web asks of it loads no OR-Tools."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys, {name}; print(*sorted(one for one in sys.modules if one.split('.')[0] in ('solver', 'ortools')))"
SHARED = {"solver", "solver.problem", "solver.solution", "solver.document"}  # what is asked and answered


def modules_loaded_by(name: str) -> set[str]:
    answer = subprocess.run(
        [sys.executable, "-c", LOADED.format(name=name)], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


@pytest.mark.parametrize("name", ["solver.check", "solver.explain", "solver.standins", "solver.curtois_qu"])
def test_it_loads_only_the_problem_and_the_referee(name: str) -> None:
    own = {one for one in modules_loaded_by(name) if one.startswith(("solver.check", "solver.explain", name))}

    assert modules_loaded_by(name) <= own | SHARED | {"solver.standins", "solver.crowd"}
