"""People as coordinators' pages name them: a label that is unmistakable among those shown together.

Two of one name in one branch are told apart by the year they were born in, else by as little of the end of their phone
number as does it, else by their number in the database. What volunteers read of each other is worded in
`queries/turns.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.models import NOBODY, Person, Unit
from roster.vietnam import names

ENDINGS = range(3, 7)
"""Digits of a phone number that a label may end with."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person; `label` is the given name, longer only where somebody else shown has the same.

    `unit_name` ends with what tells them apart ("K45 · 2004") where somebody else shown has their name and unit.
    """

    id: int
    label: str
    full_name: str
    unit_name: str

    @property
    def erased(self) -> bool:
        """Whether nothing of them is left to be seen."""
        return self.full_name == NOBODY


@dataclass(frozen=True, slots=True)
class Profile:
    """What lists of people need besides the name."""

    somebody: Somebody
    name_sort: str
    birth_date: date | None
    newcomer: bool
    max_turns: int | None

    def is_minor(self, on: date) -> bool:
        return Person(birth_date=self.birth_date).is_minor(on)


class _Shown(NamedTuple):
    """What tells one from another."""

    id: int
    full_name: str
    unit_name: str
    birth_date: date | None
    phone: str | None


def profiles(session: Session, person_ids: Collection[int] | Select[int]) -> dict[int, Profile]:
    """The people with these ids, in name order, told apart among themselves."""
    rows = session.execute(_profile_columns().where(Person.id.in_(person_ids))).all()
    units = _units_told_apart(rows)
    labels = names.told_apart({row.id: (row.full_name, units[row.id]) for row in rows})
    return {row.id: _profile(row, labels[row.id], units[row.id]) for row in rows}


def units_of(people: Iterable[Person]) -> dict[int, str]:
    """The `unit_name` of each of those shown together, for whoever has read them already, with their units."""
    return _units_told_apart(
        [_Shown(one.id, one.full_name, one.unit.name, one.birth_date, one.phone) for one in people]
    )


def in_order(people: Iterable[int], known: dict[int, Profile]) -> tuple[Somebody, ...]:
    """Those of the ids that are known, in name order."""
    wanted = set(people)
    return tuple(profile.somebody for id, profile in known.items() if id in wanted)


def _profile_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Person.id,
            Person.full_name,
            Person.name_sort,
            Person.birth_date,
            Person.phone,
            Person.newcomer,
            Person.max_turns,
            Unit.name.label("unit_name"),
        )
        .join(Person.unit)
        .order_by(Person.name_sort, Person.id)
    )


def _units_told_apart(rows: Sequence[Any]) -> dict[int, str]:
    """The name of each one's unit, with as much more as it takes to know which of two namesakes is meant."""
    namesakes = defaultdict(list)
    for row in rows:
        namesakes[row.full_name, row.unit_name].append(row)
    return {
        row.id: f"{row.unit_name} · {_mark(row, alike)}" if len(alike) > 1 else row.unit_name
        for alike in namesakes.values()
        for row in alike
    }


def _mark(row: Any, alike: Sequence[Any]) -> str:
    """The first of the marks that none of the others has."""
    theirs = [_marks(other) for other in alike]
    for place, mark in enumerate(_marks(row)):
        if mark and [marks[place] for marks in theirs].count(mark) == 1:
            return mark
    return f"#{row.id}"


def _marks(row: Any) -> list[str]:
    """What tells people apart, the least personal first; "" where it is not known."""
    year = str(row.birth_date.year) if row.birth_date else ""
    return [year, *(f"…{row.phone[-digits:]}" if row.phone else "" for digits in ENDINGS)]


def _profile(row: Any, label: str, unit_name: str) -> Profile:
    somebody = Somebody(row.id, label, row.full_name, unit_name)
    return Profile(somebody, row.name_sort, row.birth_date, row.newcomer, row.max_turns)
