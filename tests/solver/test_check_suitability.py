"""The referee on one volunteer and one shift: availability, eligibility, minors' hours."""

from __future__ import annotations

import pytest

from solver.check.suitability import great_circle, joined, suits
from solver.problem import Interval, Place, Problem, Rules, Site
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import broken, violations

PLACED = {"mon-am": ["lan"]}
HOME = Place(13.77, 109.22)


def offering(*available: str) -> Problem:
    return a_problem(volunteers=[a_volunteer(available=available)])


def test_a_turn_wholly_inside_the_offered_time_is_fine() -> None:
    assert broken(offering("mon 07:30-11:30"), PLACED) == []


@pytest.mark.parametrize("offer", ["mon 07:31-12:00", "mon 07:00-11:29", "tue 07:30-11:30"])
def test_a_turn_partly_outside_the_offered_time_breaks_availability(offer: str) -> None:
    assert broken(offering(offer), PLACED) == ["availability"]


def test_intervals_that_touch_or_overlap_are_one() -> None:
    assert broken(offering("mon 09:00-12:00", "mon 07:00-09:00"), PLACED) == []
    assert broken(offering("mon 07:00-12:00", "mon 08:00-09:00", "mon 09:00-10:00"), PLACED) == []


def test_a_minute_between_two_intervals_parts_them() -> None:
    assert broken(offering("mon 07:00-09:00", "mon 09:01-12:00"), PLACED) == ["availability"]


def test_an_interval_inside_another_does_not_cut_it_short() -> None:
    assert joined([Interval(0, 10), Interval(2, 4), Interval(10, 12)]) == [(0, 12)]


def test_absent_availability_is_always_and_an_empty_one_never() -> None:
    assert broken(a_problem(volunteers=[a_volunteer(available=None)]), PLACED) == []
    assert broken(offering(), PLACED) == ["availability"]


def test_every_required_qualification_is_asked_for() -> None:
    shift = a_shift(requires=("trained", "lead"))

    assert broken(a_problem(shifts=[shift], volunteers=[a_volunteer(qualifications=["trained", "lead"])]), PLACED) == []
    found = violations(a_problem(shifts=[shift], volunteers=[a_volunteer(qualifications=["trained"])]), PLACED)
    assert [(one.rule, one.detail, one.facts["missing"]) for one in found] == [("eligibility", "requires", ("lead",))]


def test_one_group_of_the_pool_is_enough_and_none_is_not() -> None:
    shift = a_shift(pool=("north", "south"))

    assert broken(a_problem(shifts=[shift], volunteers=[a_volunteer(groups=["south", "east"])]), PLACED) == []
    assert broken(a_problem(shifts=[shift], volunteers=[a_volunteer(groups=["east"])]), PLACED) == ["eligibility.pool"]


def test_an_empty_pool_lets_nobody_in() -> None:
    problem = a_problem(shifts=[a_shift(pool=())], volunteers=[a_volunteer(groups=["north"])])

    assert broken(problem, PLACED) == ["eligibility.pool"]


def test_suiting_is_having_nothing_in_the_way() -> None:
    problem = offering("mon 07:30-11:30")
    [person], [shift] = problem.volunteers, problem.shifts

    assert suits(problem, person, shift)
    assert not suits(problem, a_volunteer(available=[]), shift)


def test_adults_only_keeps_minors_out() -> None:
    shift = a_shift(adults_only=True)
    both = [a_volunteer("lan"), a_volunteer("minh", minor=True)]

    assert broken(a_problem(shifts=[shift], volunteers=both), PLACED) == []
    assert broken(a_problem(shifts=[shift], volunteers=both), {"mon-am": ["lan", "minh"]}) == [
        "eligibility.adults_only"
    ]


def test_a_home_too_far_from_the_site_is_out_and_an_unknown_place_is_not() -> None:
    def from_home(max_km: float, home: Place | None = HOME) -> Problem:
        return a_problem(
            sites=[Site("center", Place(13.87, 109.22))],
            shifts=[a_shift(site="center")],
            volunteers=[a_volunteer(home=home, max_km=max_km)],
        )

    # A tenth of a degree of latitude is 11.119 km on a sphere of 6,371 km.
    assert broken(from_home(11.12), PLACED) == []
    assert broken(from_home(11.11), PLACED) == ["eligibility.max_km"]
    assert broken(from_home(0, home=None), PLACED) == []
    assert broken(from_home(0, home=Place(13.87, 109.22)), PLACED) == []


def test_the_great_circle_is_that_of_a_sphere_of_6371_km() -> None:
    assert great_circle(Place(0, 0), Place(0, 180)) == pytest.approx(20015.0868, abs=1e-3)
    assert great_circle(Place(21.0285, 105.8542), Place(10.7626, 106.6602)) == pytest.approx(1144.7, abs=0.1)


def test_a_minor_never_serves_later_than_the_latest_end_of_the_day_the_shift_starts_on() -> None:
    def until(when: str, *, minor: bool = True) -> Problem:
        adult = a_volunteer("minh")
        return a_problem(
            shifts=[a_shift(when=when)],
            volunteers=[a_volunteer(minor=minor), adult],
            rules=Rules(minors_latest_end=18 * 60),
        )

    with_an_adult = {"mon-am": ["lan", "minh"]}
    assert broken(until("tue 14:00-18:00"), with_an_adult) == []
    assert broken(until("tue 14:00-18:01"), with_an_adult) == ["minors.latest_end"]
    assert broken(until("tue 22:00-06:00"), with_an_adult) == ["minors.latest_end"]
    assert broken(until("tue 14:00-18:01", minor=False), with_an_adult) == []
    [found] = violations(until("tue 14:00-18:01"), with_an_adult)
    assert found.facts == {"end": 1440 + 18 * 60 + 1, "most": 1440 + 18 * 60}
