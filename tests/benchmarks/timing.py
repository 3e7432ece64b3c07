"""What every benchmark does: run a process, see what it took, and put rows into a table."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence


def timed(command: Sequence[str]) -> tuple[float, resource.struct_rusage]:
    """Seconds and resources of one process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
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
