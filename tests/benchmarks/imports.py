"""How long a list of 6,000 people takes from its upload to its last row, and again when the same list comes once more.

Seconds are those of the clock, CPU seconds those of this process; on PostgreSQL its server works beside. Goal: seconds.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from roster.imports import people
from roster.models import Base, Person
from roster.services import imports
from tests import builders, postgres
from tests.benchmarks.page import Group

PEOPLE, BRANCHES, TEAMS = 6_000, 60, 200
HEAD = ("list of people", "rows", "engine", "seconds", "CPU")
HEADER = ("STT", "Họ và tên", "Ngày sinh", "Số ĐT", "Email", "Chi đoàn", "Tổ", "Kỹ năng")
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Bùi", "Võ", "Hồ", "Ngô", "Dương")
GIVEN = ("Lan", "Hà", "Ánh", "Đức", "Mai", "Minh", "Quân", "Thảo")


def rows() -> Iterator[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        addresses = {"SQLite": f"sqlite:///{folder}/roster.db", "PostgreSQL": postgres.fresh_database("imports")}
        for name, address in addresses.items():
            engine = create_engine(address)
            Base.metadata.create_all(engine)
            yield from _measured(engine, name)
            engine.dispose()


def _measured(engine: Engine, name: str) -> Iterator[tuple[str, ...]]:
    sessions = sessionmaker(engine)
    with sessions() as session:
        unit = builders.a_unit(session, "Tỉnh đoàn Bình Định")
        for number in range(BRANCHES):
            builders.a_unit(session, f"Chi đoàn số {number}", parent=unit)
        builders.a_qualification(session)
        builders.a_coordinator(session, unit)
        session.commit()
    works = {"written for the first time": 0, "the same once more": 0, "everybody in another branch": 1}
    for work, moved in works.items():
        seconds, used = time.monotonic(), time.process_time()
        _import(sessions, _a_list(moved))
        took = time.monotonic() - seconds, time.process_time() - used
        yield work, f"{PEOPLE:,}", name, *(f"{one:.1f}" for one in took)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == PEOPLE


def _import(sessions: sessionmaker[Session], file: bytes) -> None:
    """Uploaded, looked at, confirmed and written, as a coordinator and a worker would."""
    now = datetime.now(UTC)
    with sessions() as session:
        by = session.scalars(select(builders.Account)).one()
        unit = session.get_one(builders.Unit, 1)
        found = people.upload(session, unit, file, "danh sách.csv", by=by, now=now)
        session.commit()
        review = people.reviewed(session, found, by=by, now=now)
        assert not review.counts["bad"], review.of("bad")[0]
        imports.confirm(session, found.id, rows=len(review.verdicts), by=by, now=now)
        import_id = found.id
        session.commit()
    people.apply(sessions, import_id, should_stop=lambda: False)


def _a_list(moved: int) -> bytes:
    """Everybody with everything: name, birthday, phone number, address, branch (so many further), team and training."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADER)
    for number in range(PEOPLE):
        born = date(2000, 1, 1) + timedelta(days=number % 2000)
        lines.writerow(
            (
                number + 1,
                f"{FAMILIES[number % 10]} Thị {GIVEN[number % 8]}",
                f"{born:%d/%m/%Y}",
                f"9{12_000_000 + number}",
                f"tnv{number}@example.org",
                f"Chi đoàn số {(number + moved) % BRANCHES}",
                f"Tổ số {number % TEAMS}",
                "trained" if number % 3 == 0 else "",
            )
        )
    return text.getvalue().encode()


def group() -> Group:
    return Group(
        name="imports",
        title="A list of people",
        about=(__doc__ or "").strip(),
        head=HEAD,
        works={"imports": rows},
        quick=frozenset({"imports"}),
        keys=3,
    )


def main(show: Callable[[str], None] = print) -> None:
    for row in (HEAD, *rows()):
        show(" | ".join(row))
    postgres.leave()


if __name__ == "__main__":
    main()
