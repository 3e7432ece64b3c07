"""Rosters written as `{"mon-am": ["lan", "minh"]}` and what the referee says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from solver.check import Roster, Violation, broken_rules
from solver.check.terms import levels_of
from solver.problem import Assignment, Problem
from solver.solution import Level, Run, Shortfall, Solution

People = Mapping[str, Iterable[str]]
A_RUN = Run(problem_sha256="", seconds=0.0, seed=1, workers=1, versions={}, parameters={})


def turns(people: People) -> tuple[Assignment, ...]:
    return tuple(Assignment(name, shift) for shift, names in people.items() for name in names)


def violations(problem: Problem, people: People) -> list[Violation]:
    return broken_rules(problem, Roster(problem, turns(people)))


def broken(problem: Problem, people: People) -> list[str]:
    """The names of the rules broken, `limits.turns` where a rule has parts."""
    return [named(one) for one in violations(problem, people)]


def named(one: Violation) -> str:
    return f"{one.rule}.{one.detail}" if one.detail else one.rule


def amount(problem: Problem, people: People, term: str) -> int:
    """What the referee counts for one term of the problem's objective."""
    levels = levels_of(problem, Roster(problem, turns(people)))
    return next(level.terms[term] for level in levels if term in level.terms)


def a_solution(people: People, **parts: Any) -> Solution:
    parts = {"status": "feasible", "levels": (), "shortfalls": (), "run": A_RUN} | parts
    return Solution(assignments=turns(people), **parts)


def a_level(value: int, bound: int | None = None, **terms: int) -> Level:
    return Level(terms, value, value if bound is None else bound)


def a_gap(shift: str, missing: int = 0, **needs: int) -> Shortfall:
    return Shortfall(shift, missing, needs)
