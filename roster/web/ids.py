"""Ids of rows as addresses and forms bring them: none is larger than the databases count.

SQLite and PostgreSQL refuse larger numbers with an error of their own; here they simply name nothing.
"""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # PostgreSQL's integer


class RowIdConverter(IntegerConverter):
    """`<int:…>` in a route: a larger number is an address that does not exist."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": LARGEST, **options})


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = RowIdConverter


def row_id(text: str) -> int:
    """For `MultiDict.get(…, type=row_id)`. Raises ValueError, which that takes for nothing sent."""
    number = int(text)
    if not 0 < number <= LARGEST:
        raise ValueError(text)
    return number
