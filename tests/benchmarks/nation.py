"""`national-2025`: a team at each of 3,321 communes in 34 provinces, 241,147 members, one week with every side rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from solver import writer
from solver.problem import Problem
from tests.benchmarks.province import a_province
from tests.benchmarks.timing import timed

PROVINCES, COMMUNES, MEMBERS = 34, 3_321, 241_147
SHIFTS_A_COMMUNE = 10  # mornings and afternoons of five days
SECONDS = 60  # for all provinces
GAP = 0.001  # of a level that nobody need look into any further


def a_nation() -> Iterator[tuple[str, Problem]]:
    """The name and the week of each province, as alike in size as whole numbers allow."""
    for number in range(PROVINCES):
        communes = _share(COMMUNES, number)
        yield (
            f"province-{number:02}",
            a_province(
                volunteers=_share(MEMBERS, number),
                shifts=communes * SHIFTS_A_COMMUNE,
                communes=communes,
                side_rules=True,
                seed=number,
            ),
        )


def _share(total: int, number: int) -> int:
    return total * (number + 1) // PROVINCES - total * number // PROVINCES


def measured(workers: int) -> tuple[str, ...]:
    """One row of the table: all provinces through `solver.many`. Fails if the referee refuses an answer."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "asked"), Path(folder, "answered")
        asked.mkdir()
        shifts = 0
        for name, problem in a_nation():
            (asked / f"{name}.json").write_bytes(writer.to_bytes(problem))
            shifts += len(problem.shifts)
        files = [str(file) for file in sorted(asked.iterdir())]
        options = ["-o", str(answered), "--within", str(SECONDS), "--gap", str(GAP), "--workers", str(workers)]
        seconds, usage = timed([sys.executable, "-m", "solver.many", *files, *options])
        for file in files:
            check = [sys.executable, "-m", "solver", "check", file, str(answered / Path(file).name)]
            subprocess.run(check, check=True, stdout=subprocess.DEVNULL)
        answers = [json.loads(file.read_bytes()) for file in answered.iterdir()]
    levels = [level for answer in answers for level in answer["levels"]]
    open_ = sum(level["value"] - level["bound"] for level in levels)
    states = Counter("near" if _is_near(answer) else answer["status"] for answer in answers)
    return (
        "national-2025",
        f"{MEMBERS:,}",
        f"{shifts:,}",
        f"{sum(len(answer['assignments']) for answer in answers):,}",
        str(sum(len(answer["shortfalls"]) for answer in answers)),
        ", ".join(f"{count} {state}" for state, count in states.items()),
        f"{open_} of {sum(level['value'] for level in levels)} open",
        f"{seconds:.1f}",
        f"{usage.ru_utime + usage.ru_stime:.1f}",
        f"{usage.ru_maxrss / 1024:.0f} each",
    )


def _is_near(answer: dict[str, Any]) -> bool:
    """Whether an answer that is not proved is as near to its bounds as was asked."""
    levels = answer["levels"]
    return answer["status"] != "optimal" and all(one["value"] - one["bound"] <= GAP * one["value"] for one in levels)


if __name__ == "__main__":
    print(" | ".join(measured(os.cpu_count() or 1)))  # noqa: T201  a benchmark prints
