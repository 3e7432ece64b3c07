"""The referee on a whole solution: its rules, its figures, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver.check import Roster, check, shortfalls_of
from solver.problem import Pin
from solver.solution import Clash
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import A_RUN, a_gap, a_level, a_solution, turns

PROBLEM = a_problem(
    shifts=[a_shift("a", min=2, needs={"lead": 1})],
    volunteers=[a_volunteer()],
    levels=({"under_min": 1}, {"under_need": 3}),
)
HONEST = a_solution(
    {"a": ["lan"]},
    status="optimal",
    levels=(a_level(1, under_min=1), a_level(3, under_need=1)),
    shortfalls=(a_gap("a", 1, lead=1),),
)


def paths(solution: object) -> list[str]:
    return [one.path for one in check(PROBLEM, solution).misreported]  # type: ignore[arg-type]


def test_an_honest_solution_passes() -> None:
    report = check(PROBLEM, HONEST)

    assert report.ok
    assert [level.value for level in report.levels] == [1, 3]
    assert report.shortfalls == HONEST.shortfalls


def test_a_broken_rule_fails_it() -> None:
    problem = a_problem(pins=[Pin("lan", "mon-am", "forbidden")], levels=())

    report = check(problem, a_solution({"mon-am": ["lan"]}))

    assert not report.ok
    assert [one.rule for one in report.broken] == ["pins"]


def test_a_misreported_amount_value_or_bound_is_named() -> None:
    honest = HONEST.levels[0]

    assert paths(replace(HONEST, levels=(a_level(1, under_min=2), HONEST.levels[1]))) == ["levels[0].terms"]
    assert paths(replace(HONEST, levels=(a_level(0, under_min=1), HONEST.levels[1]))) == [
        "levels[0].value",
        "levels[0].bound",
    ]
    assert paths(replace(HONEST, levels=(replace(honest, bound=2), HONEST.levels[1]))) == ["levels[0].bound"]
    assert paths(replace(HONEST, levels=HONEST.levels[:1])) == ["levels"]


def test_a_level_names_exactly_its_terms() -> None:
    assert paths(replace(HONEST, levels=(a_level(1, under_min=1, wishes=0), HONEST.levels[1]))) == ["levels[0].terms"]


def test_only_an_optimal_solution_must_be_proved_to_the_last() -> None:
    open_gap = (a_level(1, bound=0, under_min=1), HONEST.levels[1])

    assert paths(replace(HONEST, levels=open_gap)) == ["levels[0].bound"]
    assert paths(replace(HONEST, levels=open_gap, status="feasible")) == []
    assert paths(replace(HONEST, levels=open_gap, status="cancelled")) == []


@pytest.mark.parametrize("said", [(), (a_gap("a", 2, lead=1),), (a_gap("a", 1),), (a_gap("a", 1, lead=1),) * 2])
def test_shortfalls_are_exactly_what_is_missing(said: tuple[object, ...]) -> None:
    assert paths(replace(HONEST, shortfalls=said)) != []  # type: ignore[arg-type]


def test_people_alone_or_a_need_alone_make_a_shortfall() -> None:
    shifts = [a_shift("people", min=2), a_shift("need", "tue 08:00-12:00", needs={"lead": 1})]
    problem = a_problem(shifts=shifts)

    found = shortfalls_of(problem, Roster(problem, turns({"people": ["lan"], "need": ["lan"]})))

    assert found == (a_gap("people", 1), a_gap("need", lead=1))


def test_a_shift_without_a_gap_is_no_shortfall() -> None:
    report = check(a_problem(levels=()), a_solution({"mon-am": ["lan"]}, shortfalls=(a_gap("mon-am", 0),)))

    assert [one.path for one in report.misreported] == ["shortfalls[mon-am]"]


@pytest.mark.parametrize("status", ["infeasible", "unknown", "cancelled"])
def test_without_a_roster_no_rule_is_broken(status: str) -> None:
    problem = a_problem(pins=[Pin("lan", "mon-am", "assigned")])
    reasons = (Clash("pins", "lan", "mon-am"),) if status == "infeasible" else ()

    assert check(problem, a_solution({}, status=status, contradiction=reasons)).ok


def test_an_infeasible_solution_has_no_roster_and_a_reason_that_exists() -> None:
    def told(**parts: object) -> list[str]:
        return paths(a_solution(**({"people": {}, "status": "infeasible"} | parts)))  # type: ignore[arg-type]

    assert told(contradiction=(Clash("limits", "lan"),)) == []
    assert told() == ["contradiction"]
    assert told(people={"a": ["lan"]}, contradiction=(Clash("limits"),)) == ["assignments"]
    assert told(contradiction=(Clash("fate", "nobody", "never"),)) == [
        "contradiction[0].rule",
        "contradiction[0].volunteer",
        "contradiction[0].shift",
    ]


def test_a_cancelled_roster_is_judged_like_any_other() -> None:
    problem = a_problem(shifts=[a_shift(max=0, min=0)], levels=())

    assert [one.rule for one in check(problem, a_solution({"mon-am": ["lan"]}, status="cancelled")).broken] == [
        "capacity"
    ]


@pytest.mark.parametrize("sha256", ["", "of this"])
def test_a_solution_of_the_same_file_or_of_none_in_particular_is_this_files(sha256: str) -> None:
    solution = replace(HONEST, run=replace(A_RUN, problem_sha256=sha256))

    assert not check(PROBLEM, solution, problem_sha256="of this").of_another_file


def test_a_solution_of_another_file_is_told_and_judged_all_the_same() -> None:
    solution = replace(HONEST, run=replace(A_RUN, problem_sha256="of another"))

    report = check(PROBLEM, solution, problem_sha256="of this")

    assert report.of_another_file
    assert report.ok


def test_somebody_the_problem_does_not_know_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        check(PROBLEM, a_solution({"a": ["nobody"]}))
