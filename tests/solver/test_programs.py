"""Programmes in numbers: cut down, relaxed and solved they keep their solutions, against every vector there is."""

from __future__ import annotations

from itertools import combinations, product
from math import inf
from random import Random

import numpy as np
import pytest
from ortools.math_opt.core.python import solver as math_opt
from pybind11_abseil.status import Status, StatusCode, StatusNotOk

from solver.costs import Cost
from solver.cp_sat import ask
from solver.effort import Effort, Stopped
from solver.goals import Goal, Levels, Ties
from solver.highs import UNITS, cheapest, exactly, least_cost, priced, relaxed
from solver.merging import Group
from solver.nearby import Market, about, around, narrow, where_dear
from solver.program import UNBOUNDED, Ints, Matrix, Program
from solver.progress import TooDear

SEEDS = range(12)


def an_effort() -> Effort:
    """Begun now: whatever the tests before it took, its minute is whole."""
    return Effort(workers=1, seed=1, seconds=60)


def a_programme(seed: int) -> tuple[Matrix, Ints]:
    """Five columns, four rows, and a cost of each column."""
    dice = Random(seed)
    program = Program()
    columns = [program.column(dice.choice((1, 1, 2))) for _ in range(5)]
    for _ in range(4):
        chosen = dice.sample(columns, dice.randint(1, 4))
        limit = {dice.choice(("least", "most")): dice.randint(0, 2)}
        program.row(chosen, [dice.choice((-1, 1, 2)) for _ in chosen], **limit)
    return program.matrix(), np.array([dice.randint(-3, 9) for _ in columns])


