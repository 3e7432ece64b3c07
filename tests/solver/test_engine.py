"""The engine as its caller sees it: watched, stopped, repeated, and asked what cannot be."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from solver import contradiction, effort, engine, search, starts
from solver.check import check
from solver.contradiction import MOST_COUPLES
from solver.engine import RefereeDisagrees, solve
from solver.problem import Equipment, Limits, Pair, Pin, Problem, Rules, Volunteer, Weights, Wish
from solver.progress import Part, Progress
from solver.solution import Clash, Shortfall
from solver.stages import Stages
from tests.benchmarks.province import a_province
from tests.solver.builders import DAYS, a_problem, a_shift, a_volunteer
from tests.waiting import PATIENCE, eventually


def a_hard_problem() -> Problem:
    """One component with every side rule, which the flow does not settle."""
    return a_province(volunteers=900, shifts=150, communes=30, side_rules=True)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search never gets beyond the flow, however fast the machine."""

    def walk(stages: Stages, _work: float) -> None:
        stages.effort.check()
        if not stages.part.floor:
            starts.begin(stages.part)
        time.sleep(0.01)

    monkeypatch.setattr(Stages, "walk", walk)


def test_a_shift_nobody_can_take_is_reported_short_not_infeasible():
    problem = a_problem(shifts=[a_shift("mon-pm", min=2)], volunteers=[a_volunteer("lan", available=[])])

    solution = solve(problem)

    assert solution.status == "optimal"
    assert solution.shortfalls == (Shortfall("mon-pm", missing=2),)


def test_a_problem_of_nothing_is_solved():
    solution = solve(a_problem(shifts=(), volunteers=()))

    assert (solution.status, solution.assignments) == ("optimal", ())
    assert [(level.value, level.bound) for level in solution.levels] == [(0, 0)] * 6


def test_a_unit_is_proved_within_seconds():
    problem = a_province(volunteers=120, shifts=40, communes=3, side_rules=True)

    solution = solve(problem, seconds=PATIENCE, workers=1)

    assert solution.status == "optimal"
    assert check(problem, solution).ok


def test_one_worker_and_one_seed_give_one_roster():
    problem = a_province(volunteers=80, shifts=30, communes=3, side_rules=True, seed=3)

    first, second = (solve(problem, workers=1, seed=5) for _ in range(2))

    assert first.status == "optimal"
    assert first.assignments == second.assignments


@pytest.mark.usefixtures("endless")
def test_progress_comes_all_along_in_the_callers_thread_and_never_gets_worse():
    """How often it comes is measured in tests/benchmarks: a starved machine is no fault of the engine's."""
    events: list[tuple[Progress, int]] = []

    solve(
        a_hard_problem(),
        seconds=PATIENCE,
        workers=1,
        on_progress=lambda progress: events.append((progress, threading.get_ident())),
        should_stop=lambda: len(events) > 4 and events[-1][0].placed > 0,
    )

    assert len(events) > 4
    assert {thread for _, thread in events} == {threading.get_ident()}
    values = [tuple(level.value for level in progress.levels) for progress, _ in events if progress.levels]
    assert values == sorted(values, reverse=True)


def test_progress_tells_people_placed_and_places_short():
    events: list[Progress] = []

    solve(a_problem(shifts=[a_shift("am", min=3)]), on_progress=events.append)

    assert (events[-1].placed, events[-1].short) == (1, 2)


def test_progress_counts_places_and_not_shifts_before_there_is_a_roster():
    problem = a_problem(shifts=[a_shift("am", min=5), a_shift("pm", min=2)])

    begun = engine._Count(search.Search(problem, seconds=PATIENCE, workers=1, seed=1)).progress()

    assert (begun.placed, begun.short) == (0, 7)


@pytest.mark.usefixtures("endless")
def test_a_stopped_run_keeps_the_best_roster_so_far():
    problem = a_hard_problem()
    seen: list[Progress] = []

    solution = solve(
        problem,
        seconds=PATIENCE,
        workers=1,
        on_progress=seen.append,
        should_stop=lambda: bool(seen) and seen[-1].placed > 0,
    )

    assert solution.status == "cancelled"
    assert solution.assignments
    assert check(problem, solution).ok


@pytest.mark.usefixtures("endless")
def test_a_run_stopped_before_anything_is_found_still_answers():
    problem = a_hard_problem()

    solution = solve(problem, should_stop=lambda: True)

    assert solution.status == "cancelled"
    assert check(problem, solution).ok


@pytest.mark.usefixtures("endless")
def test_a_run_stopped_at_the_first_possible_moment_still_has_its_places_filled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "FIRST", PATIENCE)

    solution = solve(a_hard_problem(), workers=1, should_stop=lambda: True)

    assert (solution.status, len(solution.assignments) > 350) == ("cancelled", True)


@pytest.mark.usefixtures("endless")
def test_a_first_roster_that_is_late_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    def late(part: Part, _effort: effort.Effort) -> None:
        time.sleep(5 * engine.POLL)
        starts.offer_filled(part, effort.Effort(1, 1, PATIENCE))

    monkeypatch.setattr(search, "offer_filled", late)
    monkeypatch.setattr(effort, "OVERTIME", 0)

    solution = solve(a_hard_problem(), seconds=0.001, workers=1)

    assert (solution.status, len(solution.assignments) > 350) == ("feasible", True)


