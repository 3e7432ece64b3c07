"""A linear cost over the model's variables, kept as numbers so that any roster can be valued without a solver."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence


class Cost:
    """A constant plus coefficients of variables, these named by their index in the model."""

    __slots__ = ("coefficients", "constant", "indexes")

    def __init__(self) -> None:
        self.constant = 0
        # Arrays: numpy takes these as they are, and a list of a province's turns number by number.
        self.indexes = array("q")
        self.coefficients = array("q")

    def add(self, index: int, coefficient: int) -> None:
        if coefficient:
            self.indexes.append(index)
            self.coefficients.append(coefficient)

    def add_each(self, indexes: Iterable[int], coefficients: Iterable[int]) -> None:
        """Add to each of some variables the coefficient beside it."""
        self.indexes.extend(array("q", indexes))
        self.coefficients.extend(array("q", coefficients))

    def add_cost(self, other: Cost, weight: int) -> None:
        """Add another cost, `weight` times."""
        if weight:
            self.constant += weight * other.constant
            self.indexes.extend(other.indexes)
            own = other.coefficients
            self.coefficients.extend(own if weight == 1 else array("q", [weight * coefficient for coefficient in own]))

    def value(self, values: Sequence[int]) -> int:
        """The cost of complete values of the model's variables."""
        pairs = zip(self.indexes, self.coefficients, strict=True)
        return self.constant + sum(coefficient * values[index] for index, coefficient in pairs)
