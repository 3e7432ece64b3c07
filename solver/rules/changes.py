"""Changes: turns of the previous roster that are gone and turns it did not have, because people have made plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.costs import Cost

if TYPE_CHECKING:
    from solver.variables import Model


def cost(model: Model) -> Cost:
    total = Cost()
    if model.problem.previous is None:
        return total
    before = {(turn.volunteer, turn.shift) for turn in model.problem.previous}
    total.constant = len(before)
    for person, shift, turn in model.turns():
        total.add(turn, -1 if (person.id, shift.id) in before else 1)
    return total
