"""What if: the altered problem is really solved, and compared with what was before, level by level."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import reader, solution, whatif, writer
from solver.__main__ import main
from solver.document import BadInput
from solver.engine import solve
from solver.problem import Assignment, Interval, Limits, Pair, Pin, Problem, Site, Wish
from solver.whatif import (
    Alteration,
    Comparison,
    Demand,
    Lend,
    LengthenShift,
    MorePeople,
    MoveShift,
    RaiseLimit,
    Train,
    WithoutPeople,
    WithoutShifts,
    altered,
    chosen,
)
from solver.whatif.reading import KINDS, read, to_json
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.random_problems import a_random_problem
from tests.solver.refereeing import a_gap, a_level, a_solution
from tests.waiting import PATIENCE

AM, PM = a_shift("am", "mon 08:00-12:00"), a_shift("pm", "mon 13:00-17:00")
LAN, MINH = a_volunteer("lan"), a_volunteer("minh")


def a_desk_week() -> Problem:
    """Nine places for trained people, three of them filled by the only one who is; four others could learn."""
    shifts = [
        a_shift(f"s{day}{half}", f"{day} {hours}", requires=("trained",))
        for day in ("mon", "tue", "wed")
        for half, hours in (("a", "07:30-11:30"), ("b", "13:30-17:00"), ("c", "18:00-21:00"))
    ]
    people = [a_volunteer("tu", qualifications=["trained"], limits=Limits(turns=3))]
    people += [a_volunteer(f"v{number}", limits=Limits(turns=3)) for number in range(4)]
    return a_problem(shifts=shifts, volunteers=people)


def the_comparison(problem: Problem, *alterations: Alteration) -> Comparison:
    return whatif.what_if(problem, solve(problem, workers=1), alterations, seconds=PATIENCE, workers=1)


def test_two_more_trained_people_cover_six_of_the_nine_short_places() -> None:
    problem = replace(a_desk_week(), volunteers=a_desk_week().volunteers[1:])

    found = the_comparison(problem, Train("trained", count=2))

    assert (found.missing_before, found.missing_after, found.covered) == (9, 3, 6)
    assert (found.verdict, found.certain) == ("better", True)
    assert found.alterations == (Train("trained", ("v0", "v1")),)
    assert (found.steps[0].before.value, found.steps[0].after.value, found.steps[0].gained) == (9, 3, 6)


def test_who_is_chosen_for_training_could_come_and_has_turns_left() -> None:
    people = [
        a_volunteer("away", available=[]),
        a_volunteer("full", limits=Limits(turns=0), history_turns=1),
        a_volunteer("able", available=["mon 08:00-12:00"], history_turns=5),
        a_volunteer("trained", qualifications=["trained"], limits=Limits(turns=0)),
    ]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", requires=("trained",))], volunteers=people)

    assert chosen(problem, (), [Train("trained", count=1)]) == (Train("trained", ("able",)),)


def test_no_more_are_chosen_than_lack_the_training() -> None:
    [train] = chosen(a_desk_week(), (), [Train("trained", count=9)])

    assert train == Train("trained", ("v0", "v1", "v2", "v3"))


def test_a_second_person_is_chosen_for_places_the_first_leaves_open() -> None:
    """Two could take the same single place; the third another one."""
    shifts = [
        a_shift(name, f"{day} 08:00-12:00", requires=("trained",)) for name, day in (("am", "mon"), ("tue", "tue"))
    ]
    people = [
        a_volunteer("a", available=["mon 08:00-12:00"]),
        a_volunteer("b", available=["mon 08:00-12:00"]),
        a_volunteer("c", available=["tue 08:00-12:00"], history_turns=9),
    ]

    [train] = chosen(a_problem(shifts=shifts, volunteers=people), (), [Train("trained", count=2)])

    assert train == Train("trained", ("a", "c"))


def test_a_change_for_the_worse_is_said_to_be_worse() -> None:
    found = the_comparison(a_problem(shifts=[AM], volunteers=[LAN]), WithoutPeople(("lan",)))

    assert (found.verdict, found.covered, found.missing_after, found.moved) == ("worse", -1, 1, 1)
    assert [(place.shift, place.before, place.after) for place in found.places] == [("am", None, a_gap("am", 1))]


def test_a_change_that_contradicts_a_pin_has_no_levels_to_compare() -> None:
    problem = a_problem(shifts=[AM, PM], volunteers=[LAN], pins=[Pin("lan", "am", "assigned")])

    found = the_comparison(problem, Train("trained", ("lan",)), MoveShift("am", 60), RaiseLimit("turns", -1))
    assert found.verdict == "same"

    limited = replace(problem, volunteers=(a_volunteer("lan", limits=Limits(turns=1)),))
    found = the_comparison(limited, RaiseLimit("turns", -1))
    assert (found.status, found.steps, found.places, found.certain) == ("infeasible", (), (), False)
    assert found.contradiction


def test_only_proved_levels_up_to_the_first_that_differs_make_a_verdict_certain() -> None:
    before = a_solution({}, levels=(a_level(2, 2, under_min=2), a_level(5, 1, unfairness=5)))
    after = a_solution({}, levels=(a_level(1, 1, under_min=1), a_level(9, 0, unfairness=9)))

    assert whatif.compared((), before, after).certain
    assert not whatif.compared((), before, replace(after, levels=(a_level(1, 0), *after.levels[1:]))).certain
    assert not whatif.compared((), before, replace(before, status="optimal")).certain


@pytest.mark.parametrize(
    ("alteration", "covered"),
    [
        (Train("lead", ("lan",)), 1),
        (RaiseLimit("turns", 1, ("minh",)), 1),
        (RaiseLimit("turns", 2, group="south"), 0),
        (RaiseLimit("turns", 2, group="north"), 2),
        (RaiseLimit(), 1),
        (MorePeople(1, groups=("north",), qualifications=("lead",)), 3),
        (MorePeople(2, like="minh", turns=1), 2),
        (WithoutShifts(("market",)), 1),
        (Demand(-1, ("market",)), 1),
        (Demand(-1, type="market"), 1),
        (Demand(-1), 2),
        (Demand(1, site="hall"), -1),
        (Lend(("south",), "north"), 2),
    ],
    ids=lambda value: value.kind if not isinstance(value, int) else str(value),
)
def test_every_alteration_changes_what_is_solved(alteration: Alteration, covered: int) -> None:
    """Lan serves on Tuesday but cannot lead. On Wednesday Minh has no turn left, and who is free is of the south."""
    shifts = [
        a_shift("tue", "tue 08:00-12:00", pool=("north",), needs={"lead": 1}, site="hall"),
        a_shift("market", "wed 08:00-10:00", pool=("north",), type="market"),
        a_shift("desk", "wed 10:00-12:00", pool=("north",)),
    ]
    people = [
        a_volunteer("lan", available=["tue 08:00-12:00"], groups=["north"]),
        a_volunteer("minh", available=["wed 08:00-12:00"], groups=["north"], limits=Limits(turns=0)),
        a_volunteer("south", available=["wed 08:00-12:00"], groups=["south"]),
    ]

    found = the_comparison(a_problem(sites=[Site("hall")], shifts=shifts, volunteers=people), alteration)

    assert (found.missing_before, found.covered) == (3, covered)
    assert found.verdict == ("better" if covered > 0 else "worse" if covered else "same")


def test_a_shift_moved_into_the_time_of_somebody_free_is_covered() -> None:
    found = the_comparison(
        a_problem(shifts=[AM], volunteers=[a_volunteer(available=["mon 09:00-13:00"])]), MoveShift("am", 60)
    )

    assert (found.covered, found.verdict) == (1, "better")


def test_a_shift_is_lengthened_and_moved_by_minutes() -> None:
    problem = altered(a_problem(shifts=[AM]), [LengthenShift("am", 30), MoveShift("am", 60)])
    assert [(one.start, one.end) for one in problem.shifts] == [(9 * 60, 13 * 60 + 30)]


@pytest.mark.parametrize("later", [-8 * 60 - 1, 7 * 24 * 60])
def test_no_shift_is_moved_out_of_the_period(later: int) -> None:
    with pytest.raises(ValueError, match="outside the period"):
        altered(a_problem(shifts=[AM]), [MoveShift("am", later)])


def test_who_goes_takes_pins_wishes_pairs_and_earlier_turns_along() -> None:
    problem = a_problem(
        shifts=[AM, PM],
        volunteers=[LAN, MINH],
        pins=[Pin("lan", "am", "assigned"), Pin("minh", "pm", "assigned")],
        wishes=[Wish("lan", "am", want=True)],
        pairs=[Pair(("minh", "lan"), "apart")],
        previous=[Assignment("lan", "am"), Assignment("minh", "pm")],
    )

    without_lan = altered(problem, [WithoutPeople(("lan",))])
    without_am = altered(problem, [WithoutShifts(("am",))])

    assert without_lan == a_problem(
        shifts=[AM, PM], volunteers=[MINH], pins=[problem.pins[1]], previous=[Assignment("minh", "pm")]
    )
    assert (without_am.pins, without_am.wishes, without_am.previous) == (
        (problem.pins[1],),
        (),
        (Assignment("minh", "pm"),),
    )


def test_new_people_are_named_apart_from_those_there_are() -> None:
    problem = altered(a_problem(volunteers=[a_volunteer("new-2")]), [MorePeople(2), MorePeople(1)])

    assert [one.id for one in problem.volunteers] == ["new-2", "new--1", "new--2", "new-1"]


@pytest.mark.parametrize(
    "alteration",
    [
        WithoutPeople(("nobody",)),
        WithoutShifts(("none",)),
        Train("x", ("nobody",)),
        Lend(("nobody",), "x"),
        MoveShift("none", 1),
        LengthenShift("none", 1),
        Demand(1, ("none",)),
        MorePeople(1, like="nobody"),
        RaiseLimit(volunteers=("nobody",)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_the_problem_does_not_have_is_refused(alteration: Alteration) -> None:
    with pytest.raises(KeyError):
        altered(a_problem(), [alteration])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_an_altered_problem_is_a_whole_problem(seed: int) -> None:
    """Whatever is altered, the file of the problem reads back: no reference dangles, no number is out of range."""
    problem = a_random_problem(seed)
    people, shifts = [one.id for one in problem.volunteers], [one.id for one in problem.shifts]
    several: list[Alteration] = [
        Train("lead", (people[0],)),
        RaiseLimit("turns", -2),
        MorePeople(2, like=people[-1]),
        Demand(-3),
        Demand(5, (shifts[0],)),
        LengthenShift(shifts[0], -10_000),
        WithoutPeople((people[0],)),
        WithoutShifts((shifts[-1],)),
    ]

    changed = altered(problem, several)

    assert reader.read(writer.to_bytes(changed)) == changed


def test_alterations_read_back_as_they_were_written() -> None:
    problem = a_problem(shifts=[AM, PM], volunteers=[LAN, MINH])
    several: list[Alteration] = [
        Train("lead", ("lan",)),
        Train("lead", count=2),
        RaiseLimit("weekends", -1, group="north"),
        MorePeople(3, "lan", ("north",), ("lead",), 2),
        Lend(("lan", "minh"), "north"),
        WithoutPeople(("lan",)),
        WithoutShifts(("am",)),
        MoveShift("am", -30),
        LengthenShift("am", 30),
        Demand(2, type="market"),
    ]

    assert read([json.dumps(to_json(one)) for one in several], problem) == tuple(several)
    assert {one.kind for one in several} == KINDS.keys()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "--change[0]: line 1 column 2: is not JSON (Expecting property name enclosed in double quotes)"),
        ("[]", "--change[0]: is a list, not an object"),
        ('{"kind": "fire"}', f'--change[0].kind: is "fire", not one of {", ".join(KINDS)}'),
        ('{"kind": "train", "qualification": "x"}', "--change[0].volunteers: is missing, and count too"),
        (
            '{"kind": "train", "qualification": "x", "count": 1, "volunteers": ["lan"]}',
            "--change[0].volunteers: is given beside count",
        ),
        (
            '{"kind": "train", "qualification": "x", "volunteers": ["who"]}',
            '--change[0].volunteers[0]: "who" is no volunteer of the problem',
        ),
        ('{"kind": "without_people", "volunteers": []}', "--change[0].volunteers: names nobody"),
        (
            '{"kind": "demand", "more": 0}',
            "--change[0].more: is 0, not a whole number from -1000000000 to 1000000000 other than 0",
        ),
        (
            '{"kind": "move_shift", "shift": "am", "minutes_later": 10080}',
            "--change[0].minutes_later: takes the shift out of the period",
        ),
        (
            '{"kind": "lengthen_shift", "shift": "am", "minutes": -240}',
            "--change[0].minutes: leaves nothing of the 240 minutes of the shift",
        ),
        ('{"kind": "raise_limit", "by": 1, "extra": 1}', "--change[0].extra: is not a known key"),
    ],
)
def test_a_wrong_change_is_refused_with_its_path(text: str, fault: str) -> None:
    with pytest.raises(BadInput) as refused:
        read([text], a_problem(shifts=[AM], volunteers=[LAN]))

    assert str(refused.value) == fault


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    problem, answer = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_bytes(writer.to_bytes(a_desk_week()))
    assert main(["solve", str(problem), "-o", str(answer), "--workers", "1"]) == 0
    return str(problem), str(answer)


def test_the_command_tells_what_a_change_comes_to(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    change = ["--change", '{"kind": "train", "qualification": "trained", "count": 1}', "--workers", "1"]
    capsys.readouterr()

    assert main(["whatif", *files, *change]) == 0
    said = capsys.readouterr().out
    assert main(["whatif", *files, *change, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)

    assert "covers 3 of 6 short places" in said
    assert "level 1 (under_min): 6 -> 3" in said
    assert (told["covered"], told["missing_before"], told["verdict"], told["certain"]) == (3, 6, "better", True)
    assert told["changes"] == [{"kind": "train", "qualification": "trained", "volunteers": ["v0"]}]


def test_a_solution_without_a_roster_is_nothing_to_compare_with(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    problem, answer = files
    Path(answer).write_bytes(solution.to_bytes(a_solution({}, status="unknown")))

    assert main(["whatif", problem, answer, "--change", '{"kind": "raise_limit"}']) == 2

    assert "is unknown and has no roster" in capsys.readouterr().err


def test_wrong_figures_are_compared_with_nothing(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    problem, answer = files
    told = json.loads(Path(answer).read_bytes())
    told["levels"].pop()
    told["levels"][0]["value"] += 1
    told["assignments"].append(told["assignments"][0])
    Path(answer).write_text(json.dumps(told))
    capsys.readouterr()

    assert main(["whatif", problem, answer, "--change", '{"kind": "raise_limit"}']) == 2

    faults = capsys.readouterr().err.splitlines()
    count, who = len(told["levels"]), told["assignments"][0]["volunteer"]
    assert faults[0] == f'assignments: break overlap of "{who}"'
    assert {f"levels: says {count}, is {count + 1}", "levels[0].value: says 7, is 6"} <= {*faults}


def test_time_offered_by_others_is_left_alone() -> None:
    offers = (Interval(0, 60),)
    people = [a_volunteer("lan"), replace(a_volunteer("minh"), available=offers)]

    assert altered(a_problem(volunteers=people), [Lend(("lan",), "x")]).volunteers[1].available == offers
