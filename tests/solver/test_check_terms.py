"""The referee counts what is minimised: each term exactly, each level as their weighted sum."""

from __future__ import annotations

import pytest

from solver.check import Roster
from solver.check.terms import levels_of
from solver.problem import DEFAULT_LEVELS, TERMS, Assignment, Place, Problem, Site, Weights, Wish
from tests.solver.builders import a_problem, a_shift, a_volunteer, an_offer
from tests.solver.refereeing import amount, turns

TWO_SHIFTS = [a_shift("a", "mon 08:00-10:00"), a_shift("b", "tue 08:00-10:00")]
THREE = [
    a_volunteer("lan", qualifications=["lead", "trained"]),
    a_volunteer("minh", qualifications=["lead"]),
    a_volunteer("an"),
]
EACH_ALONE = tuple({term: 1} for term in TERMS)


def one_shift(**shift: object) -> Problem:
    return a_problem(shifts=[a_shift("a", **shift)], volunteers=THREE, levels=EACH_ALONE)  # type: ignore[arg-type]


def test_under_min_counts_the_people_missing_times_the_shifts_weight() -> None:
    problem = one_shift(min=3, weights=Weights(under_min=5))

    assert amount(problem, {}, "under_min") == 15
    assert amount(problem, {"a": ["lan", "an"]}, "under_min") == 5
    assert amount(problem, {"a": ["lan", "an", "minh"]}, "under_min") == 0


def test_under_min_does_not_go_below_nothing() -> None:
    assert amount(one_shift(min=1), {"a": ["lan", "an"]}, "under_min") == 0


def test_under_need_counts_each_need_and_a_person_for_every_need_they_fit() -> None:
    problem = one_shift(min=2, needs={"lead": 2, "trained": 1}, weights=Weights(under_min=7))

    assert amount(problem, {}, "under_need") == 3
    assert amount(problem, {"a": ["lan"]}, "under_need") == 1
    assert amount(problem, {"a": ["lan", "minh"]}, "under_need") == 0
    assert amount(problem, {"a": ["an"]}, "under_need") == 3


def test_under_and_over_target_count_people_times_their_own_weight() -> None:
    problem = one_shift(min=1, target=2, weights=Weights(under_target=3, over_target=4))

    assert amount(problem, {}, "under_target") == 6
    assert amount(problem, {}, "over_target") == 0
    assert amount(problem, {"a": ["lan", "an", "minh"]}, "under_target") == 0
    assert amount(problem, {"a": ["lan", "an", "minh"]}, "over_target") == 4


def test_too_many_people_cost_nothing_unless_the_shift_says_so() -> None:
    assert amount(one_shift(min=1), {"a": ["lan", "an", "minh"]}, "over_target") == 0


def test_unfairness_is_what_the_squares_of_turns_grow_by() -> None:
    people = [a_volunteer("lan", history_turns=3), a_volunteer("minh")]
    problem = a_problem(shifts=TWO_SHIFTS, volunteers=people)

    assert amount(problem, {}, "unfairness") == 0
    assert amount(problem, {"a": ["lan"]}, "unfairness") == 16 - 9
    assert amount(problem, {"a": ["lan"], "b": ["lan", "minh"]}, "unfairness") == 25 - 9 + 1


@pytest.mark.parametrize(("level", "cost"), [("preferred", 0), ("available", 1), ("if_needed", 3)])
def test_reluctance_is_by_the_level_offered(level: str, cost: int) -> None:
    person = a_volunteer(available=[an_offer("mon 07:00-12:00", level)])  # type: ignore[arg-type]

    assert amount(a_problem(volunteers=[person]), {"mon-am": ["lan"]}, "reluctance") == cost


def test_reluctance_is_the_least_welcome_level_that_shares_a_minute() -> None:
    offers = [an_offer("mon 07:00-11:29", "preferred"), an_offer("mon 11:29-12:00", "if_needed")]

    assert amount(a_problem(volunteers=[a_volunteer(available=offers)]), {"mon-am": ["lan"]}, "reluctance") == 3


def test_intervals_that_only_touch_the_shift_or_last_no_minute_do_not_count() -> None:
    offers = [
        an_offer("mon 07:30-11:30", "preferred"),
        an_offer("mon 11:30-12:00", "if_needed"),
        an_offer("mon 07:00-07:30", "if_needed"),
    ]
    nothing = offers[0].start + 60
    person = a_volunteer(available=[*offers, type(offers[0])(nothing, nothing, "if_needed")])

    assert amount(a_problem(volunteers=[person]), {"mon-am": ["lan"]}, "reluctance") == 0


def test_always_available_counts_one_a_turn() -> None:
    problem = a_problem(shifts=TWO_SHIFTS)

    assert amount(problem, {"a": ["lan"], "b": ["lan"]}, "reluctance") == 2


def test_wishes_count_their_weight_when_not_granted() -> None:
    wishes = [Wish("lan", "a", want=True, weight=2), Wish("lan", "b", want=False, weight=5)]
    problem = a_problem(shifts=TWO_SHIFTS, wishes=wishes)

    assert amount(problem, {"a": ["lan"]}, "wishes") == 0
    assert amount(problem, {}, "wishes") == 2
    assert amount(problem, {"b": ["lan"]}, "wishes") == 7


def test_travel_is_whole_kilometres_a_turn_and_nothing_without_coordinates() -> None:
    sites = [Site("near", Place(13.77, 109.22)), Site("far", Place(13.87, 109.22)), Site("somewhere")]
    shifts = [
        a_shift(site.id, f"{day} 08:00-10:00", site=site.id)
        for site, day in zip(sites, ("mon", "tue", "wed"), strict=True)
    ]
    people = [a_volunteer("lan", home=Place(13.77, 109.22)), a_volunteer("minh")]
    problem = a_problem(sites=sites, shifts=shifts, volunteers=people)

    assert amount(problem, {"near": ["lan"]}, "travel") == 0
    assert amount(problem, {"far": ["lan"]}, "travel") == 11
    assert amount(problem, {"far": ["minh"], "somewhere": ["lan"]}, "travel") == 0


def test_changes_count_turns_gone_and_turns_new() -> None:
    before = (Assignment("lan", "a"), Assignment("lan", "b"))

    assert amount(a_problem(shifts=TWO_SHIFTS, previous=before), {"a": ["lan"]}, "changes") == 1
    assert amount(a_problem(shifts=TWO_SHIFTS, previous=before[:1]), {"b": ["lan"]}, "changes") == 2


def test_a_previous_roster_without_turns_is_not_the_same_as_none() -> None:
    assert amount(a_problem(previous=()), {"mon-am": ["lan"]}, "changes") == 1
    assert amount(a_problem(previous=None), {"mon-am": ["lan"]}, "changes") == 0


def test_a_level_is_the_weighted_sum_of_exactly_the_terms_it_names() -> None:
    problem = a_problem(
        shifts=[a_shift(min=3, target=4)], levels=({"under_min": 10, "reluctance": 2}, {"under_target": 0})
    )

    first, second = levels_of(problem, Roster(problem, turns({"mon-am": ["lan"]})))

    assert (first.terms, first.value) == ({"under_min": 2, "reluctance": 1}, 22)
    assert (second.terms, second.value) == ({"under_target": 3}, 0)


def test_the_levels_not_given_are_those_of_the_contract() -> None:
    levels = levels_of(a_problem(), Roster(a_problem(), ()))

    assert [dict(level.terms).keys() for level in levels] == [level.keys() for level in DEFAULT_LEVELS]
