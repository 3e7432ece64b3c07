"""How much a search may ask of solvers: workers, seed, time, and the way to stop whatever is running."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn

SEARCHING = "roster-search"  # the name of a search's thread
SEEDS = 2**31  # solvers take no others than those below
OVERTIME = 3.0  # seconds of work, not of waiting for a busy machine, that a first roster may take beyond the end
LONGEST = 10.0**9  # seconds; more do not fit into what solvers take for a time


def left_behind() -> bool:
    """Whether a search still runs in this process whose caller has gone on: what cannot be interrupted, and ends with
    the process or by its own limit."""
    return any(thread.name == SEARCHING for thread in threading.enumerate())


class Stopped(Exception):
    """The search was told to end."""


class Effort:
    """Shared by all threads of a search."""

    def __init__(self, workers: int, seed: int, seconds: float) -> None:
        self.workers, self.seed = workers, seed % SEEDS
        self.started_at = time.monotonic()
        self.deadline = self.started_at + min(seconds, LONGEST)
        self._late_since: float | None = None  # in working time of the thread that makes a first roster
        self._stopping = threading.Event()
        self._running: dict[int, Callable[[], None]] = {}
        self._changing = threading.Lock()

    def seconds(self) -> float:
        return time.monotonic() - self.started_at

    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def overtime(self) -> bool:
        """Whether a first roster, or the first good one, is still worth working on; asked by the thread that does."""
        if self._stopping.is_set():
            return False
        if self.seconds_left() > 0:
            return True
        if self._late_since is None:
            self._late_since = time.thread_time()
        return time.thread_time() - self._late_since < OVERTIME

    def check(self) -> None:
        """Raise Stopped once the time is up or somebody said so."""
        if self._stopping.is_set() or self.seconds_left() <= 0:
            raise Stopped

    @contextmanager
    def running(self, stop: Callable[[], None]) -> Iterator[None]:
        """While a solver runs that `stop` ends. Raises Stopped instead of letting it start too late.

        Nobody calls `stop` after this: a process that has ended could be another one by then.
        """
        self.check()
        key = id(stop)
        with self._changing:
            self._running[key] = stop
        try:
            yield
        finally:
            with self._changing:
                del self._running[key]

    def apart(self, work: Callable[[], bytes]) -> bytes:
        """What `work` makes, in a child process: for calls that can neither be interrupted nor let other threads run.

        The child is a fork, so nothing has to be passed on to it. Raises Stopped if it was told to end.
        """
        self.check()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _answer(work, writing)
        os.close(writing)
        end = partial(os.kill, child, signal.SIGKILL)
        with os.fdopen(reading, "rb") as pipe:
            try:
                with self.running(end):
                    found = pipe.read()
            except BaseException:
                end()
                raise
            finally:
                _, status = os.waitpid(child, 0)
        self.check()
        if status:
            raise ChildProcessError(status)
        return found

    def stop(self) -> None:
        """End the search soon. May be called again until it has ended: a solver about to start misses the first."""
        self._stopping.set()
        with self._changing:
            for stop in self._running.values():
                stop()


def _answer(work: Callable[[], bytes], writing: int) -> NoReturn:
    """The child's whole life. It leaves at once, and tidies up nothing that is its parent's."""
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(work())
    except BaseException:  # the parent only sees that there is no answer
        os._exit(1)
    os._exit(0)
