"""What the commands of `solver` and `solver.many` share: arguments, files, and how a refusal is told.

Exit codes: 0 done, 2 bad input, with one line per fault on standard error, 3 OR-Tools is not here.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from solver import reader
from solver.document import BadInput, Fault
from solver.problem import Problem

BAD_INPUT = 2
NOT_HERE = 3
LIBRARIES = ("numpy", "ortools")
WHERE = "In a checkout, `.venv/bin/python -m solver` has it, once `python3 dev.py demo` or `dev.py test` has been run."
YOUNG = 1_000_000  # objects between two looks for cycles: a problem is a million objects without any


def told(run: Callable[[], int]) -> int:
    """The exit code of a command; what was wrong with its input goes to standard error."""
    gc.set_threshold(YOUNG)
    try:
        return run()
    except BadInput as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)  # noqa: T201  a command-line program prints
        return BAD_INPUT
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in LIBRARIES:
            raise
        print(f"{sys.executable} has no {missing.name}. {WHERE}", file=sys.stderr)  # noqa: T201  a command-line program prints
        return NOT_HERE


def positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    """The type of an argument that is a number above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value

    return number


def below_one(text: str) -> float:
    """An argument from 0 up to, but not, 1."""
    value = float(text)
    if not 0 <= value < 1:
        raise ValueError(text)
    return value


def problem_of(path: Path) -> tuple[Problem, str]:
    """The problem of a file, and the digest of the file's bytes. Raises BadInput."""
    data = bytes_of(path)
    problem = reader.read(data)
    gc.freeze()  # it stays to the end: no look for cycles needs to pass over it
    return problem, sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a file's bytes. Raises BadInput."""
    return sha256(bytes_of(path)).hexdigest()


def bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput((Fault(str(path), f"cannot be read ({error.strerror})"),)) from error


def refuse_unwritable(*paths: Path) -> None:
    """Before the work whose answer would be lost: raises BadInput for a place that `write` could not write to."""
    wrong = ((path, _no_place(path)) for path in paths)
    faults = tuple(Fault(str(path), f"cannot be written ({os.strerror(reason)})") for path, reason in wrong if reason)
    if faults:
        raise BadInput(faults)


def _no_place(path: Path) -> int:
    """The error number of writing there; 0 if nothing is in the way."""
    try:
        if path.is_dir():
            return errno.EISDIR
        if not path.parent.is_dir():
            return errno.ENOTDIR if path.parent.exists() else errno.ENOENT
        return 0 if os.access(path if path.exists() else path.parent, os.W_OK) else errno.EACCES
    except OSError as error:
        return error.errno or errno.EIO


def write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BadInput((Fault(str(path), f"cannot be written ({error.strerror})"),)) from error
