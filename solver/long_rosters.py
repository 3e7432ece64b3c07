"""Long rosters with run lengths: stints, and large neighbourhoods of them solved by HiGHS.

A first roster places one person after the other, a far better one rounds the linear relaxation (`dive.py`). Then
blocks of it are relaxed while the rest stays, and the piece on which the two differ is solved (`pieces.py`). Most
costs of a month are a few missing people whom many rosters move elsewhere for nothing, so a roster that no piece
improves is soon reached, and far from the best. Two things lead on from there: relaxations and some pieces have prices
somewhat shaken, and a roster is taken over while it costs little more than the best one, which is kept beside it
(record-to-record travel). Beside the pieces, person after person is asked for their cheapest roster at the prices of
cover (`decomposition.py`): that gives the bounds, and tells which turns no better roster has. Now and then the whole of
what is left is tried, with more work each time; on rosters of a month that often is the proof. With several workers the
pieces are solved side by side, and what no longer fits what another worker has found meanwhile is dropped, unless it is
better alone.

Work is counted in nodes and simplex iterations, so that one worker goes the same way on every machine; on large parts,
which rarely end by themselves, the clock ends a piece that takes too long.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from math import ceil, inf, isfinite
from random import Random

import numpy as np

from solver.check import Roster, broken_rules
from solver.decomposition import Decomposition
from solver.dive import dive
from solver.effort import Effort
from solver.linear import Answer, Flags, Numbers, Question
from solver.pieces import Pieces
from solver.problem import Volunteer
from solver.progress import Part
from solver.starts import values_of
from solver.stint_model import StintModel
from solver.stints import bound_by_days

LEAST_DAYS = 10  # in a shorter period there are few stints, and CP-SAT is quick
LEAST_TURNS = 80  # possible turns from which on it pays
MOST_PEOPLE = 200  # more would take too long to place one after the other; a flow places them all at once
PLACING_NODES = 20  # for the first turns of one person
FIRST_NODES = 50  # for what rounding has left open; for a small part from no roster, sooner done than bettering ours
NODES = 10  # for a piece
SHAKE = 0.1  # prices are up to so much higher or lower in relaxations of blocks, and in
SHAKEN = 0.3  # of the pieces
WORSE = 0.01  # than the best roster the one in hand may be
PATIENCE, LITTLE_PATIENCE = 60.0, 15.0  # seconds for a piece: of a small part, which goes by work alone, or a large one
STEPS = 4000  # simplex iterations that take about a second
ANY = 100  # what even a piece without iterations takes, and
RELAXING = 0.2  # for each column of a relaxation
SMALL = 8000  # columns up to which the whole is tried without waiting for pieces to be in vain
ROOTED = 5000  # up to which branching mostly ends at its root: tried before all else
IN_VAIN = 40  # pieces in a row without a gain, after which the relaxation is rounded for other prices
STALE = 300  # pieces in a row without a gain, after which it is tried however large it is
PIECES = 3  # times as much work goes to pieces as to the whole, and
PERSONS = 4  # times as much to single persons, until all are asked, as to pieces
MORE_NODES = 8  # times as many for the whole, each time
FARTHER = 4  # times as far from the bound, if no roster is so near
LEFT_NODES = 500  # at least for what is left once single persons have been asked
ROUNDING = 1e-4  # a bound is a floating-point number, a cost is whole


def suits(part: Part) -> bool:
    """Whether it is a long period of not too many people, most of whose turns depend on those of the days around."""
    if part.problem.days < LEAST_DAYS or len(part.problem.volunteers) > MOST_PEOPLE:
        return False
    bound = {person.id for person in part.problem.volunteers if bound_by_days(person.limits)}
    turns = sum(person.id in bound for person, _ in part.turns)
    return turns >= max(LEAST_TURNS, len(part.turns) / 2)


class LongRosters:
    """The search of one part, by one or several workers."""

    def __init__(self, part: Part, effort: Effort) -> None:
        self.part, self.effort = part, effort
        self.model = StintModel(part)
        self.dice = Random(effort.seed)  # noqa: S311  no secret: which piece comes next
        self.patience = PATIENCE if len(self.model.programme.most) <= SMALL else LITTLE_PATIENCE
        self.lock = threading.Lock()
        self.pieces = Pieces(self.model, self.dice)
        self.relaxed: Numbers | None = None  # what the linear relaxation would do
        self.values: Numbers = np.zeros(len(self.model.programme.most))  # the roster in hand
        self.best = self.values
        self.floor = 0  # a bound of the last group of levels, for as long as the earlier ones stay
        self.version = 0  # of the roster in hand
        self.left = 0.0  # simplex iterations until the end of the round
        self.idle = 0  # pieces in a row without a gain
        self.whole = _Whole(self)
        self.error: BaseException | None = None

    def begin(self) -> None:
        """Place one person after the other, if nobody is placed yet; in vain if somebody finds no place at all."""
        if not self.part.best:
            self._place_everybody()

    def run(self, work: float) -> None:
        """Improve the part's roster until it is proved, or by so much deterministic work (about a second each)."""
        if self.part.finished():
            return
        assert self.part.best is not None
        self.best = self.values = self.model.complete(self.part.best)
        self.version += 1
        self.left = work * STEPS
        helpers = [threading.Thread(target=self._help, daemon=True) for _ in range(1, self.effort.workers)]
        for helper in helpers:
            helper.start()
        self._work()
        for helper in helpers:
            helper.join()
        self._raise()

    def _help(self) -> None:
        try:
            self._work()
        except BaseException as error:  # raised again by the first worker
            self.error = self.error or error

    def _work(self) -> None:
        while not self.part.finished() and self.left > 0:
            self.effort.check()
            self._raise()
            if self.whole.due():
                self.whole.attempt()
            elif self.whole.doubted_out():
                self.whole.doubt_anew()
            else:
                self._piece()

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error

    # The first roster.

    def _place_everybody(self) -> None:
        values = self.values
        for people in self._bonded():
            self.effort.check()
            answer = self.model.programme.solve(
                Question(
                    self.model.costs[0] if self.model.costs else np.zeros(len(values)),
                    self.model.placing(people),
                    values,
                    seconds=self.effort.seconds_left(),
                    nodes=PLACING_NODES,
                    start=False,
                )
            )
            if answer.values is None:
                return
            values = answer.values
        assignments = self.model.assignments(values)
        if not broken_rules(self.part.problem, Roster(self.part.problem, assignments)):
            self.part.offer(assignments, values_of(self.part.problem, assignments))

    def _bonded(self) -> list[list[int]]:
        """Everybody alone or with whom they are always together; first those who need nobody's company."""
        number_of = {person.volunteer.id: number for number, person in enumerate(self.model.people)}
        group_of = {number: [number] for number in number_of.values()}
        for pair in self.part.problem.pairs:
            one, other = (group_of[number_of[name]] for name in pair.volunteers)
            if pair.rule == "together" and one is not other:
                one.extend(other)
                group_of.update(dict.fromkeys(other, one))
        groups = list({id(group): group for group in group_of.values()}.values())
        return sorted(groups, key=lambda group: any(_needs_company(self.model.people[one].volunteer) for one in group))

    # Pieces.

    def _piece(self) -> None:
        with self.lock:
            kind = self.pieces.kind(relaxed=self.relaxed is not None)
            values, version, seed = self.values, self.version, self.dice.randrange(2**31)
            loose, prices = self._loose(kind), self.prices()
            shaken = self.dice.random() < SHAKEN
        steps, relaxing, closed = 0, 0, True
        for group, cost in enumerate(self.model.costs):
            question = Question(
                cost * prices,
                self.model.around(values, loose) & self.whole.sensible(group, values),
                values,
                seconds=min(self.patience, self.effort.seconds_left()),
                nodes=NODES,
                seed=seed,
                ceilings=self.model.ceilings(group, values),
            )
            if kind != "doubts":
                relaxing += round(RELAXING * int(question.free.sum()))
                question = self._narrowed(question, kind, loose)
            answer = self.model.programme.solve(question if shaken else replace(question, cost=cost))
            values = values if answer.values is None else answer.values
            steps, closed = steps + answer.steps, closed and answer.closed
        with self.lock:
            self.spend(steps + relaxing + ANY)
            self.whole.saved += steps + relaxing + ANY
            gained = self._take(self.model.around(values, loose), values, version)
            self.idle = 0 if gained else self.idle + 1
            self.pieces.learn(kind, gained=gained, closed=closed, steps=steps)

    def _narrowed(self, block: Question, kind: str, loose: Flags) -> Question:
        """Only what the relaxation of a block would have otherwise."""
        relaxed = self.model.programme.solve(replace(block, whole=False, start=False)).values
        if relaxed is None:
            return block
        piece = self.pieces.apart(kind, loose, block.values, relaxed, block.seed)
        return replace(block, free=block.free & self.model.around(block.values, piece))

    def _loose(self, kind: str) -> Flags:
        if kind == "doubts" and self.relaxed is not None:
            return self.pieces.doubtful(self.values, self.relaxed)
        return self.pieces.block(kind)

    def prices(self) -> Numbers:
        """What the cost of each column is multiplied by, where prices are shaken."""
        return np.random.default_rng(self.dice.randrange(2**31)).uniform(1 - SHAKE, 1 + SHAKE, len(self.values))

    def _take(self, free: Flags, values: Numbers, version: int) -> bool:
        """Go on from what a worker has found, if it is good enough; whether it is the best. With the lock held."""
        if version == self.version:
            return self._go_on(values)
        own = free.copy()
        own[len(self.part.turns) :] = False
        if self._go_on(np.where(own, values, self.values)):
            return True
        # It does not go together with what others have found meanwhile, but may be better.
        return self.model.totals(values) < self.model.totals(self.best) and self._go_on(values)

    def _go_on(self, values: Numbers) -> bool:
        """Take over a roster that obeys and is near the best; whether it is better."""
        if self.model.same(values, self.values):
            return False
        assignments = self.model.assignments(values)
        if broken_rules(self.part.problem, Roster(self.part.problem, assignments)):
            return False
        complete = self.model.complete(assignments)
        if not self._near(complete):
            return False
        self.values, self.version = complete, self.version + 1
        found = values_of(self.part.problem, assignments)
        assert self.part.values is not None
        if found >= self.part.values:
            return False
        self.part.offer(assignments, found)
        self.best = complete
        return True

    def _near(self, values: Numbers) -> bool:
        """Whether a roster is little worse than the best one, on the last levels only, and less than that may gain."""
        *first, last = self.model.totals(values)
        *best, least = self.model.totals(self.best)
        return first < best or (first == best and last <= least + min(WORSE * least, max(0, least - self.floor)))

    def spend(self, steps: int) -> None:
        self.left -= steps

    def offer_whole(self, values: Numbers) -> None:
        with self.lock:
            if self._take(np.ones(len(values), np.bool_), values, self.version):
                self.idle = 0


