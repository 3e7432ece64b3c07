"""Overlap: nobody is in two places at once, nor at the second before they can have come from the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import Problem, Shift

if TYPE_CHECKING:
    from solver.variables import Model


def clash(problem: Problem, one: Shift, other: Shift) -> bool:
    """Whether one person cannot serve on both."""
    first, second = (one, other) if (one.start, one.end) <= (other.start, other.end) else (other, one)
    return second.start < first.end + problem.travel_between(first, second)


def constrain(model: Model) -> None:
    for person in model.problem.volunteers:
        if model.kept.holds("overlap", person.id):
            model.at_most_one(person, lambda one, other: clash(model.problem, one, other))
