"""What every benchmark does: run a process, see what it took, and put rows into a table."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

Event = tuple[float, Any]  # seconds since the process began, and what it told


def timed(command: Sequence[str]) -> tuple[float, resource.struct_rusage]:
    """Seconds and resources of one process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    return _ended(process, command, started)


def watched(command: Sequence[str]) -> tuple[float, resource.struct_rusage, list[Event]]:
    """The same, and the JSON lines it wrote to standard error."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    events = []
    with process.stderr as lines:
        for line in lines:
            if line.startswith("{"):
                events.append((time.monotonic() - started, json.loads(line)))
            else:
                sys.stderr.write(line)
    return *_ended(process, command, started), events


def _ended(
    process: subprocess.Popen[Any], command: Sequence[str], started: float
) -> tuple[float, resource.struct_rusage]:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.monotonic() - started, usage


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Markdown, the first row being the head."""
    for number, row in enumerate(rows):
        yield f"| {' | '.join(row)} |"
        if number == 0:
            yield f"|{' --- |' * len(row)}"
