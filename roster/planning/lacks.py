"""Lacks: what is missing, counted the same way in a week, its remedies, its repairs and its what-ifs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from solver.solution import Shortfall


@dataclass(frozen=True, slots=True, order=True)
class Lack:
    """Places short of a minimum, and people that needs lack. Not added up: one person may fill a place and a need."""

    places: int = 0
    skills: int = 0

    def __bool__(self) -> bool:
        return bool(self.places or self.skills)

    def __add__(self, other: Self) -> "Lack":
        return Lack(self.places + other.places, self.skills + other.skills)

    def __sub__(self, other: Self) -> "Lack":
        return Lack(self.places - other.places, self.skills - other.skills)


def lack_of(shortfalls: Iterable[Shortfall]) -> Lack:
    """What the solver reports of some shifts, together."""
    return sum((Lack(gap.missing, sum(gap.needs.values())) for gap in shortfalls), Lack())
