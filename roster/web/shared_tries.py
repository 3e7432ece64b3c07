"""Where Flask-Limiter counts: in the service's own database, which all its processes share (`services/tries.py`).

Redis would do as well where there is one, but then there would be two ways; failed tries are few.
"""

from typing import Any, ClassVar

from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from roster.clock import utc_now
from roster.extensions import db
from roster.services import tries

ADDRESS = "roster://"


class SharedTries(Storage):
    """Counts beside the request, before its view and after it: never within the transaction of what was tried."""

    STORAGE_SCHEME: ClassVar[list[str]] = ["roster"]  # type: ignore[misc]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        db.session.rollback()  # what a refused view left behind; on SQLite its reading keeps all writers waiting
        count = tries.add(db.session, key, expiry, now=utc_now(), amount=amount)
        db.session.commit()
        return count

    def get(self, key: str) -> int:
        return self._made(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._made(key)[1].timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        tries.forget_all(db.session)
        db.session.commit()
        return None

    def clear(self, key: str) -> None:
        tries.forget(db.session, key)
        db.session.commit()

    def _made(self, key: str) -> Any:
        made = tries.made(db.session, key, now=utc_now())
        db.session.rollback()
        return made
