"""A whole-number linear programme: what the rules write down, and what HiGHS and CP-SAT are asked.

Kept as plain numbers rather than as a model of either solver, because both get it: the one to learn which turns can
matter at all, the other to decide about those.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
ROUNDING = 1e-6  # of a row's sum in floating point
# An array that grows by another one copies it, by anything else takes it number by number.
ONE, ONE_LESS_ONE = array("q", [1]), array("q", [1, -1])
UNBOUNDED = 2**60  # beyond every activity of a row, and far enough from 64 bits


@dataclass(frozen=True, slots=True)
class Matrix:
    """`lower <= x <= upper`, `least <= A x <= most`; A by coefficients, in the order of rows and in them of columns.

    A row `single` says of one column what another row says of a sum: a relaxation does without, whole numbers do better
    with it.
    """

    lower: Ints
    upper: Ints
    rows: Ints
    columns: Ints
    coefficients: Ints
    least: Ints
    most: Ints
    single: Marks

    def with_row(self, costs: Ints, most: int) -> Matrix:
        """One more row: the costs come to at most so much."""
        columns = np.flatnonzero(costs)
        return replace(
            self,
            rows=np.concatenate([self.rows, np.full(len(columns), len(self.least))]),
            columns=np.concatenate([self.columns, columns]),
            coefficients=np.concatenate([self.coefficients, costs[columns]]),
            least=np.append(self.least, -UNBOUNDED),
            most=np.append(self.most, most),
            single=np.append(self.single, False),
        )

    def within(self, lower: Ints, upper: Ints) -> Matrix:
        """The same rows with fewer values for the columns."""
        return replace(self, lower=lower, upper=upper)

    def only(self, kept: Marks) -> Matrix:
        """The same columns with fewer rows."""
        entries = kept[self.rows]
        return replace(
            self,
            rows=(np.cumsum(kept) - 1)[self.rows[entries]],
            columns=self.columns[entries],
            coefficients=self.coefficients[entries],
            least=self.least[kept],
            most=self.most[kept],
            single=self.single[kept],
        )

    def raised(self, values: Floats) -> Floats:
        """The values with what the single rows ask of the column that others imply."""
        implied = values.copy()
        entries = self.single[self.rows]
        tails, heads = (entries & (self.coefficients == sign) for sign in (1, -1))
        np.maximum.at(implied, self.columns[heads], values[self.columns[tails]])
        return implied

    def broken(self, values: Floats | Ints) -> Marks:
        """The rows these values break by more than rounding."""
        sums = self.sums(values)
        return (sums < self.least - ROUNDING) | (sums > self.most + ROUNDING)

    def roomy(self, values: Floats | Ints) -> Marks:
        """The rows these values leave room in on either side."""
        sums = self.sums(values)
        return (sums > self.least + ROUNDING) & (sums < self.most - ROUNDING)

    def sums(self, values: Floats | Ints) -> Floats:
        """What each row comes to."""
        amounts = self.coefficients * values[self.columns]
        return np.bincount(self.rows, amounts, minlength=len(self.least)).astype(np.float64)

    def impossible(self) -> bool:
        """Whether some row is broken whatever the columns."""
        lowest, highest = self._activities()
        return bool(((lowest > self.most) | (highest < self.least)).any())

    def holds(self, columns: Ints) -> bool:
        """Whether these values obey every row and stay within their limits."""
        sums = self._by_row(self.coefficients * columns[self.columns])
        within = (self.lower <= columns) & (columns <= self.upper)
        return bool(within.all() and (self.least <= sums).all() and (sums <= self.most).all())

    def reduced(self, always: Marks | None = None) -> tuple[Matrix, Ints, Ints]:
        """Only the columns that are not fixed and only the rows they could break, beside those kept `always`; with the
        numbers of both."""
        free = np.flatnonzero(self.lower < self.upper)
        number = np.full(len(self.lower), -1)
        number[free] = np.arange(len(free))
        settled = self._by_row(self.coefficients * np.where(self.lower < self.upper, 0, self.lower)[self.columns])
        lowest, highest = self._activities()
        kept = (highest > self.most) | (lowest < self.least)
        if always is not None:
            kept |= always
        entries = (number[self.columns] >= 0) & kept[self.rows]
        row = np.cumsum(kept) - 1
        smaller = Matrix(
            self.lower[free],
            self.upper[free],
            row[self.rows[entries]],
            number[self.columns[entries]],
            self.coefficients[entries],
            np.where(self.least > -UNBOUNDED, self.least - settled, self.least)[kept],
            np.where(self.most < UNBOUNDED, self.most - settled, self.most)[kept],
            self.single[kept],
        )
        return smaller, free, np.flatnonzero(kept)

    def _activities(self) -> tuple[Ints, Ints]:
        """The least and the most each row can come to."""
        ends = self.coefficients * self.lower[self.columns], self.coefficients * self.upper[self.columns]
        return self._by_row(np.minimum(*ends)), self._by_row(np.maximum(*ends))

    def _by_row(self, amounts: Ints) -> Ints:
        """By row, the sum of one amount per coefficient."""
        return np.bincount(self.rows, amounts, minlength=len(self.least)).astype(np.int64)


class Program:
    """A programme while it is written down, column by column and row by row."""

    def __init__(self) -> None:
        # Arrays: numpy takes these as they are, and a list of a million numbers one by one.
        self.upper = array("q")
        self._starts = array("q")
        self._columns = array("q")
        self._coefficients = array("q")
        self._least = array("q")
        self._most = array("q")
        self._single = array("b")

    def column(self, upper: int = 1) -> int:
        """A new unknown from 0 to `upper`, by its number."""
        self.upper.append(upper)
        return len(self.upper) - 1

    def columns(self, number: int) -> range:
        """So many new unknowns that are 0 or 1."""
        self.upper.extend(ONE * number)
        return range(len(self.upper) - number, len(self.upper))

    def row(
        self,
        columns: Sequence[int],
        coefficients: Sequence[int] | None = None,
        *,
        least: int = -UNBOUNDED,
        most: int = UNBOUNDED,
    ) -> None:
        """`least <= sum of coefficients times columns <= most`; coefficients 1 unless given."""
        if least > most:  # rules may contradict each other; a row that does by itself is no row to a solver
            self.row(columns, coefficients, least=least)
            least = -UNBOUNDED
        self._starts.append(len(self._columns))
        self._columns.extend(array("q", columns))
        self._coefficients.extend(ONE * len(columns) if coefficients is None else array("q", coefficients))
        self._least.append(least)
        self._most.append(most)
        self._single.append(False)

    def imply(self, columns: Sequence[int], other: int) -> None:
        """None of the columns is more than the other: a row `single` for each."""
        many = len(columns)
        entries = [other] * (2 * many)
        entries[::2] = columns
        self._starts.extend(array("q", range(len(self._columns), len(self._columns) + 2 * many, 2)))
        self._columns.extend(array("q", entries))
        self._coefficients.extend(ONE_LESS_ONE * many)
        self._least.extend(array("q", [-UNBOUNDED]) * many)
        self._most.extend(array("q", [0]) * many)
        self._single.extend(array("b", [True]) * many)

    def rows(self) -> Iterator[tuple[list[int], list[int], int, int]]:
        """Columns, coefficients, least and most of each row."""
        ends = pairwise([*self._starts, len(self._columns)])
        for (start, end), least, most in zip(ends, self._least, self._most, strict=True):
            yield self._columns[start:end].tolist(), self._coefficients[start:end].tolist(), least, most

    def matrix(self) -> Matrix:
        lengths = np.diff(_whole(self._starts), append=len(self._columns))
        rows, columns = np.repeat(np.arange(len(self._starts)), lengths), _whole(self._columns)
        order = np.argsort(rows * len(self.upper) + columns, kind="stable")  # quick where most are in order
        return Matrix(
            lower=np.zeros(len(self.upper), dtype=np.int64),
            upper=_whole(self.upper),
            rows=rows,
            columns=columns[order],
            coefficients=_whole(self._coefficients)[order],
            least=_whole(self._least),
            most=_whole(self._most),
            single=np.array(self._single, dtype=bool),
        )


def _whole(numbers: array[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)
