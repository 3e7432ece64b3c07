"""Pairs: two people always together, or never on the same shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from solver.cliques import cliques_of

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    held = [pair for pair in model.problem.pairs if any(model.kept.holds("pairs", name) for name in pair.volunteers)]
    for pair in held:
        if pair.rule == "together":
            for turns in _turns(model, pair.volunteers):
                model.same(turns)
    # Of people who are all kept apart, "one of these three" says far more than three times "one of these two".
    for people in cliques_of([pair.volunteers for pair in held if pair.rule == "apart"]):
        for turns in _turns(model, people):
            model.at_most([turn for turn in turns if turn is not None], 1)


def _turns(model: Model, names: Sequence[str]) -> Iterator[list[int | None]]:
    """Their turns on every shift one of them could serve on."""
    people = [model.problem.volunteer_by_id[name] for name in names]
    for shift in dict.fromkeys(shift.id for person in people for shift in model.shifts_of(person)):
        yield [model.turn_if_possible(name, shift) for name in names]
