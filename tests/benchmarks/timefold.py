"""The same weeks solved by Timefold and by us: `python -m tests.benchmarks.timefold [--write FILE]`.

One desk, twenty desks and a province, level by level, both rosters counted by our referee. Both get the same wall
time; for the province ours gets a twentieth of Timefold's as well. Timefold's engine is Java: the jars come with the
PyPI package `timefold`, whose Python layer breaks at 6,000 people, so the model is Java too (`timefold_model/`). Its
free edition uses one core, ours two workers.

Needs a JDK 17 (`apt-get install openjdk-17-jdk-headless`) and, the first time, the package registry: the jars are
kept in `instance/benchmarks/timefold`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from solver import writer
from solver.check import Roster, broken_rules
from solver.check.terms import levels_of
from solver.possible import possible_turns
from solver.problem import Assignment, Problem
from solver.rules import reluctance
from tests.benchmarks.province import a_province
from tests.benchmarks.timing import table

TIMEFOLD = "timefold==1.24.0b0"
ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "instance" / "benchmarks" / "timefold"
MODEL = Path(__file__).with_name("timefold_model") / "Rostering.java"
POLICE = "police"
NOBODY_LIMITS = 10**6
LEVELS = ({"under_min": 1}, {"under_need": 1}, {"unfairness": 1}, {"reluctance": 1})
HEAD = ("work", "solver", "seconds", "places", "needs", "unfairness", "reluctance")


class Missing(Exception):
    """Something this comparison needs is not on this machine."""


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    problem: Callable[[], Problem]
    seconds: int
    ours: tuple[int, ...]  # seconds ours gets, one run each


COMPARISONS = (
    Comparison("one desk", lambda: a_province(volunteers=40, shifts=14, communes=1), 10, (10,)),
    Comparison("20 desks", lambda: a_province(volunteers=600, shifts=200, communes=20), 30, (30,)),
    Comparison("province", a_province, 60, (60, 3)),
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.timefold", description=(__doc__ or "")[:80])
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the table as Markdown")
    parser.add_argument("--only", metavar="NAME", help="one comparison")
    chosen = parser.parse_args(arguments)
    try:
        classes = set_up()
    except Missing as missing:
        sys.exit(f"The comparison with Timefold cannot run: {missing}")
    rows: list[Sequence[str]] = [HEAD]
    for comparison in COMPARISONS:
        if chosen.only in (None, comparison.name):
            for row in compared(comparison, classes):
                rows.append(row)
                print(" | ".join(row), flush=True)  # noqa: T201  a benchmark prints
    if chosen.write:
        chosen.write.write_text("\n".join(table(rows)) + "\n")


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


def compared(comparison: Comparison, classes: str) -> Iterator[tuple[str, ...]]:
    problem = replace(comparison.problem(), levels=LEVELS)
    began = time.monotonic()
    theirs = _timefold(problem, comparison.seconds, classes)
    yield _row(comparison.name, "Timefold", time.monotonic() - began, problem, theirs)
    for seconds in comparison.ours:
        began = time.monotonic()
        ours = _ours(problem, seconds)
        yield _row(comparison.name, f"ours, {seconds} s", time.monotonic() - began, problem, ours)


def _row(name: str, who: str, seconds: float, problem: Problem, turns: Sequence[Assignment]) -> tuple[str, ...]:
    roster = Roster(problem, turns)
    broken = broken_rules(problem, roster)
    values = ["breaks rules"] * len(LEVELS) if broken else [f"{level.value:,}" for level in levels_of(problem, roster)]
    return (name, who, f"{seconds:.1f}", *values)


def _ours(problem: Problem, seconds: int) -> list[Assignment]:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "problem.json"), Path(folder, "solution.json")
        asked.write_bytes(writer.to_bytes(problem))
        command = [sys.executable, "-m", "solver", "solve", str(asked), "-o", str(answered)]
        subprocess.run([*command, "--seconds", str(seconds), "--workers", "2"], check=True, stdout=subprocess.DEVNULL)
        answer = json.loads(answered.read_bytes())
    return [Assignment(turn["volunteer"], turn["shift"]) for turn in answer["assignments"]]


def _timefold(problem: Problem, seconds: int, classes: str) -> list[Assignment]:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "week.tsv"), Path(folder, "roster.tsv")
        asked.write_text("".join("\t".join(map(str, line)) + "\n" for line in _lines(problem)))
        command = ["java", "-Xmx2g", "-cp", classes, "Rostering", str(asked), str(answered), str(seconds)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken = [line.split("\t") for line in answered.read_text().splitlines()]
    return [Assignment(problem.volunteers[int(person)].id, problem.shifts[int(shift)].id) for shift, person in taken]


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
    for person, shift in possible_turns(problem):
        welcome = reluctance.amount(person, shift)
        yield "turn", shift_of[shift.id], person_of[person.id], welcome, int(POLICE in person.qualifications)


if __name__ == "__main__":
    main()
