"""The roster nearest to what is left of one: by paths of a flow, against every roster there is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.check import check
from solver.engine import solve
from solver.flow import Network, cheapest
from solver.problem import Assignment, Interval, Limits, Pin, Problem
from solver.recovery import Losses, nearest, repaired
from solver.recovery.losses import question_after
from solver.recovery.nearest import nearest_roster
from solver.residual import HUB, Residual, TooMuch
from solver.solution import Run, Solution
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer, minutes
from tests.solver.enumeration import rosters_of, values_of
from tests.solver.random_problems import a_random_problem
from tests.solver.refereeing import turns
from tests.waiting import PATIENCE

RUN = Run("", 0, 1, 1, {}, {})
OF_PLACES = ("under_min", "under_need", "under_target", "over_target")
OF_PEOPLE = ("unfairness", "reluctance", "wishes", "travel")


def the_nearest(question: Problem, left: Sequence[Assignment]) -> Solution | None:
    def search(piece: Problem, start: Sequence[Assignment]) -> Solution:
        return solve(piece, seconds=PATIENCE, workers=1, start=start)

    return nearest_roster(question, left, lambda: RUN, search)


def a_question(seed: int) -> tuple[Problem, list[Assignment]]:
    """A random problem with changes right after places, and what is left of a roster, well chosen or not."""
    dice = Random(seed)
    first = [term for term in OF_PLACES if dice.random() < 0.75]
    later = [term for term in (*OF_PEOPLE, *OF_PLACES) if term not in first and dice.random() < 0.7]
    terms = [*dice.sample(first, len(first)), "changes", *dice.sample(later, len(later))]
    levels = [{term: dice.randint(term == "changes", 3)} for term in terms]
    problem = replace(a_random_problem(seed), previous=None)
    problem = replace(problem, shifts=tuple(replace(one, service_level=None) for one in problem.shifts))
    some = solve(replace(problem, levels=({"under_min": 1}, {"wishes": 1})), seconds=PATIENCE, workers=1).assignments
    standing = tuple(turn for turn in some if dice.random() < dice.choice((0.5, 1)))
    losses = Losses(tuple(turn for turn in standing if dice.random() < 0.4))
    question = replace(question_after(problem, standing, losses), levels=tuple(levels))
    # What the first answer had to give up is not left, but may come back.
    return question, [turn for turn in standing if turn not in losses.turns and dice.random() < 0.9]


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_roster_is_better_than_the_nearest_on_any_level(seed: int) -> None:
    question, left = a_question(seed)

    found = the_nearest(question, left)

    if found is not None:
        assert found.status == "optimal"
        assert check(question, found).ok
        values = tuple(level.value for level in found.levels)
        assert values == min(values_of(question, one) for one in rosters_of(question))


@pytest.mark.parametrize("fewer", [0, 150])
def test_a_province_is_repaired_as_well_as_by_a_flow_of_the_whole(fewer: int) -> None:
    province = a_province(volunteers=500, shifts=120, communes=20, seed=4)
    problem = replace(province, volunteers=province.volunteers[fewer:])
    standing = solve(problem, seconds=PATIENCE, workers=1).assignments
    losses = Losses(tuple(Random(1).sample(standing, len(standing) // 5)))
    question = question_after(problem, standing, losses)

    found = the_nearest(question, [turn for turn in standing if turn not in losses.turns])

    assert found is not None
    whole = solve(question, seconds=PATIENCE, workers=1)
    assert [(level.value, level.bound) for level in found.levels] == [(one.value, one.bound) for one in whole.levels]


MON, TUE = a_shift("mon", "mon 08:00-12:00"), a_shift("tue", "tue 08:00-12:00")


def after(problem: Problem, standing: Sequence[Assignment], *gone: Assignment) -> tuple[Problem, list[Assignment]]:
    return question_after(problem, standing, Losses(gone)), [turn for turn in standing if turn not in gone]


def test_whom_a_rule_refuses_leaves_the_place_to_another_one() -> None:
    """To the flow both are alike; but a minor does not serve alone."""
    people = [a_volunteer("an"), a_volunteer("ba", minor=True), a_volunteer("chi")]
    standing = turns({"mon": ["an"]})

    found = the_nearest(*after(a_problem(shifts=[MON], volunteers=people), standing, *standing))

    assert found is not None
    assert [turn.volunteer for turn in found.assignments] == ["chi"]


def test_where_a_rule_costs_something_only_the_turns_that_cost_no_more_are_searched() -> None:
    """A minor would be fairer than Chi, but not alone; whoever serves on Tuesday has nothing to do with it."""
    people = [a_volunteer("an"), a_volunteer("ba", minor=True), a_volunteer("chi", history_turns=3), a_volunteer("du")]
    people[3] = replace(people[3], available=(Interval(*minutes("tue 08:00-12:00")),))
    standing = turns({"mon": ["an"], "tue": ["du"]})
    question, left = after(a_problem(shifts=[MON, TUE], volunteers=people), standing, standing[0])
    pieces: list[Problem] = []

    def search(piece: Problem, start: Sequence[Assignment]) -> Solution:
        pieces.append(piece)
        return solve(piece, seconds=PATIENCE, workers=1, start=start)

    found = nearest_roster(question, left, lambda: RUN, search)

    assert found is not None
    assert found.status == "optimal"
    assert found.assignments == turns({"mon": ["chi"], "tue": ["du"]})
    assert [{shift.id for shift in piece.shifts} for piece in pieces] == [{"mon"}]


def test_with_rules_beyond_the_flow_a_province_is_repaired_as_well_as_by_searching_the_whole() -> None:
    province = a_province(volunteers=300, shifts=60, communes=10, side_rules=True, seed=4)
    problem = replace(province, shifts=tuple(replace(one, equipment={}) for one in province.shifts))
    standing = solve(problem, seconds=PATIENCE, workers=1).assignments
    question, left = after(problem, standing, *Random(1).sample(standing, 8))

    found = the_nearest(question, left)

    assert found is not None
    whole = solve(question, seconds=PATIENCE, workers=1)
    assert [(level.value, level.bound) for level in found.levels] == [(one.value, one.bound) for one in whole.levels]


def test_where_a_rule_costs_a_place_there_is_no_such_way() -> None:
    people = [a_volunteer("an"), a_volunteer("ba", minor=True)]
    standing = turns({"mon": ["an"]})

    assert the_nearest(*after(a_problem(shifts=[MON], volunteers=people), standing, *standing)) is None


@pytest.mark.parametrize(
    "levels",
    [
        ({"under_min": 1}, {"unfairness": 1}, {"changes": 1}),
        ({"under_min": 1}, {"changes": 1, "reluctance": 1}),
        ({"under_min": 1}, {"reluctance": 1}),
        ({"changes": 2**40},),
    ],
)
def test_where_turns_differ_before_changes_there_is_no_such_way(levels: tuple[dict[str, int], ...]) -> None:
    problem = a_problem(shifts=[MON], volunteers=[a_volunteer("an")], previous=(), levels=levels)

    assert the_nearest(problem, ()) is None


def test_a_turn_nobody_could_have_leaves_no_way() -> None:
    shift, standing = replace(MON, min=2, target=2), turns({"mon": ["an"]})
    problem = a_problem(shifts=[shift], volunteers=[a_volunteer("an", available=[])], previous=standing)

    assert the_nearest(problem, standing) is None


@pytest.mark.parametrize(
    "wanted",
    [
        {"pins": [Pin("an", "mon", "assigned")], "previous": ()},
        {"previous": turns({"mon": ["an"]})},
        {"volunteers": [a_volunteer("an", limits=Limits(minutes_min=240))], "previous": ()},
    ],
)
def test_whoever_is_pinned_was_there_or_owes_minutes_serves_where_nobody_is_needed(wanted: dict[str, Any]) -> None:
    shift = replace(MON, min=0, target=0)
    problem = a_problem(**{"shifts": [shift], "volunteers": [a_volunteer("an")]} | wanted)

    found = the_nearest(problem, ())

    assert found is not None
    assert found.assignments == turns({"mon": ["an"]})


def test_whoever_asks_to_stop_waits_for_no_further_path() -> None:
    question, left = a_question(1)

    assert the_nearest(question, left) is not None
    assert nearest_roster(question, left, lambda: RUN, lambda *_: pytest.fail("searched"), lambda: False) is None


def test_too_many_arcs_are_left_to_a_flow_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [a_volunteer(name) for name in ("an", "ba")]
    problem, standing = a_problem(shifts=[MON], volunteers=people), turns({"mon": ["an"]})
    monkeypatch.setattr(nearest, "MOST_ARCS", 0)

    assert the_nearest(*after(problem, standing, *standing)) is None
    assert repaired(problem, standing, Losses(standing), workers=1).solution.status == "optimal"


def test_a_repair_by_paths_loads_neither_the_solvers_nor_numpy() -> None:
    program = """if True:
        import sys
        from solver.problem import Assignment
        from solver.recovery import Losses, repaired
        from tests.solver.builders import a_problem, a_shift, a_volunteer
        standing = (Assignment("an", "mon"),)
        problem = a_problem(shifts=[a_shift("mon")], volunteers=[a_volunteer("an"), a_volunteer("ba")])
        assert repaired(problem, standing, Losses(standing)).solution.status == "optimal"
        print(*({"numpy", "ortools", "solver.engine"} & sys.modules.keys()))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


