"""Repair after cancellations: a first answer at once, then the fewest changes among the best-covered rosters.

    first = first_answer(problem, roster, Losses(turns=(Assignment("lan", "mon-am"),)))   # in a request
    best = repaired(problem, roster, losses, Window(days=frozenset({0})))                 # in a worker

Both answer the same question (`question`, the problem after the losses), in which the roster that stood is the
`previous` one. Importing this loads no OR-Tools; `repaired` does where paths of a flow do not lead to the best roster.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.check import Roster, Value, shortfalls_of
from solver.check.terms import levels_of
from solver.problem import Assignment, Problem
from solver.recovery.first import first_turns
from solver.recovery.losses import Absence, Losses, Window, question_after
from solver.recovery.moves import Moves, moves_between
from solver.recovery.nearest import nearest_roster
from solver.recovery.parts import piece_of, whole_of
from solver.solution import Level, Run, Shortfall, Solution

if TYPE_CHECKING:
    from solver.progress import Progress

__all__ = ["Absence", "FirstAnswer", "Losses", "Moves", "Repaired", "Window", "first_answer", "piece_of", "repaired"]

ANYWHERE = Window()
SOON = 0.1  # seconds that a search has at least


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The question after the losses, and a roster of it; None if what is left breaks a rule only a search can mend."""

    question: Problem
    assignments: tuple[Assignment, ...] | None
    moves: Moves
    shortfalls: tuple[Shortfall, ...]
    levels: tuple[Value, ...]
    seconds: float

    def as_solution(self, problem_sha256: str = "") -> Solution:
        """The same as a solution nobody has proved anything of; `unknown` without a roster."""
        run = Run(problem_sha256, round(self.seconds, 3), 0, 1, {}, {})
        if self.assignments is None:
            return Solution("unknown", (), (), (), run)
        levels = tuple(Level(level.terms, level.value, 0) for level in self.levels)
        return Solution("feasible", self.assignments, levels, self.shortfalls, run)


@dataclass(frozen=True, slots=True)
class Repaired:
    """The best answer found, its levels proved or bounded as in every solution, and what it asks of people."""

    question: Problem
    solution: Solution
    moves: Moves
    first: FirstAnswer


def first_answer(
    problem: Problem, standing: Sequence[Assignment], losses: Losses, window: Window = ANYWHERE
) -> FirstAnswer:
    """A roster at once: each lost place to one who may take it. Raises KeyError for an unknown volunteer or shift."""
    started = time.monotonic()
    question, lost = question_after(problem, standing, losses), losses.of(problem, standing)
    turns = first_turns(question, standing, lost, _free(question, window))
    roster = Roster(question, turns or ())
    return FirstAnswer(
        question,
        turns,
        moves_between(standing, lost, turns or ()),
        shortfalls_of(question, roster) if turns is not None else (),
        levels_of(question, roster) if turns is not None else (),
        time.monotonic() - started,
    )


def repaired(
    problem: Problem,
    standing: Sequence[Assignment],
    losses: Losses,
    window: Window = ANYWHERE,
    *,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    first: FirstAnswer | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    problem_sha256: str = "",
) -> Repaired:
    """The best roster: cover first, then the fewest changes, then the rest. `first` if the first answer is known.

    Best among the rosters that differ from the one that stood inside the window only, or where a rule takes somebody
    off a shift that lost somebody. The order of the levels is the problem's; `losses.question_after` says where
    `changes` goes if it names none. `problem_sha256` is that of the question's file, if there is one.
    """
    started = time.monotonic()
    first = first or first_answer(problem, standing, losses, window)
    question = first.question
    lost = losses.of(problem, standing)
    left = tuple(turn for turn in standing if turn not in lost)
    base = left if first.assignments is None else first.assignments
    part = question if window.everywhere else piece_of(question, base, _free(question, window))

    def run() -> Run:
        return Run(problem_sha256, round(time.monotonic() - started, 3), seed, workers, {}, {"seconds": seconds})

    def search(part: Problem, start: Sequence[Assignment]) -> Solution:
        from solver.engine import solve  # here: it loads OR-Tools

        return solve(
            part,
            seconds=max(SOON, seconds - (time.monotonic() - started)),
            workers=workers,
            seed=seed,
            on_progress=on_progress,
            should_stop=should_stop,
            start=start,
            problem_sha256=problem_sha256,
        )

    def go_on() -> bool:
        return time.monotonic() - started < seconds / 2 and not (should_stop and should_stop())

    kept = frozenset(base) & frozenset(left)
    found = nearest_roster(part, [turn for turn in part.previous or () if turn in kept], run, search, go_on)
    solution = whole_of(question, part, base, found or search(part, first.assignments or ()))
    return Repaired(question, solution, moves_between(standing, lost, solution.assignments), first)


def _free(question: Problem, window: Window) -> frozenset[str]:
    return frozenset(shift.id for shift in question.shifts if window.holds(shift))
