"""The review of a list of people: what each row would do, before anything is written.

It is made anew when the list is applied, because people change meanwhile; so applying a list twice, or going on after
a worker died half-way, changes nothing twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from roster.errors import FieldError
from roster.imports.known import Known, KnownPerson, KnownQualification, KnownTeam, KnownUnit
from roster.imports.rows import Problem, Row, Skipped

Change = tuple[str, Any, Any]
"""A field, what is kept of it now, and what the row says."""


class Fate(StrEnum):
    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one row would do. `person`: whom it means, None for somebody new; `team_name`: a team still to be made."""

    row: Row
    fate: Fate
    unit: KnownUnit
    person: KnownPerson | None = None
    team: KnownTeam | None = None
    team_name: str = ""
    qualifications: tuple[KnownQualification, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong but that the unit is not there, which may still be added."""
        return bool(self.problems) and all(problem.reason == "no_such_unit" for problem in self.problems)


@dataclass(frozen=True)
class Review:
    """All rows with what they would do, in the order of the list, and the lines that are no people."""

    verdicts: Sequence[Verdict]
    skipped: Sequence[Skipped] = ()

    @cached_property
    def counts(self) -> Mapping[str, int]:
        found = {fate.value: 0 for fate in Fate}
        for verdict in self.verdicts:
            found[verdict.fate.value] += 1
        return found

    def of(self, fate: Fate) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.fate is fate]

    @property
    def new_teams(self) -> list[str]:
        """Teams that are not there yet, in the order in which rows name them."""
        return list(dict.fromkeys(one.team_name for one in self.verdicts if one.team_name and one.fate is not Fate.BAD))

    @property
    def unknown_units(self) -> Mapping[str, int]:
        """Names of units that are not there, each with how many rows name it, the most named first."""
        named = Counter(
            str(problem.facts["value"])
            for one in self.verdicts
            for problem in one.problems
            if problem.reason == "no_such_unit"
        )
        return dict(named.most_common())


def review(rows: Sequence[Row], known: Known, *, skipped: Sequence[Skipped] = ()) -> Review:
    """What these rows would do to the people that are known."""
    return Review(list(_Reviewer(known).verdicts(rows)), skipped)


@dataclass
class _Reviewer:
    known: Known
    taken: dict[int, int] = field(default_factory=dict)
    """Which row a person was met in."""
    said: dict[tuple[str, object], Row] = field(default_factory=dict)
    """The first row with this phone number, e-mail address, or name, birthday and unit."""
    spoken_for: frozenset[int] = frozenset()
    """People whom some row names by phone number or e-mail address: no other row means them by name alone."""

    def verdicts(self, rows: Sequence[Row]) -> Iterator[Verdict]:
        self.spoken_for = frozenset(person.id for row in rows for person in self.known.reached_at(row))
        for row in rows:
            verdict = self._verdict(row)
            if verdict.fate is not Fate.BAD:
                self._remember(verdict)
            yield verdict

    def _verdict(self, row: Row) -> Verdict:
        problems = list(row.problems)
        unit = self._tried(lambda: self.known.unit_called(row.unit), problems) or self.known.unit
        qualifications = [
            self._tried(lambda text=text: self.known.qualification_called(text), problems)
            for text in row.qualifications
        ]
        person = None
        if not problems:
            self._tried(lambda: self._require_first(row, unit), problems)
        if not problems:
            person = self._tried(
                lambda: self.known.person_of(row, unit, taken=self.spoken_for | self.taken.keys()), problems
            )
        if person and person.id in self.taken:
            problems.append(Problem("full_name", "twice_in_list", {"row": self.taken[person.id]}))
        if problems:
            return Verdict(row, Fate.BAD, unit, problems=tuple(problems))
        if person and not row.unit:
            unit = self.known.units[person.unit_id]  # a list that names no unit moves nobody
        team = self.known.team_called(row.team, unit) if row.team else None
        found = Verdict(
            row,
            Fate.NEW,
            unit,
            person=person,
            team=team,
            team_name=row.team if row.team and team is None else "",
            qualifications=tuple(one for one in qualifications if one),
        )
        if person is None:
            return found
        changes = tuple(_changes(person, found, self.known))
        return replace(found, fate=Fate.UPDATED if changes else Fate.SAME, changes=changes)

    def _require_first(self, row: Row, unit: KnownUnit) -> None:
        """Two rows may share a name, but not everything that could tell them apart."""
        for key in _keys(row, unit):
            first = self.said.get(key)
            if first is None or (key[0] == "born" and _reached_apart(first, row)):
                continue
            if key[0] in ("phone", "email") and first.full_name.casefold() != row.full_name.casefold():
                raise FieldError(field=key[0], reason="number_twice_in_list", row=first.number, name=first.full_name)
            raise FieldError(field="full_name", reason="twice_in_list", row=first.number)

    def _remember(self, verdict: Verdict) -> None:
        for key in _keys(verdict.row, verdict.unit):
            self.said.setdefault(key, verdict.row)
        if verdict.person:
            self.taken[verdict.person.id] = verdict.row.number

    @staticmethod
    def _tried(ask: Any, problems: list[Problem]) -> Any:
        try:
            return ask()
        except FieldError as refusal:
            facts = {name: fact for name, fact in refusal.facts.items() if name not in ("field", "reason")}
            problems.append(Problem(refusal.facts["field"], refusal.facts["reason"], facts))
            return None


def _keys(row: Row, unit: KnownUnit) -> Iterator[tuple[str, object]]:
    name = row.full_name.casefold()
    if row.phone:
        yield "phone", row.phone
    if row.email:
        yield "email", row.email
    if row.birth_date:
        yield "born", (name, row.birth_date, unit.id)
    if not (row.phone or row.email or row.birth_date):
        yield "name", (name, unit.id)


def _reached_apart(one: Row, other: Row) -> bool:
    """Whether they have a phone number each: then even one name and one birthday may be two people."""
    return bool(one.phone and other.phone and one.phone != other.phone)


def _changes(person: KnownPerson, verdict: Verdict, known: Known) -> Iterator[Change]:
    """What the row says otherwise than is kept. Empty cells say nothing."""
    row = verdict.row
    for name in ("full_name", "phone", "email", "birth_date"):
        kept, said = getattr(person, name), getattr(row, name)
        if said and said != kept:
            yield name, kept, said
    if verdict.unit.id != person.unit_id:
        yield "unit", known.units[person.unit_id].name, verdict.unit.name
    if verdict.team_name or (verdict.team and verdict.team.id not in person.teams):
        yield "team", None, verdict.team.name if verdict.team else verdict.team_name
    for qualification in verdict.qualifications:
        if qualification.id not in person.qualifications:
            yield "qualifications", None, qualification.code
