"""The referee on all the turns of one volunteer: overlap, rest, limits, succession, runs of days."""

from __future__ import annotations

from typing import Any

import pytest

from solver.problem import Limits, Problem, Rules, Shift, Site, Travel
from tests.solver.builders import DAYS, a_problem, a_shift, a_volunteer
from tests.solver.refereeing import broken, violations

NO_RULES = Rules()


def serving(*shifts: Shift, rules: Rules = NO_RULES, travel: tuple[Travel, ...] = (), **limits: Any) -> list[str]:
    """What is broken if one volunteer with these limits serves all these shifts."""
    return broken(_problem(shifts, rules=rules, travel=travel, **limits), {shift.id: ["lan"] for shift in shifts})


def _problem(shifts: tuple[Shift, ...], **parts: Any) -> Problem:
    rules, travel = parts.pop("rules", NO_RULES), parts.pop("travel", ())
    sites = [Site(name) for name in sorted({shift.site for shift in shifts if shift.site})]
    person = a_volunteer(limits=Limits(**parts))
    return a_problem(shifts=shifts, volunteers=[person], sites=sites, rules=rules, travel=travel)


def working(*days: str, **limits: Any) -> list[str]:
    """What is broken if one volunteer serves one morning on each of these days of a week."""
    return serving(*(a_shift(day, f"{day} 08:00-12:00") for day in days), **limits)


def test_turns_that_touch_do_not_overlap() -> None:
    assert serving(a_shift("a", "mon 08:00-10:00"), a_shift("b", "mon 10:00-12:00")) == []


def test_turns_that_share_a_minute_overlap() -> None:
    assert serving(a_shift("a", "mon 08:00-10:01"), a_shift("b", "mon 10:00-12:00")) == ["overlap"]
    assert serving(a_shift("a", "mon 08:00-12:00"), a_shift("b", "mon 09:00-10:00")) == ["overlap"]


def test_a_long_turn_overlaps_each_later_one_it_covers() -> None:
    shifts = a_shift("a", "mon 08:00-12:00"), a_shift("b", "mon 08:00-09:00"), a_shift("c", "mon 10:00-11:00")

    assert serving(*shifts) == ["overlap", "overlap"]


def test_the_same_turn_twice_overlaps_itself() -> None:
    assert broken(a_problem(), {"mon-am": ["lan", "lan"]}) == ["overlap"]


@pytest.mark.parametrize("way", [("center", "market"), ("market", "center")])
def test_between_sites_lies_the_time_to_travel_in_either_direction(way: tuple[str, str]) -> None:
    first = a_shift("a", "mon 08:00-10:00", site="center")
    travel = (Travel(*way, 25),)

    assert serving(first, a_shift("b", "mon 10:25-12:00", site="market"), travel=travel) == []
    assert serving(first, a_shift("b", "mon 10:24-12:00", site="market"), travel=travel) == ["overlap.travel"]
    assert serving(first, a_shift("b", "mon 10:00-12:00", site="market"), travel=travel) == ["overlap.travel"]
    assert serving(first, a_shift("b", "mon 09:59-12:00", site="market"), travel=travel) == ["overlap"]
    assert serving(first, a_shift("b", "mon 10:00-12:00", site="center"), travel=travel) == []
    assert serving(first, a_shift("b", "mon 10:00-12:00", site="desk"), travel=travel) == []


def test_travel_looks_beyond_the_next_turn() -> None:
    shifts = (
        a_shift("a", "mon 08:00-10:00", site="center"),
        a_shift("b", "mon 10:00-10:05", site="center"),
        a_shift("c", "mon 10:10-12:00", site="market"),
    )

    assert serving(*shifts, travel=(Travel("center", "market", 15),)) == ["overlap.travel", "overlap.travel"]