def test_a_first_roster_is_given_up_by_its_own_work_and_not_by_the_clock(monkeypatch: pytest.MonkeyPatch):
    asked = effort.Effort(1, 1, 10)
    now, worked = asked.started_at, 5.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr("time.thread_time", lambda: worked)

    assert asked.overtime()
    now += 1000
    assert asked.overtime()
    worked += effort.OVERTIME - 0.1
    assert asked.overtime()
    worked += 0.1
    assert not asked.overtime()


def test_what_cannot_be_interrupted_is_left_behind_and_known_to_be(monkeypatch: pytest.MonkeyPatch):
    begun, ending = threading.Event(), threading.Event()
    monkeypatch.setattr(Stages, "walk", lambda _stages, _work: begun.set() or ending.wait())

    solution = solve(a_hard_problem(), seconds=PATIENCE, workers=1, should_stop=begun.is_set)

    assert solution.status == "cancelled"
    assert effort.left_behind()
    ending.set()
    eventually(lambda: not effort.left_behind())  # what an earlier test left behind ends by its own limit


@pytest.mark.usefixtures("endless")
def test_a_run_out_of_time_is_feasible_with_bounds_that_hold():
    problem = a_hard_problem()

    solution = solve(problem, seconds=4, workers=1)

    assert solution.status == "feasible"
    assert check(problem, solution).ok
    assert all(level.bound <= level.value for level in solution.levels)


