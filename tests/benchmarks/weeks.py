"""How long a week takes the solver, file in to file out, in a process of its own; and how it lets itself be watched.

`On the way` says when the roster was first so near to its bounds, or the first level proved, counted from the start of
the process, as somebody sees it who follows its progress.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from solver import writer
from solver.problem import Problem
from tests.benchmarks import nation
from tests.benchmarks.page import Group, Row
from tests.benchmarks.province import a_province
from tests.benchmarks.timing import Event, watched

FIGURES = ("volunteers", "shifts", "turns", "short", "status", "levels (bound)", "seconds", "CPU", "MiB")
LARGE = partial(a_province, volunteers=20_000, shifts=8_000, communes=720)


@dataclass(frozen=True, slots=True)
class Work:
    """One problem, the seconds it gets, what it should reach, and how near (a share of each level) on the way."""

    problem: Callable[[], Problem]
    seconds: int
    goal: str = ""
    near: float = 0.01


WORKS: Mapping[str, Work] = {
    "desk with side rules": Work(lambda: a_province(volunteers=120, shifts=40, communes=3, side_rules=True), 30),
    "unit with side rules": Work(lambda: a_province(volunteers=300, shifts=100, communes=6, side_rules=True), 60),
    "province": Work(a_province, 60, "proved in 2.5 s, 250 MiB"),
    "province with side rules": Work(
        lambda: a_province(side_rules=True), 60, "within 1 % in 3 s, proved in 10 s", near=0.01
    ),
    "three provinces in one": Work(LARGE, 60, "level 1 in 3 s, proved in 30 s"),
    "three provinces in one with side rules": Work(
        lambda: LARGE(side_rules=True), 60, "within 0.5 % in 60 s", near=0.005
    ),
}
LONG = frozenset({"three provinces in one", "three provinces in one with side rules"})
NATION = "national-2025"


def group(workers: int) -> Group:
    works: dict[str, Callable[[], Iterator[Row]]] = {
        name: partial(_rows, name, work, workers) for name, work in WORKS.items()
    }
    return Group(
        name="weeks",
        title="A week, file in to file out",
        about=(__doc__ or "").partition("\n\n")[2].strip(),
        head=("work", "goal", "on the way", *FIGURES),
        works={**works, NATION: partial(_nation, workers)},
        quick=frozenset(WORKS) - LONG,
    )


def _nation(workers: int) -> Iterator[Row]:
    name, *figures = nation.measured(workers)
    yield (name, f"{nation.SECONDS} s on all cores, 2 GiB, each proved or within {nation.GAP:.1%}", "", *figures)


def _rows(name: str, work: Work, workers: int) -> Iterator[Row]:
    """Fails if the referee refuses the answer."""
    problem = work.problem()
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "problem.json"), Path(folder, "solution.json")
        asked.write_bytes(writer.to_bytes(problem))
        command = [sys.executable, "-m", "solver"]
        options = ["-o", str(answered), "--seconds", str(work.seconds), "--workers", str(workers), "--progress"]
        seconds, usage, events = watched([*command, "solve", str(asked), *options])
        subprocess.run([*command, "check", str(asked), str(answered)], check=True, stdout=subprocess.DEVNULL)
        answer = json.loads(answered.read_bytes())
    yield (
        name,
        work.goal,
        on_the_way(events, work.near),
        f"{len(problem.volunteers):,}",
        f"{len(problem.shifts):,}",
        f"{len(answer['assignments']):,}",
        str(len(answer["shortfalls"])),
        answer["status"],
        " ".join(_level(level) for level in answer["levels"]),
        f"{seconds:.1f}",
        f"{usage.ru_utime + usage.ru_stime:.1f}",
        f"{usage.ru_maxrss / 1024:.0f}",
    )


def _level(level: Mapping[str, Any]) -> str:
    value, bound = level["value"], level["bound"]
    return str(value) if value == bound else f"{value} ({bound})"


def on_the_way(events: Sequence[Event], near: float) -> str:
    """When the first level was proved, and when every level was within a share of itself of its bound."""

    def first(reached: Callable[[Sequence[Mapping[str, int]]], bool]) -> str:
        return next((f"{at:.1f} s" for at, event in events if event["levels"] and reached(event["levels"])), "never")

    proved = first(lambda levels: levels[0]["value"] == levels[0]["bound"])
    close = first(lambda levels: all(one["value"] - one["bound"] <= near * one["value"] for one in levels))
    return f"level 1 {proved}, within {near * 100:g} % {close}"


def watching(workers: int) -> Group:
    return Group(
        name="watching",
        title="A run that is watched",
        about="A province with side rules, stopped after three seconds.",
        head=("work", "goal s", "seconds"),
        works={"silence": lambda: _responsiveness(workers)},
        quick=frozenset({"silence"}),
    )


def _responsiveness(workers: int) -> Iterator[Row]:
    """How long a run is silent at most, and how soon it answers once it is told to stop."""
    from solver.engine import solve  # here: it loads OR-Tools, which the works above time in processes of their own

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
    yield "longest silence", "1", f"{max(later - earlier for earlier, later in pairwise(reports)):.2f}"
    yield "from being told to stop to the answer", "0.3", f"{answered - asked[0]:.2f}"
