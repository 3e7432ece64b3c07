"""A roster from the linear relaxation: what it leaves whole is kept, the largest few fractions are rounded up, and the
rest is relaxed anew, until so little is open that branching settles it.

A month's relaxation is half whole and within a percent of the best roster, and rounding a few turns at a time hardly
makes it dearer. So this ends far closer to the best than whoever begins with nobody placed, and on the way leaves a
relaxation that is almost a roster: where the two differ is where to look further.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solver.linear import Answer, Flags, Numbers
from solver.stint_model import StintModel

FEW = 400  # turns in fractions that branching can settle
SHARE = 0.03  # of the fractions are rounded in one step
FEWER, FEWEST = 1 / 3, 0.002  # if that leaves no solution
WHOLE = 1 - 1e-6

Ask = Callable[[Flags, Numbers, bool], Answer]  # the cheapest whole (or relaxed) values of some columns


def dive(model: StintModel, relaxed: Numbers, ask: Ask) -> tuple[Numbers | None, Numbers]:
    """The values of a roster, if this leads to one, and the last relaxation before it."""
    free, values = np.ones(len(relaxed), np.bool_), np.zeros(len(relaxed))
    share = SHARE
    while (open_ := _fractions(model, free, relaxed)).size > FEW and share > FEWEST:
        fewer, kept = _rounded(model, free, values, relaxed, open_[: max(1, round(share * open_.size))])
        answer = ask(fewer, kept, False)
        if answer.values is None:
            share *= FEWER
        else:
            free, values, relaxed = fewer, kept, answer.values
    return ask(free, values, True).values, relaxed


def _fractions(model: StintModel, free: Flags, relaxed: Numbers) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The open turns that are neither taken nor left, the most taken first."""
    turns = relaxed[: len(model.turns)]
    between = np.flatnonzero(free[: len(turns)] & (turns > 1 - WHOLE) & (turns < WHOLE))
    return between[np.argsort(-turns[between], kind="stable")]


def _rounded(
    model: StintModel, free: Flags, values: Numbers, relaxed: Numbers, up: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[Flags, Numbers]:
    """These turns and all whole ones taken, and nothing else on their days."""
    turns = np.arange(len(model.turns))
    taken = np.zeros(len(turns), np.bool_)
    taken[up] = True
    taken |= free[turns] & (relaxed[turns] >= WHOLE)
    settled = np.zeros((len(model.people), model.problem.days), np.bool_)
    settled[model.person_of[turns[taken]], model.day_of[turns[taken]]] = True
    free, values = free.copy(), values.copy()
    values[turns[taken]] = 1
    free[turns] &= ~settled[model.person_of[turns], model.day_of[turns]]
    return free, values
