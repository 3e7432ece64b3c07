"""The same weeks solved by Timefold and by us.

Both get the same wall time and both rosters are counted by our referee, level by level; for the province ours gets a
twentieth of Timefold's time as well. *Worse* names the levels on which ours is worse than Timefold's. Timefold's free
edition uses one core, ours two workers.

Timefold's engine is Java: the jars come with the PyPI package `timefold`, whose Python layer breaks at 6,000 people, so
the model is Java too (`tests/benchmarks/timefold_model`). It needs a JDK 17 (`apt-get install openjdk-17-jdk-headless`)
and, the first time, the package registry: the jars are kept in `instance/benchmarks/timefold`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from resource import struct_rusage

from solver import writer
from solver.check import Roster, broken_rules
from solver.check.terms import levels_of
from solver.possible import possible_turns
from solver.problem import Assignment, Problem
from solver.rules import reluctance
from tests.benchmarks.page import Group, Row
from tests.benchmarks.province import a_province
from tests.benchmarks.timing import timed

TIMEFOLD = "timefold==1.24.0b0"
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "instance" / "benchmarks" / "timefold"
MODEL = Path(__file__).with_name("timefold_model") / "Rostering.java"
POLICE = "police"
NOBODY_LIMITS = 10**6
LEVELS = ({"under_min": 1}, {"under_need": 1}, {"unfairness": 1}, {"reluctance": 1})
LEVEL_NAMES = ("places", "needs", "unfairness", "reluctance")


@dataclass(frozen=True, slots=True)
class Comparison:
    problem: Callable[[], Problem]
    seconds: int
    ours: tuple[int, ...]  # seconds ours gets, one run each


COMPARISONS: Mapping[str, Comparison] = {
    "one desk": Comparison(lambda: a_province(volunteers=40, shifts=14, communes=1), 10, (10,)),
    "20 desks": Comparison(lambda: a_province(volunteers=600, shifts=200, communes=20), 30, (30,)),
    "province": Comparison(a_province, 60, (60, 3)),
}


class Missing(Exception):
    """Something this comparison needs is not on this machine."""


def group(workers: int) -> Group:
    return Group(
        name="timefold",
        title="Beside Timefold",
        about=(__doc__ or "").partition("\n\n")[2].strip(),
        head=("work", "solver", "given s", *LEVEL_NAMES, "worse", "seconds", "CPU"),
        works={name: partial(_rows, name, comparison, workers) for name, comparison in COMPARISONS.items()},
        keys=3,
    )


@cache
def set_up() -> str:
    """The class path of the compiled model. Fetches Timefold's jars once."""
    for tool in ("java", "javac"):
        if shutil.which(tool) is None:
            raise Missing(f"there is no {tool}; apt-get install openjdk-17-jdk-headless")
    jars, classes = KEPT / "jars", KEPT / "classes"
    if not jars.is_dir():
        _fetch(jars)
    path = ":".join([str(classes), *sorted(str(jar) for jar in jars.glob("*.jar"))])
    classes.mkdir(parents=True, exist_ok=True)
    subprocess.run(["javac", "-cp", path, "-d", str(classes), str(MODEL)], check=True)
    return path


def _fetch(jars: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, TIMEFOLD]
        if subprocess.run(command, check=False).returncode:
            raise Missing(f"{TIMEFOLD} could not be fetched from the package registry (see above)")
        [wheel] = Path(folder).glob("*.whl")
        jars.mkdir(parents=True)
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.endswith(".jar"):
                    (jars / Path(name).name).write_bytes(archive.read(name))


def _rows(name: str, comparison: Comparison, workers: int) -> Iterator[Row]:
    problem = replace(comparison.problem(), levels=LEVELS)
    theirs = _timefold(problem, comparison.seconds)
    yield (name, "Timefold", str(comparison.seconds), *_figures(theirs), "", *_effort(theirs))
    for seconds in comparison.ours:
        ours = _ours(problem, seconds, workers)
        worse = [
            level for level, one, other in zip(LEVEL_NAMES, ours.levels, theirs.levels, strict=True) if one > other
        ]
        yield (name, "ours", str(seconds), *_figures(ours), ", ".join(worse) or "on none", *_effort(ours))


@dataclass(frozen=True, slots=True)
class Outcome:
    levels: tuple[int, ...]
    seconds: float
    cpu: float


def _outcome(problem: Problem, turns: Sequence[Assignment], took: float, usage: struct_rusage) -> Outcome:
    """What a roster comes to. Fails if it breaks a rule."""
    roster = Roster(problem, turns)
    broken = broken_rules(problem, roster)
    assert not broken, broken[:3]
    levels = tuple(level.value for level in levels_of(problem, roster))
    return Outcome(levels, took, usage.ru_utime + usage.ru_stime)


def _figures(outcome: Outcome) -> Iterator[str]:
    return (f"{value:,}" for value in outcome.levels)


def _effort(outcome: Outcome) -> tuple[str, str]:
    return f"{outcome.seconds:.1f}", f"{outcome.cpu:.1f}"


def _ours(problem: Problem, seconds: int, workers: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "problem.json"), Path(folder, "solution.json")
        asked.write_bytes(writer.to_bytes(problem))
        command = [sys.executable, "-m", "solver", "solve", str(asked), "-o", str(answered)]
        took, usage = timed([*command, "--seconds", str(seconds), "--workers", str(workers)])
        answer = json.loads(answered.read_bytes())
    turns = [Assignment(turn["volunteer"], turn["shift"]) for turn in answer["assignments"]]
    return _outcome(problem, turns, took, usage)


def _timefold(problem: Problem, seconds: int) -> Outcome:
    classes = set_up()
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "week.tsv"), Path(folder, "roster.tsv")
        asked.write_text("".join("\t".join(map(str, line)) + "\n" for line in _lines(problem)))
        took, usage = timed(["java", "-Xmx2g", "-cp", classes, "Rostering", str(asked), str(answered), str(seconds)])
        taken = [line.split("\t") for line in answered.read_text().splitlines()]
    turns = [Assignment(problem.volunteers[int(person)].id, problem.shifts[int(shift)].id) for shift, person in taken]
    return _outcome(problem, turns, took, usage)


def _lines(problem: Problem) -> Iterator[tuple[object, ...]]:
    """The problem as `timefold_model/Rostering.java` reads it."""
    person_of = {person.id: number for number, person in enumerate(problem.volunteers)}
    shift_of = {shift.id: number for number, shift in enumerate(problem.shifts)}
    for number, person in enumerate(problem.volunteers):
        limits = person.limits
        turns = NOBODY_LIMITS if limits.turns is None else limits.turns
        rest = -1 if limits.rest_minutes is None else limits.rest_minutes
        yield "person", number, turns, rest, person.history_turns
    for number, shift in enumerate(problem.shifts):
        police = sum(need.min for need in shift.needs if need.qualification == POLICE)
        seats = shift.min if shift.max is None else shift.max
        yield "shift", number, shift.day, shift.start, shift.end, shift.min, seats, police
    turns = possible_turns(problem)
    for (person, shift), welcome in zip(turns, reluctance.amounts(problem.volunteers, turns), strict=True):
        yield "turn", shift_of[shift.id], person_of[person.id], welcome, int(POLICE in person.qualifications)
