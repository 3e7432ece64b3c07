"""Long rosters with run lengths: stints, and large neighbourhoods of them solved by HiGHS.

A first roster places one person after the other, a far better one rounds the linear relaxation (`dive.py`). Then
blocks of it are relaxed while the rest stays, and the piece on which the two differ is solved (`pieces.py`). Most
costs of a month are a few missing people whom many rosters move elsewhere for nothing, so a roster that no piece
improves is soon reached, and far from the best. Two things lead on from there: relaxations and some pieces have prices
somewhat shaken, and a roster is taken over while it costs little more than the best one, which is kept beside it
(record-to-record travel). Between the pieces the whole is bounded and tried (`whole.py`). With several workers the
pieces are solved side by side, and what no longer fits what another worker has found meanwhile is dropped, unless it is
better alone.

Work is counted in nodes and simplex iterations, so that one worker goes the same way on every machine; on large parts,
which rarely end by themselves, the clock ends a piece that takes too long.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from random import Random

import numpy as np

from solver.check import Roster, broken_rules
from solver.effort import Effort
from solver.linear import Flags, Numbers, Question
from solver.pieces import Pieces
from solver.problem import Volunteer
from solver.progress import Part
from solver.starts import values_of
from solver.stint_model import StintModel
from solver.stints import bound_by_days
from solver.whole import ANY, SMALL, STEPS, Whole

LEAST_DAYS = 10  # in a shorter period there are few stints, and CP-SAT is quick
LEAST_TURNS = 80  # possible turns from which on it pays
MOST_PEOPLE = 200  # more would take too long to place one after the other; a flow places them all at once
PLACING_NODES = 20  # for the first turns of one person
NODES = 10  # for a piece
SHAKE = 0.1  # prices are up to so much higher or lower in relaxations of blocks, and in
SHAKEN = 0.3  # of the pieces
WORSE = 0.01  # than the best roster the one in hand may be
PATIENCE, LITTLE_PATIENCE = 60.0, 15.0  # seconds for a piece: of a small part, which goes by work alone, or a large one
RELAXING = 0.2  # iterations' work that each column of a relaxation takes


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
        self.whole = Whole(self)
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


def _needs_company(person: Volunteer) -> bool:
    return person.minor or person.newcomer
