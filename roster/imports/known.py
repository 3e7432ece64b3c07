"""Who is known already: the people, units, teams and qualifications that rows of a list may mean.

Read once for a whole list, as plain values: a list of thousands is judged in a second or two, and no transaction may
keep others waiting for that long. A person is recognised by phone number, then e-mail address, then name and birthday,
then name and unit; the given name must agree each time, because families share a phone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError
from roster.imports.columns import plain
from roster.imports.rows import Row
from roster.models import Account, Person, PersonQualification, Qualification, Team, TeamMember, Unit
from roster.vietnam import names

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_AT_ONCE = 5_000

# What units are called before their name; "Chi đoàn K45A", "CĐ K45A" and "K45A" mean one branch.
PREFIXES = (
    *("chi doan", "lien chi doan", "doan xa", "doan phuong", "xa doan", "phuong doan", "doan truong", "doan khoa"),
    *("xa", "phuong", "thi tran", "huyen", "cd", "lop", "doan", "truong"),
)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    id: int
    name: str
    path: str

    def covers(self, path: str) -> bool:
        return path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class KnownTeam:
    """A team; `path` is its unit's."""

    id: int
    name: str
    unit_id: int
    path: str


@dataclass(frozen=True, slots=True)
class KnownQualification:
    id: int
    code: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody in reach, as far as rows can tell."""

    id: int
    unit_id: int
    full_name: str
    phone: str | None
    email: str | None
    birth_date: date | None
    teams: frozenset[int] = frozenset()
    qualifications: frozenset[int] = frozenset()

    @property
    def name_key(self) -> str:
        return names.search_key(self.full_name)


@dataclass
class Known:
    """Everything in reach of the account that asks, by what rows call it."""

    unit: KnownUnit
    units: Mapping[int, KnownUnit]
    people: Mapping[int, KnownPerson]
    teams: Mapping[int, KnownTeam]
    qualifications: Mapping[str, KnownQualification]
    _by_phone: Mapping[str, Sequence[KnownPerson]] = field(init=False)
    _by_email: Mapping[str, Sequence[KnownPerson]] = field(init=False)
    _by_name: Mapping[str, Sequence[KnownPerson]] = field(init=False)
    _units_by_name: Mapping[str, Sequence[KnownUnit]] = field(init=False)
    _teams_by_name: Mapping[str, Sequence[KnownTeam]] = field(init=False)

    def __post_init__(self) -> None:
        people = self.people.values()
        self._by_phone = _grouped((one.phone, one) for one in people if one.phone)
        self._by_email = _grouped((one.email, one) for one in people if one.email)
        self._by_name = _grouped((one.name_key, one) for one in people)
        beneath = [unit for unit in self.units.values() if self.unit.covers(unit.path)]
        self._units_by_name = _grouped((key, unit) for unit in beneath for key in _unit_keys(unit.name))
        self._teams_by_name = _grouped((plain(team.name), team) for team in self.teams.values())

    def unit_called(self, text: str) -> KnownUnit:
        """Raises FieldError on `unit`: `no_such_unit`, `several_units` (facts `value`, `unit`)."""
        if not text:
            return self.unit
        *_, last = text.replace(">", "/").split("/")
        for wanted in (plain(text), plain(last), _bare(plain(text)), _bare(plain(last))):
            found = {unit.id: unit for unit in self._units_by_name.get(wanted, ())}
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                raise FieldError(field="unit", reason="several_units", value=text, unit=self.unit.name)
        raise FieldError(field="unit", reason="no_such_unit", value=text, unit=self.unit.name)

    def team_called(self, text: str, unit: KnownUnit) -> KnownTeam | None:
        """The team of this name nearest to the unit: its own, else one above or beneath. None if there is none."""
        near = [
            team
            for team in self._teams_by_name.get(plain(text), ())
            if unit.path.startswith(team.path) or unit.covers(team.path) or self.unit.covers(team.path)
        ]
        return min(near, key=lambda team: (team.unit_id != unit.id, -len(team.path), team.id), default=None)

    def qualification_called(self, text: str) -> KnownQualification:
        """Raises FieldError on `qualifications`: `no_such_qualification` (facts `value`)."""
        found = self.qualifications.get(plain(text))
        if found is None:
            raise FieldError(field="qualifications", reason="no_such_qualification", value=text)
        return found

    def reached_at(self, row: Row) -> list[KnownPerson]:
        """Those of the row's given name who have its phone number or e-mail address."""
        holders = (*self._by_phone.get(row.phone or "", ()), *self._by_email.get(row.email or "", ()))
        return [one for one in holders if _called_alike(one.full_name, row.full_name)]

    def person_of(self, row: Row, unit: KnownUnit, *, taken: Collection[int]) -> KnownPerson | None:
        """Whom a row means; None for somebody new. `taken`: people whom other rows mean, so that this one does not.

        Raises FieldError: `phone_of_another`, `email_of_another` (facts `name`), `several_people` (facts `name`).
        """
        for name, value, index in (("phone", row.phone, self._by_phone), ("email", row.email, self._by_email)):
            holders = index.get(value or "", ())
            same = [one for one in holders if _called_alike(one.full_name, row.full_name)]
            if same:
                return self._only(same, row, unit)
            if holders and name == "email":
                raise FieldError(field=name, reason="email_of_another", name=holders[0].full_name)
            if holders:
                raise FieldError(field=name, reason="phone_of_another", name=holders[0].full_name)
        namesakes = [one for one in self._by_name.get(names.search_key(row.full_name), ()) if one.id not in taken]
        if row.birth_date:
            born = [one for one in namesakes if one.birth_date == row.birth_date]
            if born:
                return self._only(born, row, unit)
        open_to_doubt = [one for one in namesakes if one.unit_id == unit.id and _may_be(one, row)]
        return self._only(open_to_doubt, row, unit) if open_to_doubt else None

    def _only(self, found: Sequence[KnownPerson], row: Row, unit: KnownUnit) -> KnownPerson:
        here = [one for one in found if one.unit_id == unit.id] or found
        exact = [one for one in here if row.birth_date and one.birth_date == row.birth_date] or here
        if len(exact) > 1:
            raise FieldError(field="full_name", reason="several_people", name=row.full_name)
        return exact[0]


