"""Pairs: two people always together, or never on the same shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import Pair

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for pair in model.problem.pairs:
        one, other = pair.volunteers
        if model.kept.holds("pairs", one) or model.kept.holds("pairs", other):
            _together(model, pair) if pair.rule == "together" else _apart(model, pair)


def _together(model: Model, pair: Pair) -> None:
    people = [model.problem.volunteer_by_id[name] for name in pair.volunteers]
    for shift in model.problem.shifts:
        model.same([model.turn_if_possible(person, shift) for person in people])


def _apart(model: Model, pair: Pair) -> None:
    people = [model.problem.volunteer_by_id[name] for name in pair.volunteers]
    for shift in model.problem.shifts:
        turns = [model.turn_if_possible(person, shift) for person in people]
        if all(turn is not None for turn in turns):
            model.at_most([turn for turn in turns if turn is not None], 1)
