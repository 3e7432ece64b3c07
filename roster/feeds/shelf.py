"""What one process remembers of calendars: the newest bytes it knows, for as many as fit.

Addresses are remembered too, so that a calendar that was answered before can be answered while the database is away.
"""

from collections import OrderedDict
from threading import Lock

from roster.feeds.documents import Drawn
from roster.queries.feeds import Address

_ROOM = 64 * 1024 * 1024  # octets of calendars
_SHARE = 3  # a calendar's entries weigh about as much as its bytes, and its compressed bytes come on top
_ADDRESSES = 20_000


class Shelf:
    """Safe for threads; the longest unused go first."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._taken = 0
        self._calendars: OrderedDict[int, Drawn] = OrderedDict()
        self._addresses: OrderedDict[str, Address] = OrderedDict()
        self._lock = Lock()

    def get(self, document_id: int) -> Drawn | None:
        with self._lock:
            drawn = self._calendars.get(document_id)
            if drawn:
                self._calendars.move_to_end(document_id)
            return drawn

    def put(self, document_id: int, drawn: Drawn) -> None:
        with self._lock:
            self._taken += _weight(drawn) - _weight(self._calendars.pop(document_id, None))
            self._calendars[document_id] = drawn
            while self._taken > self._room:
                _, dropped = self._calendars.popitem(last=False)
                self._taken -= _weight(dropped)

    def address(self, token_hash: str) -> Address | None:
        return self._addresses.get(token_hash)

    def put_address(self, token_hash: str, address: Address) -> None:
        with self._lock:
            self._addresses[token_hash] = address
            self._addresses.move_to_end(token_hash)
            if len(self._addresses) > _ADDRESSES:
                self._addresses.popitem(last=False)


def _weight(drawn: Drawn | None) -> int:
    return _SHARE * len(drawn.plain.body) if drawn else 0
