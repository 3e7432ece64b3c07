"""The public shift scheduling benchmark, as the contract's commands solve it: `python -m tests.benchmarks.curtois_qu`.

For each instance value and bound after a minute and after ten, beside the best published ten-minute result (Curtois
and Qu 2014; for 20 any roster is good). The instances are not ours to copy: `--folder` says where they are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.timing import timed

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "instances" / "curtois-qu"
PUBLISHED: dict[int, int | None] = {
    1: 607,
    2: 828,
    3: 1001,
    4: 1716,
    5: 1143,
    6: 1950,
    7: 1056,
    8: 1341,
    10: 4631,
    12: 4042,
    14: 1281,
    16: 3253,
    20: None,
}
HEAD = ("instance", "seconds given", "value", "bound", "published", "reached", "status", "seconds", "CPU", "MiB")
LENGTHS = (60, 600)  # seconds
WITHIN = 1.005  # of the published value after a minute


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.curtois_qu")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where Instance1.txt and the others are")
    parser.add_argument("--only", type=int, nargs="*", help="these instances")
    parser.add_argument("--seconds", type=int, nargs="*", default=LENGTHS, help="a run of each length")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    for row in rows(chosen.folder, chosen.only or list(PUBLISHED), chosen.seconds, chosen.workers):
        print(" | ".join(row), flush=True)  # noqa: T201  a benchmark prints


def rows(folder: Path, numbers: Sequence[int], lengths: Sequence[int], workers: int) -> Iterator[tuple[str, ...]]:
    """The table, a minute only for the instances that have a goal for it."""
    if not folder.is_dir():
        sys.exit(f"The instances of Curtois and Qu are not in {folder}; --folder says where they are.")
    yield HEAD
    for number in numbers:
        for seconds in lengths:
            if seconds > 60 or number <= 7:
                yield measured(folder / f"Instance{number}.txt", PUBLISHED[number], seconds, workers)


def measured(instance: Path, published: int | None, seconds: int, workers: int) -> tuple[str, ...]:
    """One row. Fails if the referee refuses the answer."""
    with tempfile.TemporaryDirectory() as place:
        asked, answered = str(Path(place, "problem.json")), Path(place, "solution.json")
        command = [sys.executable, "-m", "solver"]
        subprocess.run([*command, "convert", "curtois-qu", str(instance), "-o", asked], check=True)
        options = ["-o", str(answered), "--seconds", str(seconds), "--workers", str(workers)]
        took, usage = timed([*command, "solve", asked, *options])
        answer = json.loads(answered.read_bytes())
        if answer["levels"]:
            subprocess.run([*command, "check", asked, str(answered)], check=True, stdout=subprocess.DEVNULL)
    levels = answer["levels"] or [{"value": None, "bound": None}]
    value, bound = levels[0]["value"], levels[0]["bound"]
    goal = published if published is None or seconds > 60 else int(published * WITHIN)
    reached = value is not None and (goal is None or value <= goal)
    return (
        instance.stem.removeprefix("Instance"),
        str(seconds),
        str(value),
        str(bound),
        "any" if published is None else str(published),
        "yes" if reached else "no",
        answer["status"],
        f"{took:.1f}",
        f"{usage.ru_utime + usage.ru_stime:.1f}",
        f"{usage.ru_maxrss / 1024:.0f}",
    )


if __name__ == "__main__":
    main()
