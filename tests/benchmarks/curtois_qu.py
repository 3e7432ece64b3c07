"""The public shift scheduling benchmark, as the contract's commands solve it, beside what others published.

For each instance value and bound after ten minutes, of 1 to 7 also after one. *Goal* is the best published ten-minute
result (Curtois and Qu 2014; for 20 any roster is good), after a minute half a percent more. *Reached* is when the value
first was as good. The instances are not ours to copy: they are read from beside the project.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from math import inf
from pathlib import Path

from tests.benchmarks.page import Group, Row
from tests.benchmarks.timing import Event, watched

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
HEAD = ("instance", "given s", "goal", "value", "bound", "reached", "status", "seconds", "CPU", "MiB")
MINUTE, TEN_MINUTES = 60, 600  # seconds
IN_A_MINUTE = range(1, 8)  # instances that have a goal for it
WITHIN = 1.005  # of the published value


def group(workers: int) -> Group:
    return Group(
        name="long",
        title="Long rosters: Curtois and Qu",
        about=(__doc__ or "").partition("\n\n")[2].strip(),
        head=HEAD,
        works={str(number): partial(_rows, number, workers) for number in PUBLISHED},
        keys=2,
    )


def _rows(number: int, workers: int) -> Iterator[Row]:
    published = PUBLISHED[number]
    if number in IN_A_MINUTE and published is not None:
        yield _measured(number, int(published * WITHIN), MINUTE, workers)
    yield _measured(number, published, TEN_MINUTES, workers)


def _measured(number: int, goal: int | None, seconds: int, workers: int) -> Row:
    """Fails if the referee refuses the answer."""
    with tempfile.TemporaryDirectory() as place:
        asked, answered = str(Path(place, "problem.json")), Path(place, "solution.json")
        command = [sys.executable, "-m", "solver"]
        instance = str(FOLDER / f"Instance{number}.txt")
        subprocess.run([*command, "convert", "curtois-qu", instance, "-o", asked], check=True)
        options = ["-o", str(answered), "--seconds", str(seconds), "--workers", str(workers), "--progress"]
        took, usage, events = watched([*command, "solve", asked, *options])
        answer = json.loads(answered.read_bytes())
        if answer["levels"]:
            subprocess.run([*command, "check", asked, str(answered)], check=True, stdout=subprocess.DEVNULL)
    [level] = answer["levels"] or [{"value": "none", "bound": ""}]
    return (
        str(number),
        str(seconds),
        "any" if goal is None else str(goal),
        str(level["value"]),
        str(level["bound"]),
        _reached(events, inf if goal is None else goal),
        answer["status"],
        f"{took:.1f}",
        f"{usage.ru_utime + usage.ru_stime:.1f}",
        f"{usage.ru_maxrss / 1024:.0f}",
    )


def _reached(events: Sequence[Event], goal: float) -> str:
    """When a roster was first as good as this."""
    good = (at for at, event in events if event["levels"] and event["levels"][0]["value"] <= goal)
    return next((f"{at:.0f} s" for at in good), "no")
