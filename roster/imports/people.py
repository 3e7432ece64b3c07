"""Lists of people on their way into the database: uploaded, reviewed as often as somebody looks, applied by a worker.

Every row goes through the services that forms use, in the name of the account that confirmed. Rows are written a
hundred at a time, each hundred in a transaction of its own together with how far one has come: a worker that dies is
followed by another that goes on behind the last whole hundred. What a hundred needs is read and written at once: asked
row by row, 6,000 people took half a minute.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from roster import access
from roster.clock import utc_now
from roster.errors import RosterError
from roster.imports import columns, known, review, rows, sheets
from roster.imports.columns import Layout
from roster.imports.review import Fate, Review, Verdict
from roster.imports.sheets import Cells
from roster.models import Account, ImportState, PeopleImport, Person, Team, Unit, UnitKind
from roster.services import feeds, imports, people, qualifications, teams, units
from roster.services.people import PersonDetails
from roster.services.units import UnitDetails

OWN_FIELDS = frozenset({"full_name", "phone", "email", "birth_date", "unit"})
"""What is kept with the person; teams and qualifications are kept apart."""

Written = Sequence[tuple[Verdict, Person]]
"""Rows with their people, held so that nobody has to be read again for teams and qualifications."""

AT_ONCE = 100  # rows in one transaction
BAD_KEPT = 2_000  # bad rows told in a report; a list with more has another fault than its rows


def upload(session: Session, unit: Unit, data: bytes, file_name: str, *, by: Account, now: datetime) -> PeopleImport:
    """Keep a spreadsheet with the layout it seems to have. Raises NotAllowed, FieldError (see `sheets.read`)."""
    access.require_planner(by, unit)
    sheet = sheets.read(data)
    layout = columns.guess(sheet.rows)
    return imports.create(
        session,
        unit,
        file_name=file_name,
        sheet_name=sheet.name,
        cells=_packed(sheet.rows),
        first_row=sheet.first_row,
        header_row=layout.header_row,
        columns=layout.columns,
        by=by,
        now=now,
    )


def cells_of(found: PeopleImport) -> Cells:
    """The rows of a list that is not over."""
    return _unpacked(found.cells) if found.cells else ()


def reviewed(session: Session, found: PeopleImport, *, by: Account, now: datetime) -> Review:
    """What the list would do now. Raises NotAllowed.

    Ends the transaction: nobody may wait while thousands of rows are judged.
    """
    access.require_planner(by, found.unit)
    unit, cells, layout, first_row = found.unit, cells_of(found), _layout(found), found.first_row
    today = unit.day_of(now)
    session.rollback()
    said, skipped = rows.people_in(cells, layout, first_row=first_row, today=today)
    around = known.within_reach(session, unit, by, said)
    session.rollback()
    return review.review(said, around, skipped=skipped)


def add_unknown_units(session: Session, import_id: int, *, by: Account, now: datetime) -> int:
    """Add each unit that rows name and nobody knows as a branch of the list's unit; how many that were.

    Raises NotFound, NotAllowed.
    """
    found = imports.get(session, import_id, by=by)
    access.require_administrator(by, found.unit)
    missing = reviewed(session, found, by=by, now=now).unknown_units
    for name in missing:
        units.create(session, found.unit_id, UnitDetails(name, UnitKind.BRANCH.value), by=by, now=now)
    return len(missing)


def apply(
    sessions: sessionmaker[Session],
    import_id: int,
    *,
    should_stop: Callable[[], bool],
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Write a confirmed list. What is over is left alone; what was begun goes on where it ended."""
    # Kept across commits: reading units, teams and the account anew for each hundred took half of the time.
    with sessions(expire_on_commit=False) as session:
        found = session.get(PeopleImport, import_id)
        if found is None or not found.state.is_under_way:
            return
        found.state = ImportState.RUNNING
        session.commit()
        whole = reviewed(session, found, by=found.asked_by, now=clock())
        _Applying(session, import_id, whole, clock).all(should_stop)


