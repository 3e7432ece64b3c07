"""Repair after cancellations: at once, then with the fewest changes among the best-covered rosters, where asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import solution, writer
from solver.__main__ import main
from solver.check import Roster, broken_rules, check
from solver.document import BadInput
from solver.engine import solve
from solver.problem import Assignment, Equipment, Interval, Limits, Pair, Pin, Problem
from solver.recovery import Absence, Losses, Window, first_answer, piece_of, repaired
from solver.recovery.losses import question_after
from solver.recovery.reading import read
from tests.solver.builders import a_problem, a_shift, a_volunteer, minutes
from tests.solver.enumeration import rosters_of, values_of
from tests.solver.random_problems import a_random_problem
from tests.solver.refereeing import a_solution, turns
from tests.waiting import PATIENCE

MON, TUE = a_shift("mon", "mon 08:00-12:00"), a_shift("tue", "tue 08:00-12:00")
PEOPLE = [a_volunteer(name, limits=Limits(turns=1)) for name in ("an", "binh", "chi")]


def lost(*named: str) -> Losses:
    """`lost("an mon")`: An's turn on Monday."""
    return Losses(tuple(Assignment(*name.split()) for name in named))


def away(volunteer: str, when: str) -> Losses:
    return Losses(absences=(Absence(volunteer, *minutes(when)),))


def told(roster: Sequence[Assignment] | None) -> set[str]:
    return {f"{turn.volunteer} {turn.shift}" for turn in roster or ()}


def test_a_lost_place_goes_to_who_is_free_and_nobody_else_is_moved() -> None:
    problem = a_problem(shifts=[MON, TUE], volunteers=PEOPLE)

    found = repaired(problem, turns({"mon": ["an"], "tue": ["binh"]}), lost("an mon"), workers=1)

    assert (told(found.moves.lost), told(found.moves.dropped), told(found.moves.added)) == (
        {"an mon"},
        set(),
        {"chi mon"},
    )
    assert found.solution.status == "optimal"
    assert check(found.question, found.solution).ok
    assert found.first.assignments is not None
    assert told(found.first.assignments) == told(found.solution.assignments)


def test_somebody_moves_only_where_that_fills_a_place() -> None:
    """Chi is free on Tuesday only, so Binh has to change over: two changes more, but the place is filled."""
    people = [*PEOPLE[:2], a_volunteer("chi", available=["tue 08:00-12:00"], limits=Limits(turns=1))]
    problem = a_problem(shifts=[MON, TUE], volunteers=people)

    found = repaired(problem, turns({"mon": ["an"], "tue": ["binh"]}), away("an", "mon 00:00-23:59"), workers=1)

    assert told(found.moves.added) == {"binh mon", "chi tue"} or told(found.moves.added) == {"an tue", "binh mon"}
    assert told(found.moves.dropped) == {"binh tue"}
    assert told(found.first.assignments) == {"binh tue"}


def test_a_window_keeps_everything_else_as_it_is() -> None:
    people = [*PEOPLE[:2], a_volunteer("chi", available=["tue 08:00-12:00"], limits=Limits(turns=1))]
    problem = a_problem(shifts=[MON, TUE], volunteers=people)
    standing = turns({"mon": ["an"], "tue": ["binh"]})

    found = repaired(problem, standing, lost("an mon"), Window(days=frozenset({0})), workers=1)

    assert told(found.solution.assignments) == {"binh tue"}
    assert [gap.shift for gap in found.solution.shortfalls] == ["mon"]
    assert check(found.question, found.solution).ok


