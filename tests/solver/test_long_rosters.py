"""Long rosters with run lengths: the stints say what the referee says, and no roster is better than the proved one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from solver import long_rosters, pieces, search, stint_model, whole
from solver.check import Roster, broken_rules, check
from solver.components import components
from solver.effort import Effort
from solver.engine import solve
from solver.linear import Flags, Numbers
from solver.long_rosters import LongRosters
from solver.problem import Limits, Problem, Rules, Weights
from solver.progress import Part
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.random_problems import a_random_problem
from tests.solver.test_optimum import every_roster
from tests.waiting import PATIENCE


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems too go by stints."""
    monkeypatch.setattr(search, "LONG", 1)
    monkeypatch.setattr(long_rosters, "LEAST_DAYS", 1)
    monkeypatch.setattr(long_rosters, "LEAST_TURNS", 1)
    monkeypatch.setattr(long_rosters, "bound_by_days", lambda _limits: True)
    monkeypatch.setattr(pieces, "FIRST", (4, 4))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("way", ["whole", "by_persons", "level_by_level"])
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_roster_is_better_than_the_proved_one(first: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way != "whole":
        monkeypatch.setattr(whole, "ROOTED", -1)
    if way == "level_by_level":
        monkeypatch.setattr(stint_model, "LARGEST", 1)
    for seed in range(first, first + 20):
        problem = a_random_problem(seed)
        solution = solve(problem, seconds=PATIENCE, workers=1)
        rosters = every_roster(problem)
        if rosters:
            assert check(problem, solution).ok, seed
            assert solution.status == "optimal", seed
            assert tuple(level.value for level in solution.levels) == min(rosters), seed
            assert tuple(level.bound for level in solution.levels) == min(rosters), seed
        else:
            assert solution.status == "infeasible", seed


@pytest.mark.usefixtures("always")
def test_nothing_is_proved_with_weights_too_large_for_floating_point_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "ROOTED", -1)
    monkeypatch.setattr(stint_model, "LARGEST", 1)
    dice, dear = Random(22), (1, 2, 10**9 + 7, 3 * 10**9 + 1)
    problem = a_random_problem(22)
    shifts = (
        replace(one, weights=Weights(dice.choice(dear), dice.choice(dear), dice.choice((0, *dear))))
        for one in problem.shifts
    )
    problem = replace(problem, shifts=tuple(shifts), levels=(*problem.levels[:2], problem.levels[3]))
    solution = solve(problem, seconds=PATIENCE, workers=1)
    best = min(every_roster(problem))
    assert tuple(level.value for level in solution.levels) == best
    assert tuple(level.bound for level in solution.levels) <= best


@pytest.mark.parametrize("weight", [10**16 + 61, 2**61, 10**19])
def test_a_long_roster_of_whatever_weights_is_filled(weight: int) -> None:
    problem = two_weeks()
    shifts = tuple(replace(one, weights=Weights(weight + n, 2, 0)) for n, one in enumerate(problem.shifts))
    problem = replace(problem, shifts=shifts)
    solution = solve(problem, seconds=1, workers=1)
    assert check(problem, solution).ok
    assert solution.assignments


def two_weeks() -> Problem:
    """Five people and two types of shift over two weeks, somewhat too few for what is asked."""
    limits = Limits(
        turns_per_day=1, minutes_min=5 * 240, consecutive_days_max=4, consecutive_days_min=2, consecutive_days_off_min=2
    )
    shifts = [
        a_shift(f"{week}-{day}-{kind}", f"{day}+{week} {hours}", type=kind, min=1, target=2)
        for week in (0, 1)
        for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        for kind, hours in (("early", "08:00-12:00"), ("late", "18:00-22:00"))
    ]
    people = [a_volunteer(f"v{number}", limits=limits, history_turns=number % 3) for number in range(5)]
    rules = Rules(forbidden_successions=(("late", "early"),))
    return a_problem(days=14, shifts=shifts, volunteers=people, rules=rules, levels=({"under_min": 1}, {"wishes": 1}))


def test_one_worker_goes_the_same_way_every_time() -> None:
    first, second = (solve(two_weeks(), seconds=PATIENCE, workers=1) for _ in range(2))

    assert first.status == "optimal"
    assert first.assignments == second.assignments


