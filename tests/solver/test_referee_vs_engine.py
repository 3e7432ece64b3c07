"""Three readings of the contract agree: the referee, the engine, and a literal one that counts minute by minute.

Any roster at all is drawn, not only good ones, so that a rule is also tried where it is broken. The engine judges a
drawn roster when every turn of the problem is pinned as the roster has it: the rest of the contract then decides
whether it is a roster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.check import Roster, Standing, Violation, broken_rules, check
from solver.check.terms import levels_of
from solver.engine import solve
from solver.problem import HARD_RULES, TERMS, Assignment, Pin, Problem
from solver.solution import Clash
from tests.solver import literal
from tests.solver.random_problems import a_random_problem
from tests.waiting import PATIENCE

SEEDS = st.integers(0, 10**9)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Problem, frozenset[Assignment]]:
    """A random problem, and any turns in it."""
    problem = a_random_problem(draw(SEEDS))
    turns = [Assignment(person.id, shift.id) for person in problem.volunteers for shift in problem.shifts]
    return problem, frozenset(draw(st.lists(st.sampled_from(turns), unique=True, max_size=6)))


def test_the_literal_reading_knows_every_rule_and_term() -> None:
    assert list(literal.RULES) == list(HARD_RULES)
    assert list(literal.AMOUNTS) == list(TERMS)


@settings(max_examples=250, deadline=None)
@given(rosters())
def test_the_referee_breaks_the_rules_the_contract_breaks(drawn: tuple[Problem, frozenset[Assignment]]) -> None:
    problem, turns = drawn

    roster = Roster(problem, turns)

    assert {one.rule for one in broken_rules(problem, roster)} == literal.rules_broken(problem, turns)
    assert [level.value for level in levels_of(problem, roster)] == literal.values(problem, turns)


@settings(max_examples=200, deadline=None)
@given(rosters(), st.data())
def test_a_place_may_be_taken_if_the_roster_is_as_whole_after_it(
    drawn: tuple[Problem, frozenset[Assignment]], data: st.DataObject
) -> None:
    problem, turns = drawn
    before = literal.rules_broken(problem, turns)
    free = [
        turn
        for person in problem.volunteers
        for shift in problem.shifts
        if (turn := Assignment(person.id, shift.id)) not in turns
    ]
    if not free:
        return
    turn = data.draw(st.sampled_from(free))

    refused = {one.rule for one in Standing(problem, turns).may_take(turn.volunteer, turn.shift)}
    after = literal.rules_broken(problem, turns | {turn})

    assert after - before <= refused <= after


@settings(max_examples=80, deadline=None)
@given(rosters())
def test_the_engine_accepts_exactly_the_rosters_the_referee_accepts(
    drawn: tuple[Problem, frozenset[Assignment]],
) -> None:
    problem, turns = drawn
    fixed = replace(problem, pins=_pins_of(problem, turns))

    solution = solve(fixed, seconds=PATIENCE, workers=1)

    whole = not broken_rules(fixed, Roster(fixed, turns))
    assert solution.status == ("optimal" if whole else "infeasible")
    assert check(fixed, solution).ok
    if whole:
        assert set(solution.assignments) == turns
        assert [level.bound for level in solution.levels] == literal.values(problem, turns)


def _pins_of(problem: Problem, turns: frozenset[Assignment]) -> tuple[Pin, ...]:
    return tuple(
        Pin(person.id, shift.id, "assigned" if Assignment(person.id, shift.id) in turns else "forbidden")
        for person in problem.volunteers
        for shift in problem.shifts
    )


@settings(max_examples=80, deadline=None)
@given(SEEDS)
def test_a_contradiction_leaves_no_roster(seed: int) -> None:
    """Each of all rosters breaks one of the rule instances named: they alone are enough to forbid it."""
    problem = a_random_problem(seed)
    solution = solve(problem, seconds=PATIENCE, workers=1)
    if solution.status != "infeasible":
        return

    for taken in _all_rosters(problem):
        broken = broken_rules(problem, Roster(problem, taken))
        assert any(_covers(clash, one) for clash in solution.contradiction for one in broken)


def _all_rosters(problem: Problem) -> Iterator[list[Assignment]]:
    turns = [Assignment(person.id, shift.id) for person in problem.volunteers for shift in problem.shifts]
    for chosen in product((False, True), repeat=len(turns)):
        yield [turn for turn, taken in zip(turns, chosen, strict=True) if taken]


def _covers(clash: Clash, one: Violation) -> bool:
    people = (None, one.volunteer, one.facts.get("other")) if one.rule == "pairs" else (None, one.volunteer)
    return clash.rule == one.rule and clash.volunteer in people and clash.shift in (None, one.shift)
