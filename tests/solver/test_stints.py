"""Stints and the programme they make: the same rosters as the referee allows, and bounds that say more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from solver.check import Roster, broken_rules
from solver.components import Component
from solver.linear import Programme, Question
from solver.long_rosters import suits
from solver.possible import possible_turns
from solver.problem import Assignment, Limits, Problem, Rules, Shift, Weights
from solver.progress import Part
from solver.stint_model import StintModel
from tests.solver.builders import a_problem, a_shift, a_volunteer

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "mon+1", "tue+1", "wed+1")


def a_desk(*types: str, days: int = 8, **limits: int) -> Problem:
    """One person asked for each type on each day, and Lan, who works within some limits."""
    shifts = [
        a_shift(f"{day}-{kind}", f"{day} 08:00-12:00", type=kind, min=0, target=1)
        for day in DAYS[:days]
        for kind in types or ("early",)
    ]
    lan = a_volunteer("lan", limits=Limits(turns_per_day=1, **limits))
    return a_problem(days=days, shifts=shifts, volunteers=[lan], levels=({"under_target": 1},))


def a_part(problem: Problem) -> Part:
    return Part(Component(problem, possible_turns(problem)))


def some(shifts: Sequence[Shift], pattern: int) -> tuple[Assignment, ...]:
    return tuple(Assignment("lan", shift.id) for at, shift in enumerate(shifts) if pattern >> at & 1)


def obeys(programme: Programme, values: np.ndarray) -> bool:
    rows, columns, coefficients = (np.array(entries) for entries in programme.entries())
    sums = np.bincount(rows.astype(int), coefficients * values[columns.astype(int)], minlength=len(programme.low))
    return bool(np.all(sums >= np.array(programme.low) - 1e-9) and np.all(sums <= np.array(programme.high) + 1e-9))


@pytest.mark.parametrize(
    "limits",
    [
        {"consecutive_days_max": 3, "consecutive_days_min": 2, "consecutive_days_off_min": 2},
        {"consecutive_days_min": 3},
        {"consecutive_days_off_min": 3, "weekends": 1},
        {"consecutive_days_max": 2, "consecutive_days_min": 3},
        {"weekends": 0},
    ],
    ids=lambda limits: " ".join(limits),
)
def test_stints_can_be_lined_up_exactly_for_the_days_the_referee_allows(limits: dict[str, int]) -> None:
    problem = a_desk(**limits)
    model = StintModel(a_part(problem))
    days = np.zeros((1, problem.days), np.bool_)

    for pattern in range(2**problem.days):
        turns = some(problem.shifts, pattern)
        allowed = not broken_rules(problem, Roster(problem, turns))
        values = np.zeros(len(model.programme.most))
        for turn in turns:
            values[[shift.id for shift in problem.shifts].index(turn.shift)] = 1
        if allowed:
            assert obeys(model.programme, model.complete(turns))
        # Nothing but the stretches is free: is there any way through these days?
        free = model.around(values, days)
        free[len(model.turns) :] = True
        found = model.programme.solve(Question(model.costs[0], free, values, seconds=30, start=False))
        possible = found.values is not None and obeys(model.programme, found.values)
        assert possible == allowed, f"{pattern:b}"


def relaxed(problem: Problem) -> float:
    model = StintModel(a_part(problem))
    everything = np.ones(len(model.programme.most), np.bool_)
    values = np.zeros(len(everything))
    answer = model.programme.solve(Question(model.costs[0], everything, values, seconds=30, start=False, whole=False))
    return answer.bound + model.constants[0]


def test_runs_of_three_days_with_one_between_are_seen_by_the_relaxation() -> None:
    """Of eight days at most six are worked: 3 + 1 + 3 + 1. Single days could each be worked by three quarters."""
    assert relaxed(a_desk(consecutive_days_max=3)) == pytest.approx(2)


def test_what_may_follow_what_is_tied_to_the_stints() -> None:
    """Late turns end a run of work here: half of one day's and half of the next cannot be mixed."""
    problem = a_desk("early", "late", days=4, consecutive_days_min=2, consecutive_days_off_min=2)
    asked = tuple(shift for shift in problem.shifts if shift.type == "late" or shift.day > 0)
    rules = Rules(forbidden_successions=(("late", "early"), ("late", "late")))
    parts = {"shifts": asked, "rules": rules, "volunteers": problem.volunteers, "levels": problem.levels}

    assert relaxed(a_problem(days=4, **parts)) == pytest.approx(len(asked) - 3)


def test_only_long_periods_in_which_days_in_a_row_matter_go_by_stints() -> None:
    def asked(days: int, **limits: int) -> bool:
        return suits(a_part(a_desk(*"abcdefgh", days=days, **limits)))

    assert asked(10, consecutive_days_max=5)
    assert asked(10, consecutive_days_off_min=2)
    assert not asked(9, consecutive_days_max=5)
    assert not asked(10, weekends=1)
    assert not asked(10, consecutive_days_max=5, turns=4)


def test_a_piece_keeps_everything_outside_it() -> None:
    problem = a_desk(consecutive_days_max=3)
    model = StintModel(a_part(problem))
    values = model.complete(some(problem.shifts, 0b00000011))
    loose = np.zeros((1, problem.days), np.bool_)
    loose[0, 4:] = True

    answer = model.programme.solve(Question(model.costs[0], model.around(values, loose), values, seconds=30))

    assert answer.values is not None
    days = {problem.shift_by_id[turn.shift].day for turn in model.assignments(answer.values)}
    assert days & {0, 1, 2, 3} == {0, 1}
    assert len(days) == 5


def test_costs_of_people_beyond_the_target_are_the_programmes_too() -> None:
    shifts = [a_shift(f"{day}", f"{day} 08:00-12:00", min=0, weights=Weights(over_target=2)) for day in DAYS]
    volunteers = [a_volunteer("lan", limits=Limits(minutes_min=481, consecutive_days_min=2))]
    problem = a_problem(days=10, shifts=shifts, volunteers=volunteers, levels=({"over_target": 1},))

    assert relaxed(problem) == pytest.approx(6), "three turns of four hours"
