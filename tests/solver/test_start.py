"""A run that starts from a roster known before is never worse than that, however soon it ends."""

from __future__ import annotations

from dataclasses import replace

from solver.engine import solve
from solver.problem import Pin
from solver.solution import Solution
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import turns


def values(answer: Solution) -> list[int]:
    return [level.value for level in answer.levels]


def test_a_run_stopped_at_once_still_has_the_roster_it_started_from() -> None:
    problem = a_province(volunteers=300, shifts=100, communes=6, side_rules=True)
    known = solve(problem, seconds=3, workers=1)

    again = solve(problem, seconds=0.01, workers=1, start=known.assignments)

    assert values(again) <= values(known)


def test_a_start_that_breaks_a_rule_or_names_strangers_is_left_aside() -> None:
    problem = a_problem(shifts=[a_shift("am")], pins=[Pin("lan", "am", "forbidden")])

    answer = solve(problem, workers=1, start=turns({"am": ["lan"], "pm": ["nobody"]}))

    assert (answer.status, answer.assignments) == ("optimal", ())


def test_a_better_roster_than_the_start_is_still_found() -> None:
    problem = replace(a_problem(shifts=[a_shift("am"), a_shift("pm", "mon 13:00-17:00")]), volunteers=(a_volunteer(),))

    answer = solve(problem, workers=1, start=turns({"am": ["lan"]}))

    assert (answer.status, values(answer)[0]) == ("optimal", 0)
