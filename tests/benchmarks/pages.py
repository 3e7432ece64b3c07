"""How long the server takes for a unit with 6,000 people and 1,000 shifts a week: the board, and people searches.

Each page is asked of the whole application on SQLite, in this process. Seconds are CPU seconds, the median of several
answers: what else the machine does is not counted. Bytes are those that travel (gzipped) and those of the page.
Goals: 0.3 s, 300 kB, and queries that do not grow with rows.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert
from sqlalchemy.orm import Session

from roster.config import Settings
from roster.extensions import db
from roster.models import BY_DAY, Base, DraftAssignment, Level, Person, Role, RoleKind, Shift, Unit, WeeklyAvailability
from roster.server import lasting_app
from roster.vietnam import names
from tests import builders
from tests.benchmarks.page import Group

HEAD = ("page", "people", "shifts", "served by", "seconds", "queries", "kB sent", "kB")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Đức", "Hà", "Hạnh", "Hiếu", "Hoa", "Lan", "Linh", "Mai", "Minh", "Nam", "Ngọc")
MIDDLE = ("Thị", "Văn", "Minh", "Thanh", "Hoàng", "Ngọc", "Đức", "Thu")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
HOURS = (("07:30", "11:30"), ("13:30", "17:00"), ("18:00", "21:00"))
ASKED = 7  # times each page is asked


@dataclass(frozen=True, slots=True)
class Size:
    """`communes` share the shifts; `shared`: everybody of the province may serve everywhere, not only near home."""

    people: int = 6000
    shifts: int = 1000
    communes: int = 216
    shared: bool = False


SIZES = (Size(people=600, shifts=100, communes=22), Size(), Size(communes=10, shared=True))


@dataclass(frozen=True, slots=True)
class Ids:
    roster: int
    unit: int
    coordinator: int
    shift: int
    person: int
    monday: date


def rows() -> Iterator[tuple[str, ...]]:
    """The table's rows, one page after the other."""
    for size in SIZES:
        with _served(size) as (client, ids, engine):
            for name, address in _pages(ids):
                served_by = "everybody" if size.shared else "near ones"
                yield (name, f"{size.people:,}", f"{size.shifts:,}", served_by, *_measured(client, engine, address))


def _pages(ids: Ids) -> Iterator[tuple[str, str]]:
    week = f"/plan/{ids.unit}/{ids.monday.isoformat()}"
    yield "board", week
    yield "board, short places", f"{week}?short=1"
    yield "board, one person", f"{week}?person_id={ids.person}"
    yield "board, asked again", f"/rosters/{ids.roster}/board"
    yield "where a person may go", f"/rosters/{ids.roster}/people/{ids.person}/targets?leaving={ids.shift}"
    yield "people", "/people/"
    yield "people, search", "/people/?q=nguyen+lan"
    yield "candidates, search", f"/rosters/{ids.roster}/shifts/{ids.shift}/candidates?q=nguyen+thi+lan"


def _measured(client: FlaskClient, engine: Engine, address: str) -> tuple[str, ...]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    seconds = []
    try:
        for _ in range(ASKED):
            asked.clear()
            started = time.process_time()
            answer = client.get(address, headers={"Accept": "application/json"} if "/targets" in address else {})
            seconds.append(time.process_time() - started)
            assert answer.status_code == 200, f"{address} answers {answer.status_code}"
    finally:
        event.remove(engine, "before_cursor_execute", note)
    sent = len(gzip.compress(answer.data, 6))
    return f"{statistics.median(seconds):.2f}", str(len(asked)), f"{sent / 1000:.0f}", f"{len(answer.data) / 1000:.0f}"


