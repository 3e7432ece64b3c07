"""How migrations run, the same on SQLite and PostgreSQL: all of them in one transaction, or none.

SQLite changes a table by making it anew and dropping the old one, and dropping one whose rows others refer to with ON
DELETE CASCADE deletes those others. So there foreign keys rest while migrations run, and are checked at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Enum
from sqlalchemy.types import TypeDecorator

migrate = current_app.extensions["migrate"]
metadata = migrate.db.metadata


def render_item(kind: str, item: Any, _autogen_context: object) -> str | bool:
    """Write plain column types: a migration keeps its meaning when our own types change."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


@contextmanager
def resting_foreign_keys(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    # On the driver's connection, because inside a transaction SQLite ignores this setting.
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def require_sound_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows refer to nothing after the migration: {broken[:5]}")


def run() -> None:
    with migrate.db.engine.connect() as connection, resting_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_item=render_item,
            transactional_ddl=True,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            require_sound_references(connection)


run()
