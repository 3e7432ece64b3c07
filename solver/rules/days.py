"""Days: how many days in a row a volunteer works and rests, and how many weekends they give.

A run that touches either end of the period counts as long enough, since we do not know what lies beyond it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import Volunteer

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for person in model.problem.volunteers:
        if model.kept.holds("days", person.id):
            _work_runs(model, person)
            _short_runs(model, person)
            _weekends(model, person)


def _work_runs(model: Model, person: Volunteer) -> None:
    most = person.limits.consecutive_days_max
    if most is None or most >= model.problem.days:
        return
    for first in range(model.problem.days - most):
        window = [model.worked(person, day) for day in range(first, first + most + 1)]
        busy = [day for day in window if day is not None]
        if len(busy) > most:
            model.at_most(busy, most)


def _short_runs(model: Model, person: Volunteer) -> None:
    """No run of `length` like days between two unlike ones: 0 1 1 0 while three days are wanted."""
    limits, days = person.limits, model.problem.days
    for least, working in ((limits.consecutive_days_min, True), (limits.consecutive_days_off_min, False)):
        for length in range(1, min(least or 1, days - 1)):
            for before in range(days - length - 1):
                model.not_all(
                    [(model.worked(person, day), working) for day in range(before + 1, before + 1 + length)]
                    + [(model.worked(person, day), not working) for day in (before, before + 1 + length)]
                )


def _weekends(model: Model, person: Volunteer) -> None:
    most = person.limits.weekends
    if most is None:
        return
    weekends: dict[int, list[int]] = {}
    for day in range(model.problem.days):
        weekend = model.problem.weekend_of(day)
        if weekend is not None:
            weekends.setdefault(weekend, []).append(day)
    busy = [model.worked_on_any(person, days) for days in weekends.values()]
    given = [weekend for weekend in busy if weekend is not None]
    if len(given) > most:
        model.at_most(given, most)
