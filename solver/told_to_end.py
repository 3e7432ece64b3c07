"""Told to end by Ctrl-C or SIGTERM: at once while there is nothing to keep, else when whoever works next looks.

A file of a whole province takes seconds to read, and a search loses its best roster if it is broken off anywhere.
So a signal is an exception while the file is read, and after that only a note that it came.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class ToldToEnd(BaseException):
    """Not an Exception, as KeyboardInterrupt is none: nobody on the way is to take it for a fault of the file."""


class Ears:
    """What came while somebody `listens`; calling it says whether anything did."""

    def __init__(self) -> None:
        self._came = self._breaking = False

    def __call__(self) -> bool:
        return self._came

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Raises ToldToEnd here, whatever is being done, as soon as a signal comes or if one has come already."""
        self._breaking = True
        try:
            if self._came:
                raise ToldToEnd
            yield
        finally:
            self._breaking = False

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        if self._breaking:
            raise ToldToEnd


@contextmanager
def listening() -> Iterator[Ears]:
    """While this lasts, Ctrl-C and SIGTERM do not end the process."""
    ears = Ears()
    before = {number: signal.signal(number, ears.hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ears
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
