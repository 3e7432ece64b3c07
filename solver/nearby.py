"""Around the fractions: small programmes that make a relaxation whole, and prove how good that is.

What a relaxation of a province leaves in fractions is a hundred turns of fifty thousand. With everything else fixed
as the relaxation has it, the cheapest whole solution around them is a roster (`Neighbourhood`). With a few rows kept
and all others only paid for, at the relaxation's prices (Lagrangian duality), the cheapest is a bound: as if what lies
outside were for sale (`Market`). What that solution breaks outside is kept next, so the few rows that matter are found
one after the other; they fall into pieces, each solved by itself and once. Bound and roster meet soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import floor, ulp

import numpy as np

from solver.effort import Effort
from solver.highs import LAST_PLACES, TOLERANCE, UNITS, Relaxed, cheapest, exactly, least_cost, limits
from solver.program import UNBOUNDED, Floats, Ints, Marks, Matrix

FRACTION = 1e-6
CENT = 0.01  # a price below it is none
STAYING = 1e-3  # what moving a column away from the relaxation costs, so that only what has to moves
WIDEST = 3  # steps around the fractions
BREAKING = 1e-2  # and for each row outside that it would break


@dataclass(frozen=True, slots=True)
class Narrow:
    """What is left of a programme, its relaxation and costs for solutions near the bound: some columns in a hundred."""

    matrix: Matrix
    near: Relaxed
    costs: Ints
    free: Ints  # the columns left, by their numbers in the whole
    rows: Ints  # and the rows
    settled: Ints  # the value of each column of the whole that is not left; 0 of the others
    spent: int  # what these cost

    def widened(self, columns: Ints) -> Ints:
        """Values of the columns left as values of all."""
        values = self.settled.copy()
        values[self.free] = columns
        return values


def narrow(matrix: Matrix, near: Relaxed, costs: Ints, slack: float, known: Ints | None = None) -> Narrow:
    """For solutions that cost at most so much more than the bound, and for one that is known."""
    region = near.region(matrix, slack)
    if known is not None:
        region = region.within(np.minimum(region.lower, known), np.maximum(region.upper, known))
    # A row that is paid for matters even if it can no longer be broken.
    small, free, rows = region.reduced(near.prices != 0)
    settled = np.where(region.lower < region.upper, 0, region.lower)
    its_own = Relaxed(
        near.values[free], near.prices[rows], near.total, near.penalties[free], near.inside[free], near.more
    )
    return Narrow(small, its_own, costs[free], free, rows, settled, int(costs @ settled))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Columns of a programme around the fractions of its relaxation; only those of the region are free."""

    matrix: Matrix
    near: Relaxed
    region: Matrix
    columns: Marks

    def __len__(self) -> int:
        return int((self.columns & (self.region.lower < self.region.upper)).sum())

    def wider(self) -> Neighbourhood:
        """One step farther: all free columns that share a row with these."""
        matrix, free = self.matrix, self.region.lower < self.region.upper
        columns = self.columns | (free & about(matrix, self.rows()))
        return Neighbourhood(matrix, self.near, self.region, columns)

    def growing(self, most: int) -> Iterator[Neighbourhood]:
        """Step by step, as long as there is more around it, but not too much."""
        inside, hood = len(self), self.wider()
        while inside < len(hood) <= most:
            yield hood
            inside, hood = len(hood), hood.wider()

    def rows(self) -> Marks:
        """All rows of the columns."""
        return _touched(self.matrix.rows[self.columns[self.matrix.columns]], len(self.matrix.least))

    def cheapest(self, costs: Ints, effort: Effort, target: int, most: float) -> Ints | None:
        """The cheapest whole solution that is the relaxation's outside, or one of the target; None if there is none, or
        none that costs so much at most."""
        outside = np.rint(self.near.values).astype(np.int64)
        lower = np.where(self.columns, self.region.lower, outside)
        upper = np.where(self.columns, self.region.upper, outside)
        return cheapest(self.matrix.within(lower, upper), costs, effort, target=target, most=most)[0]


def around(matrix: Matrix, near: Relaxed, slack: float) -> Neighbourhood:
    """The fractions themselves, in the region of solutions that cost at most so much more than the bound."""
    return Neighbourhood(matrix, near, near.region(matrix, slack), _unsettled(matrix, near))


def where_dear(left: Narrow, known: Ints) -> Neighbourhood:
    """Around what makes a known solution dearer than the bound, mostly a column or two; outside all is as it is there.

    By complementary slackness: a column away from where it is cheap costs its penalty, and room in a row its price.
    """
    matrix, near, values = left.matrix, left.near, known[left.free]
    cheap = np.where(near.penalties < 0, matrix.upper, matrix.lower)
    dear = near.penalties * (values - cheap) > CENT
    unused = near.prices * (matrix.sums(values) - limits(matrix, near.prices)) / UNITS > CENT
    dear[matrix.columns[unused[matrix.rows]]] = True
    return Neighbourhood(matrix, replace(near, values=values.astype(np.float64)), matrix, dear)


