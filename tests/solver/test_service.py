"""Robust cover: how surely enough people come, and reserves where a shift asks for more certainty."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate, combinations, product
from math import isclose, prod
from operator import le
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import reader, solution, writer
from solver.__main__ import main
from solver.check import Roster, check
from solver.check.service import at_least, missing_to_service, service_of
from solver.components import components
from solver.document import BadInput
from solver.effort import Effort
from solver.engine import solve
from solver.problem import DEFAULT_LEVELS, FORMAT, FORMAT_2, SURE_LEVELS, Limits, Problem
from solver.progress import Part
from solver.rules import under_service
from solver.starts import begin, offer_filled
from solver.variables import Model
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.enumeration import rosters_of, values_of
from tests.solver.random_problems import a_random_problem
from tests.solver.refereeing import a_solution, amount, turns

UNSURE = [a_volunteer(name, show_up=rate) for name, rate in (("an", 0.9), ("binh", 0.8), ("chi", 0.7))]


def an_outing(level: float | None = 0.95, **other: Any) -> Problem:
    """One place, and three people of whom nobody is sure."""
    return a_problem(shifts=[a_shift("am", service_level=level, **other)], volunteers=UNSURE, levels=SURE_LEVELS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=7), st.integers(0, 8))
def test_the_probability_is_that_of_all_ways_to_come_or_stay_away(rates: list[float], most: int) -> None:
    ways = list(product((True, False), repeat=len(rates)))

    found = at_least(rates, most)

    for count, surely in enumerate(found):
        chances = (
            prod(rate if comes else 1 - rate for rate, comes in zip(rates, way, strict=True))
            for way in ways
            if sum(way) >= count
        )
        assert isclose(surely, sum(chances), abs_tol=1e-12)
    assert len(found) == most + 1


def test_every_shift_tells_how_surely_it_has_its_people() -> None:
    problem = an_outing(min=2)

    [found] = service_of(problem, Roster(problem, turns({"am": ["an", "binh"]})))

    assert (found.shift, found.level, found.missing) == ("am", 0.95, 1)
    assert isclose(found.probability, 0.72)
    assert isclose(found.expected, 1.7)


@pytest.mark.parametrize(
    ("people", "missing"),
    [((), 2), (("an",), 2), (("an", "binh"), 1), (("an", "binh", "chi"), 1)],
)
def test_what_is_missing_is_counted_in_people_who_come_for_sure(people: tuple[str, ...], missing: int) -> None:
    assert amount(an_outing(min=2), {"am": people}, "under_service") == missing


@pytest.mark.parametrize(("level", "missing"), [(0.9, 0), (0.9000000001, 0), (0.90001, 1), (0.0, 0), (None, 0)])
def test_a_level_is_reached_to_the_last_decimal_and_no_further(level: float | None, missing: int) -> None:
    assert missing_to_service(an_outing(level).shifts[0], UNSURE[:1]) == missing


@pytest.mark.parametrize("level", [5e-10, 1e-9, 2e-9])
def test_a_level_within_the_tolerance_of_zero_asks_for_nobody(level: float) -> None:
    problem = replace(an_outing(level), volunteers=())

    answer = solve(problem, workers=1)

    assert answer.levels[2].value == (level > 1e-9)
    assert (answer.status, check(problem, answer).misreported) == ("optimal", ())


def test_reserves_meet_the_level_the_cheapest_first() -> None:
    """An alone comes in nine of ten; with a second person the level is met, and Chi has had fewer turns than Binh."""
    an, binh, chi = UNSURE
    problem = replace(an_outing(), volunteers=(an, replace(binh, history_turns=3), chi))

    answer = solve(problem, workers=1)

    assert answer.status == "optimal"
    assert {turn.volunteer for turn in answer.assignments} == {"an", "chi"}
    assert [level.terms for level in answer.levels][2] == {"under_service": 0}
    assert check(problem, answer).ok


def test_no_more_come_than_the_shift_takes_and_the_surest_of_them() -> None:
    answer = solve(an_outing(0.99, max=2), workers=1)

    assert answer.status == "optimal"
    assert (len(answer.assignments), answer.levels[2].value) == (1, 1)  # nobody is asked to come in vain
    reached = solve(an_outing(0.98, max=2), workers=1)
    assert ({turn.volunteer for turn in reached.assignments}, reached.levels[2].value) == ({"an", "binh"}, 0)


def test_whoever_never_comes_is_no_reserve() -> None:
    people = [a_volunteer("an", show_up=0.9), *(a_volunteer(f"never{number}", show_up=0.0) for number in range(3))]
    problem = replace(an_outing(), volunteers=tuple(people))

    answer = solve(problem, workers=1)

    assert (answer.status, answer.levels[2].value) == ("optimal", 1)
    assert {turn.volunteer for turn in answer.assignments} == {"an"}


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_with_more_rates_than_can_be_told_apart_the_bound_still_holds(seed: int) -> None:
    """Then the roster may be less than the best, but neither its value nor its bound is wrong."""
    problem = replace(a_random_problem(seed), levels=({"under_service": 1}, {"under_min": 1}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_service, "MOST_CREWS", 1)
        answer = solve(problem, seconds=0.5, workers=1)
    if not answer.levels:
        return

    best = min(values_of(problem, one) for one in rosters_of(problem))

    assert check(problem, answer).ok
    assert answer.levels[0].bound <= best[0] <= answer.levels[0].value
    assert answer.status != "optimal" or tuple(level.value for level in answer.levels) == best


@settings(max_examples=60, deadline=None)
@given(
    rates=st.lists(st.sampled_from((0.0, 0.3, 0.5, 0.6, 0.8, 0.9, 1.0)), max_size=7),
    wanted=st.integers(1, 4),
    most=st.none() | st.integers(0, 7),
    level=st.sampled_from((0.3, 0.9, 0.99)),
)
def test_a_crew_is_insufficient_if_and_only_if_it_is_no_surer_than_a_surest_one(
    rates: list[float], wanted: int, most: int | None, level: float
) -> None:
    people = [a_volunteer(f"v{number}", show_up=rate) for number, rate in enumerate(rates)]
    for question in under_service._questions(a_shift(min=wanted, max=most, service_level=level), people):
        counted, surest = under_service._surest_insufficient(question, 2000)
        for size in range(question.most + 1):
            for crew in set(combinations(question.show_ups, size)):
                sure = at_least(crew, question.least)[question.least] >= level - 1e-9

                more = [sum(rate >= least for rate in crew) for least in counted]
                ruled_out = any(all(map(le, more, accumulate(other))) for other in surest)
                assert sure == (size >= question.fewest and not ruled_out), (question, crew)


def test_a_shift_of_sixty_people_of_as_many_rates_is_written_down_in_a_few_numbers() -> None:
    """So is one of more people than a call may stand inside another."""
    people = [a_volunteer(f"v{number}", show_up=0.6 + number / 160) for number in range(60)]
    crowd = [a_volunteer(f"v{number}", show_up=0.9) for number in range(1100)]

    large, crowded = (
        Model(a_problem(shifts=[a_shift(min=wanted, service_level=0.9)], volunteers=everybody, levels=SURE_LEVELS))
        for wanted, everybody in ((20, people), (1000, crowd))
    )
    for model in (large, crowded):
        under_service.cost(model)

    assert sum(len(columns) for columns, *_ in large.program.rows()) < 30_000
    assert len(list(crowded.program.rows())) <= 1000  # of equally sure people only the number matters


def test_reserves_are_there_before_anything_is_asked_of_a_solver() -> None:
    """Filling alone, and what it leaves to a flow that takes everybody for sure."""
    people = [a_volunteer(f"v{number}", show_up=0.8, limits=Limits(turns=1)) for number in range(12)]
    shifts = [a_shift(name, min=2, target=2, service_level=0.9) for name in ("one", "two", "three")]
    component, *_ = components(a_problem(shifts=shifts, volunteers=people, levels=SURE_LEVELS))
    filled, begun = Part(component), Part(component)

    offer_filled(filled, Effort(1, 1, 60))
    begin(begun, Effort(1, 1, 60))

    for part in (filled, begun):
        assert (part.values or ())[:3] == (0, 0, 0)
        assert len(part.best or ()) == 12


def test_nobody_is_held_back_who_brings_a_shift_no_nearer_to_its_level() -> None:
    problem = an_outing(0.999, min=2, target=2)
    part = Part(components(problem)[0])

    offer_filled(part, Effort(1, 1, 60))

    assert (part.values or ())[2] == min(values_of(problem, one)[2] for one in rosters_of(problem))
    assert len(part.best or ()) == 2


def test_the_levels_ask_for_sureness_only_where_a_shift_does() -> None:
    asked, not_asked = (reader.read(writer.to_bytes(replace(an_outing(level), levels=levels)))
                        for level, levels in ((0.9, SURE_LEVELS), (None, DEFAULT_LEVELS)))  # fmt: skip

    assert (asked.levels, not_asked.levels) == (SURE_LEVELS, DEFAULT_LEVELS)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(), FORMAT),
        (a_problem(volunteers=[a_volunteer(show_up=0.5)]), FORMAT_2),
        (a_problem(shifts=[a_shift(service_level=0.5)], levels=SURE_LEVELS), FORMAT_2),
        (a_problem(levels=SURE_LEVELS), FORMAT_2),
    ],
)
def test_the_newer_format_is_written_only_where_it_is_needed(problem: Problem, expected: str) -> None:
    written = writer.to_json(problem)

    assert written["format"] == expected
    assert reader.read_json(written) == problem


def edited(**parts: Any) -> dict[str, Any]:
    document = writer.to_json(an_outing(0.9))
    for path, value in parts.items():
        if path == "format":
            document[path] = value
        else:
            document[{"service_level": "shifts", "show_up": "volunteers"}[path]][0][path] = value
    return document


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        ({"service_level": 1.01}, ["shifts[0].service_level: is 1.01, not a number from 0 to 1"]),
        ({"show_up": -0.1}, ["volunteers[0].show_up: is -0.1, not a number from 0 to 1"]),
        ({"show_up": "often"}, ['volunteers[0].show_up: is "often", not a number from 0 to 1']),
        (
            {"format": FORMAT},
            [
                "shifts[0].service_level: is not a known key",
                *(f"volunteers[{number}].show_up: is not a known key" for number in range(3)),
            ],
        ),
    ],
)
def test_a_wrong_rate_is_refused_and_the_old_format_knows_none(parts: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        reader.read_json(edited(**parts))

    assert str(refused.value).splitlines() == faults


def test_the_old_format_has_no_level_for_sureness() -> None:
    document = writer.to_json(a_problem()) | {"objective": {"levels": [{"under_service": 1}]}}

    with pytest.raises(BadInput) as refused:
        reader.read_json(document)

    assert str(refused.value) == "objective.levels[0].under_service: is not a known key"


def test_a_reserve_is_held_back_where_the_limits_leave_nobody() -> None:
    people = [replace(one, limits=Limits(turns=0)) for one in UNSURE[1:]]

    answer = solve(replace(an_outing(), volunteers=(UNSURE[0], *people)), workers=1)

    assert (answer.status, answer.levels[2].value, answer.levels[2].bound) == ("optimal", 1, 1)


def test_the_command_tells_how_surely_each_shift_has_its_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_bytes(writer.to_bytes(an_outing()))
    answer.write_bytes(solution.to_bytes(a_solution({"am": ["an"]})))

    assert main(["service", str(problem), str(answer), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["service", str(problem), str(answer)]) == 0

    assert told == {
        "shifts": [{"shift": "am", "probability": 0.9, "expected": 0.9, "service_level": 0.95, "missing": 1}]
    }
    assert capsys.readouterr().out == "shift=am probability=0.9 expected=0.9 service_level=0.95 missing=1\n"
