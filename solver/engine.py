"""The engine: a problem in, the best roster that time allows out, with a proof or the proved bounds.

The search runs in a thread of its own; the caller's thread watches it, reports progress and passes on the wish to
stop. So callbacks run where they were given (a database session is bound to its thread), and a stop takes effect
at once whatever the search is doing: what cannot be interrupted is left behind. Nothing is returned that the referee
has not seen.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from solver import writer
from solver.check import Roster, Value, broken_rules, shortfalls_of
from solver.check.terms import levels_of
from solver.effort import SEARCHING
from solver.problem import Problem
from solver.progress import Known, Progress
from solver.search import Search
from solver.solution import Assignment, Clash, Level, Run, Shortfall, Solution, Status

POLL = 0.05  # seconds between two looks at the search
REPORT = 0.5  # seconds between two progress events
FIRST = 0.1  # seconds a search that is stopped as it begins may take to its first roster
GRACE = 0.05  # seconds a stopped search may take to end before it is left behind

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
    gap: float = 0,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    problem_sha256: str | None = None,
    start: Iterable[Assignment] = (),
) -> Solution:
    """The best roster found within `seconds`, or the first of which every level is within `gap` of its bound (0.001:
    one in a thousand).

    `on_progress` gets an event at least once a second; `should_stop` is asked many times a second. Both are called
    in the caller's thread. `problem_sha256` is that of the problem's file, by default of what `writer` makes of it.
    `start` is a roster known before: where it breaks no rule, the answer is at least as good.
    """
    search = Search(problem, seconds=seconds, workers=workers, seed=seed, start=start)
    count = _Count(search)
    cancelled = _watch(search, count, gap, on_progress, should_stop)
    from importlib.metadata import version  # here: no first roster waits for it

    run = Run(
        problem_sha256=sha256(writer.to_bytes(problem)).hexdigest() if problem_sha256 is None else problem_sha256,
        seconds=round(search.effort.seconds(), 3),
        seed=seed,
        workers=workers,
        versions={"ortools": version("ortools")},
        parameters={"seconds": seconds} | ({"gap": gap} if gap else {}),
    )
    return _answer(search, count, run, cancelled=cancelled)


def _watch(
    search: Search, count: _Count, gap: float, on_progress: OnProgress | None, should_stop: ShouldStop | None
) -> bool:
    """Run the search to its end; whether it was cancelled."""
    threading.Thread(target=search.run, name=SEARCHING, daemon=True).start()
    cancelled, reported_at, closed = False, 0.0, 0
    while not search.finished.wait(POLL):
        # A level just proved is news that need not wait.
        if on_progress and (time.monotonic() - reported_at >= REPORT or search.closed() > closed):
            reported_at, closed = time.monotonic(), search.closed()
            on_progress(count.progress())
        cancelled = should_stop is not None and should_stop()
        if cancelled or _out_of_time(search) or (gap and search.within(gap)):
            _end(search)
            break
    if search.error is not None:
        # What is not installed is told whoever asks, whatever was found without it.
        if isinstance(search.error, ImportError) or search.assignments(search.known()) is None:
            raise search.error
        # A defect, but none of the roster: the referee sees that before anybody.
        warnings.warn(f"the search broke off: {search.error!r}", RuntimeWarning, stacklevel=3)
    if on_progress and not cancelled:
        on_progress(count.progress())
    return cancelled


def _out_of_time(search: Search) -> bool:
    """Never before the first roster: one that is late is better than none."""
    return search.effort.seconds_left() <= 0 and search.begun.is_set()


def _end(search: Search) -> None:
    """Stop the search, or leave it behind."""
    search.begun.wait(FIRST)
    until = time.monotonic() + GRACE
    while not search.finished.is_set() and time.monotonic() < until:
        search.effort.stop()
        search.finished.wait(POLL / 5)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A roster as the referee counts it."""

    roster: Roster
    assignments: tuple[Assignment, ...]
    values: tuple[Value, ...]
    gaps: tuple[Shortfall, ...]

    def levels(self, bounds: Sequence[int]) -> tuple[Level, ...]:
        return tuple(Level(one.terms, one.value, bound) for one, bound in zip(self.values, bounds, strict=True))


class _Count:
    """The count of a search's best roster, made anew only when there is a better one."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self._best: list[tuple[Assignment, ...] | None] = []
        self._counted: _Counted | None = None

    def of(self, known: Sequence[Known]) -> _Counted | None:
        """None before there is a roster."""
        best = [part.best for part in known]
        if best != self._best:
            self._best, self._counted = best, self._count(self.search.assignments(known))
        return self._counted

    def _count(self, assignments: tuple[Assignment, ...] | None) -> _Counted | None:
        if assignments is None:
            return None
        problem = self.search.problem
        roster = Roster(problem, assignments)
        return _Counted(roster, assignments, levels_of(problem, roster), shortfalls_of(problem, roster))

    def progress(self) -> Progress:
        """Where the search stands; without a roster, with nobody placed and no levels."""
        seconds, known = self.search.effort.seconds(), self.search.known()
        bounds, counted = self.search.bounds(known), self.of(known)
        if counted is None:
            return Progress(seconds, (), 0, sum(shift.min for shift in self.search.problem.shifts))
        short = sum(gap.missing for gap in counted.gaps)
        return Progress(seconds, counted.levels(bounds), len(counted.assignments), short)


def _answer(search: Search, count: _Count, run: Run, *, cancelled: bool) -> Solution:
    if search.contradiction is not None:
        return _without_roster("infeasible", run, search.contradiction)
    proved, known = search.proved(), search.known()
    bounds, counted = search.bounds(known), count.of(known)
    if counted is None:
        return _without_roster("cancelled" if cancelled else "unknown", run)
    broken = broken_rules(search.problem, counted.roster)
    if broken:
        raise RefereeDisagrees(broken)
    status: Status = "optimal" if proved else "cancelled" if cancelled else "feasible"
    return Solution(status, counted.assignments, counted.levels(bounds), counted.gaps, run)


def _without_roster(status: Status, run: Run, contradiction: tuple[Clash, ...] = ()) -> Solution:
    return Solution(status, (), (), (), run, contradiction)
