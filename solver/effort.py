"""How much a search may ask of solvers: workers, seed, time, and the way to stop whatever is running."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SEARCHING = "roster-search"  # the name of a search's thread


def left_behind() -> bool:
    """Whether a search still runs in this process whose caller has gone on: what cannot be interrupted, and ends with
    the process or by its own limit."""
    return any(thread.name == SEARCHING for thread in threading.enumerate())


class Stopped(Exception):
    """The search was told to end."""


class Effort:
    """Shared by all threads of a search."""

    def __init__(self, workers: int, seed: int, seconds: float) -> None:
        self.workers, self.seed = workers, seed
        self.started_at = time.monotonic()
        self.deadline = self.started_at + seconds
        self._stopping = threading.Event()
        self._running: dict[int, Callable[[], None]] = {}

    def seconds(self) -> float:
        return time.monotonic() - self.started_at

    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def check(self) -> None:
        """Raise Stopped once the time is up or somebody said so."""
        if self._stopping.is_set() or self.seconds_left() <= 0:
            raise Stopped

    @contextmanager
    def running(self, stop: Callable[[], None]) -> Iterator[None]:
        """While a solver runs that `stop` ends. Raises Stopped instead of letting it start too late."""
        self.check()
        key = id(stop)
        self._running[key] = stop
        try:
            yield
        finally:
            del self._running[key]

    def stop(self) -> None:
        """End the search soon. May be called again until it has ended: a solver about to start misses the first."""
        self._stopping.set()
        for stop in list(self._running.values()):
            stop()
