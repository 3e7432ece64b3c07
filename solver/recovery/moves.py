"""What a repair asks of people, turn by turn, against the roster that stood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from solver.problem import Assignment


@dataclass(frozen=True, slots=True)
class Moves:
    """Turns that differ from the roster that stood.

    lost      the turns that were cancelled
    dropped   other turns that are gone: given up for another place, or on a shift that cannot go on
    added     turns somebody has to be asked to take
    """

    lost: tuple[Assignment, ...]
    dropped: tuple[Assignment, ...]
    added: tuple[Assignment, ...]


def moves_between(standing: Sequence[Assignment], lost: Collection[Assignment], after: Sequence[Assignment]) -> Moves:
    before, now = set(standing), set(after)
    return Moves(
        lost=tuple(turn for turn in standing if turn in lost),
        dropped=tuple(turn for turn in standing if turn not in lost and turn not in now),
        added=tuple(turn for turn in after if turn not in before),
    )
