"""A repair repairs: the problem it leaves, solved again, misses no more people than promised."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.engine import solve
from solver.explain import Repair, Shortage, applied, shortages
from solver.problem import Limits, Pin, Problem
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.random_problems import a_random_problem
from tests.solver.refereeing import turns
from tests.waiting import PATIENCE

FEW = 4  # alternatives tried of each problem; each is a run of the engine


def under_min_of(problem: Problem) -> int:
    solution = solve(problem, seconds=PATIENCE, workers=1)
    assert solution.status == "optimal"
    return solution.levels[0].value


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_solving_after_a_repair_misses_no_more_than_promised(seed: int) -> None:
    problem = replace(a_random_problem(seed), levels=({"under_min": 1}, {"under_need": 1}), previous=None, wishes=())
    solution = solve(problem, seconds=PATIENCE, workers=1)
    if solution.status != "optimal":
        return

    found = shortages(problem, solution.assignments, with_chains=True)
    offers = [(short, repair) for short in found for repair in short.repairs]

    for short, repair in offers[:FEW]:
        assert under_min_of(applied(problem, short.shift, repair)) <= repair.under_min_after
        assert repair.under_min_after <= solution.levels[0].value


def a_desk() -> tuple[Problem, Shortage]:
    """Two desks, one trained person with one turn, one untrained, one of another group, one only free later."""
    shifts = [
        a_shift("am", "mon 08:00-12:00", requires=("trained",), pool=("north",)),
        a_shift("tue", "tue 08:00-12:00", requires=("trained",), pool=("north",)),
    ]
    people = [
        a_volunteer("lan", qualifications=["trained"], groups=["north"], limits=Limits(turns=1)),
        a_volunteer("minh", groups=["north"]),
        a_volunteer("an", qualifications=["trained"], groups=["south"]),
        a_volunteer("late", qualifications=["trained"], groups=["north"], available=["mon 08:30-13:00"]),
    ]
    problem = a_problem(shifts=shifts, volunteers=people, levels=({"under_min": 1},))
    [short] = shortages(problem, turns({"tue": ["lan"]}))
    return problem, short


def test_each_kind_of_repair_can_be_applied_to_the_problem() -> None:
    problem, short = a_desk()
    by_kind: dict[str, Repair] = {repair.kind: repair for repair in short.repairs}

    for kind in by_kind:
        assert under_min_of(applied(problem, short.shift, by_kind[kind])) == by_kind[kind].under_min_after == 0
    assert by_kind.keys() == {"train", "raise_limit", "ask", "move", "lend"}


def test_an_alternative_may_be_chosen() -> None:
    problem = a_problem(
        shifts=[a_shift("am", requires=("trained",))], volunteers=[a_volunteer("lan"), a_volunteer("minh")]
    )
    [short] = shortages(problem, ())
    [train] = short.repairs

    changed = applied(problem, "am", train, volunteer="minh")

    assert [one.id for one in changed.volunteers if "trained" in one.qualifications] == ["minh"]


def test_what_only_rearranges_the_roster_changes_nothing_that_is_asked() -> None:
    problem = a_problem()

    assert applied(problem, "mon-am", Repair("add", {"volunteers": ("lan",)}, 0)) == problem


def a_crowded_week(seed: int) -> Problem:
    """More places than people can fill, who are kept by their hours, one turn at a time and a number of turns."""
    dice = Random(seed)
    halves = [f"{day} {hours}" for day in ("mon", "tue", "wed") for hours in ("08:00-12:00", "13:00-17:00")]
    shifts = [
        a_shift(f"s{number}", dice.choice(halves), min=dice.randint(1, 3), requires=dice.choice([(), ("trained",)]))
        for number in range(6)
    ]
    people = [
        a_volunteer(
            f"v{number}",
            available=dice.sample(halves, 3),
            qualifications=dice.sample(["trained"], dice.randint(0, 1)),
            limits=Limits(turns=dice.randint(1, 2), turns_per_day=1),
        )
        for number in range(5)
    ]
    return a_problem(shifts=shifts, volunteers=people, levels=({"under_min": 1},))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_roster_fills_more_of_a_groups_places(seed: int) -> None:
    """The people a group draws on, all of them free for it alone, cannot do better: the cause is the group."""
    problem = a_crowded_week(seed)
    solution = solve(problem, seconds=PATIENCE, workers=1)

    for short in shortages(problem, solution.assignments, with_repairs=False):
        alone = replace(
            problem,
            shifts=tuple(one for one in problem.shifts if one.id in short.group),
            volunteers=tuple(one for one in problem.volunteers if one.id in short.people),
        )
        assert short.shift in short.group
        assert under_min_of(alone) == short.places - short.filled > 0


def two_desks() -> Problem:
    """Two desks and one trained person with one turn of four hours; Minh could learn, but is free on Tuesday only."""
    shifts = [a_shift(day, f"{day} 08:00-12:00", requires=("trained",)) for day in ("mon", "tue")]
    people = [
        a_volunteer("lan", qualifications=["trained"], limits=Limits(turns=1, minutes_max=240)),
        a_volunteer("minh", available=["tue 08:00-12:00"]),
    ]
    return a_problem(shifts=shifts, volunteers=people, levels=({"under_min": 1},))


def test_somebody_trained_for_another_day_frees_the_one_who_can_come() -> None:
    problem = two_desks()

    [short] = shortages(problem, turns({"tue": ["lan"]}), with_chains=True)

    [train] = short.repairs
    assert train.kind == "train"
    assert train.facts["volunteers"] == ("minh",)
    assert train.facts["via"] == {"volunteer": "lan", "from": "tue", "to": "mon"}
    assert under_min_of(applied(problem, short.shift, train)) == train.under_min_after == 0
    [without] = shortages(problem, turns({"tue": ["lan"]}))
    assert without.repairs == ()


def test_where_one_change_fills_the_place_nobody_has_to_come_over() -> None:
    problem = two_desks()
    willing = replace(problem.volunteers[0], limits=Limits(turns=1))

    [short] = shortages(
        replace(problem, volunteers=(willing, problem.volunteers[1])), turns({"tue": ["lan"]}), with_chains=True
    )

    assert [repair.kind for repair in short.repairs] == ["raise_limit"]
    assert "via" not in short.repairs[0].facts


def test_whoever_has_to_stay_on_a_shift_does_not_come_over() -> None:
    problem = replace(two_desks(), pins=(Pin("lan", "tue", "assigned"),))

    [short] = shortages(problem, turns({"tue": ["lan"]}), with_chains=True)

    assert short.repairs == ()


def test_nobody_comes_over_who_is_the_only_adult_where_they_are() -> None:
    lan, minh = two_desks().volunteers
    child = a_volunteer("child", qualifications=["trained"], minor=True, available=["tue 08:00-12:00"])
    monday, tuesday = two_desks().shifts
    people = (lan, replace(minh, minor=True), child)
    problem = replace(two_desks(), shifts=(monday, replace(tuesday, min=2, target=2)), volunteers=people)

    [short] = shortages(problem, turns({"tue": ["lan", "child"]}), with_chains=True)

    assert short.repairs == ()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_repair_in_two_steps_fills_a_place_that_no_roster_filled_before(seed: int) -> None:
    """Each is tried by solving the problem it changes: crowded weeks of people whose hours and turns are short."""
    problem = a_crowded_week(seed)
    solution = solve(problem, seconds=PATIENCE, workers=1)
    found = shortages(problem, solution.assignments, with_chains=True)

    for short in found:
        for repair in [one for one in short.repairs if "via" in one.facts][:2]:
            promised = repair.under_min_after
            assert under_min_of(applied(problem, short.shift, repair)) <= promised < solution.levels[0].value
