"""Whole crowds are judged like each person alone: the quick sets say what the referee says one by one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver import crowd as crowds
from solver.check import Roster, Standing, Violation, broken_rules
from solver.crowd import Crowd
from solver.explain import shortages
from solver.explain.funnels import ORDER
from solver.explain.situations import Situation
from solver.possible import possible_turns
from solver.problem import Assignment, Limits, Place, Problem, Shift, Site, Volunteer
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.random_problems import a_random_problem


@pytest.fixture(scope="module", params=[0, crowds.ONE_BY_ONE], ids=["all at once", "one by one"])
def way(request: pytest.FixtureRequest) -> int:
    """How people's time is asked for: from the stretches of all, or from the few in question."""
    return int(request.param)


def a_standing(seed: int) -> Standing:
    """A random problem and as many random turns of it as break no rule."""
    dice, problem = Random(seed), a_random_problem(seed)
    turns = [Assignment(one.id, shift.id) for one in problem.volunteers for shift in problem.shifts]
    roster: list[Assignment] = []
    for turn in dice.sample(turns, len(turns)):
        if all(one.mendable for one in broken_rules(problem, Roster(problem, [*roster, turn]))):
            roster.append(turn)
    return Standing(problem, roster)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_the_suited_are_those_whom_the_referee_finds_suited(way: int, seed: int) -> None:
    standing = a_standing(seed)
    crowd = Crowd(standing)
    crowd._one_by_one = way

    for shift in standing.problem.shifts:
        suited = {one.id for one in standing.pool_of(shift) if standing.suits(one, shift)}
        assert set(crowd.named(crowd.suited(shift))) == suited


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_who_may_add_a_turn_is_who_breaks_nothing_by_it(seed: int) -> None:
    standing = a_standing(seed)
    crowd = Crowd(standing)

    for shift in standing.problem.shifts:
        for person in standing.problem.volunteers:
            if not standing.roster.has(person.id, shift.id):
                broken = standing.turns_broken(person, shift)
                assert crowd.may_add(person, shift) == standing.may_add(person, shift) == (not broken)
                if not broken:
                    assert crowd.of([person]) & crowd.spare


def first_reason(standing: Standing, situation: Situation, person: Volunteer, shift: Shift) -> tuple[str, str] | None:
    """The first in the way of one person, found by asking every rule; the need they do not fit after the pool."""
    against = standing.may_join([person], shift)
    if not situation.fits(person):
        against.append(Violation("under_need"))
    places = {reason: place for place, reason in enumerate(ORDER)}
    against.sort(key=lambda one: (one.mendable, places.get((one.rule, one.detail), len(ORDER))))
    return (against[0].rule, against[0].detail) if against else None


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_everybody_is_out_for_the_first_reason_the_referee_finds(seed: int) -> None:
    standing = a_standing(seed)
    crowd = Crowd(standing)

    for short in shortages(standing.problem, standing.roster.assignments(), with_repairs=False):
        shift = standing.problem.shift_by_id[short.shift]
        situation = Situation(crowd, shift)
        told = {name: (out.rule, out.detail) for out in short.excluded for name in out.volunteers}
        told |= dict.fromkeys(short.free, None)  # type: ignore[arg-type]
        others = [one for one in standing.problem.volunteers if not standing.roster.has(one.id, shift.id)]
        assert told == {one.id: first_reason(standing, situation, one, shift) for one in others}
        for out in short.excluded:
            for name in out.volunteers:
                [same, *_] = [
                    one.facts
                    for one in standing.may_join([standing.problem.volunteer_by_id[name]], shift)
                    if (one.rule, one.detail) == (out.rule, out.detail)
                ] or [out.facts]
                assert out.facts.items() <= same.items()


def a_village(*people: Volunteer) -> Problem:
    return a_problem(
        shifts=[a_shift("am", site="hall")], sites=[Site("hall", Place(13.77, 109.22))], volunteers=list(people)
    )


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_nobody_is_near_or_far_by_a_short_cut(seed: int) -> None:
    """Anywhere on the globe, and as far as people may go."""
    dice = Random(seed)

    def place() -> Place:
        lat, lon = dice.uniform(-90, 90), dice.uniform(-180, 180)
        return Place(dice.choice([lat, 13.7 + dice.random()]), dice.choice([lon, 109.2]))

    reaches = [0.0, 5.0, 80.0, 3000.0, 20_100.0]
    people = [a_volunteer(f"v{number}", home=place(), max_km=dice.choice(reaches)) for number in range(20)]
    problem = a_problem(shifts=[a_shift("am", site="hall")], sites=[Site("hall", place())], volunteers=people)
    standing = Standing(problem, ())
    crowd = Crowd(standing)

    near = set(crowd.named(crowd.near(problem.shifts[0])))

    assert near == {one.id for one in people if standing.suits(one, problem.shifts[0])}
    assert near == {person.id for person, _ in possible_turns(problem)}


def test_the_members_of_a_crowd_come_with_the_fewest_turns_first() -> None:
    people = [a_volunteer("old", history_turns=4), a_volunteer("new"), a_volunteer("busy", history_turns=1)]
    crowd = Crowd(Standing(a_village(*people), [Assignment("busy", "am")]))

    assert crowd.named(crowd.everyone) == ("new", "busy", "old")
    assert [one.id for one in crowd.members(crowd.busy)] == ["busy"]
    assert list(crowd.members(0)) == []


def test_a_second_turn_of_the_day_is_one_too_many_only_if_one_is_the_limit() -> None:
    shifts = [a_shift("am", "mon 08:00-12:00"), a_shift("pm", "mon 13:00-17:00"), a_shift("next", "tue 08:00-12:00")]
    people = [a_volunteer(name, limits=Limits(turns_per_day=most)) for name, most in (("one", 1), ("two", 2))]
    problem = a_problem(shifts=shifts, volunteers=people)
    roster = [Assignment(one.id, "am") for one in people] + [Assignment("one", "next")]

    [short] = shortages(problem, roster, with_repairs=False)

    assert short.free == ("two",)
    assert [(out.detail, out.volunteers, out.facts) for out in short.excluded] == [
        ("turns_per_day", ("one",), {"value": 2, "most": 1, "day": 0})
    ]