# The residual network by itself.


def a_network(seed: int) -> tuple[Network, Residual]:
    """The same random circulation twice: some arcs from the hub and back, others between nodes, costs of two levels."""
    dice = Random(seed)
    network, residual = Network(levels=2), Residual(2, lambda _: None, 10**6)
    nodes = dice.randint(2, 6)
    network.node()
    for _ in range(1, nodes):
        assert network.node() == residual.node()
    for _ in range(dice.randint(1, 14)):
        tail, head = dice.sample(range(nodes), 2)
        capacity = dice.randint(1, 3)
        network.arc(tail, head, capacity)
        costs = [dice.randint(-4, 6) for _ in range(2)]
        arc = residual.arc(tail, head, capacity)
        for level, cost in enumerate(costs):
            network.charge(arc // 2, level, cost)
            residual.charge(arc, level, cost)
    return network, residual


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_settled_circulation_costs_as_little_as_a_cheapest_flow(seed: int) -> None:
    network, residual = a_network(seed)
    residual.close_gaining(range(len(residual.heads)))

    residual.settle()

    flow = cheapest(network, most=100, charges=100)
    carried = [residual.room[arc + 1] for arc in range(0, len(residual.heads), 2)]
    assert tuple(int(costs @ carried) for costs in network.costs()) == flow.values


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_an_arc_carried_goes_the_cheapest_other_way_once_it_is_blocked(seed: int) -> None:
    network, residual = a_network(seed)
    residual.close_gaining(range(len(residual.heads)))
    residual.settle()

    blocked = next((arc for arc in range(0, len(residual.heads), 2) if residual.carries(arc)), 0)
    residual.block(blocked)

    network.capacities[blocked // 2] = 0
    flow = cheapest(network, most=100, charges=100)
    carried = [residual.room[arc + 1] for arc in range(0, len(residual.heads), 2)]
    assert carried[blocked // 2] == 0
    assert tuple(int(costs @ carried) for costs in network.costs()) == flow.values


def test_costs_beyond_a_digit_are_refused() -> None:
    residual = Residual(1, lambda _: None, 1)
    arc = residual.arc(residual.node(), HUB, 1)

    with pytest.raises(TooMuch):
        residual.charge(arc, 0, 2**37)


def test_turns_are_forbidden_in_the_order_of_people_whatever_order_a_set_has(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [a_volunteer(f"v{number}") for number in range(12)]
    problem = a_problem(shifts=[a_shift("am", min=12)], volunteers=people, levels=({"under_min": 1}, {"changes": 1}))
    flow = nearest._Nearest(replace(problem, previous=()), [], 1)
    blocked: list[int] = []
    monkeypatch.setattr(Residual, "block", lambda _network, arc: blocked.append(arc))

    turns = flow.turns()
    flow.forbid(set(turns))

    assert blocked == [flow.ways[number, 0] for number in range(12)]