def solutions(matrix: Matrix) -> list[Ints]:
    """Every whole vector that breaks no row."""
    ranges = [range(low, high + 1) for low, high in zip(matrix.lower, matrix.upper, strict=True)]
    vectors = [np.array(vector, dtype=np.int64) for vector in product(*ranges)]
    dense = np.zeros((len(matrix.least), len(matrix.lower)), dtype=np.int64)
    np.add.at(dense, (matrix.rows, matrix.columns), matrix.coefficients)
    return [v for v in vectors if ((dense @ v >= matrix.least) & (dense @ v <= matrix.most)).all()]


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_columns_leave_the_solutions_of_the_others(seed: int):
    matrix, _ = a_programme(seed)
    fixed = matrix.within(np.array([1, 0, 0, 0, 0]), np.array([1, 0, *matrix.upper[2:]]))

    small, free, _ = fixed.reduced()

    expected = {tuple(vector[free].tolist()) for vector in solutions(fixed)}
    assert {tuple(vector.tolist()) for vector in solutions(small)} == (set() if fixed.impossible() else expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_multipliers_give_a_bound_and_a_region_that_keeps_what_is_near_it(seed: int):
    """However bad the multipliers: HiGHS may be wrong about them."""
    matrix, costs = a_programme(seed)
    dice = np.random.default_rng(seed)

    near = priced(matrix, costs, np.zeros(5), dice.normal(size=len(matrix.least)))

    for vector in solutions(matrix):
        cost = int(costs @ vector)
        assert cost * UNITS >= near.total
        for slack in (0.0, 1.5, 4.0):
            region = near.region(matrix, slack)
            if not ((vector >= region.lower) & (vector <= region.upper)).all():
                assert cost >= near.floor(slack)
                assert cost > near.bound + slack


@pytest.mark.parametrize("seed", SEEDS)
def test_both_solvers_find_the_cheapest_solution(seed: int):
    matrix, costs = a_programme(seed)
    best = min((int(costs @ vector) for vector in solutions(matrix)), default=None)

    found, floor = cheapest(matrix, costs, an_effort())
    answer = ask(matrix, an_effort(), 5, costs=costs)

    assert answer.possible is (best is not None)
    if best is not None:
        assert found is not None
        assert int(costs @ found) == floor == answer.bound == best


@pytest.mark.parametrize("seed", SEEDS)
def test_what_costs_more_than_asked_for_is_as_good_as_none(seed: int):
    matrix, costs = a_programme(seed)
    best = min((int(costs @ vector) for vector in solutions(matrix)), default=None)

    if best is not None:
        dearer, none = cheapest(matrix, costs, an_effort(), most=best - 0.5)
        found, floor = cheapest(matrix, costs, an_effort(), most=best + 0.5)

        assert dearer is None
        assert none is None or none > best - 0.5
        assert found is not None
        assert int(costs @ found) == floor == best


@pytest.mark.parametrize("seed", SEEDS)
def test_a_relaxation_among_some_columns_bounds_all_and_ends_once_that_is_enough(seed: int):
    matrix, costs = a_programme(seed)
    best = min((int(costs @ vector) for vector in solutions(matrix)), default=None)
    some = np.arange(len(costs)) % 2 == 0

    for enough in (-inf, inf):
        found = relaxed(matrix, costs, an_effort(), some, enough)
        assert best is None or found is None or found.floor() <= best


@pytest.mark.parametrize("seed", SEEDS)
def test_a_relaxation_is_near_the_cheapest_solution(seed: int):
    matrix, costs = a_programme(seed)
    found = relaxed(matrix, costs, an_effort())

    if found is not None and solutions(matrix):
        assert found.bound <= min(int(costs @ vector) for vector in solutions(matrix))
        assert float(costs @ found.values) == pytest.approx(found.bound, abs=0.01)


def test_rows_that_contradict_each_other_have_no_relaxation():
    """HiGHS hands out values all the same, and not even within their limits."""
    program = Program()
    columns = [program.column() for _ in range(3)]
    program.row(columns[:2], most=1)
    program.row(columns, [60, 60, 240], least=360)
    matrix, costs = program.matrix(), np.array([1, 2, 3])

    assert not matrix.impossible()
    assert relaxed(matrix, costs, an_effort()) is None
    assert cheapest(matrix, costs, an_effort()) == (None, UNBOUNDED)


def test_a_programme_tells_its_solutions_from_other_numbers():
    matrix, _ = a_programme(1)
    whole = {tuple(vector.tolist()) for vector in solutions(matrix)}

    for vector in product(range(-1, 4), repeat=len(matrix.upper)):
        assert matrix.holds(np.array(vector)) == (vector in whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_left_near_a_bound_has_every_solution_there_at_its_cost(seed: int):
    matrix, costs = a_programme(seed)
    dice = np.random.default_rng(seed)
    near = priced(matrix, costs, np.zeros(5), dice.normal(size=len(matrix.least)))

    for slack in (0.0, 1.5, 4.0):
        left = narrow(matrix, near, costs, slack)

        again = priced(left.matrix, left.costs, left.near.values, left.near.prices / UNITS)
        assert again.total + left.spent * UNITS == near.total
        for vector in solutions(matrix):
            inside = vector[left.free]
            if costs @ vector <= near.bound + slack:
                assert left.matrix.holds(inside)
                assert (left.widened(inside) == vector).all()
                assert left.costs @ inside + left.spent == costs @ vector


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_around_the_fractions_lie_solutions_and_bounds(seed: int, steps: int):
    """With bad multipliers too, and whatever is kept: the bound holds, and what is found is a solution."""
    matrix, costs = a_programme(seed)
    whole = solutions(matrix)
    found = relaxed(matrix, costs, an_effort())
    if found is None or not whole:
        return
    dice = np.random.default_rng(seed)
    best = min(int(costs @ vector) for vector in whole)
    for near in (found, priced(matrix, costs, found.values, dice.normal(size=len(matrix.least)))):
        slack = best - near.bound
        hood = around(matrix, near, slack)
        for _ in range(steps):
            hood = hood.wider()

        near_by = hood.cheapest(costs, an_effort(), near.floor(), inf)
        wide, market = Market(matrix, near, slack), Market(matrix, near, slack)
        wide.prove_widely(an_effort(), most=steps * 3)
        assert near.floor() <= wide.floor <= max(best, near.floor(slack))
        while market.trade(an_effort()):
            assert near.floor() <= market.floor <= max(best, near.floor(slack))
        floor = market.floor

        assert min(floor, near.floor(slack)) <= best
        assert near.floor() <= floor
        assert near_by is None or any((near_by == vector).all() for vector in whole)


@pytest.mark.parametrize("seed", range(40))
def test_around_where_a_solution_is_dear_lies_none_that_is_dearer(seed: int):
    matrix, costs = a_programme(seed)
    dice = np.random.default_rng(seed)
    found = relaxed(matrix, costs, an_effort())
    near = found or priced(matrix, costs, np.zeros(5), dice.normal(size=len(matrix.least)))
    for known in solutions(matrix):
        left = narrow(matrix, near, costs, float(dice.integers(3)), known)
        assert (left.widened(known[left.free]) == known).all()

        hood = where_dear(left, known)
        inside = hood.wider().cheapest(left.costs, an_effort(), near.floor() - left.spent, inf)

        assert hood.columns.any() or costs @ known <= near.bound + 0.1
        assert inside is not None
        better = left.widened(inside)
        assert matrix.holds(better)
        assert costs @ better <= costs @ known


@pytest.mark.parametrize("seed", [*range(120), 202])
def test_what_some_rows_prove_holds_of_every_solution_and_more_of_those_outside_a_region(seed: int):
    matrix, costs = a_programme(seed)
    whole = solutions(matrix)
    found = relaxed(matrix, costs, an_effort())
    dice = np.random.default_rng(seed)
    for near in filter(None, (found, priced(matrix, costs, np.zeros(5), dice.normal(size=len(matrix.least))))):
        for known in dice.permutation(np.array(whole).reshape(-1, 5))[:6]:
            slack = (float(costs @ known) - near.bound - 0.1) * dice.choice([0.5, 1.0])
            if slack > 0:
                left = narrow(matrix, near, costs, slack, known)
                market = Market(left.matrix, left.near, slack)
                market.prove(where_dear(left, known).rows(), an_effort())
                for hood in where_dear(left, known).growing(len(costs)):
                    market.prove(hood.rows(), an_effort())
                rows = np.isin(np.arange(len(matrix.least)), left.rows[market.proving])
                near = near.proved(market.near.more, about(matrix, rows))
            assert min(costs @ vector for vector in whole) >= near.floor()
            for further in (0.5, 1.0, 3.0):
                region = near.region(matrix, further)
                inside = [((region.lower <= vector) & (vector <= region.upper)).all() for vector in whole]
                outside = [costs @ vector for vector, here in zip(whole, inside, strict=True) if not here]
                assert min(outside, default=inf) >= near.floor(further)


def test_a_neighbourhood_proves_more_than_its_relaxation():
    """Of three things any two exclude each other: the relaxation takes one half of each, a whole solution just one."""
    program = Program()
    one, two, three = (program.column() for _ in range(3))
    for pair in ((one, two), (two, three), (one, three)):
        program.row(pair, most=1)
    matrix, costs = program.matrix(), np.array([-4, -4, -4])
    near = relaxed(matrix, costs, an_effort())

    assert near is not None
    market = Market(matrix, near, 2.0)
    market.trade(an_effort())
    assert (near.floor(), market.floor) == (-6, -4)

    left = narrow(matrix, near, costs, 2.0, known := np.array([1, 0, 0]))
    market = Market(left.matrix, left.near, 2.0)
    market.prove(where_dear(left, known).rows(), an_effort())
    assert market.floor == -4


def test_a_row_over_a_cost_caps_it():
    matrix, costs = a_programme(1)

    capped = matrix.with_row(costs, 5)

    expected = [vector.tolist() for vector in solutions(matrix) if costs @ vector <= 5]
    assert [vector.tolist() for vector in solutions(capped)] == expected


def test_a_row_that_contradicts_itself_is_told_without_a_solver():
    program = Program()
    program.row([program.column()], [60], least=240, most=60)

    assert program.matrix().impossible()
    assert ask(program.matrix(), an_effort(), 5).possible is False
    assert relaxed(program.matrix(), np.array([1]), an_effort()) is None
    assert cheapest(program.matrix(), np.array([1]), an_effort()) == (None, UNBOUNDED)


def test_bounds_hold_where_totals_are_more_than_floating_point_tells_apart():
    """Fifty shifts of which each takes one of three people and lacks the rest, at a price far above all other costs."""
    dice, program, costs, least = Random(2), Program(), list[int](), 0
    price, wanted = 2**36, 5000
    for _ in range(50):
        people = [program.column() for _ in range(3)]
        own = [dice.randint(1, 9) for _ in people]
        costs += [*own, price]
        for pair in combinations(people, 2):
            program.row(pair, most=1)
        program.row([*people, program.column(wanted)], least=wanted)
        least += price * (wanted - 1) + min(own)
    matrix, prices = program.matrix(), np.array(costs, dtype=np.int64)

    near = relaxed(matrix, prices, an_effort())

    assert near is not None
    slack = float(least - near.bound) + 50
    market = Market(matrix, near, slack)
    market.prove_widely(an_effort(), 30_000)
    traded = Market(matrix, near, slack)
    while traded.trade(an_effort()):
        pass
    _, branched = cheapest(near.region(matrix, slack), prices, an_effort())
    assert max(near.floor(), market.floor, traded.floor, branched or 0) <= least


def test_a_price_too_large_to_reckon_with_is_none():
    """Whoever is in the first row takes a hundred million from it: that times the price is beyond 64 bits."""
    program = Program()
    turn, missing = program.column(), program.column(2)
    program.row([turn, missing], [10**8, 1], least=1)

    found = priced(program.matrix(), np.array([1, 1]), np.zeros(2), np.array([2.0**39]))

    assert found.prices.tolist() == [0]
    assert found.total <= UNITS


def test_sums_beyond_64_bits_are_exact():
    amounts = np.array([2**61, -(2**40), 3], dtype=np.int64)

    assert exactly(amounts, np.array([9, 2**40, 5])) == 9 * 2**61 - 2**80 + 15


def a_cost(*coefficients: int, constant: int = 0) -> Cost:
    cost = Cost()
    cost.constant = constant
    for column, coefficient in enumerate(coefficients):
        cost.add(column, coefficient)
    return cost


def test_a_goal_holds_the_levels_before_it_by_a_price():
    levels = Levels([a_cost(1, 0, constant=2), a_cost(0, 3)], np.ones(2, dtype=np.int64))

    goal = Goal(Group(1, (1,)), levels)

    assert goal.costs.tolist() == [30, 3]
    assert goal.total((2, 3)) == goal.constant + 3
    assert goal.bounds(30 * 4 + 7, (4,)) == (7,)


@pytest.mark.parametrize("seed", SEEDS)
def test_ties_told_apart_by_a_later_level_leave_a_bound_that_holds(seed: int):
    matrix, costs = a_programme(seed)
    ties = np.arange(len(costs)) % 4
    levels = Levels([a_cost(*costs.tolist(), constant=3), a_cost(*ties.tolist(), constant=5)], matrix.upper)

    goal = Goal(Group(0, (1,)), levels, Ties(level=1, most=5 + int(ties @ matrix.upper)))

    for columns in solutions(matrix):
        values = levels.values(columns)
        assert goal.total(values) == goal.constant + int(goal.costs @ columns)
        assert goal.bounds(goal.total(values), ())[0] <= max(0, values[0])
    assert goal.bounds(goal.total((7, 5)), ())[0] in (6, 7)


def test_prices_of_many_levels_stay_small_enough_to_reckon_with():
    levels = Levels([a_cost(*[10**6 + level] * 3) for level in range(12)], np.ones(3, dtype=np.int64))

    goal = Goal(Group(11, (1,)), levels)

    assert 2**35 < goal.costs.max() < 2**40
    assert all(weight > 0 for weight in goal.weights)


def test_levels_are_refused_that_can_come_to_more_than_is_exact():
    within, beyond = (np.array([1, upper]) for upper in (2**13, 2**13 + 1))

    assert Levels([a_cost(0, 2**40)], within).dearest == 2**40
    with pytest.raises(TooDear):
        Levels([a_cost(1, 1), a_cost(0, 2**40)], beyond)


def test_what_highs_gives_up_on_is_neither_found_nor_proved(monkeypatch: pytest.MonkeyPatch):
    def giving_up(*_asked: object) -> None:
        raise StatusNotOk(Status(StatusCode.INTERNAL, "HighsStatus: kError"))

    matrix, costs = a_programme(4)
    monkeypatch.setattr(math_opt, "solve", giving_up)

    assert relaxed(matrix, costs, an_effort()) is None
    assert cheapest(matrix, costs, an_effort()) == (None, None)
    assert least_cost(matrix, costs, an_effort()) is None


def test_a_level_that_repeats_another_asks_for_nothing_more():
    levels = Levels([a_cost(1, 0), a_cost(1, 0), a_cost(0, 1)], np.ones(2, dtype=np.int64))

    goal = Goal(Group(0, (20, 10, 1)), levels)

    assert levels.repeats == {1: 0}
    assert goal.costs.tolist() == [20, 1]
    assert goal.total((3, 3, 4)) == 64


def test_a_stopped_effort_starts_no_solver_and_ends_the_running_one():
    effort, ended = Effort(1, 1, 60), list[bool]()

    with effort.running(lambda: ended.append(True)):
        effort.stop()

    assert ended == [True]
    with pytest.raises(Stopped), effort.running(lambda: None):
        pass
