"""Many problems on all cores: `python -m solver.many PROBLEM.json … -o FOLDER [--seconds 60] [--workers 2]`.

A nation is its provinces, which share nobody. One process for each worker, and one worker for each problem: that wastes
less than two workers on one, and no province waits for the slowest step of another. Files go to the processes and files
come back, because reading one is quicker than passing the problem on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from solver import reader, solution
from solver.document import BadInput, Fault


def solve_each(files: Iterable[Path], folder: Path, *, seconds: float, workers: int, seed: int = 1) -> Iterator[Path]:
    """Solve each problem file, and tell of each answer as soon as it is written: in `folder`, under the same name.

    `seconds` is for one problem. Raises BadInput for a file that is no problem, once the others are done.
    """
    job = partial(_solve, folder=folder, seconds=seconds, seed=seed)
    # Not forked: threads of a solver do not survive that.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes:
        # The largest first, so that none is left over when the others are done.
        largest_first = sorted(files, key=lambda file: file.stat().st_size, reverse=True)
        jobs = [processes.submit(job, file) for file in largest_first]
        refused = []
        for done in as_completed(jobs):
            answer, faults = done.result()
            refused += faults
            if not faults:
                yield answer
    if refused:
        raise BadInput(tuple(refused))


def _solve(file: Path, *, folder: Path, seconds: float, seed: int) -> tuple[Path, list[Fault]]:
    from solver.engine import solve  # in the processes only: it loads OR-Tools

    data = file.read_bytes()
    try:
        problem = reader.read(data)
    except BadInput as refusal:
        return file, [Fault(f"{file.name}: {fault.path}", fault.text) for fault in refusal.faults]
    answer = solve(problem, seconds=seconds, workers=1, seed=seed, problem_sha256=sha256(data).hexdigest())
    written = folder / file.name
    written.write_bytes(solution.to_bytes(answer))
    return written, []


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m solver.many")
    parser.add_argument("problems", nargs="+", type=Path, metavar="PROBLEM.json")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    chosen.output.mkdir(parents=True, exist_ok=True)
    options = {"seconds": chosen.seconds, "workers": chosen.workers, "seed": chosen.seed}
    try:
        for answer in solve_each(chosen.problems, chosen.output, **options):
            print(answer, flush=True)  # noqa: T201  a command-line program prints
    except BadInput as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