def test_rest_lies_between_the_last_end_of_a_day_and_the_first_start_of_a_later_one() -> None:
    evening = a_shift("a", "mon 18:00-22:00")

    assert serving(evening, a_shift("b", "tue 08:00-12:00"), rest_minutes=600) == []
    assert serving(evening, a_shift("b", "tue 07:59-12:00"), rest_minutes=600) == ["rest"]


def test_rest_is_not_asked_for_within_a_day() -> None:
    assert serving(a_shift("a", "mon 08:00-10:00"), a_shift("b", "mon 11:00-12:00"), rest_minutes=600) == []


def test_rest_counts_from_any_earlier_day() -> None:
    """An outing of two days ends on Wednesday: a turn on Tuesday does not hide it."""
    outing = Shift("a", start=8 * 60, end=8 * 60 + 2 * 1440)

    assert serving(outing, a_shift("b", "wed 10:00-12:00"), rest_minutes=600) == ["rest"]
    assert serving(outing, a_shift("b", "wed 18:00-20:00"), rest_minutes=600) == []
    assert serving(outing, a_shift("x", "tue 08:00-09:00"), a_shift("b", "wed 10:00-12:00"), rest_minutes=600) == [
        "overlap",
        "rest",
        "rest",
    ]


def test_rest_is_asked_across_a_free_day() -> None:
    shifts = a_shift("a", "mon 18:00-22:00"), a_shift("b", "wed 08:00-12:00")

    assert serving(*shifts, rest_minutes=34 * 60) == []
    assert serving(*shifts, rest_minutes=34 * 60 + 1) == ["rest"]


@pytest.mark.parametrize(
    ("limit", "value"),
    [("turns", 2), ("minutes_max", 480), ("turns_per_day", 1), ("turns_per_type", {"desk": 2}), ("minutes_min", 480)],
)
def test_turns_within_every_limit_are_fine(limit: str, value: Any) -> None:
    shifts = a_shift("a", "mon 08:00-12:00", type="desk"), a_shift("b", "tue 08:00-12:00", type="desk")

    assert serving(*shifts, **{limit: value}) == []


@pytest.mark.parametrize(
    ("limit", "value"),
    [("turns", 1), ("minutes_max", 479), ("turns_per_day", 1), ("turns_per_type", {"desk": 1}), ("minutes_min", 481)],
)
def test_each_limit_is_broken_by_one_turn_or_minute_beyond_it(limit: str, value: Any) -> None:
    shifts = a_shift("a", "mon 08:00-12:00", type="desk"), a_shift("b", "mon 13:00-17:00", type="desk")

    assert serving(*shifts, **{limit: value}) == [f"limits.{limit}"]


def test_a_limit_of_no_turn_at_all_is_a_limit() -> None:
    assert working("mon", turns=0) == ["limits.turns"]
    assert serving(a_shift("a", type="desk"), turns_per_type={"desk": 0}) == ["limits.turns_per_type"]


def test_other_types_do_not_count_for_a_types_limit() -> None:
    assert serving(a_shift("a", type="desk"), turns_per_type={"evening": 0}) == []


def test_the_minutes_promised_at_least_are_asked_of_somebody_without_a_turn() -> None:
    problem = a_problem(volunteers=[a_volunteer(limits=Limits(minutes_min=60))])

    assert broken(problem, {}) == ["limits.minutes_min"]


def test_no_more_days_in_a_row_than_wanted() -> None:
    assert working("mon", "tue", "thu", "fri", consecutive_days_max=2) == []
    assert working("mon", "tue", "wed", consecutive_days_max=2) == ["days.consecutive_days_max"]
    assert working(*DAYS, consecutive_days_max=6) == ["days.consecutive_days_max"]


def test_a_work_run_inside_the_period_is_long_enough() -> None:
    assert working("tue", "wed", consecutive_days_min=2) == []
    assert working("tue", consecutive_days_min=2) == ["days.consecutive_days_min"]


