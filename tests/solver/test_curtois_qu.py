"""The public benchmark's text becomes a problem of the same meaning and objective."""

from __future__ import annotations

import pytest

from solver import curtois_qu, writer
from solver.curtois_qu import shift_id
from solver.document import BadInput
from solver.problem import Problem, Wish
from solver.reader import read
from tests.solver.refereeing import amount, broken

# Eight days from a Monday, two shift types, a late one never followed by an early one.
INSTANCE = """\
# This is a comment
SECTION_HORIZON
# The horizon length in days:
8

SECTION_SHIFTS
# ShiftID, Length in mins, Shifts which cannot follow this shift
E,480,
L,600,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxConsecutive, MinConsecutive, MinDaysOff, MaxWeekends
A,E=2|L=3,3000,480,3,1,1,0
B,E=8|L=0,4320,960,5,2,2,1

SECTION_DAYS_OFF
A,0,3

SECTION_SHIFT_ON_REQUESTS
B,1,E,2

SECTION_SHIFT_OFF_REQUESTS
A,1,L,3

SECTION_COVER
# Day, ShiftID, Requirement, Weight for under, Weight for over
1,E,1,100,1
1,L,0,100,7
2,L,2,10,1
"""
B_WORKS = {shift_id("E", 1): ["B"], shift_id("E", 2): ["B"]}


def an_instance(old: str = "", new: str = "") -> bytes:
    assert old in INSTANCE
    return INSTANCE.replace(old, new).encode() if old else INSTANCE.encode()


def the_problem() -> Problem:
    return curtois_qu.read(an_instance())


def the_objective(people: dict[str, list[str]]) -> int:
    return sum(amount(the_problem(), people, term) for term in ("under_target", "over_target", "wishes"))


def rules_broken(people: dict[str, list[str]]) -> set[str]:
    """But the minutes everybody has to reach, which these few turns don't."""
    return set(broken(the_problem(), people)) - {"limits.minutes_min"}


def test_the_instance_is_a_problem_of_the_contract() -> None:
    assert read(writer.to_bytes(the_problem())) == the_problem()


def test_the_objective_counts_cover_and_requests_by_their_weights() -> None:
    missing_to_cover = 100 + 2 * 10
    assert the_objective({}) == missing_to_cover + 2
    assert the_objective({shift_id("E", 1): ["B"]}) == 2 * 10
    assert the_objective({shift_id("E", 1): ["A", "B"]}) == 2 * 10 + 1
    assert the_objective({shift_id("L", 1): ["A"]}) == missing_to_cover + 2 + 3 + 7


def test_people_where_nobody_is_asked_for_cost_nothing() -> None:
    assert the_objective({shift_id("E", 5): ["A", "B"]}) == the_objective({})


def test_wishes_name_the_shift_of_that_day() -> None:
    assert the_problem().wishes == (Wish("B", "E-001", want=True, weight=2), Wish("A", "L-001", want=False, weight=3))


def test_staff_limits_are_hard_rules() -> None:
    assert rules_broken({shift_id("L", 1): ["B"]}) == {"limits.turns_per_type", "days.consecutive_days_min"}
    assert rules_broken({shift_id("E", day): ["A"] for day in (1, 2, 4)}) == {"limits.turns_per_type"}
    assert rules_broken({shift_id("E", 5): ["A"]}) == {"days.weekends"}
    assert rules_broken({shift_id("E", 1): ["A"], shift_id("L", 1): ["A"]}) == {"overlap", "limits.turns_per_day"}
    assert broken(the_problem(), {shift_id("E", 4): ["A"]} | B_WORKS) == []
    assert broken(the_problem(), B_WORKS) == ["limits.minutes_min"]


def test_nobody_works_on_a_day_off() -> None:
    assert rules_broken({shift_id("E", 3): ["A"]}) == {"availability"}
    assert rules_broken({shift_id("E", 4): ["A"]}) == set()


def test_a_shift_that_cannot_follow_another_does_not() -> None:
    assert rules_broken({shift_id("L", 1): ["A"], shift_id("E", 2): ["A"]}) == {"succession"}
    assert rules_broken({shift_id("E", 1): ["A"], shift_id("L", 2): ["A"]}) == set()


def test_requests_for_one_shift_add_up() -> None:
    problem = curtois_qu.read(an_instance("B,1,E,2\n", "B,1,E,2\nB,1,E,3\n"))

    assert problem.wishes[0] == Wish("B", "E-001", want=True, weight=5)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("E,480,", "E,480", "line 8: has 2 fields, not 3"),
        ("E,480,", "E,long,", "line 8: 'long' is not a whole number"),
        ("A,0,3", "Z,0,3", "line 17: 'Z' is no employee of this file"),
        ("A,0,3", "A,0,8", "line 17: day 8 is outside the horizon"),
        ("A,1,L,3", "B,1,E,3", "line 23: asks for a shift and against it"),
        ("1,L,0,100,7", "1,N,0,100,7", "line 28: 'N' is no shift of this file"),
        ("SECTION_COVER", "SECTION_WISHES", "line 27: stands in no section this format has (SECTION_WISHES)"),
        ("8\n", "0\n", "line 4: 0 is not from 1 to 3660 days"),
    ],
)
def test_a_faulty_line_is_named(old: str, new: str, fault: str) -> None:
    with pytest.raises(BadInput) as refusal:
        curtois_qu.read(an_instance(old, new))

    assert fault in str(refusal.value).splitlines()


def test_an_empty_file_is_no_instance() -> None:
    with pytest.raises(BadInput, match="SECTION_HORIZON: is missing"):
        curtois_qu.read(b"")
