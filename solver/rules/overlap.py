"""Overlap: nobody is in two places at once, nor at the second before they can have come from the first."""

from __future__ import annotations

from solver.problem import Problem, Shift


def clash(problem: Problem, one: Shift, other: Shift) -> bool:
    """Whether one person cannot serve on both."""
    first, second = (one, other) if (one.start, one.end) <= (other.start, other.end) else (other, one)
    return second.start < first.end + problem.travel_between(first, second)