def test_a_fault_in_the_search_before_any_roster_reaches_the_caller(monkeypatch: pytest.MonkeyPatch):
    def broken(*_given: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(search, "components", broken)

    with pytest.raises(ZeroDivisionError):
        solve(a_problem())


def test_a_fault_after_a_roster_was_found_costs_the_proof_and_not_the_roster(monkeypatch: pytest.MonkeyPatch):
    def walk(_stages: Stages, _work: float) -> None:
        raise ZeroDivisionError

    problem = a_province(volunteers=120, shifts=40, communes=3, side_rules=True)
    monkeypatch.setattr(Stages, "walk", walk)

    with pytest.warns(RuntimeWarning, match="broke off: ZeroDivisionError"):
        solution = solve(problem)

    assert solution.status == "feasible"
    assert check(problem, solution).ok


def test_levels_too_dear_to_reckon_with_leave_a_roster_and_bounds_that_hold():
    """Twenty places that want one of few laptops, each missing person worth more than 64 bits hold of them."""
    dear = Weights(under_min=10**9)
    days = ("mon", "tue", "wed", "thu", "fri") * 4
    problem = a_problem(
        shifts=[a_shift(f"s{at}", f"{day} 08:00-10:00", weights=dear, equipment={"laptop": 1})
                for at, day in enumerate(days)],
        volunteers=[a_volunteer(f"v{number}", limits=Limits(turns=1)) for number in range(40)],
        equipment=[Equipment("laptop", 1)],
        wishes=[Wish(f"v{number}", f"s{number % 20}", want=False) for number in range(40)],
        levels=({"under_min": 10**9, "wishes": 1}, {"unfairness": 1}),
    )  # fmt: skip

    solution = solve(problem, seconds=PATIENCE, workers=1)

    assert solution.status == "feasible"
    assert len(solution.assignments) == 5
    assert check(problem, solution).ok
    assert solution.levels[0].bound <= 15 * 10**18


def test_a_roster_the_referee_refuses_is_not_returned(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "broken_rules", lambda _problem, _roster: ["something"])

    with pytest.raises(RefereeDisagrees):
        solve(a_problem())


def is_possible(problem: Problem) -> bool:
    return solve(problem, workers=1).status == "optimal"


def test_the_contradiction_names_what_stands_against_a_pin():
    problem = a_problem(
        volunteers=[a_volunteer("lan", available=[]), a_volunteer("minh")],
        pins=[Pin("lan", "mon-am", "assigned"), Pin("minh", "mon-am", "assigned")],
    )

    solution = solve(problem)

    assert solution.status == "infeasible"
    assert set(solution.contradiction) == {Clash("availability", "lan"), Clash("pins", "lan", "mon-am")}


def test_the_contradiction_is_between_as_few_as_it_takes():
    people = [a_volunteer(name, limits=Limits(turns=1)) for name in ("an", "binh", "chi", "dung")]
    shifts = [a_shift("am", "mon 08:00-11:00", max=2), a_shift("pm", "mon 13:00-17:00")]
    pins = [Pin(name, "am", "assigned") for name in ("an", "binh", "chi")]
    problem = a_problem(shifts=shifts, volunteers=people, pins=pins)

    solution = solve(problem)

    assert set(solution.contradiction) == {
        Clash("capacity", shift="am"),
        *(Clash("pins", name, "am") for name in ("an", "binh", "chi")),
    }


@pytest.mark.parametrize(
    ("problem", "rules"),
    [
        (
            a_problem(volunteers=[a_volunteer(limits=Limits(minutes_min=300))]),
            {"limits"},
        ),
        (
            a_problem(
                volunteers=[a_volunteer("an"), a_volunteer("ba")],
                pins=[Pin("an", "mon-am", "assigned"), Pin("ba", "mon-am", "forbidden")],
                pairs=[Pair(("an", "ba"), "together")],
            ),
            {"pins", "pairs"},
        ),
        (
            a_problem(
                volunteers=[a_volunteer("an", limits=Limits(consecutive_days_min=2))],
                shifts=[a_shift("wed", "wed 08:00-11:00")],
                pins=[Pin("an", "wed", "assigned")],
            ),
            {"pins", "days"},
        ),
        (
            a_problem(volunteers=[a_volunteer("an", minor=True)], pins=[Pin("an", "mon-am", "assigned")]),
            {"pins", "minors"},
        ),
    ],
    ids=["too few minutes to be had", "one of a pair", "a lone day", "a minor alone"],
)
def test_every_rule_can_be_part_of_a_contradiction(problem: Problem, rules: set[str]):
    solution = solve(problem)

    assert solution.status == "infeasible"
    assert {clash.rule for clash in solution.contradiction} == rules


def test_without_the_pins_it_names_there_is_a_roster():
    people: list[Volunteer] = [a_volunteer(f"v{number}", limits=Limits(turns=1)) for number in range(4)]
    shifts = [a_shift("am", "mon 08:00-11:00"), a_shift("pm", "mon 13:00-17:00")]
    pins = tuple(Pin(person.id, shift.id, "assigned") for person in people[:2] for shift in shifts)
    problem = a_problem(shifts=shifts, volunteers=people, pins=pins)

    named = [clash for clash in solve(problem).contradiction if clash.rule == "pins"]

    assert len(named) == 2
    assert not is_possible(problem)
    spared = {(person.id, "am") for person in people[:2]}
    assert is_possible(replace(problem, pins=tuple(pin for pin in pins if (pin.volunteer, pin.shift) not in spared)))


def test_a_provinces_impossible_pin_is_named_at_once():
    problem = a_province(volunteers=2000, shifts=300, communes=60, side_rules=True)
    away = replace(problem.volunteers[0], available=())
    problem = replace(
        problem,
        volunteers=(away, *problem.volunteers[1:]),
        pins=(Pin(away.id, problem.shifts[0].id, "assigned"),),
    )

    solution = solve(problem, seconds=PATIENCE)

    assert solution.status == "infeasible"
    assert set(solution.contradiction) == {
        Clash("availability", away.id),
        Clash("pins", away.id, problem.shifts[0].id),
    }


@pytest.mark.parametrize("most", [MOST_COUPLES, 100])
def test_a_minor_pinned_too_late_is_named_and_no_other_rule(monkeypatch: pytest.MonkeyPatch, most: int):
    """Also where all people and shifts are too many to ask about."""
    people = [a_volunteer(f"v{number}", limits=Limits(turns=2)) for number in range(20)]
    problem = a_problem(
        shifts=[*(a_shift(f"s{day}", f"{day} 07:00-09:00") for day in DAYS), a_shift("late", "mon 18:00-21:00")],
        volunteers=[*people, a_volunteer("kid", minor=True)],
        pins=[Pin("kid", "late", "assigned")],
        rules=Rules(minors_latest_end=18 * 60),
    )
    monkeypatch.setattr(contradiction, "MOST_COUPLES", most)

    assert set(solve(problem).contradiction) == {Clash("minors", "kid"), Clash("pins", "kid", "late")}


def test_where_all_is_too_much_to_ask_the_pinned_shifts_are_enough(monkeypatch: pytest.MonkeyPatch):
    """Two laptops wanted where there is one: that is nobody's own rule."""
    people = [a_volunteer(f"v{number}", groups=["near" if number < 4 else "far"]) for number in range(40)]
    crowded = [a_shift(name, "mon 08:00-10:00", pool=("near",), equipment={"laptop": 1}) for name in ("one", "two")]
    others = [a_shift(day, f"{day} 12:00-14:00") for day in DAYS]
    problem = a_problem(
        shifts=[*crowded, *others],
        volunteers=people,
        equipment=[Equipment("laptop", 1)],
        pins=[Pin("v0", "one", "assigned"), Pin("v1", "two", "assigned")],
    )
    monkeypatch.setattr(contradiction, "MOST_COUPLES", 10)

    found = solve(problem).contradiction

    assert {(clash.rule, clash.volunteer) for clash in found} == {("pins", "v0"), ("pins", "v1"), ("equipment", None)}


def test_nothing_is_told_to_stop_that_has_ended():
    asked = effort.Effort(1, 1, PATIENCE)
    begun, stopping, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        with asked.running(stop):
            begun.set()
            stopping.wait(PATIENCE)
        ended.set()

    def stop() -> None:
        stopping.set()
        assert not ended.wait(0.05)

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(PATIENCE)

    asked.stop()

    worker.join(PATIENCE)
    assert ended.is_set()