def _unsettled(matrix: Matrix, near: Relaxed) -> Marks:
    """Fractions, and what takes part in breaking a row."""
    marks = _fractions(near)
    wrong = matrix.broken(near.values)[matrix.rows] & (near.values > 0)[matrix.columns]
    marks[matrix.columns[wrong]] = True
    return marks


def _fractions(near: Relaxed) -> Marks:
    return np.abs(near.values - np.rint(near.values)) > FRACTION


class Market:
    """Some rows of a programme kept, all others paid for at the relaxation's prices.

    `slack`: what is looked for costs at most so much more than the bound; no more than the programme was narrowed to.
    """

    def __init__(self, matrix: Matrix, near: Relaxed, slack: float) -> None:
        self.matrix, self.near, self.region = matrix, near, near.region(matrix, slack)
        self.floor = near.floor()
        # No solution outside the region costs less.
        self.ceiling, self._slack = near.floor(slack), slack + near.more / UNITS
        self._held = np.where(near.penalties < 0, matrix.upper, matrix.lower)
        start = np.rint(near.values).astype(np.int64)
        self._start = np.where(near.penalties == 0, start, self._held)
        self._limits = limits(matrix, near.prices)
        self._solved: dict[bytes, Ints | None] = {}
        tight = (near.prices != 0) | ~matrix.roomy(near.values)
        touched = _touched(matrix.rows[_fractions(near)[matrix.columns]], len(tight))
        self.kept = (touched & tight) | matrix.broken(near.values)
        sums = matrix.sums(self._start)
        self._full, self._scarce = sums >= matrix.most, sums <= matrix.least
        self.proposal = self._start
        self.proving = np.zeros(len(tight), dtype=bool)  # the rows that prove more than the relaxation

    def __len__(self) -> int:
        """How many columns the rows kept are about."""
        return int(about(self.matrix, self.kept).sum())

    def trade(self, effort: Effort) -> bool:
        """The cheapest solution of the rows kept, and a bound by it; False if it breaks and owes nothing outside."""
        pieces = list(self._pieces())
        self.proposal, more = self._start.copy(), 0.0
        for piece in pieces:
            found = self._cheapest(piece, effort)
            if found is not None:
                self.proposal[piece.columns] = found
                more += piece.beyond(float(piece.costs @ found))
        if self._floor(more) > self.floor:
            self._prove(pieces, effort)
        missing = self._missing()
        self.kept = self.kept | missing | self._beside(missing)
        return bool(missing.any())

    def prove(self, kept: Marks, effort: Effort) -> None:
        """A bound by these rows instead of those that trades have found to matter."""
        before, self.kept = self.kept, kept
        self._prove(list(self._pieces()), effort)
        self.kept = before

    def prove_widely(self, effort: Effort, most: int) -> None:
        """Bounds by all rows around the fractions, wider as long as these are about so many columns at most."""
        hood = Neighbourhood(self.matrix, self.near, self.region, _unsettled(self.matrix, self.near))
        for _ in range(WIDEST):
            rows, hood = hood.rows(), hood.wider()
            if self.proved() or len(hood) > most:
                break
            self.prove(rows, effort)

    def proved(self) -> bool:
        """Whether no solution at all costs less than those outside the region may."""
        return self.floor >= self.ceiling

    def hood(self, slack: float) -> Neighbourhood:
        """What the rows kept are about, and what shares a row with a column that moved."""
        moved = _unsettled(self.matrix, self.near) | (self.proposal != self._start)
        region = self.near.region(self.matrix, slack)
        near = Neighbourhood(self.matrix, self.near, region, moved).wider()
        inside = about(self.matrix, self.kept)
        return Neighbourhood(self.matrix, self.near, region, near.columns | inside)

    def _cheapest(self, piece: _Piece, effort: Effort) -> Ints | None:
        name = piece.rows.tobytes()
        if name not in self._solved:
            staying = self._staying(piece.columns)
            self._solved[name] = cheapest(piece.matrix, piece.costs + staying, effort, gap=STAYING)[0]
        return self._solved[name]

    def _staying(self, columns: Ints) -> Floats:
        """What it costs to move these columns, if by itself each would break rows outside."""
        matrix = self.matrix
        up = self._start <= matrix.lower
        entries = ~self.kept[matrix.rows]
        rows, column = matrix.rows[entries], matrix.columns[entries]
        rising = (matrix.coefficients[entries] > 0) == up[column]
        breaks = np.where(rising, self._full[rows], self._scarce[rows])
        many: Floats = np.bincount(column, breaks, minlength=len(up)).astype(np.float64)
        prices: Floats = STAYING + BREAKING * many[columns]
        return np.where(up[columns], prices, -prices)

    def _prove(self, pieces: list[_Piece], effort: Effort) -> None:
        """The bound by these pieces, without what staying is worth."""
        more, rows = 0.0, np.zeros(len(self.kept), dtype=bool)
        for piece in pieces:
            least = least_cost(piece.matrix, piece.costs, effort)
            gained = 0.0 if least is None else max(0.0, piece.beyond(least))
            more += gained
            rows[piece.rows] = gained > 0
        self.floor = max(self.floor, min(self.ceiling, self._floor(more)))
        # Whatever costs more than that is outside the region.
        units = int(min(max(0.0, more - TOLERANCE), self._slack) * UNITS)
        if units > self.near.more:
            self.proving = self.proving | rows
            self.near = self.near.proved(units, about(self.matrix, self.proving))

    def _floor(self, more: float) -> int:
        """The least whole cost of solutions that cost so much more than the relaxation's bound, itself exact."""
        return self.near.floor_alone(max(0.0, more - TOLERANCE))

    def _missing(self) -> Marks:
        """The rows outside that the proposal breaks, or pays for without using them up."""
        priced = np.abs(self.near.prices) > CENT * UNITS
        left: Marks = priced & self.matrix.roomy(self.proposal)
        wanting: Marks = ~self.kept & (self.matrix.broken(self.proposal) | left)
        return wanting

    def _beside(self, rows: Marks) -> Marks:
        """The rows without room of what is taken in some rows: where else it could go, who could take its place."""
        matrix = self.matrix
        taken = rows[matrix.rows] & (self._start > 0)[matrix.columns]
        columns = _touched(matrix.columns[taken], len(self._start))
        return _touched(matrix.rows[columns[matrix.columns]], len(rows)) & (self._full | self._scarce)

    def _pieces(self) -> Iterator[_Piece]:
        """The rows kept, and their columns, in parts that share nothing."""
        matrix, near = self.matrix, self.near
        entries = self.kept[matrix.rows]
        rows, row = np.unique(matrix.rows[entries], return_inverse=True)
        columns, column = np.unique(matrix.columns[entries], return_inverse=True)
        coefficients = matrix.coefficients[entries]
        # Without the prices of the rows that are kept: these hold, so nothing is paid for them.
        own = coefficients * near.prices[rows[row]] / UNITS
        costs = near.penalties[columns] + np.bincount(column, own, minlength=len(columns))
        part_of_row, part_of_column = _parts(row, column, len(rows), len(columns))
        for part in np.unique(part_of_row).tolist():
            in_rows, in_columns = part_of_row == part, part_of_column == part
            inside = in_rows[row]
            here, there = rows[in_rows], columns[in_columns]
            small = Matrix(
                self.region.lower[there],
                self.region.upper[there],
                (np.cumsum(in_rows) - 1)[row[inside]],
                (np.cumsum(in_columns) - 1)[column[inside]],
                coefficients[inside],
                matrix.least[here],
                matrix.most[here],
                matrix.single[here],
            )
            # What the relaxation's bound has of these rows and columns is in the piece's own cost instead.
            paid = exactly(near.prices[here], self._limits[here])
            paid += exactly(np.rint(near.penalties[there] * UNITS).astype(np.int64), self._held[there])
            yield _Piece(here, small, there, costs[in_columns], paid)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A small programme, its rows and columns, their costs, and what of these the bound has, in units."""

    rows: Ints
    matrix: Matrix
    columns: Ints
    costs: Floats
    paid: int

    def beyond(self, cost: float) -> float:
        """How much more than what is in the bound a cost is at least: a small difference of large numbers."""
        if abs(cost) >= UNBOUNDED:
            return 0.0
        return (floor(cost * UNITS) - self.paid) / UNITS - LAST_PLACES * ulp(cost)


def about(matrix: Matrix, rows: Marks) -> Marks:
    """The columns that these rows are about."""
    return _touched(matrix.columns[rows[matrix.rows]], len(matrix.lower))


def _parts(row: Ints, column: Ints, rows: int, columns: int) -> tuple[Ints, Ints]:
    """The connected part of each row and column, by the least number of a row in it."""
    of_row, of_column = np.arange(rows), np.full(columns, rows)
    while True:
        before = of_row.copy()
        np.minimum.at(of_column, column, of_row[row])
        np.minimum.at(of_row, row, of_column[column])
        if (of_row == before).all():
            return of_row, of_column


def _touched(numbers: Ints, size: int) -> Marks:
    marks = np.zeros(size, dtype=bool)
    marks[numbers] = True
    return marks