@pytest.mark.parametrize(
    ("window", "filled"),
    [
        (Window(days=frozenset({1})), {"two"}),
        (Window(shifts=frozenset({"one"})), {"one"}),
        (Window(), {"one", "two"}),
        (Window(days=frozenset({0}), shifts=frozenset({"two"})), set()),
    ],
)
def test_only_places_in_the_window_are_filled(window: Window, filled: set[str]) -> None:
    shifts = [a_shift("one", "mon 08:00-12:00"), a_shift("two", "tue 08:00-12:00")]
    problem = a_problem(shifts=shifts, volunteers=PEOPLE)
    losses = lost("an one", "binh two")

    found = repaired(problem, turns({"one": ["an"], "two": ["binh"]}), losses, window, workers=1)

    assert {turn.shift for turn in found.solution.assignments} == filled
    assert {turn.shift for turn in found.first.assignments or ()} == filled


def test_minors_do_not_stay_without_the_adult_who_is_ill() -> None:
    people = [a_volunteer("adult"), a_volunteer("child", minor=True)]
    problem = a_problem(shifts=[a_shift("mon", min=2)], volunteers=people)
    elsewhere = Window(days=frozenset({3}))

    found = repaired(problem, turns({"mon": ["adult", "child"]}), lost("adult mon"), elsewhere, workers=1)

    assert (found.solution.status, found.solution.assignments) == ("optimal", ())
    assert told(found.moves.dropped) == {"child mon"}


def test_a_home_visit_goes_on_with_another_officer() -> None:
    visit = a_shift("mon", min=2, needs={"police": 1}, all_or_nothing=True)
    people = [a_volunteer("lan"), *(a_volunteer(name, qualifications=["police"]) for name in ("one", "other"))]
    standing = turns({"mon": ["lan", "one"]})

    first = first_answer(a_problem(shifts=[visit], volunteers=people), standing, lost("one mon"))

    assert told(first.assignments) == {"lan mon", "other mon"}
    assert first.shortfalls == ()


def test_a_pinned_turn_can_be_lost_and_who_is_ill_owes_no_minutes() -> None:
    ill = a_volunteer("an", limits=Limits(minutes_min=480))
    problem = a_problem(shifts=[MON, TUE], volunteers=[ill], pins=[Pin("an", "mon", "assigned")])

    found = repaired(problem, turns({"mon": ["an"], "tue": ["an"]}), away("an", "mon 00:00-23:00"), workers=1)

    assert (found.solution.status, told(found.solution.assignments)) == ("optimal", {"an tue"})
    assert found.question.volunteers[0].limits.minutes_min == 240
    assert found.question.pins == (Pin("an", "mon", "forbidden"),)


def test_an_absence_cuts_the_time_somebody_offered() -> None:
    people = [a_volunteer("an", available=["mon 06:00-12:00", "tue 08:00-12:00"]), a_volunteer("binh")]
    problem = a_problem(shifts=[MON], volunteers=people)
    losses = Losses(absences=(Absence("an", 7 * 60, 8 * 60), Absence("an", 10 * 60, 60 * 60), Absence("binh", 0, 60)))

    an, binh = question_after(problem, (), losses).volunteers

    assert an.available == (Interval(360, 420), Interval(480, 600))
    assert [(offer.start < -1440, offer.end) for offer in (binh.available or ())[:1]] == [(True, 0)]
    assert (binh.available or ())[1].start == 60


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (({"under_min": 1}, {"unfairness": 1}), ({"under_min": 1}, {"changes": 1}, {"unfairness": 1})),
        (({"changes": 2}, {"under_min": 1}), ({"changes": 2}, {"under_min": 1})),
        (({"wishes": 1},), ({"changes": 1}, {"wishes": 1})),
    ],
)
def test_changes_come_right_after_cover_unless_the_problem_says_where(before: Any, after: Any) -> None:
    assert question_after(a_problem(levels=before), (), Losses()).levels == after


@pytest.mark.parametrize("losses", [lost("who mon-am"), lost("lan never"), away("who", "mon 08:00-12:00")])
def test_the_loss_of_what_is_not_there_is_refused(losses: Losses) -> None:
    with pytest.raises(KeyError):
        first_answer(a_problem(), (), losses)