@contextmanager
def _served(size: Size) -> Iterator[tuple[FlaskClient, Ids, Engine]]:
    """The application over a province in a folder of its own, asked by its coordinator."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder), database_url=f"sqlite:///{folder}/roster.db", secret_key="only for tests"
        )
        app = lasting_app(settings)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            ids = _province(db.session, size)  # type: ignore[arg-type]
            db.session.commit()
            engine = db.engine
        yield _client(app, ids.coordinator), ids, engine
        engine.dispose()


def _client(app: Flask, account_id: int) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{account_id}.0"
    return client


def _province(session: Session, size: Size) -> Ids:
    dice = Random(1)
    root = builders.a_unit(session, "Tỉnh đoàn Hà Tĩnh")
    communes = [builders.a_unit(session, f"Xã đoàn số {number}", parent=root) for number in range(size.communes)]
    coordinator = builders.an_account(session, Role(kind=RoleKind.COORDINATOR, unit=root))
    monday = _next_monday()
    roster = builders.a_roster(session, root, first_day=monday)
    people = _people(session, dice, size, communes)
    shifts = _shifts(session, dice, size, root, communes, monday)
    turns = _draft(session, dice, size, roster.id, people, shifts)
    session.flush()
    return Ids(roster.id, root.id, coordinator.id, *turns, monday)


def _next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


def _people(session: Session, dice: Random, size: Size, communes: list[Unit]) -> dict[int, list[int]]:
    """Ids by commune; each free on about half of the half-days."""
    rows = []
    for number in range(size.people):
        name = f"{dice.choice(FAMILY)} {dice.choice(MIDDLE)} {dice.choice(GIVEN)}"
        home = communes[number % len(communes)]
        rows.append(
            {
                "id": number + 1,
                "unit_id": home.id,
                "full_name": name,
                "name_sort": names.sort_key(name),
                "name_search": names.search_key(name),
                "max_turns": dice.choice((1, 1, 2)),
                "availability_at": builders.LONG_AGO,
                "newcomer": dice.random() < 0.1,
            }
        )
    session.execute(insert(Person), rows)
    free = [
        {"person_id": row["id"], "weekday": weekday, "half": half, "level": Level.AVAILABLE}
        for row in rows
        for weekday in range(7)
        for half in BY_DAY
        if dice.random() < 0.6
    ]
    session.execute(insert(WeeklyAvailability), free)
    homes: dict[int, list[int]] = {commune.id: [] for commune in communes}
    for row in rows:
        homes[row["unit_id"]].append(row["id"])
    return homes


def _shifts(session: Session, dice: Random, size: Size, root: Unit, communes: list[Unit], monday: date) -> list[Shift]:
    programme = builders.a_programme(session, root)
    sites = [builders.a_site(session, commune, f"Nhà văn hóa {commune.name}") for commune in communes]
    made = []
    for number in range(size.shifts):
        site, (starts, ends) = sites[number % len(sites)], dice.choice(HOURS)
        made.append(
            builders.a_shift(
                session,
                site,
                programme,
                day=monday + timedelta(days=dice.choice((0, 1, 2, 3, 4, 5, 5, 6))),
                starts=starts,
                ends=ends,
                minimum=dice.choice((2, 3, 3, 4)),
                pool=[f"unit:{root.id}"] if size.shared else None,
            )
        )
    return made


def _draft(
    session: Session, dice: Random, size: Size, roster_id: int, homes: dict[int, list[int]], shifts: list[Shift]
) -> tuple[int, int]:
    """Fill most places with people of the commune, one turn each; gives the first turn's shift and person."""
    turns = []
    used = Counter[int]()
    for shift in shifts:
        near = [person for person in homes[shift.site.unit_id] if not used[person]]
        for person in dice.sample(near, min(len(near), shift.minimum - (dice.random() < 0.1))):
            used[person] += 1
            turns.append({"roster_id": roster_id, "shift_id": shift.id, "person_id": person})
    session.execute(insert(DraftAssignment), turns)
    return turns[0]["shift_id"], turns[0]["person_id"]


def group() -> Group:
    return Group(
        name="pages",
        title="Pages of a large unit",
        about=(__doc__ or "").partition("\n\n")[2].strip(),
        head=HEAD,
        works={"pages": rows},
        quick=frozenset({"pages"}),
        keys=4,
    )


def main(show: Callable[[str], None] = print) -> None:
    for row in (HEAD, *rows()):
        show(" | ".join(row))


if __name__ == "__main__":
    main()
