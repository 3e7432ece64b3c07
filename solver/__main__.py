"""The commands of the file format: solve, check, explain, standins, convert; beyond it, service, repair and whatif.

Each imports what it needs when it runs, so that checking a file does not wait for OR-Tools. Exit codes: 0 done,
1 the solution is wrong (check), 2 bad input, with one line per fault on standard error, 3 OR-Tools is not here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver import solution, solution_reader, writer
from solver.command_line import below_one, bytes_of, digest_of, positive, problem_of, refuse_unwritable, told, write
from solver.document import BadInput, Fault, shown
from solver.problem import Problem
from solver.solution import Run, Solution
from solver.told_to_end import Ears, ToldToEnd, listening

if TYPE_CHECKING:
    from solver.check import Report
    from solver.progress import Progress

Arguments = argparse.Namespace
REPORT = 0.5  # seconds between two progress events while the file is read


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    chosen = _parser().parse_args(arguments)
    return told(partial(chosen.run, chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description="Make, judge and explain rosters.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_solve(commands)
    for name, run, text in (
        ("check", check, "every broken rule by name, every level"),
        ("service", service, "how surely each shift has the people it needs"),
        ("explain", explain, "why places are short, and what would help"),
        ("standins", standins, "who could serve on a shift instead, best first"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("problem", type=Path, metavar="PROBLEM.json")
        command.add_argument("solution", type=Path, metavar="SOLUTION.json")
        if name in ("explain", "standins"):
            command.add_argument("--shift", required=name == "standins", metavar="ID")
        if name == "explain":
            command.add_argument("--person", action="append", default=[], metavar="ID", help="their reasons too")
        if name != "check":
            command.add_argument("--json", action="store_true")
        command.set_defaults(run=run)
    _add_repair(commands)
    _add_what_if(commands)
    _add_convert(commands)
    return parser


def _add_solve(commands: Any) -> None:
    command = commands.add_parser("solve", help="make the best roster there is, and prove it")
    command.add_argument("problem", type=Path, metavar="PROBLEM.json")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="SOLUTION.json")
    _add_effort(command)
    command.add_argument("--gap", type=below_one, default=0.0, help="be content with a roster this near to its bounds")
    command.add_argument("--progress", action="store_true", help="one JSON object per line on standard error")
    command.set_defaults(run=solve)


def _add_effort(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seconds", type=positive(float), default=60.0)
    command.add_argument("--workers", type=positive(int), default=2)
    command.add_argument("--seed", type=int, default=1)


def _effort(arguments: Arguments) -> dict[str, Any]:
    return {"seconds": arguments.seconds, "workers": arguments.workers, "seed": arguments.seed}


def _add_repair(commands: Any) -> None:
    command = commands.add_parser("repair", help="fill what was cancelled, with the fewest changes")
    command.add_argument("problem", type=Path, metavar="PROBLEM.json")
    command.add_argument("solution", type=Path, metavar="SOLUTION.json", help="the roster that stood")
    command.add_argument("losses", type=Path, metavar="LOSSES.json")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="REPAIRED.json")
    command.add_argument(
        "--question", type=Path, metavar="AFTER.json", help="the problem after the losses, to check with"
    )
    command.add_argument("--first", action="store_true", help="only the first answer, at once and without a search")
    command.add_argument("--json", action="store_true")
    _add_effort(command)
    command.set_defaults(run=repair)


def _add_what_if(commands: Any) -> None:
    command = commands.add_parser("whatif", help="what a change of people, limits or demand would come to")
    command.add_argument("problem", type=Path, metavar="PROBLEM.json")
    command.add_argument("solution", type=Path, metavar="SOLUTION.json")
    command.add_argument("--change", action="append", required=True, metavar="JSON", help="may be given several times")
    command.add_argument("--json", action="store_true")
    _add_effort(command)
    command.set_defaults(run=what_if)


def _add_convert(commands: Any) -> None:
    command = commands.add_parser("convert", help="turn a public benchmark instance into a problem file")
    command.add_argument("format", choices=["curtois-qu"])
    command.add_argument("instance", type=Path, metavar="INSTANCE.txt")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="PROBLEM.json")
    command.set_defaults(run=convert)


def solve(arguments: Arguments) -> int:
    """Make a roster; told to end, write the best one so far."""
    refuse_unwritable(arguments.output)
    with listening() as told:
        answer = _solved(arguments, told)
        write(arguments.output, solution.to_bytes(answer))
        _say(_summary(answer))
    return 0


def _solved(arguments: Arguments, told: Ears) -> Solution:
    on_progress = _print_progress if arguments.progress else None
    try:
        with _reading(on_progress), told.at_once():
            from solver.engine import solve

            problem, digest = problem_of(arguments.problem)
    except ToldToEnd:
        run = Run(digest_of(arguments.problem), 0.0, arguments.seed, arguments.workers, {}, {})
        return Solution("cancelled", (), (), (), run)
    return solve(
        problem,
        seconds=arguments.seconds,
        workers=arguments.workers,
        seed=arguments.seed,
        gap=arguments.gap,
        on_progress=on_progress,
        should_stop=told,
        problem_sha256=digest,
    )


@contextmanager
def _reading(on_progress: Callable[[Progress], None] | None) -> Iterator[None]:
    """Meanwhile, say again and again that nothing is known yet and no second of the search has passed."""
    if on_progress is None:
        yield
        return
    from solver.progress import Progress

    read, nothing = threading.Event(), Progress(0.0, (), 0, 0)

    def tell() -> None:
        on_progress(nothing)
        while not read.wait(REPORT):
            on_progress(nothing)

    telling = threading.Thread(target=tell, name="roster-reading", daemon=True)
    telling.start()
    try:
        yield
    finally:
        read.set()
        telling.join()


def _summary(answer: Solution) -> str:
    levels = " ".join(f"{level.value}({level.bound})" for level in answer.levels)
    return (
        f"{answer.status}: {len(answer.assignments)} turns, {len(answer.shortfalls)} shifts short, "
        f"levels {levels or '-'}, {answer.run.seconds:.1f} s"
    )


def _print_progress(progress: Progress) -> None:
    levels = [{"terms": dict(level.terms), "value": level.value, "bound": level.bound} for level in progress.levels]
    event = {"seconds": round(progress.seconds, 2), "placed": progress.placed, "short": progress.short}
    print(json.dumps({**event, "levels": levels}), file=sys.stderr, flush=True)  # noqa: T201  asked for


def check(arguments: Arguments) -> int:
    from solver.check import check
    from solver.printing import verdict

    problem, digest = problem_of(arguments.problem)
    report = check(problem, solution_reader.read_file(arguments.solution, problem), problem_sha256=digest)
    _say("\n".join(verdict(report)))
    return 0 if report.ok else 1


def service(arguments: Arguments) -> int:
    from solver.check import Roster, service
    from solver.printing import plain

    problem, _ = problem_of(arguments.problem)
    answer = _roster_of(arguments.solution, problem)
    found = service.to_json(service.service_of(problem, Roster(problem, answer.assignments)))
    _say(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(plain(found["shifts"])))
    return 0


def explain(arguments: Arguments) -> int:
    from solver.check import Standing
    from solver.crowd import Crowd
    from solver.explain import reasons, shortages, to_json
    from solver.printing import plain

    problem, answer = _both(arguments)
    strangers = [name for name in arguments.person if name not in problem.volunteer_by_id]
    if strangers:
        raise BadInput(tuple(Fault("--person", f"{shown(name)} is no volunteer of the problem") for name in strangers))
    found = to_json(shortages(problem, answer.assignments, shift=arguments.shift, with_chains=True))
    if arguments.person:
        crowd = Crowd(Standing(problem, answer.assignments))
        found["people"] = reasons.to_json(reasons.reasons_of(crowd, name) for name in arguments.person)
    records = [*found["shifts"], *found.get("people", ())]
    _say(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(plain(records)))
    return 0


def standins(arguments: Arguments) -> int:
    from solver.printing import plain
    from solver.standins import standins, to_json

    problem, answer = _both(arguments)
    found = to_json(arguments.shift, standins(problem, answer.assignments, arguments.shift))
    _say(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(plain(found["standins"])))
    return 0


def repair(arguments: Arguments) -> int:
    from solver.recovery import first_answer, reading, repaired

    refuse_unwritable(*(path for path in (arguments.output, arguments.question) if path))
    problem, _ = problem_of(arguments.problem)
    standing = _roster_of(arguments.solution, problem).assignments
    losses, window = reading.read(bytes_of(arguments.losses), problem)
    first = first_answer(problem, standing, losses, window)
    question = writer.to_bytes(first.question)
    digest = sha256(question).hexdigest()
    if arguments.question:
        write(arguments.question, question)
    if arguments.first:
        answer, moves = first.as_solution(digest), first.moves
    else:
        effort = _effort(arguments)
        found = repaired(problem, standing, losses, window, first=first, problem_sha256=digest, **effort)
        answer, moves = found.solution, found.moves
    write(arguments.output, solution.to_bytes(answer))
    asked = reading.to_json(moves)
    counts = ", ".join(f"{len(turns)} {name}" for name, turns in asked.items())
    _say(json.dumps(asked, ensure_ascii=False) if arguments.json else f"{_summary(answer)}; turns {counts}")
    return 0


def what_if(arguments: Arguments) -> int:
    from solver.check import check
    from solver.printing import comparison
    from solver.whatif import reading, to_json, what_if

    problem, _ = problem_of(arguments.problem)
    before = _roster_of(arguments.solution, problem)
    report = check(problem, before)
    if not report.ok:
        raise BadInput(tuple(_untrue(report)))
    alterations = reading.read(arguments.change, problem)
    found = to_json(what_if(problem, before, alterations, **_effort(arguments)))
    _say(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(comparison(found)))
    return 0


def _untrue(report: Report) -> Iterator[Fault]:
    """What keeps an answer's figures from being compared with others."""
    for one in report.broken:
        whose = "" if one.volunteer is None else f" of {shown(one.volunteer)}"
        yield Fault("assignments", f"break {one.rule}{whose}")
    for wrong in report.misreported:
        yield Fault(wrong.path, f"says {wrong.reported}, is {wrong.actual}")


def convert(arguments: Arguments) -> int:
    from solver import curtois_qu

    refuse_unwritable(arguments.output)
    problem = curtois_qu.read(bytes_of(arguments.instance))
    write(arguments.output, writer.to_bytes(problem))
    return 0


def _both(arguments: Arguments) -> tuple[Problem, Solution]:
    """The problem and its solution; refuses a `--shift` the problem does not have."""
    problem, _ = problem_of(arguments.problem)
    if arguments.shift is not None and arguments.shift not in problem.shift_by_id:
        raise BadInput((Fault("--shift", f"{shown(arguments.shift)} is no shift of the problem"),))
    return problem, _roster_of(arguments.solution, problem)


def _roster_of(path: Path, problem: Problem) -> Solution:
    """The solution in a file; refuses one that has no roster to speak of."""
    from solver.check import holds_a_roster

    answer = solution_reader.read_file(path, problem)
    if not holds_a_roster(problem, answer):
        raise BadInput((Fault(str(path), f"is {answer.status} and has no roster"),))
    return answer


def _say(text: str) -> None:
    if text:
        print(text)  # noqa: T201  a command-line program prints


if __name__ == "__main__":
    code = main()
    # A solver left behind by a run that was stopped would bring the interpreter down while it tidies up.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
