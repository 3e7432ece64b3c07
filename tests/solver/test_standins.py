"""Stand-ins: who can serve now, who can after one swap, best first, and nobody who cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.check import Roster, broken_rules
from solver.problem import Assignment, Limits, Pair, Pin, Place, Problem, Site
from solver.standins import StandIn, Swap, standins, to_json
from tests.solver.builders import a_problem, a_shift, a_volunteer, an_offer
from tests.solver.refereeing import turns

AM, PM = a_shift("am", "mon 08:00-12:00"), a_shift("pm", "mon 13:00-17:00")
ONE_A_DAY = Limits(turns_per_day=1)


def names(problem: Problem, people: Mapping[str, Iterable[str]], shift: str, **parts: Any) -> list[tuple[str, str]]:
    return [(one.volunteer, one.how) for one in standins(problem, turns(people), shift, **parts)]


def test_only_those_who_may_take_the_place_stand_in() -> None:
    people = [
        a_volunteer("free"),
        a_volunteer("away", available=["tue 08:00-12:00"]),
        a_volunteer("full", limits=Limits(turns=0)),
        a_volunteer("there"),
    ]

    assert names(a_problem(shifts=[AM], volunteers=people), {"am": ["there"]}, "am") == [("free", "now")]


def test_the_person_who_leaves_is_no_stand_in_for_themselves() -> None:
    problem = a_problem(shifts=[a_shift("am", max=1)], volunteers=[a_volunteer("ill"), a_volunteer("free")])

    assert names(problem, {"am": ["ill"]}, "am", leaving="ill") == [("free", "now")]


def test_a_full_shift_still_has_stand_ins_for_whoever_leaves() -> None:
    problem = a_problem(shifts=[a_shift("am", max=1)], volunteers=[a_volunteer("there"), a_volunteer("free")])

    assert names(problem, {"am": ["there"]}, "am") == [("free", "now")]


def test_a_leader_who_leaves_takes_company_along() -> None:
    """Only an adult can stand in for the one adult among minors."""
    people = [
        a_volunteer("adult"),
        a_volunteer("child", minor=True),
        a_volunteer("child2", minor=True),
        a_volunteer("other"),
    ]
    problem = a_problem(shifts=[AM], volunteers=people)

    assert names(problem, {"am": ["adult"]}, "am", leaving="adult") == [("other", "now")]
    assert ("child2", "now") in names(problem, {"am": ["adult", "child"]}, "am")


def test_somebody_serving_elsewhere_stands_in_if_another_takes_their_turn() -> None:
    people = [a_volunteer("lan", limits=ONE_A_DAY), a_volunteer("minh", available=["mon 13:00-17:00"])]
    problem = a_problem(shifts=[AM, PM], volunteers=people)

    [found] = standins(problem, turns({"pm": ["lan"]}), "am")

    assert (found.volunteer, found.how, found.swap) == ("lan", "after_swap", Swap("pm", "minh"))


def test_without_anybody_to_take_the_turn_there_is_no_swap() -> None:
    people = [a_volunteer("lan", limits=ONE_A_DAY), a_volunteer("minh", available=[])]

    assert names(a_problem(shifts=[AM, PM], volunteers=people), {"pm": ["lan"]}, "am") == []


def test_a_pinned_turn_is_not_given_away() -> None:
    people = [a_volunteer("lan", limits=ONE_A_DAY), a_volunteer("minh", available=["mon 13:00-17:00"])]
    problem = a_problem(shifts=[AM, PM], volunteers=people, pins=[Pin("lan", "pm", "assigned")])

    assert names(problem, {"pm": ["lan"]}, "am") == []


def test_a_swap_leaves_the_other_shift_with_the_qualifications_it_needs() -> None:
    desk = a_shift("pm", "mon 13:00-17:00", needs={"lead": 1})
    people = [
        a_volunteer("lan", limits=ONE_A_DAY, qualifications=["lead"]),
        a_volunteer("minh", available=["mon 13:00-17:00"]),
    ]

    assert names(a_problem(shifts=[AM, desk], volunteers=people), {"pm": ["lan"]}, "am") == []


def test_now_comes_before_a_swap_then_fewest_turns_then_least_reluctant_then_nearest() -> None:
    site = Site("center", Place(13.77, 109.22))
    near, far = Place(13.78, 109.22), Place(13.97, 109.22)
    people = [
        a_volunteer("far", home=far),
        a_volunteer("near", home=near),
        a_volunteer("unwilling", home=near, available=[an_offer("mon 08:00-12:00", "if_needed")]),
        a_volunteer("tired", history_turns=4, home=near),
        a_volunteer("busy", limits=ONE_A_DAY),
    ]
    problem = a_problem(sites=[site], shifts=[a_shift("am", "mon 08:00-12:00", site="center"), PM], volunteers=people)

    found = standins(problem, turns({"pm": ["busy"]}), "am")

    assert [one.volunteer for one in found] == ["near", "far", "unwilling", "tired", "busy"]
    assert found[0] == StandIn("near", "now", turns=0, reluctance=1, km=1.1)


def test_the_answer_as_json_is_that_of_the_contract() -> None:
    found = [StandIn("near", "now", 2, 1, km=1.1), StandIn("busy", "after_swap", 1, 0, swap=Swap("pm", "minh"))]

    assert to_json("am", found) == {
        "shift": "am",
        "standins": [
            {"volunteer": "near", "how": "now", "turns": 2, "km": 1.1, "reluctance": 1},
            {
                "volunteer": "busy",
                "how": "after_swap",
                "swap": {"shift": "pm", "volunteer": "minh"},
                "turns": 1,
                "reluctance": 0,
            },
        ],
    }


def test_a_shift_the_problem_does_not_have_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        standins(a_problem(), (), "never")


def test_people_who_serve_together_do_not_swap_alone() -> None:
    people = [
        a_volunteer("lan", limits=ONE_A_DAY),
        a_volunteer("minh", limits=ONE_A_DAY),
        a_volunteer("an", available=["mon 13:00-17:00"]),
    ]
    problem = a_problem(shifts=[AM, PM], volunteers=people, pairs=[Pair(("lan", "minh"), "together")])

    assert names(problem, {"pm": ["lan", "minh"]}, "am") == []


DAYS = ("mon", "tue", "wed")


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Problem, tuple[Assignment, ...]]:
    """A small problem with most rules, and a roster that breaks none of them."""
    shifts = [
        a_shift(
            f"{day}{half}",
            f"{day} {when}",
            min=1,
            max=draw(st.integers(1, 3)),
            needs={"lead": draw(st.integers(0, 1))},
            all_or_nothing=draw(st.booleans()),
        )
        for day in DAYS
        for half, when in (("am", "08:00-12:00"), ("pm", "13:00-17:00"))
    ]
    people = [
        a_volunteer(
            f"v{index}",
            minor=draw(st.booleans()),
            newcomer=draw(st.booleans()),
            qualifications=["lead"] if draw(st.booleans()) else [],
            limits=Limits(
                turns=draw(st.integers(1, 3)),
                turns_per_day=draw(st.integers(1, 2)),
                rest_minutes=draw(st.sampled_from([0, 1200])),
            ),
        )
        for index in range(5)
    ]
    pairs = [Pair(("v0", "v1"), draw(st.sampled_from(["together", "apart"])))]  # type: ignore[arg-type]
    problem = a_problem(shifts=shifts, volunteers=people, pairs=pairs)
    roster: tuple[Assignment, ...] = ()
    for turn in draw(
        st.lists(
            st.builds(
                Assignment, st.sampled_from([one.id for one in people]), st.sampled_from([one.id for one in shifts])
            ),
            max_size=10,
        )
    ):
        more = (*roster, turn)
        roster = roster if broken_rules(problem, Roster(problem, more)) else more
    return problem, roster


@settings(max_examples=200, deadline=None)
@given(rosters())
def test_acting_on_any_stand_in_keeps_the_roster_whole(drawn: tuple[Problem, tuple[Assignment, ...]]) -> None:
    problem, roster = drawn
    for shift in problem.shifts:
        for one in standins(problem, roster, shift.id):
            after = set(roster) | {Assignment(one.volunteer, shift.id)}
            if one.swap:
                after -= {Assignment(one.volunteer, one.swap.shift)}
                after |= {Assignment(one.swap.volunteer, one.swap.shift)}
            broken = {violation.rule for violation in broken_rules(problem, Roster(problem, after))}
            assert broken <= {"capacity"}, (one, shift.id)
