"""A long roster at once: the bounds, and the way to the proof that pieces of it alone never give.

First comes the relaxation of the whole, which is rounded to a roster (`dive.py`); then person after person is asked for
their cheapest roster at the prices of cover (`decomposition.py`), which bounds far better, and tells which turns no
better roster has. Now and then what is left is tried, with more work each time; on rosters of a month that often is the
proof.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from solver.decomposition import Decomposition
from solver.dive import dive
from solver.linear import ROUNDING, Answer, Flags, Numbers, Question

if TYPE_CHECKING:
    from solver.long_rosters import LongRosters

STEPS = 4000  # simplex iterations that take about a second
ANY = 100  # what even a question without iterations takes
ROOTED = 5000  # columns up to which branching mostly ends at its root: tried before all else
SMALL = 8000  # up to which the whole is tried without waiting for pieces to be in vain
IN_VAIN = 40  # pieces in a row without a gain, after which the relaxation is rounded for other prices
STALE = 300  # pieces in a row without a gain, after which the whole is tried however large it is
PIECES = 3  # times as much work goes to pieces as to the whole, and to single persons while pieces gain; afterwards
PERSONS = 4  # times as much to these, until all are asked, as to pieces
FIRST_NODES = 50  # for what rounding has left open; for a small part from no roster, sooner done than bettering ours
LEFT_NODES = 500  # at least for what is left once single persons have been asked
MORE_NODES = 8  # times as many for the whole, each time
FARTHER = 4  # times as far from the bound, if no roster is so near


class Whole:
    """The whole part at once: first its relaxation, then person by person, then with more and more nodes.

    One worker at a time.
    """

    def __init__(self, search: LongRosters) -> None:
        self.search = search
        self.nodes: int | None = None  # the relaxation
        self.prices: Numbers | None = None  # of its rows
        self.held: tuple[int, ...] = ()  # these earlier levels, beside which the last group costs at
        self.least = -inf
        self.persons: Decomposition | None = None  # asked about it
        self.reach = 0  # how much more the whole that is tried may cost
        self.saved = 0  # work on pieces since the last attempt, and
        self.price = 0.0  # what the last attempt of all at once took
        self.asked = 0  # what the last questions about single persons took
        self.dived = 0  # pieces without a gain when the relaxation was last rounded
        self.running = False

    def due(self) -> bool:
        with self.search.lock:
            if self.running:
                return False
            if self._persons_next():
                gaining = self.search.idle < IN_VAIN
                self.running = self.saved >= (PIECES if gaining else 1 / PERSONS) * self.asked
            else:
                timely = self.nodes is None or self._small() or self.search.idle >= STALE
                self.running = timely and self.saved >= PIECES * self.price
            return self.running

    def _small(self) -> bool:
        """Whether what is left is not too much to be tried just as the next thing."""
        return int(self._within(self.least).sum()) <= SMALL

    def _persons_next(self) -> bool:
        """Whether single persons are to be asked, now that the whole cannot simply be solved."""
        asked = self._asked()
        return self.prices is not None and self.nodes != FIRST_NODES and not (asked and asked.done)

    def _asked(self) -> Decomposition | None:
        """What single persons have been asked beside the earlier levels as they are now."""
        return self.persons if self.held == self._earlier() else None

    def _earlier(self) -> tuple[int, ...]:
        return (self.search.part.values or ())[: self.search.model.groups[-1].first]

    def _hold(self, earlier: tuple[int, ...]) -> None:
        """Forget what is known beside other earlier levels than these."""
        if self.held != earlier:
            self.held, self.least, self.persons, self.reach = earlier, -inf, None, 0
            self.search.floor = 0

    def _within(self, total: float) -> Flags:
        """The columns that a roster may have whose last group costs so much at most."""
        asked = self._asked()
        if asked is None or not isfinite(asked.bound):
            return np.ones(len(self.search.best), np.bool_)
        return asked.extra <= total - asked.bound + ROUNDING

    def sensible(self, group: int, values: Numbers) -> Flags:
        """The columns that a roster better than the best one may have, and those of this one."""
        if group < len(self.search.model.groups) - 1:
            return np.ones(len(values), np.bool_)
        return self._within(float(self.search.model.costs[-1] @ self.search.best)) | (values > 0)

    def doubted_out(self) -> bool:
        """Whether pieces are in vain for so long that they need to be pointed at by another relaxation."""
        search = self.search
        with search.lock:
            self.dived = min(self.dived, search.idle)
            if self.running or self._persons_next() or search.relaxed is None or search.idle < self.dived + IN_VAIN:
                return False
            self.running, self.dived = True, search.idle
            return True

    def doubt_anew(self) -> None:
        """Round the relaxation for shaken prices, which leads to another roster, and to where else it would go."""
        search = self.search
        try:
            with search.lock:
                question = self._question(len(search.model.groups) - 1, relaxed=True)
                question = replace(question, cost=question.cost * search.prices())
            answer = search.model.programme.solve(question)
            search.spend(answer.steps)
            if answer.values is not None:
                self._dive(question, answer.values)
        finally:
            with search.lock:
                self.running = False

    def attempt(self) -> None:
        try:
            if self._persons_next():
                self._ask_persons()
            else:
                self._solve_all()
        finally:
            with self.search.lock:
                self.saved, self.running = 0, False

    def _solve_all(self) -> None:
        for group in range(len(self.search.model.groups)):
            if not self._proved(group) and not self._solve(group):
                break
        if self.nodes is None and self.search.relaxed is not None:
            self.nodes = FIRST_NODES if len(self.search.best) <= ROOTED else 1

    def _proved(self, group: int) -> bool:
        part, levels = self.search.part, self.search.model.groups[group]
        return all(part.proved(level) for level, _ in enumerate(levels.weights, levels.first))

    def _solve(self, group: int) -> bool:
        """Bound a group of levels beside the earlier ones; whether it is settled."""
        search, model, part = self.search, self.search.model, self.search.part
        with search.lock:
            question = self._question(group, relaxed=self.nodes is None)
            held = (part.values or ())[: model.groups[group].first]
            limit = inf
            if group == len(model.groups) - 1 and self._asked() and isfinite(self.least) and self.nodes is not None:
                question, limit = self._near(question)
        answer = model.programme.solve(question)
        given_up = self.nodes is None and answer.values is None  # by the clock; once more after a while
        self.price = STEPS * question.seconds if given_up else max(ANY, answer.steps)
        search.spend(answer.steps)
        if answer.impossible and limit < inf:
            self._bound(group, limit, held)
            self.reach = FARTHER * self.reach + 1
        elif not answer.impossible:
            self._bound(group, min(answer.bound, limit), held)
        if not answer.closed and self.nodes is not None:
            self.nodes *= MORE_NODES
        if answer.values is None:
            return False
        if self.nodes is None:
            search.relaxed, self.prices = answer.values, answer.prices
            if not self._small():
                self._dive(question, answer.values)
            return False
        search.offer_whole(answer.values)
        total = float(model.costs[group] @ answer.values)
        if not answer.closed or total > limit or total >= answer.bound + 1 - ROUNDING:
            return False
        for level, value in model.levels(group, total):
            part.prove(level, value, held)
            held = (*held, value)
        return True

    def _near(self, question: Question) -> tuple[Question, float]:
        """Only what may cost hardly more than the bound, and the least that everything else costs.

        That is far less than what may be better than the best roster. What HiGHS finds there first often costs more
        than the bound, and less than the best roster. With all that may cost as much as the best roster there is one,
        so that HiGHS finding none would prove nothing.
        """
        best = float(question.cost @ question.values)
        total = min(self.least + self.reach, best)
        free = self._within(total)
        question = replace(question, free=free, values=np.where(free, question.values, 0), start=False)
        return question, total + 1 if total < best else inf

    def _bound(self, group: int, bound: float, held: tuple[int, ...]) -> None:
        search, model = self.search, self.search.model
        if not isfinite(bound):
            return
        least = ceil(bound - ROUNDING)
        [(level, value), *_] = model.levels(group, least)
        search.part.prove(level, value, held)
        if group == len(model.groups) - 1:
            self._hold(held)
            search.floor = max(search.floor, least + model.constants[group])
            self.least = max(self.least, least)

    def _question(self, group: int, *, relaxed: bool) -> Question:
        """The whole part, for one group of levels beside the earlier ones of the best roster. With the lock held."""
        search, model = self.search, self.search.model
        values = search.best
        return Question(
            model.costs[group],
            self.sensible(group, values),
            values,
            seconds=search.effort.seconds_left() / (4 if relaxed else 1),
            nodes=None if relaxed else self.nodes,
            start=self.nodes != FIRST_NODES,
            whole=not relaxed,
            seed=search.effort.seed,
            ceilings=model.ceilings(group, values),
        )

    def _ask_persons(self) -> None:
        """Some more questions about single persons, for about a second."""
        search, model = self.search, self.search.model
        group = len(model.groups) - 1
        with search.lock:
            best, held = search.best, self._earlier()
        self._hold(held)
        persons = self.persons = self.persons or self._decomposition(group, best)
        persons.learn(best)
        total, steps = float(model.costs[group] @ best), 0
        try:
            while steps < STEPS and not persons.done:
                steps += ANY + persons.step(total)
        finally:
            self._bound(group, persons.bound, held)
        if persons.done:
            self.nodes = max(self.nodes or 0, LEFT_NODES)
        self.asked = steps
        search.spend(steps)
        if persons.mix is not None:
            search.relaxed = persons.mix

    def _decomposition(self, group: int, best: Numbers) -> Decomposition:
        search = self.search

        def seconds() -> float:
            search.effort.check()
            return min(search.patience, search.effort.seconds_left())

        assert self.prices is not None
        return Decomposition(search.model, group, self.prices, search.model.ceilings(group, best), seconds)

    def _dive(self, question: Question, relaxed: Numbers) -> None:
        """Round the relaxation to a roster, which mostly is far better than the first one."""
        search = self.search

        def ask(free: Flags, values: Numbers, whole: bool) -> Answer:
            search.effort.check()
            seconds = search.effort.seconds_left() / 4
            nodes = FIRST_NODES if whole else None
            answer = search.model.programme.solve(
                replace(question, free=free, values=values, start=False, whole=whole, nodes=nodes, seconds=seconds)
            )
            search.spend(answer.steps)
            return answer

        values, search.relaxed = dive(search.model, relaxed, ask)
        if values is not None:
            search.offer_whole(values)
