"""The engine: a problem in, the best roster that time allows out, with a proof or the proved bounds.

The search runs in a thread of its own; the caller's thread watches it, reports progress and passes on the wish to
stop. So callbacks run where they were given (a database session is bound to its thread), and a stop takes effect
at once whatever the search is doing. Nothing is returned that the referee has not seen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from importlib.metadata import version

from solver import writer
from solver.check import Roster, broken_rules, shortfalls_of
from solver.check.terms import levels_of
from solver.problem import Problem
from solver.progress import Progress
from solver.search import Search
from solver.solution import Assignment, Clash, Level, Run, Solution, Status

POLL = 0.05  # seconds between two looks at the search
REPORT = 0.5  # seconds between two progress events
GRACE = 0.2  # seconds a stopped search may take to end before it is left behind

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


class RefereeDisagrees(AssertionError):
    """The engine made a roster that breaks a hard rule: a defect of the engine, never the caller's fault."""


def solve(
    problem: Problem,
    *,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    problem_sha256: str | None = None,
    start: Iterable[Assignment] = (),
) -> Solution:
    """The best roster found within `seconds`.

    `on_progress` gets an event at least once a second; `should_stop` is asked many times a second. Both are called
    in the caller's thread. `problem_sha256` is that of the problem's file, by default of what `writer` makes of it.
    `start` is a roster known before: where it breaks no rule, the answer is at least as good.
    """
    search = Search(problem, seconds=seconds, workers=workers, seed=seed, start=start)
    cancelled = _watch(search, on_progress, should_stop)
    run = Run(
        problem_sha256=sha256(writer.to_bytes(problem)).hexdigest() if problem_sha256 is None else problem_sha256,
        seconds=round(search.effort.seconds(), 3),
        seed=seed,
        workers=workers,
        versions={"ortools": version("ortools")},
        parameters={"seconds": seconds},
    )
    return _answer(search, run, cancelled=cancelled)


def _watch(search: Search, on_progress: OnProgress | None, should_stop: ShouldStop | None) -> bool:
    """Run the search to its end; whether it was cancelled."""
    thread = threading.Thread(target=search.run, name="roster-search", daemon=True)
    thread.start()
    cancelled, stopped_at, reported_at = False, None, 0.0
    while not search.finished.wait(POLL):
        now = time.monotonic()
        if on_progress and now - reported_at >= REPORT:
            reported_at = now
            on_progress(progress_of(search))
        if stopped_at is None and should_stop and should_stop():
            cancelled = True
        if cancelled or search.effort.seconds_left() <= 0:
            stopped_at = stopped_at or now
            search.effort.stop()
            if now - stopped_at > GRACE:
                break
    if search.error is not None:
        raise search.error
    if on_progress:
        on_progress(progress_of(search))
    return cancelled


def progress_of(search: Search) -> Progress:
    """Where a search stands; without a roster, with nobody placed and no levels."""
    assignments = search.assignments()
    if assignments is None:
        return Progress(search.effort.seconds(), (), 0, sum(shift.min > 0 for shift in search.problem.shifts))
    roster = Roster(search.problem, assignments)
    short = sum(gap.missing for gap in shortfalls_of(search.problem, roster))
    return Progress(search.effort.seconds(), _levels(search.problem, roster, search.bounds()), len(assignments), short)


def _levels(problem: Problem, roster: Roster, bounds: Sequence[int]) -> tuple[Level, ...]:
    counted = levels_of(problem, roster)
    return tuple(Level(level.terms, level.value, bound) for level, bound in zip(counted, bounds, strict=True))


def _answer(search: Search, run: Run, *, cancelled: bool) -> Solution:
    if search.contradiction is not None:
        return _without_roster("infeasible", run, search.contradiction)
    proved, bounds, assignments = search.proved(), search.bounds(), search.assignments()
    if assignments is None:
        return _without_roster("cancelled" if cancelled else "unknown", run)
    roster = _refereed(search.problem, assignments)
    status: Status = "optimal" if proved else "cancelled" if cancelled else "feasible"
    levels = _levels(search.problem, roster, bounds)
    return Solution(status, assignments, levels, shortfalls_of(search.problem, roster), run)


def _without_roster(status: Status, run: Run, contradiction: tuple[Clash, ...] = ()) -> Solution:
    return Solution(status, (), (), (), run, contradiction)


def _refereed(problem: Problem, assignments: tuple[Assignment, ...]) -> Roster:
    roster = Roster(problem, assignments)
    broken = broken_rules(problem, roster)
    if broken:
        raise RefereeDisagrees(broken)
    return roster
