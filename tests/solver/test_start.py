"""A run that starts from a roster known before is never worse than that, however soon it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver import search, stages, starts
from solver.check import Roster, broken_rules
from solver.components import components
from solver.effort import Effort, Stopped
from solver.engine import solve
from solver.problem import Pin
from solver.progress import Part
from solver.solution import Solution
from solver.starts import begin, refill
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import turns
from tests.waiting import PATIENCE


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


def test_what_the_flow_loses_to_rules_it_does_not_know_is_filled_again() -> None:
    problem = a_province(volunteers=300, shifts=100, communes=6, side_rules=True)
    part = Part(components(problem)[0])
    begin(part)
    lost = part.values

    refill(part, Effort(workers=1, seed=1, seconds=60))

    assert lost is not None
    assert (part.values or lost)[0] < lost[0]
    assert not broken_rules(part.problem, Roster(part.problem, part.best or ()))


def test_where_the_time_is_too_short_for_a_relaxation_the_flow_s_roster_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_given: object, **_more: object) -> None:
        raise Stopped

    monkeypatch.setattr(stages, "relaxed", lambda *_given: None)
    monkeypatch.setattr(stages, "ask", stopped)
    monkeypatch.setattr(search, "offer_filled", lambda *_given: None)
    monkeypatch.setattr(starts, "QUICK", 0)

    solution = solve(a_province(volunteers=300, shifts=100, communes=6, side_rules=True), seconds=PATIENCE, workers=1)

    assert solution.assignments
