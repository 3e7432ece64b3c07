"""Reading what a stranger sent in a process of its own, which may take only so much memory and time.

What holds a worker for ever looks different in each format: a cell a million rows down, a repetition that never meets
its next day. Looking for all of it beforehand would be a second reader of each; what it has in common is the memory
and time it takes, so those are limited. Windows knows no such limits: there a reading gets as long as `MOST_SECONDS`.

The process runs one module by itself: the data in, and a line of JSON for each thing it has to tell.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 1024 * 1024 * 1024  # bytes; a spreadsheet of 20,000 full rows of 60 cells takes a third of it
MOST_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What a process told, in order, and whether it came to its end or was stopped by its limits."""

    lines: Sequence[Any]
    ended: bool


def run(module: str, data: bytes, *arguments: str, seconds: int = MOST_SECONDS) -> Told:
    """What a module tells of the data; it calls `limit` first, then `tell`. `seconds`: of the processor."""
    command = [sys.executable, "-m", module, str(seconds), *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=ROOT, timeout=MOST_SECONDS * 2, check=False)
    except subprocess.TimeoutExpired as stopped:
        return Told(_whole_lines(stopped.stdout or b""), ended=False)
    return Told(_whole_lines(done.stdout), ended=not done.returncode)


def limit() -> Sequence[str]:
    """Keep this process within its limits from here on; its other arguments."""
    seconds, *arguments = sys.argv[1:]
    try:
        import resource
    except ImportError:  # Windows
        return arguments
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return arguments


def tell(line: Any) -> None:
    """At once: what a process stopped by its limits told before is all that is known of it."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _whole_lines(output: bytes) -> list[Any]:
    return [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
