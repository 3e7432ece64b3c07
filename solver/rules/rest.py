"""Rest: the hours a volunteer wants between the last turn of one day and the first of a later day."""

from __future__ import annotations

from solver.problem import Shift


def clash(minutes: int, one: Shift, other: Shift) -> bool:
    """Whether less than the minutes lie between two shifts of different days.

    The last end and the first start of two days are too close exactly if some end and some start are.
    """
    if one.day == other.day:
        return False
    first, second = (one, other) if one.day < other.day else (other, one)
    return second.start - first.end < minutes
