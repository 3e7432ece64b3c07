"""A linear cost over the model's variables, kept as numbers so that any roster can be valued without a solver."""

from __future__ import annotations

from collections.abc import Sequence


class Cost:
    """A constant plus coefficients of variables, these named by their index in the model."""

    __slots__ = ("coefficients", "constant", "indexes")

    def __init__(self) -> None:
        self.constant = 0
        self.indexes: list[int] = []
        self.coefficients: list[int] = []

    def add(self, index: int, coefficient: int) -> None:
        if coefficient:
            self.indexes.append(index)
            self.coefficients.append(coefficient)

    def add_cost(self, other: Cost, weight: int) -> None:
        """Add another cost, `weight` times."""
        if weight:
            self.constant += weight * other.constant
            self.indexes.extend(other.indexes)
            self.coefficients.extend(weight * coefficient for coefficient in other.coefficients)

    def value(self, values: Sequence[int]) -> int:
        """The cost of complete values of the model's variables."""
        pairs = zip(self.indexes, self.coefficients, strict=True)
        return self.constant + sum(coefficient * values[index] for index, coefficient in pairs)