def test_who_has_no_time_to_be_placed_well_is_placed_at_once() -> None:
    limits = Limits(turns_per_day=1, consecutive_days_max=4)
    people = tuple(a_volunteer(f"v{number}", limits=limits) for number in range(5))

    solution = solve(replace(two_weeks(), volunteers=people), seconds=0.001, workers=1)

    assert len(solution.assignments) > 20


def a_search(problem: Problem) -> LongRosters:
    """The search of a problem's only part, with its first roster in hand."""
    [part] = (part for part in map(Part, components(problem)) if part.turns)
    long = LongRosters(part, Effort(1, 0, 60))
    long.begin()
    assert part.best is not None
    long.best = long.values = long.model.complete(part.best)
    return long


def with_one_turn_changed(long: LongRosters) -> Iterator[tuple[Flags, Numbers, bool]]:
    """Each possible turn as the only free column, given or taken, and whether that breaks a rule."""
    for column in range(len(long.part.turns)):
        free = np.zeros(len(long.values), np.bool_)
        free[column] = True
        values = np.where(free, 1 - long.values, long.values)
        roster = Roster(long.part.problem, long.model.assignments(values))
        yield free, values, bool(broken_rules(long.part.problem, roster))


def test_long_rosters_are_loaded_only_for_periods_that_may_be_one() -> None:
    assert search.LONG == long_rosters.LEAST_DAYS


def test_what_no_longer_fits_beside_what_another_worker_found_is_dropped() -> None:
    long = a_search(two_weeks())
    before = long.values
    unfit = [(free, values) for free, values, broken in with_one_turn_changed(long) if broken]

    assert unfit
    for free, values in unfit:
        assert not long._take(free, values, version=-1)
        assert long.values is before


def test_what_is_better_without_what_another_worker_found_is_kept() -> None:
    long = a_search(two_weeks())
    best, found = long.best, long.model.complete(())
    long.best = long.values = found  # the other worker sent everybody home
    long.part.values = tuple(value + 1 for value in long.part.values or ())
    free = long.model.derived.copy()

    assert long._take(free, best, version=-1)
    assert long.model.same(long.values, best)


def test_a_piece_is_where_the_relaxation_of_a_block_differs_and_not_too_large() -> None:
    long = a_search(two_weeks())
    everybody = np.ones((5, 14), np.bool_)
    relaxed = long.model.complete(())  # nobody there at all
    worked = long.model.doubts(long.values, relaxed) > 0

    piece = long.pieces.apart("people", everybody, long.values, relaxed, seed=1)
    assert np.array_equal(piece, worked)

    long.pieces.sizes["people"] = worked.sum()  # with two turns a day, half of them
    half = long.pieces.apart("people", everybody, long.values, relaxed, seed=1)
    assert half.any()
    assert not (half & ~worked).any()
    assert 2 * half.sum() <= worked.sum()


def test_pieces_in_vain_are_pointed_elsewhere_by_another_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "IN_VAIN", 2)
    long = a_search(two_weeks())
    before = long.relaxed = long.values

    asked = []
    for long.idle in (1, 2, 3, 4, 0, 1, 2):
        asked.append(long.whole.doubted_out())
        long.whole.running = False
    assert asked == [False, True, False, True, False, False, True]

    long.whole.doubt_anew()
    assert long.relaxed is not before
    assert long.model.totals(long.best) <= long.model.totals(before)


def test_the_search_walks_on_through_rosters_little_worse_and_keeps_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_rosters, "WORSE", 1.0)
    at_once = [a_shift(name, "mon 08:00-12:00", target=1) for name in ("here", "there")]
    long = a_search(a_problem(shifts=at_once, volunteers=[a_volunteer("lan")], levels=({"under_target": 1},)))
    best = long.part.best
    [(free, values)] = [(free, values) for free, values, broken in with_one_turn_changed(long) if not broken]

    assert not long._take(free, values, version=long.version)

    assert long.model.assignments(long.values) == ()
    assert long.part.best == best
    assert long.part.values == (1,)


def test_two_workers_prove_the_same_values() -> None:
    one, two = (solve(two_weeks(), seconds=PATIENCE, workers=workers) for workers in (1, 2))

    assert two.status == "optimal"
    assert check(two_weeks(), two).ok
    assert [level.value for level in two.levels] == [level.value for level in one.levels]
