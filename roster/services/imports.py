"""Imports of people: uploaded, looked at, confirmed, cancelled, thrown away.

What the rows mean is read in `roster.imports`; here stands who may have a list applied, and when. Nothing is written to
people before somebody confirms.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from roster import access
from roster.errors import Conflict, FieldError, NotFound
from roster.models import Account, ImportState, JobState, PeopleImport, Person, Unit
from roster.services import audit, fields, jobs
from roster.vietnam import names

KIND = "import"
"""The job's kind; its payload is `import_id`."""

KEPT_UNCONFIRMED = timedelta(days=2)
REPORTS_KEPT = timedelta(days=90)  # they name the people of faulty rows
FILE_NAME_LENGTH = 200


def create(
    session: Session,
    unit: Unit,
    *,
    file_name: str,
    sheet_name: str,
    cells: bytes,
    first_row: int,
    header_row: int | None,
    columns: Sequence[str],
    by: Account,
    now: datetime,
) -> PeopleImport:
    """Keep an uploaded list until it is confirmed or two days have passed. Raises NotAllowed."""
    access.require_planner(by, unit)
    made = PeopleImport(
        unit=unit,
        asked_by=by,
        state=ImportState.OPEN,
        file_name=fields.one_line(file_name[-FILE_NAME_LENGTH:], "file", longest=FILE_NAME_LENGTH, required=False),
        sheet_name=sheet_name[:FILE_NAME_LENGTH],
        cells=cells,
        first_row=first_row,
        header_row=header_row,
        columns=list(columns),
        report={},
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def get(session: Session, import_id: int, *, by: Account) -> PeopleImport:
    """Raises NotFound, NotAllowed."""
    found = session.get(PeopleImport, import_id)
    if found is None:
        raise NotFound(what="import", id=import_id)
    access.require_planner(by, found.unit)
    return found


def arrange(
    session: Session, import_id: int, *, header_row: int | None, columns: Sequence[str], by: Account
) -> PeopleImport:
    """Say where the names of the columns stand and what each holds.

    Raises NotFound, NotAllowed, Conflict, FieldError (`columns`: `no_name_column`, `column_twice`).
    """
    found = _open(session, import_id, by=by)
    named = [name for name in columns if name]
    if "full_name" not in named:
        raise FieldError(field="columns", reason="no_name_column")
    if len(named) != len(set(named)):
        raise FieldError(field="columns", reason="column_twice")
    found.header_row, found.columns = header_row, list(columns)
    return found


def confirm(session: Session, import_id: int, *, rows: int, by: Account, now: datetime) -> PeopleImport:
    """Have the list applied by the next free worker, in the name of whoever confirms it.

    Raises NotFound, NotAllowed, Conflict (it is under way or over).
    """
    found = _open(session, import_id, by=by)
    found.state, found.rows, found.rows_done, found.asked_by = ImportState.QUEUED, rows, 0, by
    found.job = jobs.enqueue(session, KIND, {"import_id": found.id}, now=now)
    unit = found.unit
    audit.record(session, "import.confirm", f"import:{found.id}", by=by, now=now, unit=unit, name=found.file_name)
    return found


def cancel(session: Session, import_id: int, *, by: Account, now: datetime) -> PeopleImport:
    """Stop an import; rows already written stay, and one that is over stays as it is. Raises NotFound, NotAllowed."""
    found = get(session, import_id, by=by)
    if not found.state.is_under_way or found.job_id is None:
        return found
    if jobs.request_cancel(session, found.job_id, now=now) is not JobState.RUNNING:
        end(found, ImportState.CANCELLED, now=now)
    audit.record(session, "import.cancel", f"import:{found.id}", by=by, now=now, unit=found.unit, name=found.file_name)
    return found


def drop(session: Session, import_id: int, *, by: Account) -> Unit:
    """Throw a list away that was not applied; the unit it was for. Raises NotFound, NotAllowed, Conflict."""
    found = _open(session, import_id, by=by)
    unit = found.unit
    session.delete(found)
    return unit


def end(found: PeopleImport, state: ImportState, *, now: datetime) -> None:
    """The import is over: its cells are not needed any more."""
    found.state, found.finished_at, found.cells = state, now, None


def forget_old(session: Session, now: datetime) -> None:
    """Throw away lists nobody confirmed in time, and reports of long ago: both name people. A clock asks for it."""
    unconfirmed = and_(PeopleImport.state == ImportState.OPEN, PeopleImport.created_at < now - KEPT_UNCONFIRMED)
    session.execute(delete(PeopleImport).where(or_(unconfirmed, PeopleImport.finished_at < now - REPORTS_KEPT)))


def forget(session: Session, person: Person) -> None:
    """Keep nothing in reports that a faulty row said of somebody of this name; that it was faulty stays."""
    for found in session.scalars(select(PeopleImport).where(PeopleImport.cells.is_(None))):
        told = found.report.get("bad_rows", ())
        bad_rows = [_without(row, person.name_search) for row in told]
        if bad_rows != told:
            found.report = found.report | {"bad_rows": bad_rows}


def _without(row: Mapping[str, Any], name_search: str) -> Mapping[str, Any]:
    """A faulty row as it is told, without a name and what was typed beside it."""
    named = names.search_key(row["name"]) == name_search
    problems = [
        {
            **problem,
            "facts": {
                fact: "" if (named and fact == "value") or names.search_key(value) == name_search else value
                for fact, value in problem["facts"].items()
            },
        }
        for problem in row["problems"]
    ]
    return {**row, "name": "" if named else row["name"], "problems": problems}


def _open(session: Session, import_id: int, *, by: Account) -> PeopleImport:
    """The row itself is locked, so that two who confirm at once give one job."""
    found = get(session, import_id, by=by)
    session.refresh(found, with_for_update=True)
    if found.state is not ImportState.OPEN:
        raise Conflict(import_id=import_id)
    return found
