"""Rounding the relaxation of a long roster: it ends in a roster, and what cannot be rounded up stays open."""

from __future__ import annotations

import numpy as np
import pytest

from solver import dive as diving
from solver.check import Roster, broken_rules
from solver.components import components
from solver.dive import dive
from solver.linear import Answer, Flags, Numbers, Question
from solver.progress import Part
from solver.stint_model import StintModel
from tests.solver.test_long_rosters import two_weeks


class Asked:
    """A model whose every question is kept; `stubborn`: no rounded relaxation has a solution."""

    def __init__(self, *, stubborn: bool = False) -> None:
        [part] = (part for part in map(Part, components(two_weeks())) if part.turns)
        self.model, self.stubborn = StintModel(part), stubborn
        self.size = len(self.model.programme.most)
        self.free: list[Flags] = []
        self.relaxed = self.ask(np.ones(self.size, np.bool_), np.zeros(self.size), False).values

    def ask(self, free: Flags, values: Numbers, whole: bool) -> Answer:
        self.free.append(free)
        if self.stubborn and not whole and not free.all():
            return Answer(None, 0, closed=True, steps=0)
        return self.model.programme.solve(
            Question(self.model.costs[0], free, values, seconds=30, start=False, whole=whole)
        )


def obeys(asked: Asked, values: Numbers | None) -> bool:
    assert values is not None
    return not broken_rules(asked.model.problem, Roster(asked.model.problem, asked.model.assignments(values)))


def test_rounding_a_few_turns_at_a_time_ends_in_a_roster_that_obeys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diving, "FEW", 0)
    asked = Asked()
    assert asked.relaxed is not None

    values, relaxed = dive(asked.model, asked.relaxed, asked.ask)

    assert obeys(asked, values)
    turns = len(asked.model.turns)
    assert np.array_equal(relaxed[:turns], np.rint(relaxed[:turns]))
    settled = [int((~free).sum()) for free in asked.free]
    assert settled == sorted(settled)
    assert settled[-1] > 0


def test_what_leaves_no_solution_once_it_is_rounded_up_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diving, "FEW", 0)
    asked = Asked(stubborn=True)
    assert asked.relaxed is not None

    values, relaxed = dive(asked.model, asked.relaxed, asked.ask)

    assert obeys(asked, values)
    assert relaxed is asked.relaxed
    assert asked.free[-1].all()
