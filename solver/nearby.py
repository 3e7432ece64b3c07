"""Around the fractions: small programmes that make a relaxation whole, and prove how good that is.

What a relaxation of a province leaves in fractions is a hundred turns of fifty thousand. Around them, row by row,
lies a neighbourhood. With everything outside fixed as the relaxation has it, its cheapest whole solution is a roster.
With the rows outside only paid for, at the relaxation's prices (Lagrangian duality), the cheapest is a bound: the
neighbourhood may use what is outside as if it were for sale. The two meet as the neighbourhood grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from solver.effort import Effort
from solver.highs import TOLERANCE, UNITS, Relaxed, cheapest, least_cost, worth
from solver.program import Ints, Marks, Matrix

FRACTION = 1e-6


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Rows and columns of a programme around the fractions of its relaxation; only columns of the region are free."""

    matrix: Matrix
    near: Relaxed
    region: Matrix
    rows: Marks
    columns: Marks

    def __len__(self) -> int:
        return int(self.columns.sum())

    def wider(self) -> Neighbourhood:
        """One step farther: all rows of the columns, and all free columns of these rows."""
        matrix = self.matrix
        rows = _touched(matrix.rows[self.columns[matrix.columns]], len(matrix.least))
        free = self.region.lower < self.region.upper
        columns = self.columns | (free & _touched(matrix.columns[rows[matrix.rows]], len(free)))
        return Neighbourhood(matrix, self.near, self.region, rows, columns)

    def cheapest(self, costs: Ints, effort: Effort) -> Ints | None:
        """The cheapest whole solution that is the relaxation's outside; None if there is none."""
        outside = np.rint(self.near.values).astype(np.int64)
        lower = np.where(self.columns, self.region.lower, outside)
        upper = np.where(self.columns, self.region.upper, outside)
        return cheapest(self.matrix.within(lower, upper), costs, effort)[0]

    def floor(self, effort: Effort) -> int:
        """No whole solution of the region costs less."""
        matrix, near = self.matrix, self.near
        kept = self.rows[matrix.rows]
        inside = _touched(matrix.columns[kept], len(self.columns))
        # Without the prices of the rows that are kept: these hold, so nothing is paid for them.
        prices = near.penalties.copy()
        own = matrix.coefficients[kept] * near.prices[matrix.rows[kept]] / UNITS
        np.add.at(prices, matrix.columns[kept], own)
        held = np.where(near.penalties < 0, matrix.upper, matrix.lower)
        numbers = np.cumsum(self.rows) - 1
        small = Matrix(
            np.where(inside, self.region.lower, held),
            np.where(inside, self.region.upper, held),
            numbers[matrix.rows[kept]],
            matrix.columns[kept],
            matrix.coefficients[kept],
            matrix.least[self.rows],
            matrix.most[self.rows],
        )
        # What the relaxation's bound has of these rows and columns is in the small programme's cost instead.
        paid = worth(matrix, near.prices)[self.rows].sum() / UNITS + float((near.penalties * held)[inside].sum())
        more = least_cost(small, np.where(inside, prices, 0.0), effort)
        return near.floor() if more is None else max(near.floor(), ceil(near.bound + more - paid - TOLERANCE))


def around(matrix: Matrix, near: Relaxed, slack: float) -> Neighbourhood:
    """The fractions themselves, in the region of solutions that cost at most so much more than the bound."""
    fractions = np.abs(near.values - np.rint(near.values)) > FRACTION
    return Neighbourhood(matrix, near, near.region(matrix, slack), np.zeros(len(matrix.least), dtype=bool), fractions)


def _touched(numbers: Ints, size: int) -> Marks:
    marks = np.zeros(size, dtype=bool)
    marks[numbers] = True
    return marks
