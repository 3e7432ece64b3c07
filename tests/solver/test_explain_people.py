"""Why somebody serves here, and why not there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from solver import solution, writer
from solver.__main__ import main
from solver.check import Standing
from solver.crowd import Crowd
from solver.explain import reasons_of, why_here, why_not_there
from solver.problem import Assignment, Limits, Pin, Problem, Wish
from tests.solver.builders import a_problem, a_shift, a_volunteer, an_offer
from tests.solver.refereeing import a_solution, named, turns

AM, PM = a_shift("am", "mon 08:00-12:00", needs={"lead": 1}), a_shift("pm", "mon 13:00-17:00")


def test_who_leads_is_here_because_the_shift_would_have_no_leader() -> None:
    people = [a_volunteer("lan", qualifications=["lead"], history_turns=2), a_volunteer("minh")]
    standing = Standing(a_problem(shifts=[AM], volunteers=people), turns({"am": ["lan", "minh"]}))

    service = why_here(standing, "lan", "am")

    assert (service.lost, service.lost_needs, service.turns) == (0, {"lead": 1}, 3)
    assert why_here(standing, "minh", "am").lost_needs == {}


def test_pins_wishes_and_offers_are_told() -> None:
    lan = a_volunteer("lan", available=[an_offer("mon 08:00-12:00", "preferred")])
    problem = a_problem(
        shifts=[AM], volunteers=[lan], pins=[Pin("lan", "am", "assigned")], wishes=[Wish("lan", "am", want=True)]
    )

    service = why_here(Standing(problem, turns({"am": ["lan"]})), "lan", "am")

    assert (service.pinned, service.wished, service.reluctance, service.lost) == (True, True, 0, 1)


def test_without_pin_or_wish_there_is_none() -> None:
    service = why_here(Standing(a_problem(shifts=[AM]), turns({"am": ["lan"]})), "lan", "am")

    assert (service.pinned, service.wished, service.reluctance) == (False, None, 1)


def test_the_only_adult_is_needed_by_the_minors() -> None:
    people = [a_volunteer("lan"), a_volunteer("child", minor=True)]
    standing = Standing(a_problem(shifts=[PM], volunteers=people), turns({"pm": ["lan", "child"]}))

    assert why_here(standing, "lan", "pm").needed_by == ("minors",)
    assert why_here(standing, "child", "pm").needed_by == ()


def test_the_others_are_those_who_could_have_come_the_fresher_of_them_named() -> None:
    people = [
        a_volunteer("lan", history_turns=2),
        a_volunteer("fresh"),
        a_volunteer("tired", history_turns=5),
        a_volunteer("away", available=[]),
        a_volunteer("full", limits=Limits(turns=0)),
    ]
    shift = a_shift("pm", "mon 13:00-17:00", max=1)
    standing = Standing(a_problem(shifts=[shift], volunteers=people), turns({"pm": ["lan"]}))

    service = why_here(standing, "lan", "pm")

    assert (service.others, service.fresher) == (("fresh", "tired"), ("fresh",))


def test_as_fresh_as_the_one_who_serves_is_not_fresher() -> None:
    people = [a_volunteer("lan", history_turns=1), a_volunteer("even", history_turns=1)]
    standing = Standing(a_problem(shifts=[PM], volunteers=people), turns({"pm": ["lan"]}))

    assert why_here(standing, "lan", "pm").fresher == ()


def test_why_not_there_is_what_the_referee_says() -> None:
    lan = a_volunteer("lan", limits=Limits(turns_per_day=1))
    standing = Standing(a_problem(shifts=[AM, PM], volunteers=[lan]), turns({"am": ["lan"]}))

    assert [named(one) for one in why_not_there(standing, "lan", "pm")] == ["limits.turns_per_day"]


def a_week_of_lan() -> tuple[Problem, tuple[Assignment, ...]]:
    """Lan serves on Monday morning; of the other shifts each has its own reason, or none."""
    shifts = [
        a_shift("am", "mon 08:00-12:00"),
        a_shift("also", "mon 10:00-13:00", min=0),
        a_shift("pm", "mon 13:00-17:00"),
        a_shift("night", "mon 20:00-22:00"),
        a_shift("desk", "tue 08:00-12:00", requires=("trained",)),
        a_shift("done", "tue 08:00-12:00", max=1),
        a_shift("enough", "wed 08:00-12:00"),
        a_shift("lack", "thu 08:00-12:00", min=2),
    ]
    days = [f"{day} 08:00-18:00" for day in ("mon", "tue", "wed", "thu")]
    people = [a_volunteer("lan", available=days, limits=Limits(turns_per_day=1), history_turns=2), a_volunteer("minh")]
    return a_problem(shifts=shifts, volunteers=people), turns({"am": ["lan"], "done": ["minh"], "enough": ["minh"]})


def test_a_week_is_told_by_the_first_reason_against_every_other_shift() -> None:
    problem, roster = a_week_of_lan()

    found = reasons_of(Crowd(Standing(problem, roster)), "lan")

    assert {(kept.rule, kept.detail): kept.shifts for kept in found.kept_from} == {
        ("overlap", ""): ("also",),
        ("limits", "turns_per_day"): ("pm",),
        ("availability", ""): ("night",),
        ("eligibility", "requires"): ("desk",),
        ("capacity", ""): ("done",),
    }
    assert (found.turns, found.not_needed, found.missed) == (3, ("enough",), ("lack",))
    assert list(found.here) == ["am"]
    assert (found.here["am"].lost, found.here["am"].others) == (1, ("minh",))


def test_one_reason_against_several_shifts_is_told_once_with_what_they_share() -> None:
    shifts = [a_shift(name, f"{name} 08:00-12:00", requires=("trained", "lead")) for name in ("mon", "tue")]
    problem = a_problem(shifts=shifts, volunteers=[a_volunteer("lan", qualifications=["lead"])])

    [kept] = reasons_of(Crowd(Standing(problem, ())), "lan").kept_from

    assert (kept.shifts, kept.facts) == (("mon", "tue"), {"missing": ("trained",)})


def test_the_command_adds_a_persons_reasons_and_leaves_the_rest_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    asked, roster = a_week_of_lan()
    problem.write_bytes(writer.to_bytes(asked))
    answer.write_bytes(solution.to_bytes(replace(a_solution({}), assignments=roster)))
    command = ["explain", str(problem), str(answer), "--json"]

    assert main(command) == 0
    plain = json.loads(capsys.readouterr().out)
    assert main([*command, "--person", "lan"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main([*command, "--person", "who"]) == 2

    assert capsys.readouterr().err == '--person: "who" is no volunteer of the problem\n'
    assert {key: value for key, value in told.items() if key != "people"} == plain
    [lan] = told["people"]
    assert (lan["volunteer"], [turn["shift"] for turn in lan["here"]], lan["missed"]) == ("lan", ["am"], ["lack"])
