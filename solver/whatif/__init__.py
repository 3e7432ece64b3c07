"""What if: the same problem with changed limits, people or demand, compared level by level.

    two more trained people cover 6 of the 9 short places:
    what_if(problem, solution, [Train("trained", count=2)])  →  Comparison(covered=6, missing_before=9, …)

Importing this loads no OR-Tools; `what_if` does, because it solves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from solver.problem import Problem
from solver.solution import Solution
from solver.whatif.alterations import (
    Alteration,
    Demand,
    Lend,
    LengthenShift,
    MorePeople,
    MoveShift,
    RaiseLimit,
    Train,
    WithoutPeople,
    WithoutShifts,
    altered,
)
from solver.whatif.choosing import chosen
from solver.whatif.comparing import Comparison, Place, Step, compared, to_json

if TYPE_CHECKING:
    from solver.progress import Progress

__all__ = [
    "Alteration",
    "Comparison",
    "Demand",
    "Lend",
    "LengthenShift",
    "MorePeople",
    "MoveShift",
    "Place",
    "RaiseLimit",
    "Step",
    "Train",
    "WithoutPeople",
    "WithoutShifts",
    "altered",
    "chosen",
    "compared",
    "to_json",
    "what_if",
]


def what_if(
    problem: Problem,
    before: Solution,
    alterations: Iterable[Alteration],
    *,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Comparison:
    """Solve the altered problem and compare it with `before`, a solution of the problem that has a roster.

    The comparison says of every level whether it is certain. If `before` is a draft nobody has proved, part of what
    is gained may be due to planning anew: then solve first, and compare with that. Raises KeyError for an alteration
    of somebody the problem does not have.
    """
    from solver.engine import solve

    named = chosen(problem, before.assignments, alterations)
    after = solve(
        altered(problem, named),
        seconds=seconds,
        workers=workers,
        seed=seed,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return compared(named, before, after)
