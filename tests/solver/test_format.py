"""The page about the files: what it shows is read, and what can be written it names."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

import solver
from solver import reader, solution_reader
from solver.check import check
from solver.engine import solve
from solver.problem import FORMAT, FORMAT_2, HARD_RULES, TERMS, Interval, Limits, Problem, Shift, Volunteer
from solver.recovery import reading
from solver.recovery.reading import FORMAT as LOSSES
from solver.solution import FORMAT as ANSWER

PAGE = (Path(solver.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")


def examples() -> dict[str, bytes]:
    """The page's examples by their format."""
    found = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return {json.loads(text)["format"]: text.encode() for text in found}


@pytest.fixture
def problem() -> Problem:
    return reader.read(examples()[FORMAT])


def test_every_example_is_read(problem: Problem):
    assert set(examples()) == {FORMAT, FORMAT_2, ANSWER, LOSSES}
    assert reader.read(examples()[FORMAT_2]).shifts[0].service_level == 0.95
    losses, window = reading.read(examples()[LOSSES], problem)
    assert losses.turns == problem.previous
    assert window.shifts == {problem.shifts[0].id}


def test_the_answer_shown_is_right(problem: Problem):
    answer = solution_reader.read(examples()[ANSWER], problem)

    found = solve(problem, workers=1)

    assert check(problem, answer).ok
    assert (answer.status, answer.levels) == (found.status, found.levels)


@pytest.mark.parametrize("kind", [Shift, Volunteer, Limits, Interval])
def test_every_key_is_named(kind: type):
    names = {"history" if field.name == "history_turns" else field.name for field in fields(kind)}

    assert [name for name in sorted(names) if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE] == []


def test_every_rule_and_term_is_explained():
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*\|[^|]*)\|", PAGE, re.MULTILINE))))

    assert {*HARD_RULES, *TERMS} <= explained
