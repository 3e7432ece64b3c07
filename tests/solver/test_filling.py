"""Places filled one by one: a roster at once that lacks people, and breaks no rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from solver import effort, stages
from solver.check import Roster, broken_rules
from solver.components import components
from solver.effort import Effort, Stopped
from solver.engine import solve
from solver.filling import Filling
from solver.floors import least_levels
from solver.problem import Equipment, Limits, Pair, Problem, Shift
from solver.starts import values_of
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.enumeration import rosters_of
from tests.solver.enumeration import values_of as levels_in
from tests.solver.random_problems import a_random_problem
from tests.waiting import PATIENCE

AM, PM, LATE = a_shift("am"), a_shift("pm", "mon 13:00-17:00"), a_shift("late", "mon 18:00-20:00")
ONCE = Limits(turns=1)


def filled(problem: Problem) -> set[str]:
    """`{"lan am"}`: Lan serves in the morning."""
    found = set()
    for component in components(problem):
        filling = Filling(component, (), Effort(workers=1, seed=1, seconds=60))
        filling.fill()
        found |= {f"{turn.volunteer} {turn.shift}" for turn in filling.assignments()}
    return found


@pytest.mark.parametrize("seed", range(150))
def test_what_is_filled_breaks_no_rule_but_by_what_it_lacks(seed: int) -> None:
    problem = a_random_problem(seed)
    for component in components(problem):
        filling = Filling(component, (), Effort(workers=1, seed=1, seconds=60))
        filling.fill()

        broken = broken_rules(component.problem, Roster(component.problem, filling.assignments()))

        assert {(one.rule, one.detail) for one in broken} <= {("limits", "minutes_min"), ("pins", "assigned")}


def test_somebody_changes_over_where_that_fills_a_place() -> None:
    """An comes first for the morning, the only hours Binh has."""
    people = [a_volunteer("an", limits=ONCE), a_volunteer("binh", available=["mon 07:00-12:00"], history_turns=3)]

    assert filled(a_problem(shifts=[AM, PM], volunteers=people)) == {"an pm", "binh am"}


def test_the_one_laptop_goes_where_it_serves_more_places() -> None:
    people = [a_volunteer("lan", groups={"a"}), *(a_volunteer(name, groups={"b"}) for name in ("an", "binh", "chi"))]
    small = a_shift("small", pool=("a",), equipment={"laptop": 1})
    large = a_shift("large", min=2, pool=("b",), equipment={"laptop": 1})

    assert filled(a_problem(shifts=[small, large], volunteers=people, equipment=(Equipment("laptop", 1),))) == {
        "an large",
        "binh large",
    }


def a_visit(id: str, when: str = "mon 07:30-11:30", **other: Any) -> Shift:
    """Two people, one of them with police, or nobody."""
    return a_shift(id, when, min=2, needs={"police": 1}, all_or_nothing=True, **other)


def test_who_is_needed_changes_over_for_a_visit() -> None:
    """An, the only one with police, comes first for the day, which fewer could serve on."""
    people = [
        a_volunteer("an", qualifications={"police"}, groups={"a"}, limits=ONCE),
        a_volunteer("binh", groups={"a"}, limits=ONCE, history_turns=3),
        a_volunteer("chi", limits=ONCE),
        a_volunteer("dung", limits=ONCE),
    ]
    shifts = [replace(PM, pool=("a",)), a_visit("visit")]

    assert len(filled(a_problem(shifts=shifts, volunteers=people))) == 3


def test_a_visit_gives_its_laptop_to_a_place_that_waits_for_one() -> None:
    """An alone has police, so one visit is not made; if it is the one with the laptop, the day has that."""
    laptop = {"laptop": 1}
    early, late = a_visit("early", equipment=laptop, pool=("a",)), a_visit("late", "tue 07:30-11:30", pool=("a",))
    day = a_shift("day", min=2, pool=("b",), equipment=laptop)
    people = [
        a_volunteer("an", qualifications={"police"}, groups={"a"}, limits=ONCE),
        *(a_volunteer(name, groups={"a"}) for name in ("binh", "chi")),
        *(a_volunteer(name, groups={"b"}) for name in ("dung", "giang")),
    ]

    for shifts in ([early, late, day], [day, late, early]):
        found = filled(a_problem(shifts=shifts, volunteers=people, equipment=(Equipment("laptop", 1),)))

        assert {turn.split()[1] for turn in found} == {"late", "day"}


def test_nobody_is_left_owing_minutes_for_the_sake_of_a_laptop() -> None:
    laptop = {"laptop": 1}
    early, late = a_visit("early", equipment=laptop, pool=("a",)), a_visit("late", "tue 07:30-11:30", pool=("a",))
    day = a_shift("day", min=2, pool=("b",), equipment=laptop)
    people = [
        a_volunteer("an", qualifications={"police"}, groups={"a"}, limits=ONCE),
        a_volunteer("binh", groups={"a"}, available=["mon 07:00-12:00"], limits=Limits(minutes_min=240)),
        a_volunteer("chi", groups={"a"}),
        *(a_volunteer(name, groups={"b"}) for name in ("dung", "giang")),
    ]

    found = filled(a_problem(shifts=[early, late, day], volunteers=people, equipment=(Equipment("laptop", 1),)))

    assert "binh early" in found


def test_who_owes_minutes_has_them_first_and_from_whom_can_spare_them() -> None:
    owing = Limits(turns=1, minutes_min=240)
    people = [a_volunteer("an", limits=ONCE), a_volunteer("binh", limits=owing)]
    shifts = [replace(AM, max=1), replace(LATE, max=1)]

    assert filled(a_problem(shifts=shifts, volunteers=people)) == {"an late", "binh am"}


def test_two_who_come_together_owe_their_minutes_together() -> None:
    people = [a_volunteer("an", limits=Limits(minutes_min=60)), a_volunteer("binh")]
    problem = a_problem(shifts=[replace(AM, max=2)], volunteers=people, pairs=[Pair(("an", "binh"), "together")])

    assert filled(problem) == {"an am", "binh am"}


@pytest.mark.parametrize("least", [0, 180])
def test_a_run_that_is_over_at_once_still_fills_nearly_all_places(monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    def stopped(*_given: object) -> None:
        raise Stopped

    monkeypatch.setattr(stages.Stages, "walk", stopped)
    monkeypatch.setattr(effort, "OVERTIME", PATIENCE)
    problem = a_province(volunteers=300, shifts=100, communes=6, side_rules=True)
    serving = {turn.split()[0] for turn in sorted(filled(problem))[::3]}
    owing = tuple(
        replace(one, limits=replace(one.limits, minutes_min=least or None)) if one.id in serving else one
        for one in problem.volunteers
    )

    solution = solve(replace(problem, volunteers=owing), seconds=0.001, workers=1)

    assert (solution.status, len(solution.assignments) > 200) == ("feasible", True)


@pytest.mark.parametrize("seed", range(100))
def test_no_roster_is_below_the_floors(seed: int) -> None:
    problem = a_random_problem(seed)
    floors = [least_levels(component) for component in components(problem)]

    for roster in rosters_of(problem):
        assert all(
            value >= sum(floor[level] for floor in floors) for level, value in enumerate(levels_in(problem, roster))
        )


def test_a_place_nobody_can_take_is_a_floor() -> None:
    problem = a_problem(shifts=[a_shift("am", min=2)], volunteers=[a_volunteer()])

    (component,) = (one for one in components(problem) if one.turns)

    assert least_levels(component)[0] == values_of(component.problem, ())[0] - 1 == 1


def test_what_too_few_laptops_leave_is_a_floor_and_reached_at_once() -> None:
    """Of a province's week the first level is proved before any programme is written down."""
    problem = a_province(side_rules=True, volunteers=3000, shifts=500, communes=108)
    component = components(problem)[0]
    filling = Filling(component, (), Effort(workers=1, seed=1, seconds=60))

    filling.fill()

    assert least_levels(component)[0] == values_of(component.problem, filling.assignments())[0] > 0


def test_a_laptop_that_two_shifts_wait_for_one_after_the_other_is_a_floor_once() -> None:
    """The long shift meets both others: it alone goes without."""
    laptop = {"laptop": 1}
    long = a_shift("long", "mon 07:00-17:00", equipment=laptop)
    shifts = [long, replace(AM, equipment=laptop), replace(PM, equipment=laptop)]
    people = [a_volunteer(name) for name in ("an", "binh", "chi")]
    (component,) = components(a_problem(shifts=shifts, volunteers=people, equipment=(Equipment("laptop", 1),)))[:1]

    assert least_levels(component)[0] == 1
