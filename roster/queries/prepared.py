"""Statements for the few places where SQLAlchemy's own cost per execution would be most of the answer.

A calendar poll is one look-up by key: 4 µs of SQLite's time, 11 with a connection from the pool, 67 through an
executed `select()`. So the statement is written and compiled by SQLAlchemy as ever, once for each kind of database,
and then handed to the driver. Rows come as the driver gives them: on SQLite a time is text (`moment` reads it), a
truth value is a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Dialect, Engine, Select

Raw = tuple[Any, ...]
Moment = datetime | str


@dataclass(frozen=True)
class _Compiled:
    """A statement's text, its constants, and the order of its parameters if they go by position."""

    sql: str
    constants: dict[str, Any]
    order: Sequence[str] | None

    def values(self, parameters: dict[str, Any]) -> Any:
        named = {**self.constants, **parameters}
        return named if self.order is None else tuple(named[name] for name in self.order)


class Prepared:
    """A `select()` whose parameters are all named `bindparam`s.

    Where it gathers strings these have to be `required=False`: SQLAlchemy writes the separator into the text, for
    which it wants to see all values.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, engine: Engine, **parameters: Any) -> Sequence[Raw]:
        """All rows, read in a transaction of their own."""
        compiled = self._compiled.get(engine.dialect.name) or self._compile(engine.dialect)
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(compiled.sql, compiled.values(parameters))
            return cursor.fetchall()
        finally:
            connection.close()

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        constants = {name: value.value if isinstance(value, Enum) else value for name, value in compiled.params.items()}
        order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._compiled[dialect.name] = _Compiled(str(compiled), constants, order)
        return self._compiled[dialect.name]


def moment(value: Moment) -> datetime:
    """The aware time behind what the driver gave."""
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