def test_a_laptop_in_use_outside_the_window_is_not_used_twice() -> None:
    shifts = [a_shift(name, "mon 08:00-12:00", equipment={"laptop": 1}) for name in ("out", "in")]
    problem = a_problem(shifts=shifts, volunteers=PEOPLE, equipment=[Equipment("laptop", 1)])

    found = repaired(problem, turns({"out": ["an"]}), Losses(), Window(shifts=frozenset({"in"})), workers=1)

    assert told(found.solution.assignments) == {"an out"}


def test_friends_are_not_torn_apart_by_a_window() -> None:
    problem = a_problem(
        shifts=[a_shift("mon", "mon 08:00-12:00", min=2), TUE],
        volunteers=[a_volunteer("an"), a_volunteer("binh", available=["tue 08:00-12:00"])],
        pairs=[Pair(("an", "binh"), "together")],
    )

    found = repaired(problem, turns({"tue": ["an", "binh"]}), Losses(), Window(days=frozenset({0})), workers=1)

    assert told(found.solution.assignments) == {"an tue", "binh tue"}


def test_what_the_losses_break_outside_the_window_is_named() -> None:
    """An may not work a single day between free ones; what is left of two days in a row breaks that."""
    shifts = [a_shift(day, f"{day} 08:00-12:00") for day in ("tue", "wed", "fri")]
    problem = a_problem(
        shifts=shifts,
        volunteers=[
            a_volunteer("an", available=["tue 08:00-12:00"], limits=Limits(consecutive_days_min=2)),
            a_volunteer("binh"),
        ],
        pins=[Pin("an", "tue", "assigned")],
    )
    standing = turns({"tue": ["an"], "wed": ["an"]})

    found = repaired(problem, standing, lost("an wed"), Window(days=frozenset({4})), workers=1)

    assert found.first.assignments is None
    assert (found.solution.status, {clash.rule for clash in found.solution.contradiction}) == ("infeasible", {"days"})


def a_case(seed: int) -> tuple[Problem, tuple[Assignment, ...], Losses, Window]:
    """A random problem, one of its rosters, and something lost of it, with or without a window."""
    dice = Random(seed)
    problem = replace(a_random_problem(seed), previous=None)
    start = solve(replace(problem, levels=({"under_min": 1}, {"wishes": 1})), seconds=PATIENCE, workers=1)
    standing = start.assignments
    some = tuple(turn for turn in standing if dice.random() < 0.4)
    absences = tuple(
        Absence(one.id, day * 1440, (day + dice.randint(1, 2)) * 1440)
        for one in problem.volunteers
        for day in [dice.randrange(problem.days)]
        if dice.random() < 0.2
    )
    inside = frozenset(one.id for one in problem.shifts if dice.random() < 0.5)
    window = Window(shifts=inside) if dice.random() < 0.6 else Window()
    return problem, standing, Losses(some, absences), window


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_roster_of_the_window_is_better_covered_or_has_fewer_changes(seed: int) -> None:
    problem, standing, losses, window = a_case(seed)

    found = repaired(problem, standing, losses, window, seconds=PATIENCE, workers=1)

    question, first = found.question, found.first.assignments
    gone = losses.of(problem, standing)
    base = first if first is not None else tuple(turn for turn in standing if turn not in gone)
    inside = {one.id for one in question.shifts if window.holds(one)}
    outside = {turn for turn in base if turn.shift not in inside}
    rivals = [one for one in rosters_of(question) if {turn for turn in one if turn.shift not in inside} == outside]
    if first is not None:
        assert frozenset(first) in rivals
        assert check(question, found.first.as_solution()).ok
    if rivals:
        assert found.solution.status == "optimal"
        assert check(question, found.solution).ok
        values = tuple(level.value for level in found.solution.levels)
        assert values == min(values_of(question, one) for one in rivals)
    else:
        assert found.solution.status == "infeasible"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_piece_has_the_rosters_of_the_whole_that_keep_the_rest(seed: int) -> None:
    problem, standing, _, window = a_case(seed)
    inside = frozenset(one.id for one in problem.shifts if window.holds(one))
    if broken_rules(problem, Roster(problem, standing)):
        return
    piece = piece_of(problem, standing, inside)
    rest = {turn for turn in standing if turn.shift not in piece.shift_by_id}

    known = {frozenset(one) | rest for one in rosters_of(piece)}

    kept = {turn for turn in standing if turn.shift not in inside}
    assert known == {one for one in rosters_of(problem) if {turn for turn in one if turn.shift not in inside} == kept}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    problem, answer, losses = (tmp_path / f"{name}.json" for name in ("problem", "solution", "losses"))
    problem.write_bytes(writer.to_bytes(a_problem(shifts=[MON, TUE], volunteers=PEOPLE)))
    answer.write_bytes(solution.to_bytes(a_solution({"mon": ["an"], "tue": ["binh"]})))
    losses.write_text(
        json.dumps({"format": "roster-losses/1", "turns": [{"volunteer": "an", "shift": "mon"}]}), encoding="utf-8"
    )
    return problem, answer, losses


