"""Long lists: which page of one to show, and what a search means in it.

Sites, teams and units are found by any part of their name without marks or case, as people are. No database folds
Vietnamese letters alike, so names are compared here; there are some thousands of them at most.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from roster.vietnam.names import search_key


def page_number(asked: int, total: int, size: int) -> int:
    """The page asked for, counted from 1, or the nearest there is."""
    return min(max(asked, 1), max(1, -(-total // size)))


def is_named_like(search: str, name: str) -> bool:
    return search_key(search) in search_key(name)


def named_like(
    session: Session, query: Select[Any], key: InstrumentedAttribute[int], name: InstrumentedAttribute[str], search: str
) -> ColumnElement[bool]:
    """The condition that a row of the query has a name like `search`."""
    rows = session.execute(query.with_only_columns(key, name))
    return key.in_([id for id, text in rows if is_named_like(search, text)])
