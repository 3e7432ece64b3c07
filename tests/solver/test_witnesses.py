"""No rule, term or weight can be forgotten unnoticed, neither by the engine nor by the referee."""

from __future__ import annotations

from dataclasses import fields

import pytest

from solver import long_rosters, search, starts
from solver.check import Roster, broken_rules, check
from solver.check.terms import levels_of
from solver.engine import solve
from solver.problem import HARD_RULES, TERMS, Assignment, Limits, Problem, Weights
from tests.solver import literal
from tests.solver.witnesses import HARD, SOFT, Witness
from tests.waiting import PATIENCE

NAMED = {"ids": lambda witness: witness.name}


@pytest.fixture(params=["by flow where it can", "by CP-SAT alone", "by stints"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way the engine goes must know every rule by itself."""
    if request.param == "by CP-SAT alone":
        monkeypatch.setattr(starts, "relaxation", lambda *_given, **_more: None)
    if request.param == "by stints":
        monkeypatch.setattr(search, "LONG", 1)
        monkeypatch.setattr(long_rosters, "suits", lambda part: bool(part.turns))


def the_best(problem: Problem) -> frozenset[Assignment]:
    solution = solve(problem, seconds=PATIENCE, workers=1)
    assert solution.status == "optimal"
    assert check(problem, solution).ok
    return frozenset(solution.assignments)


def counted(problem: Problem, turns: frozenset[Assignment]) -> list[int]:
    return [level.value for level in levels_of(problem, Roster(problem, turns))]


def test_every_rule_limit_term_and_weight_has_its_witness() -> None:
    names = {witness.name for witness in (*HARD, *SOFT)}

    assert {witness.subject for witness in HARD} == set(HARD_RULES)
    assert {witness.subject for witness in SOFT} == {*TERMS, "levels"}
    assert {f"{name}.weight" for name in (one.name for one in fields(Weights))} <= names
    limits = {one.name for one in fields(Limits)} - {"rest_minutes"}
    assert limits <= {name.partition(".")[2] for name in names}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("witness", HARD, **NAMED)
def test_the_engine_gives_up_cover_for_each_rule(witness: Witness) -> None:
    """Were the rule forgotten, the roster would be the better one of the problem without it."""
    tempting = literal.values(witness.problem, the_best(witness.without))

    assert literal.values(witness.problem, the_best(witness.problem)) > tempting


@pytest.mark.parametrize("witness", HARD, **NAMED)
def test_the_referee_names_the_rule_that_the_tempting_roster_breaks(witness: Witness) -> None:
    tempting = the_best(witness.without)

    assert {one.rule for one in broken_rules(witness.problem, Roster(witness.problem, tempting))} == {witness.subject}
    assert literal.rules_broken(witness.problem, tempting) == {witness.subject}


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("witness", SOFT, **NAMED)
def test_the_engine_minimises_each_term_by_its_weight(witness: Witness) -> None:
    """Were the term or weight forgotten, the roster would be that of the problem without it, which costs more."""
    tempting = literal.values(witness.problem, the_best(witness.without))

    assert literal.values(witness.problem, the_best(witness.problem)) < tempting


@pytest.mark.parametrize("witness", SOFT, **NAMED)
def test_the_referee_counts_each_term_by_its_weight(witness: Witness) -> None:
    for turns in (the_best(witness.problem), the_best(witness.without)):
        assert counted(witness.problem, turns) == literal.values(witness.problem, turns)