@pytest.mark.parametrize("first", [[], ["--first"]])
def test_the_command_writes_a_roster_that_checks_against_the_question_after(
    files: tuple[Path, Path, Path], first: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    after, mended = files[0].with_name("after.json"), files[0].with_name("mended.json")

    command = ["repair", *map(str, files), "-o", str(mended), "--question", str(after), "--json", "--workers", "1"]
    assert main([*command, *first]) == 0

    asked = json.loads(capsys.readouterr().out)
    assert asked == {
        "lost": [{"volunteer": "an", "shift": "mon"}],
        "dropped": [],
        "added": [{"volunteer": "chi", "shift": "mon"}],
    }
    assert main(["check", str(after), str(mended)]) == 0
    assert "other bytes" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("losses", "fault"),
    [
        ([], "is a list, not an object"),
        ({"turns": []}, "format: is missing"),
        ({"format": "x"}, 'format: is "x", not roster-losses/1'),
        ({"turns": [{"volunteer": "an", "shift": "x"}]}, 'turns[0].shift: "x" is no shift of the problem'),
        ({"absences": [{"volunteer": "x"}]}, "absences[0].start: is missing"),
        (
            {"absences": [{"volunteer": "an", "start": "2026-11-23T08:00", "end": "2026-11-23T08:00"}]},
            "absences[0].end: is not after its start",
        ),
        ({"window": {"days": ["2026-12-23"]}}, "window.days[0]: is outside the period"),
        ({"window": {"days": ["monday"]}}, 'window.days[0]: is "monday", not a date like 2026-11-23'),
        ({"window": {"sites": ["x"]}}, 'window.sites[0]: "x" is no site of the problem'),
        ({"window": {"hours": 3}}, "window.hours: is not a known key"),
        ({"more": 1}, "more: is not a known key"),
    ],
)
def test_a_wrong_file_of_losses_is_refused_with_the_path(losses: Any, fault: str) -> None:
    named = not isinstance(losses, dict) or fault.startswith("format")
    document = losses if named else {"format": "roster-losses/1"} | losses

    with pytest.raises(BadInput) as refused:
        read(json.dumps(document).encode(), a_problem(shifts=[MON], volunteers=PEOPLE))

    assert fault in str(refused.value).splitlines()


def test_losses_and_window_are_read_as_they_are_written() -> None:
    document = {
        "format": "roster-losses/1",
        "turns": [{"volunteer": "an", "shift": "mon"}],
        "absences": [{"volunteer": "binh", "start": "2026-11-23T08:00", "end": "2026-11-24T00:00"}],
        "window": {"days": ["2026-11-24"], "shifts": ["mon"]},
    }

    losses, window = read(json.dumps(document).encode(), a_problem(shifts=[MON], volunteers=PEOPLE))

    assert losses == Losses((Assignment("an", "mon"),), (Absence("binh", 480, 1440),))
    assert window == Window(days=frozenset({1}), shifts=frozenset({"mon"}))
