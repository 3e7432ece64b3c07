"""Many problems on all cores: `python -m solver.many PROBLEM.json … -o FOLDER [--seconds 60] [--within 60]`.

A nation is its provinces, which share nobody. As many processes as workers, one worker for each problem: that wastes
less than two workers on one, and no province waits for the slowest step of another. Each problem has a process of its
own, which takes along whatever its search could not interrupt; it is a fork of this one, which has loaded OR-Tools and
started no thread. Files go to the processes and files come back, because reading one is quicker than passing the
problem on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from os.path import realpath
from pathlib import Path
from statistics import fmean
from typing import cast

from solver import solution
from solver.command_line import below_one, positive, problem_of, refuse_unwritable, told, write
from solver.document import BadInput, Fault

GENEROUS = 4  # shares of what is left for the next problem: most end long before, and leave the rest to others
FIRST_ROSTER = 3  # times as long as reading a problem takes a first roster of it, reading included
LEAST = 0.1  # seconds of a share


@dataclass(frozen=True, slots=True)
class Terms:
    """How long and how well problems are solved: each for `seconds` at most, and all `within` some where it can be."""

    seconds: float = 60
    within: float | None = None
    gap: float = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds that a problem took, those to read it among them, and whether it was done before they were up."""

    reading: float
    seconds: float
    done: bool


def solve_each(files: Iterable[Path], folder: Path, *, workers: int, terms: Terms) -> Iterator[Path]:
    """Solve each problem file, and tell of each answer as soon as it is written: in `folder`, under the same name.

    Raises BadInput for files of one name or in that folder before anything is solved, and once the others are done for
    a file that is no problem or has none to be read, and for an answer that cannot be written.
    """
    sizes, refused = _sizes(files, folder)
    waiting = sorted(sizes, key=sizes.__getitem__)  # the largest is taken first, so that none is left over at the end
    shares = None if terms.within is None else Shares(terms.within, workers)
    running: dict[Connection, Path] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            file = waiting.pop()
            share = None if shares is None else shares.next(sizes[file], len(waiting))
            running[_begun(file, folder / file.name, terms, share)] = file
        for pipe in cast(list[Connection], wait(list(running))):
            file = running.pop(pipe)
            faults, spent = _received(pipe, file)
            refused += faults
            if shares is not None and not faults:
                shares.learn(sizes[file], spent)
            if not faults:
                yield folder / file.name
    if refused:
        raise BadInput(tuple(refused))


def _sizes(files: Iterable[Path], folder: Path) -> tuple[dict[Path, int], list[Fault]]:
    """The bytes of each file that is there, and what is wrong with the others."""
    sizes: dict[Path, int] = {}
    names: dict[str, Path] = {}
    unanswerable, missing = [], []
    for file in files:
        if file.name in names:
            unanswerable.append(Fault(str(file), f"would be answered under the name of {names[file.name]}"))
        if realpath(file) == realpath(folder / file.name):
            unanswerable.append(Fault(str(file), "would be overwritten by its answer"))
        names.setdefault(file.name, file)
        try:
            sizes[file] = file.stat().st_size
        except OSError as error:
            missing.append(Fault(str(file), f"cannot be read ({error.strerror})"))
    if unanswerable:
        raise BadInput(tuple(unanswerable))
    return sizes, missing


def _received(pipe: Connection, file: Path) -> tuple[list[Fault], Spent]:
    with pipe:
        try:
            found: tuple[list[Fault], Spent] = pipe.recv()
        except EOFError as error:
            raise ChildProcessError(f"the process that solved {file} has died") from error
    return found


class Shares:
    """The seconds for all problems, shared out as they go: first of all to a first roster of each."""

    def __init__(self, within: float, workers: int) -> None:
        self.ends, self.workers = time.monotonic() + within, workers
        self.first = 0.0  # seconds, until it is known, that a first roster takes
        self.paces: list[float] = []  # seconds that a byte took, in each problem that was done before its time was up

    def next(self, size: int, waiting: int) -> float:
        """The share of a problem of this size, while others wait: a first roster, and of what is left once all will
        have theirs, more than an equal share. Nothing more if it would not do: later ones will have the more."""
        others, shares = max(0, waiting + 1 - self.workers), GENEROUS * self.workers
        spare = max(0.0, self.ends - time.monotonic() - self.first * (1 + others / self.workers))
        share = self.first + spare * shares / (shares + others)
        return max(LEAST, share if share >= self._enough(size) else self.first)

    def learn(self, size: int, spent: Spent) -> None:
        self.first = max(self.first, FIRST_ROSTER * spent.reading)
        if spent.done:
            self.paces.append(spent.seconds / size)

    def _enough(self, size: int) -> float:
        """What a problem of this size takes, as far as known."""
        return fmean(self.paces) * size if self.paces else 0.0


def _begun(file: Path, answered: Path, terms: Terms, share: float | None) -> Connection:
    """A process that solves a file, and will send what was wrong with it and what it spent."""
    import solver.engine
    import solver.stages  # noqa: F401  once for all processes

    context = get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    context.Process(target=_solve, args=(file, answered, terms, share, sending), daemon=True).start()
    sending.close()
    return receiving


def _solve(file: Path, answered: Path, terms: Terms, share: float | None, sending: Connection) -> None:
    from solver.engine import solve

    began = time.monotonic()
    faults: list[Fault] = []
    reading, done = 0.0, False
    try:
        refuse_unwritable(answered)
        problem, digest = problem_of(file)
        reading = time.monotonic() - began
        # Reading is part of its share.
        seconds = terms.seconds if share is None else min(terms.seconds, max(LEAST, share - reading))
        answer = solve(problem, seconds=seconds, workers=1, seed=terms.seed, gap=terms.gap, problem_sha256=digest)
        done = answer.run.seconds < seconds
        write(answered, solution.to_bytes(answer))
    except BadInput as refusal:
        faults = [_of(file, fault) for fault in refusal.faults]
    sending.send((faults, Spent(reading, time.monotonic() - began, done)))


def _of(file: Path, fault: Fault) -> Fault:
    """A fault in a file, with the file's name; one of a whole file has it already."""
    whole = fault.path.endswith(file.name)
    return fault if whole else Fault(f"{file.name}: {fault.path}" if fault.path else file.name, fault.text)


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    return told(partial(_run, chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver.many", description="Solve several problems on all cores.")
    parser.add_argument("problems", nargs="+", type=Path, metavar="PROBLEM.json")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seconds", type=positive(float), default=60, help="at most for each problem")
    parser.add_argument("--within", type=positive(float), help="seconds for all of them, shared out as they go")
    parser.add_argument("--gap", type=below_one, default=0, help="be content with rosters this near to their bounds")
    parser.add_argument("--workers", type=positive(int), default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _run(chosen: argparse.Namespace) -> int:
    try:
        chosen.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput((Fault(str(chosen.output), f"cannot be made a folder ({error.strerror})"),)) from error
    terms = Terms(chosen.seconds, chosen.within, chosen.gap, chosen.seed)
    for answer in solve_each(chosen.problems, chosen.output, workers=chosen.workers, terms=terms):
        print(answer, flush=True)  # noqa: T201  a command-line program prints
    return 0


if __name__ == "__main__":
    sys.exit(main())