@dataclass
class _Applying:
    session: Session
    import_id: int
    whole: Review
    clock: Callable[[], datetime]
    teams: dict[str, Team] = field(default_factory=dict)
    held: Sequence[Unit | Team | Person] = ()
    """Units, teams and people of the present rows, held so that the session finds them without asking again."""
    accounts: Mapping[int, Account] = field(default_factory=dict)
    """Of those people who have one, by person."""

    def all(self, should_stop: Callable[[], bool]) -> None:
        while not should_stop():
            if not self._next_hundred():
                return self._end(ImportState.DONE)
        return self._end(ImportState.CANCELLED)

    def _next_hundred(self) -> bool:
        """False once every row is dealt with."""
        found = self.session.get_one(PeopleImport, self.import_id)
        verdicts = self.whole.verdicts[found.rows_done : found.rows_done + AT_ONCE]
        if not verdicts:
            return False
        self._hold(verdicts)
        report, written, shown = _report(found), list[tuple[Verdict, Person]](), list[int]()
        for verdict in verdicts:
            fate, bad_row = verdict.fate, told(verdict)
            if fate in (Fate.NEW, Fate.UPDATED):
                try:
                    written.append((verdict, self._written(verdict, found, shown)))
                except RosterError as refusal:
                    fate, bad_row = Fate.BAD, bad_row | {"problems": [_as_problem(refusal)]}
            report[fate.value] += 1
            if fate is Fate.BAD and len(report["bad_rows"]) < BAD_KEPT:
                report["bad_rows"].append(bad_row)
        new = [person for verdict, person in written if verdict.fate is Fate.NEW]
        people.keep(self.session, new, by=found.asked_by, now=self.clock())
        feeds.people_changed(self.session, shown, now=self.clock())
        self._join_teams(written, found)
        self._grant(written, found)
        found.rows, found.rows_done, found.report = len(self.whole.verdicts), found.rows_done + len(verdicts), report
        self.session.commit()
        return True

    def _hold(self, verdicts: Sequence[Verdict]) -> None:
        """Read the units, teams and people of these rows at once: each is in the session then when it is asked for."""
        changing = [one.person.id for one in verdicts if one.person and one.fate is Fate.UPDATED]
        self.held = (
            *self.session.scalars(select(Unit).where(Unit.id.in_({one.unit.id for one in verdicts}))),
            *self.session.scalars(select(Team).where(Team.id.in_({one.team.id for one in verdicts if one.team}))),
            *self.session.scalars(select(Person).where(Person.id.in_(changing))),
        )
        self.accounts = people.accounts_of(self.session, changing)

    def _written(self, verdict: Verdict, found: PeopleImport, shown: list[int]) -> Person:
        """Do what one row says; somebody new is only drafted. Raises RosterError, and has changed nothing.

        `shown` gets those whom calendars show otherwise now. Teams and qualifications follow for many at once.
        """
        by, now, home = found.asked_by, self.clock(), self.session.get_one(Unit, verdict.unit.id)
        if verdict.person is None:
            return people.drafted(home, _new(verdict), by=by, now=now)
        person = people.planned(self.session, verdict.person.id, by=by)
        if any(name in OWN_FIELDS for name, _, _ in verdict.changes):
            account = self.accounts.get(person.id)
            if people.revise(self.session, person, account, home, _merged(person, verdict), by=by, now=now):
                shown.append(person.id)
        return person

    def _join_teams(self, written: Written, found: PeopleImport) -> None:
        """Everybody into their teams, team by team; one that is not there yet is made for the list's own unit."""
        joining: dict[int, list[int]] = defaultdict(list)
        for verdict, person in written:
            if verdict.team:
                joining[verdict.team.id].append(person.id)
            elif verdict.team_name:
                joining[self._team(verdict.team_name, found).id].append(person.id)
        if joining:
            teams.add_members(self.session, joining, by=found.asked_by, now=self.clock())

    def _team(self, name: str, found: PeopleImport) -> Team:
        if name not in self.teams:
            known = teams.called(self.session, found.unit, name)
            made = known or teams.create(self.session, found.unit, name, by=found.asked_by, now=self.clock())
            self.teams[name] = made
        return self.teams[name]

    def _grant(self, written: Written, found: PeopleImport) -> None:
        granting: dict[int, list[int]] = defaultdict(list)
        for verdict, person in written:
            for qualification in verdict.qualifications:
                granting[qualification.id].append(person.id)
        now = self.clock()
        for qualification_id, person_ids in granting.items():
            qualifications.grant_to(
                self.session,
                person_ids,
                qualification_id,
                granted_on=found.unit.day_of(now),
                by=found.asked_by,
                now=now,
            )

    def _end(self, state: ImportState) -> None:
        found = self.session.get_one(PeopleImport, self.import_id)
        found.report = _report(found) | {"skipped": [[one.number, one.text] for one in self.whole.skipped[:200]]}
        imports.end(found, state, now=self.clock())
        self.session.commit()


def told(verdict: Verdict) -> dict[str, Any]:
    """A bad row as a report keeps it: JSON values only."""
    return {
        "row": verdict.row.number,
        "name": verdict.row.full_name,
        "problems": [
            {"field": one.field, "reason": one.reason, "facts": {name: str(fact) for name, fact in one.facts.items()}}
            for one in verdict.problems
        ],
    }


def _as_problem(refusal: RosterError) -> dict[str, Any]:
    facts = {name: str(value) for name, value in refusal.facts.items()}
    return {"field": facts.pop("field", "full_name"), "reason": facts.pop("reason", "refused"), "facts": facts}


def _new(verdict: Verdict) -> PersonDetails:
    row = verdict.row
    return PersonDetails(
        row.full_name, row.phone or "", row.email or "", row.birth_date, max_turns=2, max_turns_per_day=1
    )


def _merged(person: Person, verdict: Verdict) -> PersonDetails:
    """What is kept, with what the row says on top of it; an empty cell erases nothing."""
    row = verdict.row
    return PersonDetails(
        full_name=row.full_name,
        phone=row.phone or person.phone or "",
        email=row.email or person.email or "",
        birth_date=row.birth_date or person.birth_date,
        newcomer=person.newcomer,
        max_turns=person.max_turns,
        max_turns_per_day=person.max_turns_per_day,
    )


def _report(found: PeopleImport) -> dict[str, Any]:
    """The report so far, as a copy: a JSON column sees only that another value is set."""
    kept = {fate.value: 0 for fate in Fate} | {"bad_rows": [], "skipped": []} | found.report
    return kept | {"bad_rows": list(kept["bad_rows"])}


def _layout(found: PeopleImport) -> Layout:
    return Layout(found.header_row, tuple(found.columns))


def _packed(cells: Cells) -> bytes:
    return gzip.compress(json.dumps(cells, ensure_ascii=False).encode(), mtime=0)


def _unpacked(packed: bytes) -> Cells:
    loaded: Sequence[Sequence[str]] = json.loads(gzip.decompress(packed))
    return loaded