class _Whole:
    """The whole part at once: first its relaxation, then person by person, then with more and more nodes.

    One worker at a time.
    """

    def __init__(self, search: LongRosters) -> None:
        self.search = search
        self.nodes: int | None = None  # the relaxation
        self.prices: Numbers | None = None  # of its rows
        self.persons: Decomposition | None = None  # of the last group, beside
        self.held: tuple[int, ...] = ()  # these earlier levels, with which it costs at
        self.least = -inf
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
                self.running = PERSONS * self.saved >= self.asked
            else:
                timely = self._in_reach() or self.search.idle >= STALE
                self.running = timely and self.saved >= PIECES * self.price
            return self.running

    def _in_reach(self) -> bool:
        """Whether the whole is not too much to try just as the next thing."""
        return self.nodes is None or int(self._within(self.least).sum()) <= SMALL

    def _persons_next(self) -> bool:
        """Whether single persons are to be asked, now that the whole cannot simply be solved."""
        asked = self._asked()
        return self.prices is not None and self.nodes != FIRST_NODES and not (asked and asked.done)

    def _asked(self) -> Decomposition | None:
        """What single persons have been asked beside the earlier levels as they are now."""
        return self.persons if self.held == self._earlier() else None

    def _earlier(self) -> tuple[int, ...]:
        return (self.search.part.values or ())[: self.search.model.groups[-1].first]

    def _within(self, total: float) -> Flags:
        """The columns that a roster may have whose last group costs so much at most."""
        asked = self._asked()
        if asked is None:
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
            if group == len(model.groups) - 1 and self._asked() and self.nodes is not None:
                question, limit = self._near(question)
        answer = model.programme.solve(question)
        given_up = self.nodes is None and answer.values is None  # by the clock; once more after a while
        self.price = STEPS * question.seconds if given_up else answer.steps
        search.spend(answer.steps)
        nothing = answer.closed and answer.values is None
        self._bound(group, limit if nothing else min(answer.bound, limit), held)
        if answer.closed:
            self.reach = FARTHER * self.reach + 1
        elif self.nodes is not None:
            self.nodes *= MORE_NODES
        if answer.values is None:
            return False
        if self.nodes is None:
            search.relaxed, self.prices = answer.values, answer.prices
            if not self._in_reach():
                self._dive(question, answer.values)
            return False
        search.offer_whole(answer.values)
        if answer.closed and float(model.costs[group] @ answer.values) <= limit:
            for level, value in model.levels(group, float(model.costs[group] @ answer.values)):
                part.prove(level, value, held)
                held = (*held, value)
            return True
        return False

    def _near(self, question: Question) -> tuple[Question, float]:
        """Only what may cost hardly more than the bound, and the least that everything else costs.

        That is far less than what may be better than the best roster. What HiGHS finds there first often costs more
        than the bound, and less than the best roster.
        """
        total = min(self.least + self.reach, float(question.cost @ question.values))
        free = self._within(total)
        question = replace(question, free=free, values=np.where(free, question.values, 0), start=False)
        return question, total + 1

    def _bound(self, group: int, bound: float, held: tuple[int, ...]) -> None:
        search, model = self.search, self.search.model
        if not isfinite(bound):
            return
        least = ceil(bound - ROUNDING)
        [(level, value), *_] = model.levels(group, least)
        search.part.prove(level, value, held)
        if group == len(model.groups) - 1:
            search.floor = max(search.floor, least + model.constants[group])
            if held == self.held:
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
            if self.persons is None or self.held != held:
                assert self.prices is not None
                self.persons, self.held, self.least = None, held, -inf
                self.persons = Decomposition(model, group, self.prices, model.ceilings(group, best))
            persons = self.persons
        persons.learn(best)
        total, steps = float(model.costs[group] @ best), 0
        while steps < STEPS and not persons.done:
            search.effort.check()
            steps += ANY + persons.step(total, min(search.patience, search.effort.seconds_left()))
        if persons.done:
            self.nodes = max(self.nodes or 0, LEFT_NODES)
        self.asked = steps
        search.spend(steps)
        self._bound(group, persons.bound, held)
        if persons.mix is not None:
            search.relaxed = persons.mix

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


def _needs_company(person: Volunteer) -> bool:
    return person.minor or person.newcomer
