"""Equipment: at every moment the shifts that have somebody use no more laptops than there are.

What is in use changes only when a shift starts, so those moments are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from solver.problem import Problem, Shift

if TYPE_CHECKING:
    from solver.variables import Model


def bottlenecks(problem: Problem) -> Iterator[tuple[str, int, list[Shift]]]:
    """Kind, count and the shifts at one moment that would use more than the count, if all had somebody."""
    for kind in problem.equipment:
        users = [shift for shift in problem.shifts if shift.equipment.get(kind.id)]
        for moment in sorted({shift.start for shift in users}):
            running = [shift for shift in users if shift.start <= moment < shift.end]
            if sum(shift.equipment[kind.id] for shift in running) > kind.count:
                yield kind.id, kind.count, running


def constrain(model: Model) -> None:
    for kind, count, shifts in bottlenecks(model.problem):
        held = [shift for shift in shifts if model.kept.holds("equipment", shift=shift.id)]
        model.between([model.used(shift) for shift in held], [shift.equipment[kind] for shift in held], 0, count)
