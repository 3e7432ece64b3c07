"""Whom to train, if only their number is given: those who then fit most of the places that are short.

A choice, not a proof: what these very people bring is solved exactly afterwards, but others might bring more.
Chosen one after the other, each for the places the ones before leave open, as many as their turns allow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from solver.check import Standing, shortfalls_of
from solver.explain.changes import trained
from solver.problem import Assignment, Problem, Shift, Volunteer
from solver.solution import Shortfall
from solver.whatif.alterations import Alteration, Train, altered


def chosen(
    problem: Problem, assignments: Iterable[Assignment], alterations: Iterable[Alteration]
) -> tuple[Alteration, ...]:
    """The same alterations, with names in place of a count of people to train: fewer if not so many lack it."""
    standing = Standing(problem, assignments)
    found: list[Alteration] = []
    for one in alterations:
        if isinstance(one, Train) and one.count and not one.volunteers:
            one = Train(one.qualification, _to_train(standing, altered(problem, found), one))
        found.append(one)
    return tuple(found)


def _to_train(standing: Standing, problem: Problem, asked: Train) -> tuple[str, ...]:
    names = {one.id for one in standing.problem.volunteers}  # alterations before may have changed who there is
    lacking = [one for one in problem.volunteers if asked.qualification not in one.qualifications and one.id in names]
    short = [(problem.shift_by_id[gap.shift], gap) for gap in _short(standing) if gap.shift in problem.shift_by_id]
    open_places = Counter({shift.id: _places(gap, asked.qualification) for shift, gap in short})
    could = {
        one.id: _could_take(standing, trained(one, asked.qualification), [shift for shift, _ in short])
        for one in lacking
    }
    taken: list[str] = []
    while len(taken) < min(asked.count, len(lacking)):
        best = min(
            (one for one in lacking if one.id not in taken),
            key=lambda one: (-_worth(could[one.id], open_places), _load(standing, one), one.id),
        )
        taken.append(best.id)
        for shift in could[best.id][: _room(standing, best)]:
            open_places[shift] -= open_places[shift] > 0
    return tuple(taken)


def _short(standing: Standing) -> Sequence[Shortfall]:
    return shortfalls_of(standing.problem, standing.roster)


def _places(gap: Shortfall, qualification: str) -> int:
    return max(gap.missing, gap.needs.get(qualification, 0))


def _could_take(standing: Standing, person: Volunteer, shifts: Sequence[Shift]) -> list[str]:
    """The shifts they suit, those first that they could take as things are; the others for a turn they would give."""
    busy = bool(standing.roster.turns_of(person.id))
    kept = {one.id: bool(standing.turns_broken(person, one)) for one in shifts if standing.suits(person, one)}
    return sorted((shift for shift in kept if busy or not kept[shift]), key=kept.__getitem__)


def _worth(shifts: Sequence[str], open_places: Counter[str]) -> int:
    return sum(open_places[shift] > 0 for shift in shifts)


def _room(standing: Standing, person: Volunteer) -> int | None:
    """How many turns more their limit leaves; None without a limit."""
    most = person.limits.turns
    return None if most is None else max(1, most - len(standing.roster.turns_of(person.id)))


def _load(standing: Standing, person: Volunteer) -> int:
    return person.history_turns + len(standing.roster.turns_of(person.id))
