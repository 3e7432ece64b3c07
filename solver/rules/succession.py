"""Succession: after a shift of one type, none of another type on the next day, such as a morning after an evening."""

from __future__ import annotations

from solver.problem import Problem, Shift


def clash(problem: Problem, one: Shift, other: Shift) -> bool:
    """Whether one person cannot serve on both."""
    if abs(one.day - other.day) != 1:
        return False
    first, second = (one, other) if one.day < other.day else (other, one)
    return (first.type, second.type) in problem.rules.forbidden_successions
