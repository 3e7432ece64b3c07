"""What every test may ask for: an empty database on each engine.

`session` and `engine` run a test twice, on SQLite and on a real PostgreSQL; `sqlite_url` and `postgres_url` give one
of them by address, for tests that start processes of their own. `app` is the web application on an empty database.

The tests of a process share addresses, engines and applications (`tests/lasting.py`).
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from roster.config import Settings
from roster.imports import fetching
from roster.models import Base, sqlite
from tests import chromium, postgres
from tests.lasting import application_of, as_new, engine_of
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENGINES = ("sqlite", "postgresql")

# What the product waits for, it waits for in vain after seconds that a starved machine may need.
sqlite.BUSY_TIMEOUT = 1000 * PATIENCE
fetching.CONNECT_SECONDS = PATIENCE

# The same examples each time, or a change could be refused for a fault that is older, or for a slow machine. New ones
# are tried with `--hypothesis-profile=new`.
SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=SLOW)
hypothesis.settings.register_profile("new", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.load_profile("same")

# A hundred times quicker than TRUNCATE, which makes a new file for each table.
EMPTIED = ";".join(
    (
        # A session that a test left open holds its rows; better told than waited for.
        f"SET LOCAL lock_timeout = '{PATIENCE}s'",
        "SET LOCAL session_replication_role = replica",  # no foreign key is asked while all its rows go
        *(str(table.delete()) for table in Base.metadata.sorted_tables),
        "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
    )
)


@event.listens_for(Engine, "connect")
def _carelessly(connection: object, _record: object) -> None:
    """Nothing waits for the disk: a test's database has nothing to lose (PostgreSQL's is told so too).

    Rows that nobody asked to be in order come the other way round here: PostgreSQL promises none either, and keeps to
    none once it has tidied up.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA reverse_unordered_selects = ON")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "empty.db"
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_url(empty_sqlite: Path) -> str:
    """Always the same address. The file is a new one: whoever still has the last test's open does no harm."""
    file = empty_sqlite.with_name("roster.db")
    for left in (file, *(file.with_name(f"{file.name}-{kind}") for kind in ("wal", "shm"))):
        left.unlink(missing_ok=True)
    shutil.copy(empty_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def postgres_tables(worker_id: str) -> Iterator[tuple[str, Engine]]:
    url = postgres.fresh_database(f"roster_{worker_id}")
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    yield url, engine
    engine.dispose()


def pytest_sessionfinish() -> None:
    postgres.leave()


@pytest.fixture
def postgres_url(postgres_tables: tuple[str, Engine]) -> Iterator[str]:
    url, engine = postgres_tables
    yield url
    with engine.begin() as connection:
        connection.exec_driver_sql(EMPTIED)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database with every table: the test runs once on each engine."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_of(database_url)
    yield engine.execution_options()  # a view of it: what a test listens to there ends with the test
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """An installation of its own, with passwords that hash quickly and nobody throttled."""
    return Settings(
        home=tmp_path, database_url=sqlite_url, secret_key="only for tests", rate_limits=False, argon2_time_cost=1
    )


@pytest.fixture
def app(settings: Settings, empty_sqlite: Path) -> Iterator[Flask]:
    with as_new(application_of(replace(settings, home=empty_sqlite.parent))) as app:
        yield app


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One for all tests of a process, because Playwright's loop cannot run there twice."""
    from playwright.sync_api import expect, sync_playwright  # here, because few tests need it

    most = 1000 * PATIENCE
    expect.set_options(timeout=most)
    with sync_playwright() as playwright:
        browser = chromium.launched(playwright)
        browser.on("context", lambda context: context.set_default_timeout(most))
        yield browser
        browser.close()
