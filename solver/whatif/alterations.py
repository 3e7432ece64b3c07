"""What may be different: one alteration of a problem each, as plain data that can be kept, named and applied again.

An alteration says what changes, never what comes of it: that is for the solver (`solver.whatif.what_if`). Each has
`applied(problem)`, the problem as it would be. All refuse what the problem does not have with a KeyError that
names it, and leave everything else as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

from solver.explain.changes import raised, trained
from solver.problem import MINUTES_PER_DAY, Pair, Problem, Shift, Volunteer

LIMITS = ("turns", "turns_per_day", "minutes_max", "consecutive_days_max", "weekends")


@dataclass(frozen=True, slots=True)
class Train:
    """These people gain a qualification. `count` asks for so many to be chosen (`choosing.chosen`) first."""

    kind: ClassVar[str] = "train"
    qualification: str
    volunteers: tuple[str, ...] = ()
    count: int = 0

    def applied(self, problem: Problem) -> Problem:
        return _with_people(problem, self.volunteers, lambda person: trained(person, self.qualification))


@dataclass(frozen=True, slots=True)
class RaiseLimit:
    """One of the limits of these people, of a group, or (neither given) of everybody who has it, is `by` higher.

    `limit` is one of LIMITS; `by` counts turns, minutes, days or weekends. Below 0 it is lowered, to 0 at most.
    """

    kind: ClassVar[str] = "raise_limit"
    limit: str = "turns"
    by: int = 1
    volunteers: tuple[str, ...] = ()
    group: str | None = None

    def applied(self, problem: Problem) -> Problem:
        return _with_people(problem, self._whom(problem), self._raised)

    def _whom(self, problem: Problem) -> tuple[str, ...]:
        if self.volunteers:
            return self.volunteers
        return tuple(one.id for one in problem.volunteers if self.group is None or self.group in one.groups)

    def _raised(self, person: Volunteer) -> Volunteer:
        most = getattr(person.limits, self.limit)
        return person if most is None else raised(person, self.limit, max(0, most + self.by))


@dataclass(frozen=True, slots=True)
class MorePeople:
    """So many new people: like somebody there is (but for their history), or always free.

    Their ids are `new-1`, `new-2` …, with a `-` more where the problem has such a name.
    """

    kind: ClassVar[str] = "more_people"
    count: int
    like: str | None = None
    groups: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    turns: int | None = None

    def applied(self, problem: Problem) -> Problem:
        return replace(problem, volunteers=(*problem.volunteers, *self.newcomers(problem)))

    def newcomers(self, problem: Problem) -> list[Volunteer]:
        prefix = "new-"
        while any(f"{prefix}{number}" in problem.volunteer_by_id for number in range(1, self.count + 1)):
            prefix += "-"
        return [replace(self._model(problem), id=f"{prefix}{number}") for number in range(1, self.count + 1)]

    def _model(self, problem: Problem) -> Volunteer:
        model = Volunteer("") if self.like is None else replace(problem.volunteer_by_id[self.like], history_turns=0)
        return replace(
            model,
            groups=model.groups | set(self.groups),
            qualifications=model.qualifications | set(self.qualifications),
            limits=model.limits if self.turns is None else replace(model.limits, turns=self.turns),
        )


@dataclass(frozen=True, slots=True)
class Lend:
    """These people join a group besides their own: a neighbour lends them."""

    kind: ClassVar[str] = "lend"
    volunteers: tuple[str, ...]
    group: str

    def applied(self, problem: Problem) -> Problem:
        return _with_people(problem, self.volunteers, lambda one: replace(one, groups=one.groups | {self.group}))


@dataclass(frozen=True, slots=True)
class WithoutPeople:
    """These people do not serve at all; what was pinned, wished or tied to them goes with them."""

    kind: ClassVar[str] = "without_people"
    volunteers: tuple[str, ...]

    def applied(self, problem: Problem) -> Problem:
        gone = {problem.volunteer_by_id[name].id for name in self.volunteers}
        return replace(
            problem,
            volunteers=tuple(one for one in problem.volunteers if one.id not in gone),
            pins=tuple(pin for pin in problem.pins if pin.volunteer not in gone),
            wishes=tuple(wish for wish in problem.wishes if wish.volunteer not in gone),
            pairs=tuple(pair for pair in problem.pairs if not _names_one(pair, gone)),
            previous=problem.previous and tuple(turn for turn in problem.previous if turn.volunteer not in gone),
        )


@dataclass(frozen=True, slots=True)
class WithoutShifts:
    """These shifts do not take place."""

    kind: ClassVar[str] = "without_shifts"
    shifts: tuple[str, ...]

    def applied(self, problem: Problem) -> Problem:
        gone = {problem.shift_by_id[name].id for name in self.shifts}
        return replace(
            problem,
            shifts=tuple(one for one in problem.shifts if one.id not in gone),
            pins=tuple(pin for pin in problem.pins if pin.shift not in gone),
            wishes=tuple(wish for wish in problem.wishes if wish.shift not in gone),
            previous=problem.previous and tuple(turn for turn in problem.previous if turn.shift not in gone),
        )


@dataclass(frozen=True, slots=True)
class MoveShift:
    """A shift starts and ends so many minutes later (less than 0: earlier). Out of the period is a ValueError."""

    kind: ClassVar[str] = "move_shift"
    shift: str
    minutes_later: int

    def applied(self, problem: Problem) -> Problem:
        later = self.minutes_later
        if not 0 <= problem.shift_by_id[self.shift].start + later < problem.days * MINUTES_PER_DAY:
            raise ValueError(f"{self.shift} would start outside the period")
        return _with_shifts(
            problem, [self.shift], lambda one: replace(one, start=one.start + later, end=one.end + later)
        )


@dataclass(frozen=True, slots=True)
class LengthenShift:
    """A shift ends so many minutes later (less than 0: it is shortened, to a minute at least)."""

    kind: ClassVar[str] = "lengthen_shift"
    shift: str
    minutes: int

    def applied(self, problem: Problem) -> Problem:
        return _with_shifts(
            problem, [self.shift], lambda one: replace(one, end=max(one.start + 1, one.end + self.minutes))
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """So many people more (less than 0: fewer) wanted on these shifts, or on all of a site or type, or on all.

    `min` and `target` change alike, to 0 at least; a `max` that would be below them rises with them.
    """

    kind: ClassVar[str] = "demand"
    more: int
    shifts: tuple[str, ...] = ()
    site: str | None = None
    type: str | None = None

    def applied(self, problem: Problem) -> Problem:
        return _with_shifts(problem, self._which(problem), self._wanted)

    def _which(self, problem: Problem) -> tuple[str, ...]:
        if self.shifts:
            return self.shifts
        return tuple(
            one.id for one in problem.shifts if self.site in (None, one.site) and self.type in (None, one.type)
        )

    def _wanted(self, shift: Shift) -> Shift:
        least, target = max(0, shift.min + self.more), max(0, shift.target + self.more)
        most = None if shift.max is None else max(shift.max, least, target)
        return replace(shift, min=least, target=target, max=most)


Alteration: TypeAlias = (
    Train | RaiseLimit | MorePeople | Lend | WithoutPeople | WithoutShifts | MoveShift | LengthenShift | Demand
)


def altered(problem: Problem, alterations: Iterable[Alteration]) -> Problem:
    """The problem with all the alterations, one after the other."""
    for one in alterations:
        problem = one.applied(problem)
    return problem


def _with_people(problem: Problem, names: Iterable[str], change: Callable[[Volunteer], Volunteer]) -> Problem:
    changed = {name: change(problem.volunteer_by_id[name]) for name in names}
    return replace(problem, volunteers=tuple(changed.get(one.id, one) for one in problem.volunteers))


def _with_shifts(problem: Problem, names: Iterable[str], change: Callable[[Shift], Shift]) -> Problem:
    changed = {name: change(problem.shift_by_id[name]) for name in names}
    return replace(problem, shifts=tuple(changed.get(one.id, one) for one in problem.shifts))


def _names_one(pair: Pair, names: set[str]) -> bool:
    return not names.isdisjoint(pair.volunteers)