def test_a_run_touching_either_end_of_the_period_is_long_enough() -> None:
    assert working("mon", consecutive_days_min=3) == []
    assert working("sun", consecutive_days_min=3) == []
    assert working("tue", "wed", "thu", "fri", "sat", consecutive_days_off_min=2) == []


def test_a_free_run_inside_the_period_is_long_enough() -> None:
    assert working("mon", "thu", consecutive_days_off_min=2) == []
    assert working("mon", "wed", consecutive_days_off_min=2) == ["days.consecutive_days_off_min"]


def test_two_turns_of_one_day_are_one_day_worked() -> None:
    shifts = a_shift("a", "tue 08:00-12:00"), a_shift("b", "tue 13:00-17:00"), a_shift("c", "wed 08:00-12:00")

    assert serving(*shifts, consecutive_days_max=2, consecutive_days_min=2) == []


def test_a_shift_past_midnight_belongs_to_the_day_it_starts_on() -> None:
    night = a_shift("a", "tue 20:00-04:00")

    assert serving(night, a_shift("b", "thu 20:00-22:00"), consecutive_days_off_min=2) == [
        "days.consecutive_days_off_min"
    ]
    assert serving(night, consecutive_days_max=1, turns_per_day=1) == []


def test_a_weekend_with_both_days_worked_counts_once() -> None:
    assert working("sat", "sun", weekends=1) == []
    assert working("sat", weekends=0) == ["days.weekends"]
    assert working("sun", weekends=0) == ["days.weekends"]
    assert working("fri", weekends=0) == []


def test_each_weekend_counts() -> None:
    shifts = a_shift("a", "sun 08:00-12:00"), a_shift("b", "sat+1 08:00-12:00")
    problem = a_problem(days=14, shifts=shifts, volunteers=[a_volunteer(limits=Limits(weekends=1))])

    assert broken(problem, {"a": ["lan"], "b": ["lan"]}) == ["days.weekends"]


def test_weekends_are_told_by_the_date_not_by_the_day_of_the_period() -> None:
    """A period from Sunday to Saturday holds two weekends."""
    sunday, saturday = Shift("a", 480, 720), Shift("b", 6 * 1440 + 480, 6 * 1440 + 720)
    first_day = a_problem().first_day.replace(day=22)
    problem = a_problem(
        first_day=first_day, shifts=[sunday, saturday], volunteers=[a_volunteer(limits=Limits(weekends=1))]
    )

    assert broken(problem, {"a": ["lan"], "b": ["lan"]}) == ["days.weekends"]


def test_a_forbidden_succession_concerns_the_next_day_only_and_in_that_order() -> None:
    rules = Rules(forbidden_successions=(("evening", "morning"),))

    def evening_then_morning(evening: str, morning: str) -> list[str]:
        shifts = (
            a_shift("e", f"{evening} 18:00-21:00", type="evening"),
            a_shift("m", f"{morning} 08:00-11:00", type="morning"),
        )
        return serving(*shifts, rules=rules)

    assert evening_then_morning("mon", "tue") == ["succession"]
    assert evening_then_morning("mon", "wed") == []
    assert evening_then_morning("mon", "mon") == []
    assert evening_then_morning("tue", "mon") == []


def test_a_type_may_be_forbidden_after_itself() -> None:
    rules = Rules(forbidden_successions=(("night", "night"),))

    assert serving(
        a_shift("a", "mon 20:00-22:00", type="night"), a_shift("b", "tue 20:00-22:00", type="night"), rules=rules
    ) == ["succession"]


def test_a_violation_says_by_how_much() -> None:
    shifts = a_shift("a", "mon 18:00-22:00"), a_shift("b", "tue 07:00-12:00")

    [found] = violations(_problem(shifts, rest_minutes=600), {"a": ["lan"], "b": ["lan"]})

    assert (found.volunteer, found.shift, found.facts) == ("lan", "b", {"other": "a", "value": 540, "least": 600})