def within_reach(session: Session, unit: Unit, by: Account, rows: Sequence[Row]) -> Known:
    """What the account reaches, of people only those whom some row could mean; `unit` is the one the list is for."""
    reach = access.within_reach(by)
    units = {row.id: KnownUnit(*row) for row in session.execute(select(Unit.id, Unit.name, Unit.path).where(reach))}
    teams = session.execute(select(Team.id, Team.name, Unit.id, Unit.path).join(Team.unit).where(reach))
    return Known(
        unit=units[unit.id],
        units=units,
        people={person.id: person for person in _people(session, reach, rows)},
        teams={row.id: KnownTeam(*row) for row in teams},
        qualifications=_qualifications(session),
    )


def _people(session: Session, reach: ColumnElement[bool], rows: Sequence[Row]) -> Iterator[KnownPerson]:
    """Everybody with a phone number, e-mail address or name of some row. A province has more people than a list."""
    columns = (Person.id, Person.unit_id, Person.full_name, Person.phone, Person.email, Person.birth_date)
    found: dict[int, Any] = {}
    for column, values in (
        (Person.phone, {row.phone for row in rows if row.phone}),
        (Person.email, {row.email for row in rows if row.email}),
        (Person.name_search, {names.search_key(row.full_name) for row in rows}),
    ):
        for some in _batches(values):
            query = select(*columns).join(Person.unit).where(reach, column.in_(some))
            found |= {row.id: row for row in session.execute(query)}
    members, qualified = _belongings(session, found)
    for key in sorted(found):
        teams, held = frozenset(members.get(key, ())), frozenset(qualified.get(key, ()))
        one = found[key]
        yield KnownPerson(one.id, one.unit_id, one.full_name, one.phone, one.email, one.birth_date, teams, held)


def _belongings(session: Session, ids: Iterable[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The teams and the qualifications of these people, by person."""
    members, qualified = list[tuple[int, int]](), list[tuple[int, int]]()
    for some in _batches(ids):
        joined = select(TeamMember.person_id, TeamMember.team_id).where(TeamMember.person_id.in_(some))
        held = select(PersonQualification.person_id, PersonQualification.qualification_id)
        members += [(one, other) for one, other in session.execute(joined)]
        qualified += [
            (one, other) for one, other in session.execute(held.where(PersonQualification.person_id.in_(some)))
        ]
    return _grouped(members), _grouped(qualified)


def _batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    """SQLite takes 32,766 parameters in one statement, PostgreSQL twice that."""
    whole = list(values)
    for start in range(0, len(whole), MOST_AT_ONCE):
        yield whole[start : start + MOST_AT_ONCE]


def _qualifications(session: Session) -> dict[str, KnownQualification]:
    """By each of their names and, before all, by code."""
    found = session.scalars(select(Qualification)).all()
    by_name = {
        plain(name): KnownQualification(one.id, one.code) for one in found for name in (one.name_vi, one.name_en)
    }
    return by_name | {plain(one.code): KnownQualification(one.id, one.code) for one in found}


def _called_alike(one: str, other: str) -> bool:
    return names.search_key(names.given_name(one)) == names.search_key(names.given_name(other))


def _may_be(known: KnownPerson, row: Row) -> bool:
    """Whether nothing that both say speaks against it; a new phone number alone would."""
    pairs = ((known.phone, row.phone), (known.email, row.email), (known.birth_date, row.birth_date))
    return all(one is None or other is None or one == other for one, other in pairs)


def _unit_keys(name: str) -> set[str]:
    return {plain(name), _bare(plain(name))}


def _bare(name: str) -> str:
    """The name without what kind of unit it is."""
    for prefix in PREFIXES:
        if name.startswith(f"{prefix} "):
            return _bare(name.removeprefix(f"{prefix} "))
    return name


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
