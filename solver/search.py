"""The search of one run, in a thread of its own: all parts in rounds, each round with more work for what is open.

Rounds are measured in CP-SAT's deterministic time, not by the clock, so that a run which ends by itself goes the
same way on a slow machine as on a fast one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import gcd, inf
from typing import TYPE_CHECKING

from solver.components import components
from solver.effort import Effort, Stopped
from solver.problem import HARD_RULES, Problem
from solver.progress import Known, NoRoster, Part, TooDear, bounds_of, closed, within
from solver.solution import Assignment, Clash
from solver.starts import begin, flow_first, offer_filled, offer_nobody, offer_start

if TYPE_CHECKING:
    from solver.long_rosters import LongRosters
    from solver.stages import Stages

FIRST_ROUND = 2.0  # deterministic seconds for each level of each part
GROWTH = 4.0
LONG = 10  # days of a period from which on it may be a long roster: `long_rosters.LEAST_DAYS`, which is not loaded here


class Search:
    """A search that can be watched and stopped while it runs."""

    def __init__(
        self, problem: Problem, *, seconds: float, workers: int, seed: int, start: Iterable[Assignment] = ()
    ) -> None:
        self.problem, self.start = problem, tuple(dict.fromkeys(start))
        self.effort = Effort(workers, seed, seconds)
        # What all weights of a level have in common only makes its numbers large.
        self._factors = [gcd(*level.values()) or 1 for level in problem.levels]
        self.parts: Sequence[Part] = ()
        self.contradiction: tuple[Clash, ...] | None = None
        self.error: BaseException | None = None
        self.begun = threading.Event()  # with a first roster, as far as one is quickly made
        self.finished = threading.Event()

    def run(self) -> None:
        """Search until everything is proved, or the search is stopped or can reckon no further."""
        try:
            self._search()
        except (Stopped, TooDear, OverflowError):  # weights may be larger than any number of the solvers
            pass
        except BaseException as error:  # handed to the caller's thread, which raises it
            self.error = error
        finally:
            self.finished.set()

    def known(self) -> list[Known]:
        """What is known at this moment, part by part; nothing before there are parts."""
        return [part.known() for part in self.parts]

    def assignments(self, known: Sequence[Known]) -> tuple[Assignment, ...] | None:
        """The best roster, shift by shift in the problem's order; None before there is one."""
        if not known or any(part.best is None for part in known):
            return None
        order = {shift.id: number for number, shift in enumerate(self.problem.shifts)}
        turns = [turn for part in known for turn in part.best or ()]
        return tuple(sorted(turns, key=lambda turn: (order[turn.shift], turn.volunteer)))

    def bounds(self, known: Sequence[Known]) -> list[int]:
        return [factor * bound for factor, bound in zip(self._factors, bounds_of(known), strict=False)]

    def proved(self) -> bool:
        return bool(self.parts) and all(part.finished() for part in self.parts)

    def closed(self) -> int:
        return closed(self.known())

    def within(self, gap: float) -> bool:
        return within(self.known(), gap)

    def _search(self) -> None:
        self.parts = [Part(component) for component in components(self._reduced())]
        for part in self.parts:
            offer_nobody(part)
            offer_start(part, self.start)
        long: dict[int, LongRosters] = {}
        for number, part in enumerate(self.parts):
            search = self._long(part)
            if search is not None:
                long[number] = search
            elif not part.best and part.turns:
                offer_filled(part, self.effort)
        for search in long.values():
            self._begin_long(search)
        self.begun.set()
        for number, part in enumerate(self.parts):
            self.effort.check()
            if number not in long:
                self._or_why_not(part, partial(self._begin, part))
        stages: dict[int, Stages] = {}
        work = FIRST_ROUND
        while not self.proved() and self.contradiction is None:
            for number, part in enumerate(self.parts):
                self.effort.check()
                if self.contradiction is not None:
                    return
                if number in long and part.best is not None:
                    long[number].run(work if self._others_open(part) else inf)
                elif not part.finished():
                    if number not in stages:
                        stages[number] = self._stages(part)
                    self._or_why_not(part, partial(stages[number].walk, work))
                if part.finished():
                    stages.pop(number, None)
            work *= GROWTH

    def _reduced(self) -> Problem:
        """The problem with each level without its factor."""
        levels = zip(self.problem.levels, self._factors, strict=True)
        reduced = ({term: weight // factor for term, weight in level.items()} for level, factor in levels)
        return replace(self.problem, levels=tuple(reduced))

    def _long(self, part: Part) -> LongRosters | None:
        """The search of a long roster, if the part is one."""
        if part.problem.days < LONG:
            return None
        from solver.long_rosters import LongRosters, suits  # here: most problems are a week, and it takes half a second

        try:
            return LongRosters(part, self.effort) if suits(part) else None
        except (TooDear, OverflowError):
            return None

    def _stages(self, part: Part) -> Stages:
        from solver.stages import Stages  # here: most parts are flows, and it takes a quarter of a second

        return Stages(part, self.effort)

    def _begin_long(self, search: LongRosters) -> None:
        with suppress(Stopped):  # placing people well takes long: those who have no time for it are placed quickly
            search.begin()
        if not search.part.best:
            offer_filled(search.part, self.effort)

    def _others_open(self, part: Part) -> bool:
        return any(other is not part and not other.finished() for other in self.parts)

    def _begin(self, part: Part) -> None:
        if flow_first(part):
            begin(part, self.effort)

    def _or_why_not(self, part: Part, step: Callable[[], None]) -> None:
        """A step of the search of a part, or the contradiction that leaves it no roster."""
        try:
            step()
        except NoRoster:
            # Should the time run out while it is made smaller, it is at least one: that no roster exists is proved.
            from solver.contradiction import contradiction

            self.contradiction = tuple(Clash(rule) for rule in HARD_RULES)
            self.contradiction = contradiction(self.problem, part.problem, self.effort)
