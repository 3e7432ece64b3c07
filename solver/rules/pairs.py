"""Pairs: two people always together, or never on the same shift."""

from __future__ import annotations

from collections.abc import Iterator
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
    for turns in _turns(model, pair):
        model.same(turns)


def _apart(model: Model, pair: Pair) -> None:
    for turns in _turns(model, pair):
        model.at_most([turn for turn in turns if turn is not None], 1)


def _turns(model: Model, pair: Pair) -> Iterator[list[int | None]]:
    """Their turns on every shift one of them could serve on."""
    people = [model.problem.volunteer_by_id[name] for name in pair.volunteers]
    for shift in dict.fromkeys(shift.id for person in people for shift in model.shifts_of(person)):
        yield [model.turn_if_possible(name, shift) for name in pair.volunteers]
