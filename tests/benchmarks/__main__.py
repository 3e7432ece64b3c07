"""How long the solver takes, file in to file out, in a process of its own: `python -m tests.benchmarks [--full]`.

Seconds are those of the clock, CPU those of all threads, memory the most the process held. `--write FILE` keeps the
table as Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from solver import writer
from solver.problem import Problem
from tests.benchmarks import curtois_qu, nation
from tests.benchmarks.province import a_province
from tests.benchmarks.timing import table, timed

HEAD = ("work", "volunteers", "shifts", "turns", "short", "status", "levels (bound)", "seconds", "CPU", "MiB")


@dataclass(frozen=True, slots=True)
class Work:
    """One problem, and the seconds it gets."""

    name: str
    problem: Callable[[], Problem]
    seconds: int


QUICK = (
    Work("desk with side rules", lambda: a_province(volunteers=120, shifts=40, communes=3, side_rules=True), 30),
    Work("unit with side rules", lambda: a_province(volunteers=300, shifts=100, communes=6, side_rules=True), 60),
    Work("province", a_province, 60),
)
FULL = (
    *QUICK,
    Work("province with side rules", lambda: a_province(side_rules=True), 120),
    Work("three provinces in one", lambda: a_province(volunteers=20_000, shifts=8_000, communes=720), 120),
    Work(
        "three provinces in one with side rules",
        lambda: a_province(volunteers=20_000, shifts=8_000, communes=720, side_rules=True),
        120,
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--full", action="store_true", help="the long ones too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table as Markdown")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    rows = [HEAD]
    for work in FULL if chosen.full else QUICK:
        rows.append(measured(work, chosen.workers))
        print(" | ".join(rows[-1]), flush=True)  # noqa: T201  a benchmark prints
    if chosen.full:
        rows.append(nation.measured(chosen.workers))
        print(" | ".join(rows[-1]), flush=True)  # noqa: T201
    told = responsiveness(chosen.workers)
    print(told, flush=True)  # noqa: T201
    long = list(_long_rosters(chosen.workers)) if chosen.full else []
    if chosen.write:
        lines = [*_markdown(rows, chosen.workers), "", told]
        chosen.write.write_text("\n".join(lines + (["", *table(long)] if long else [])) + "\n")


def _long_rosters(workers: int) -> Iterator[tuple[str, ...]]:
    """The public benchmark, a minute and ten of each instance: some two hours."""
    for row in curtois_qu.rows(curtois_qu.FOLDER, list(curtois_qu.PUBLISHED), curtois_qu.LENGTHS, workers):
        print(" | ".join(row), flush=True)  # noqa: T201
        yield row


def measured(work: Work, workers: int) -> tuple[str, ...]:
    """One row of the table. Fails if the referee refuses the answer."""
    problem = work.problem()
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "problem.json"), Path(folder, "solution.json")
        asked.write_bytes(writer.to_bytes(problem))
        command = [sys.executable, "-m", "solver"]
        options = ["-o", str(answered), "--seconds", str(work.seconds), "--workers", str(workers)]
        seconds, usage = timed([*command, "solve", str(asked), *options])
        subprocess.run([*command, "check", str(asked), str(answered)], check=True, stdout=subprocess.DEVNULL)
        answer = json.loads(answered.read_bytes())
    levels = " ".join(
        str(level["value"]) if level["value"] == level["bound"] else f"{level['value']} ({level['bound']})"
        for level in answer["levels"]
    )
    return (
        work.name,
        f"{len(problem.volunteers):,}",
        f"{len(problem.shifts):,}",
        f"{len(answer['assignments']):,}",
        str(len(answer["shortfalls"])),
        answer["status"],
        levels,
        f"{seconds:.1f}",
        f"{usage.ru_utime + usage.ru_stime:.1f}",
        f"{usage.ru_maxrss / 1024:.0f}",
    )


def responsiveness(workers: int) -> str:
    """How long a run is silent at most, and how soon it answers once it is told to stop. Goals: 1 s and 0.3 s."""
    from solver.engine import solve  # here: it loads OR-Tools, which the rows above time in processes of their own

    problem = a_province(side_rules=True)
    started = time.monotonic()
    reports, asked = [started], list[float]()

    def stop() -> bool:
        if not asked and time.monotonic() - started > 3:
            asked.append(time.monotonic())
        return bool(asked)

    digest = "of the file, which whoever has one knows"
    solve(
        problem,
        workers=workers,
        on_progress=lambda _: reports.append(time.monotonic()),
        should_stop=stop,
        problem_sha256=digest,
    )
    answered = time.monotonic()
    silence = max(later - earlier for earlier, later in pairwise(reports))
    delay = answered - asked[0]
    return f"Longest silence of a run: {silence:.2f} s. From being told to stop to the answer: {delay:.2f} s."


def _markdown(rows: Sequence[tuple[str, ...]], workers: int) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    load = os.getloadavg()[0]
    yield f"`python -m tests.benchmarks`, {os.cpu_count()} cores, {workers} workers; load {load:.1f} at the end."
    yield ""
    yield from table(rows)


if __name__ == "__main__":
    main()
