"""People as coordinators' pages name them: a label that is unmistakable among those shown together.

Two of one name in one branch are told apart by the year they were born in, else by the end of their phone number. What
volunteers read of each other is worded in `queries/turns.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from roster.models import Person, Unit
from roster.vietnam import names


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person; `label` is the given name, longer only where somebody else shown has the same.

    `unit_name` ends with what tells them apart ("K45 · 2004") where somebody else shown has their name and unit.
    """

    id: int
    label: str
    full_name: str
    unit_name: str


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


def profiles(session: Session, person_ids: Collection[int] | Select[int]) -> dict[int, Profile]:
    """The people with these ids, in name order, told apart among themselves."""
    rows = session.execute(_profile_columns().where(Person.id.in_(person_ids))).all()
    units = _units_told_apart(rows)
    labels = names.told_apart({row.id: (row.full_name, units[row.id]) for row in rows})
    return {row.id: _profile(row, labels[row.id], units[row.id]) for row in rows}


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
    alike = Counter((row.full_name, row.unit_name) for row in rows)
    born = Counter((row.full_name, row.unit_name, _year(row)) for row in rows)
    found = {}
    for row in rows:
        unmistakable = born[row.full_name, row.unit_name, _year(row)] == 1 and row.birth_date
        apart = _year(row) if unmistakable else f"…{row.phone[-3:]}" if row.phone else f"#{row.id}"
        found[row.id] = f"{row.unit_name} · {apart}" if alike[row.full_name, row.unit_name] > 1 else row.unit_name
    return found


def _year(row: Any) -> str:
    return str(row.birth_date.year) if row.birth_date else ""


def _profile(row: Any, label: str, unit_name: str) -> Profile:
    somebody = Somebody(row.id, label, row.full_name, unit_name)
    return Profile(somebody, row.name_sort, row.birth_date, row.newcomer, row.max_turns)
