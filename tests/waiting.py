"""Waiting for what happens beside a test: in another process, another thread, a browser.

A machine may be busy, or stand still for half a minute. So a test waits for a state and never for a time, and nothing
that it waits for has a time limit of its own which such a machine would reach.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import psutil

PATIENCE = 300  # seconds: only what will never happen is waited for that long

Found = TypeVar("Found")


def eventually(found: Callable[[], Found], *, otherwise: Callable[[], str] = lambda: "it did not happen") -> Found:
    """What `found` answers as soon as that counts as true; after PATIENCE it fails in the words of `otherwise`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        if answer := found():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(otherwise())
        time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """A process that has ended but was not yet asked how counts as ended."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
