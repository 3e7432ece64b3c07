"""The exact search of one part.

Large parts start with linear relaxations: these bound every goal, and by reduced cost they say which turns can be
in a roster near the bound. HiGHS looks for the best one around the few fractions, then among all those turns. What is
left open then, and all of a small part, is CP-SAT's, goal by goal, in rounds of growing work.

Goals hold the levels before them by prices and not by rows: a row over all turns would fill every basis.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from math import inf

import numpy as np

from solver import clashes
from solver.costs import Cost
from solver.cp_sat import ask
from solver.effort import Effort
from solver.goals import LARGEST, Goal, Levels, Ties
from solver.highs import LARGE as LARGE_RELAXATION
from solver.highs import Relaxed, cheapest, relaxed
from solver.kept import EVERY_RULE, Kept
from solver.merging import groups
from solver.nearby import Market, Narrow, Neighbourhood, about, around, narrow, where_dear
from solver.possible import Turns
from solver.problem import Assignment, Problem
from solver.program import Ints, Marks, Matrix
from solver.progress import NoRoster, Part
from solver.rules import CONSTRAIN, COST
from solver.starts import begin, refill
from solver.variables import Model

LARGE = 600  # possible turns from which on relaxations are worth their time
# Where rosters are looked for first: how far from the bound, in turns' worth of the last level, and how far around.
LOOKS = ((3.0, 1), (0.33, 2), (3.0, 2))
FARTHER = 3.0  # units of an earlier level above the bound, where nothing is close to it
CLOSE = 10.0  # turns' worth of the last level: what a look around the fractions can prove
MOST_TRADES, MOST_HUGE_TRADES = 6, 15  # for a bound: what is open then, HiGHS sooner proves itself unless it is huge
PATIENCE, HUGE_PATIENCE = 2, 3  # trades without a better bound until a roster is looked for again
STEP = 0.999  # a better roster costs less by more than this: costs are whole
MOST_NEAR = 20_000  # columns around them for a roster
MOST_AROUND = 8_000  # and around the places where a roster costs more than the bound
MOST_CLOSING = 4  # times that a bound and then a roster is looked for around these places
MOST_CLOSE, MOST_FAR = 5_000, 10_000  # and for a bound there, if the roster is close to it or far from it
MOST_PROVING = 30_000  # and for a bound, beyond which the whole is no larger
SHARE = 5  # or, of a huge programme, one column in so many
AROUND_HUGE = 30.0  # turns' worth above its bound that a roster of one is looked for where trades lead
HUGE = 160_000  # columns from which on ties are told apart, and bounds looked for however far the roster is from them
WORTH_IT = 0.01  # of a trade: so much less between roster and bound
SLACK = 2.5  # of a level, but the last of a goal: how far from its bound the best roster is expected
LAST_SLACK = 0.01  # of the value of a goal's only level


def constrained(problem: Problem, turns: Turns | None = None, kept: Kept = EVERY_RULE) -> Model:
    """The model of a problem's hard rules."""
    model = Model(problem, kept, turns)
    for constrain in CONSTRAIN.values():
        constrain(model)
    clashes.constrain(model)
    return model


def level_costs(model: Model) -> list[Cost]:
    """The cost of each level of the objective: its terms, weighted."""
    terms = {term for level in model.problem.levels for term, weight in level.items() if weight}
    costs = {term: COST[term](model) for term in COST if term in terms}
    levels = []
    for level in model.problem.levels:
        total = Cost()
        for term, weight in level.items():
            if weight:
                total.add_cost(costs[term], weight)
        levels.append(total)
    return levels


class Stages:
    """The model of one part, and the walk through its goals."""

    def __init__(self, part: Part, effort: Effort) -> None:
        self.part, self.effort = part, effort
        self.model = constrained(part.problem, part.turns)
        costs = level_costs(self.model)
        self.matrix = self.model.program.matrix()
        self.levels = Levels(costs, self.matrix.upper)
        self.large = len(part.turns) >= LARGE and self.levels.dearest <= LARGEST
        most = [0 if at in self.levels.repeats else self.model.most(cost) for at, cost in enumerate(costs)]
        self.goals = [Goal(group, self.levels) for group in groups(most)]
        self._most = most
        self.huge = len(self.matrix.upper) >= HUGE
        self.relaxed: dict[Goal, Relaxed] = {}
        self.floors: dict[Goal, int] = {}  # no roster's total of the goal is less
        # The roster around whose dear places has been looked, and the bound as it was.
        self.combed: dict[Goal, tuple[tuple[Assignment, ...], int]] = {}
        self.searched: dict[Goal, float] = {}  # how far from the bound the best roster has been looked for

    def walk(self, work: float) -> None:
        """One pass over the goals not proved yet, each with the same work. Raises NoRoster if there is no roster."""
        for level, constant in enumerate(self.levels.constants):
            if not self.levels.coefficients[level].any():  # whoever serves, it comes to the same
                self.part.prove(level, constant, self.part.values or ())
        if self.large and not self.relaxed:
            self._approach()
        if not self.goals and self.part.best is None:
            self._decide(None, work)
        for goal in self.goals:
            if not self._settled(goal):
                self._decide(goal, work)
            if self.part.values is None:
                return

    def _settled(self, goal: Goal) -> bool:
        return all(self.part.proved(level) for level in goal.levels)

    def _met(self, goal: Goal) -> bool:
        """Whether the best roster costs no more than any has to."""
        return self._open(goal) <= 0 or self._settled(goal)

    # By linear relaxation.

    def _approach(self) -> None:
        """Bound every goal by its relaxation and look near it for the best roster; the last goal's is good for all."""
        goals = [goal for goal in self.goals if any(self.levels.coefficients[level].any() for level in goal.levels)]
        if not goals:
            return
        last = [goal for goal in goals if self._weighing(goal)][-1]  # one that only repeats others says nothing
        earlier = [goal for goal in goals if goal is not last]
        if self.part.best is None:
            self._begin()
        meanwhile = _Meanwhile(partial(self._relax_earlier, earlier, last))
        if self.effort.workers > 1:
            meanwhile.start()
        self._relax(last)
        self._look_around(last)
        if last not in self.relaxed:
            self._begin()
        alone = self.huge and self.effort.workers == 1  # what follows may take all the time: first the first levels
        if alone:
            meanwhile.end()
        self._meet(last)
        self._look_where_dear(last)
        if not alone:
            meanwhile.end()
        self._claim()
        for goal in self.goals:
            if self.huge and goal not in self.relaxed and not self._settled(goal):
                self._relax(goal, self._among(last))
            while not self._settled(goal) and self._near(goal):
                self._claim()

    def _begin(self) -> None:
        """The flow's bounds and rosters near it, if that was not the beginning."""
        if not self.part.floor:
            begin(self.part, self.effort)
            refill(self.part, self.effort)

    def _claim(self) -> None:
        """What is known of the goals, beside the levels of the roster that is the best now."""
        for goal, total in list(self.floors.items()):  # which another worker may just add to
            self._prove(goal, total)

    def _relax(self, goal: Goal, among: Marks | None = None) -> None:
        enough = inf if self.part.values is None else goal.total(self.part.values) - goal.constant
        found = relaxed(self.matrix, goal.costs, self.effort, among, enough)
        if found is not None:
            self.relaxed[goal] = found
            self.floors[goal] = goal.constant + found.floor()
            self._claim()  # of all goals: a level of another may repeat one of this

    def _relax_earlier(self, earlier: Sequence[Goal], last: Goal) -> None:
        """The earlier goals, beside the last one or after it: they ask for hardly any turns but those it takes."""
        later = last
        for goal in reversed(earlier):
            if self.huge and goal.costs[: len(self.part.turns)].any():
                # So many turns are equally good that beginning among some and adding what pays would never end.
                goal = self._told_apart(goal, last)
                self._relax(goal)
                self._meet(goal)
            else:
                self._relax(goal, self._among(later))
            later = goal

    def _among(self, goal: Goal) -> Marks | None:
        """The columns that the goal's relaxation takes."""
        return self.relaxed[goal].values > 0 if goal in self.relaxed else None

    def _told_apart(self, goal: Goal, last: Goal) -> Goal:
        """The goal with its ties told apart by the last level."""
        level = self._weighing(last)[-1]
        return Goal(goal.group, self.levels, Ties(level, self._most[level]))

    def _look_around(self, goal: Goal) -> None:
        """Good rosters soon: what the relaxation takes, and the best around its fractions."""
        if goal not in self.relaxed:
            return
        near = self._narrow(goal)
        for turns, steps in LOOKS:
            if self._gap(goal) > CLOSE * self._turn(goal):
                hood = around(near.matrix, near.near, turns * self._turn(goal))
                for _ in range(steps):
                    hood = hood.wider()
                if len(hood) <= MOST_NEAR:
                    self._look(goal, near, hood)
        # Where a whole roster needs a unit more of an earlier level than its relaxation, nothing is so near.
        for weight in sorted(set(goal.weights) - {0}):
            slack = FARTHER * weight
            if self._gap(goal) > max(slack, CLOSE * self._turn(goal)):
                near = narrow(self.matrix, self.relaxed[goal], goal.costs, slack)
                hood = around(near.matrix, near.near, slack).wider()
                if len(hood) <= MOST_NEAR:
                    self._look(goal, near, hood)

    def _look_where_dear(self, goal: Goal) -> None:
        """Better rosters around the few places where one close to the bound costs more than that, while there are."""
        while self._open(goal) > 0 and not self._is_far(goal):
            best = self.part.best or ()
            if (best, self.floors[goal]) == self.combed.get(goal):
                return
            self.combed[goal] = (best, self.floors[goal])
            columns = np.array(self.model.complete(best))
            # Farther among what the bound itself leaves, then nearer among all that a better roster can have.
            for slack in sorted({self._left(goal), self._left(goal) + self._open(goal) - 1}):
                near = narrow(self.matrix, self.relaxed[goal], goal.costs, slack, columns)
                for hood in where_dear(near, columns).wider().growing(MOST_AROUND):
                    if self.part.best is best:
                        self._look(goal, near, hood)

    def _look(self, goal: Goal, near: Narrow, hood: Neighbourhood) -> None:
        most = self._gap(goal) + self.relaxed[goal].bound - STEP
        found = hood.cheapest(near.costs, self.effort, self._least(goal) - near.spent, most - near.spent)
        if found is not None:
            self.found(near.widened(found))
            self._claim()

    def _meet(self, goal: Goal) -> None:
        """Better bounds from a few rows kept, and rosters where these lead, until the two meet."""
        gap, large = self._gap(goal), len(goal.costs) >= LARGE_RELAXATION
        if not 0 <= gap < inf or self._met(goal):
            return
        if large and goal.parts == 1:
            self._close_in(goal)
        # Among fewer columns HiGHS itself goes the rest of the way sooner, if that is far.
        if self._met(goal) or (self._is_far(goal) and not large):
            return
        near = self._narrow(goal)
        market = Market(near.matrix, near.near, min(self._gap(goal), self._reach(goal)))
        if large:
            self._trade(goal, near, market)
        else:
            market.prove_widely(self.effort, MOST_PROVING)
            self._bound(goal, near, market)

    def _bound(self, goal: Goal, near: Narrow, market: Market) -> None:
        """What the market has proved of the goal."""
        self.floors[goal] = max(self.floors[goal], goal.constant + market.floor)
        if market.near.more > self.relaxed[goal].more:
            rows = np.zeros(len(self.matrix.least), dtype=bool)
            rows[near.rows[market.proving]] = True
            self.relaxed[goal] = self.relaxed[goal].proved(market.near.more, about(self.matrix, rows))
        self._claim()

    def _close_in(self, goal: Goal) -> None:
        """Bounds and rosters around the few places where the best roster is dear, while either of them gets better."""
        for _ in range(MOST_CLOSING):
            known = self.floors[goal], self.part.values
            self._prove_where_dear(goal)
            self._look_where_dear(goal)
            if self._met(goal) or known == (self.floors[goal], self.part.values):
                return

    def _prove_where_dear(self, goal: Goal) -> None:
        """A bound by the rows there, wider if that is far from the roster; then also a roster nearer to it."""
        best, slack = self.part.best or (), self._gap(goal) - STEP
        columns = np.array(self.model.complete(best))
        near = narrow(self.matrix, self.relaxed[goal], goal.costs, slack, columns)
        market = Market(near.matrix, near.near, slack)
        far = self._is_far(goal)
        for hood in where_dear(near, columns).growing(MOST_FAR if far else MOST_CLOSE):
            market.prove(hood.rows(), self.effort)
            self._bound(goal, near, market)
            if self._met(goal) or (far and not self._is_far(goal)):
                return
            if far:
                self._look(goal, near, hood)
            if self.part.best is not best:
                return

    def _is_far(self, goal: Goal) -> bool:
        """Whether more than a look at a few turns is between the best roster and what is proved."""
        return self._open(goal) >= CLOSE * self._turn(goal)

    def _trade(self, goal: Goal, near: Narrow, market: Market) -> None:
        """Where all rows around the fractions are too many: one after the other of those that matter."""
        in_vain = steps = 0
        most = len(goal.costs) // SHARE if self.huge else MOST_PROVING
        for _ in range(MOST_HUGE_TRADES if self.huge else MOST_TRADES):
            before, open_before = self.floors[goal], self._open(goal)
            whole = not market.trade(self.effort)
            self._bound(goal, near, market)
            if whole:
                self.found(near.widened(market.proposal))
                self._claim()
            if whole or self._met(goal) or len(market) > most:
                return
            in_vain = 0 if self.floors[goal] - before > WORTH_IT * open_before else in_vain + 1
            if in_vain == (HUGE_PATIENCE if self.huge else PATIENCE):
                if goal.parts > 1:  # by a bound of which a little is lost, no roster is proved
                    return
                in_vain = 0
                self._look_where_trades_lead(goal, near, market, steps)
                self._look_where_dear(goal)
                steps = int(self.huge)
                if self._met(goal):
                    return

    def _look_where_trades_lead(self, goal: Goal, near: Narrow, market: Market, steps: int) -> None:
        proved = self._least(goal) - self.relaxed[goal].bound
        turns = AROUND_HUGE if self.huge else LOOKS[0][0]
        hood = market.hood(min(self._gap(goal) - STEP, proved + turns * self._turn(goal)))
        for _ in range(steps):
            hood = hood.wider()
        if self.huge or len(hood) <= MOST_NEAR:
            self._look(goal, near, hood)

    def _narrow(self, goal: Goal) -> Narrow:
        """What is left for solutions that are close to the bound."""
        return narrow(self.matrix, self.relaxed[goal], goal.costs, self._reach(goal))

    def _reach(self, goal: Goal) -> float:
        """How much dearer than the bound the solutions may be that are looked at."""
        return self._gap(goal) if self.huge else CLOSE * self._turn(goal)

    def _turn(self, goal: Goal) -> float:
        """What a turn costs on the goal's last level."""
        if not self._weighing(goal):
            return 0.0
        level = self._weighing(goal)[-1]
        costs = self.levels.coefficients[level]
        return goal.weights[level] * float(np.abs(costs[costs != 0]).mean())

    def _weighing(self, goal: Goal) -> Sequence[int]:
        """The goal's levels that weigh anything: none that is without turns, or repeats another."""
        return [level for level in goal.levels if goal.weights[level] and self.levels.coefficients[level].any()]

    def _gap(self, goal: Goal) -> float:
        """How much more than the bound the best roster costs."""
        if goal not in self.relaxed or self.part.values is None:
            return inf
        return goal.total(self.part.values) - goal.constant - self.relaxed[goal].bound

    def _open(self, goal: Goal) -> float:
        """How much more than any solution has to the best roster costs."""
        if goal not in self.floors or self.part.values is None:
            return inf
        return goal.total(self.part.values) - self.floors[goal]

    def _near(self, goal: Goal) -> bool:
        """The best roster that costs little more than the bound; whether it helps to look further from there."""
        if goal not in self.relaxed:
            return False
        near = self.relaxed[goal]
        slack = self._slack(goal)
        if slack <= self.searched.get(goal, -1):
            return False
        self.searched[goal] = slack
        region, most = near.region(self.matrix, slack), near.bound + slack
        found, floor = cheapest(region, goal.costs, self.effort, target=self._least(goal), most=most)
        if found is not None:
            self.found(found)
        if floor is not None:
            self.floors[goal] = max(self.floors[goal], goal.constant + min(floor, near.floor(slack)))
        return floor is not None

    def _least(self, goal: Goal) -> int:
        """What no solution costs less than, as far as known."""
        return self.floors[goal] - goal.constant

    def _slack(self, goal: Goal) -> float:
        """How much more than the bound is worth looking at: what the best roster costs, if not too far off at first."""
        known, searched = self._gap(goal) - STEP, self.searched.get(goal, -1.0)
        more = self._left(goal) > searched and (goal not in self.searched or len(goal.costs) >= LARGE_RELAXATION)
        if more and known < CLOSE * self._turn(goal):
            # First what the bound itself leaves: of turns that cost nothing beyond it there are half as many.
            return min(known, self._left(goal))
        if goal in self.searched and known < inf:
            return known
        # A level that repeats another weighs nothing.
        weights = [goal.weights[level] for level in goal.levels if self.levels.coefficients[level].any()]
        several = sum(weight > 0 for weight in weights) > 1
        guess = SLACK * max(weights) if several else LAST_SLACK * float(goal.costs @ self.relaxed[goal].values)
        return min(known, max(2.0, guess))

    def _left(self, goal: Goal) -> float:
        """How much dearer than the bound is what costs no more than that in whole numbers."""
        return self._least(goal) + 1 - STEP - self.relaxed[goal].bound

    def _prove(self, goal: Goal, total: int, held: Sequence[int] | None = None) -> None:
        """No roster, or none beside the levels held, has less than a total of this goal."""
        values = self.part.values
        if values is None:
            return
        beside = list((values if held is None else held)[: goal.first])
        bounds = goal.bounds(total, beside)
        for level, bound in zip(goal.levels, bounds, strict=True):
            if level in self.levels.repeats:
                earlier = self.levels.repeats[level]
                bound = self.part.bounds[earlier]
                self.part.prove(level, bound, beside)
                beside.append(values[earlier])
            else:
                self.part.prove(level, bound, beside)
                beside.append(bound)

    # By CP-SAT.

    def _decide(self, goal: Goal | None, work: float) -> None:
        """Minimise a goal with all levels before it held, among the turns a better roster could have."""
        held = (self.part.values or ())[: goal.first if goal else 0]
        matrix, outside = self._candidates(goal, held)

        def bounded(bound: int) -> None:
            if goal is not None:
                self._prove(goal, goal.constant + (bound if outside is None else min(bound, outside)), held)

        answer = ask(
            matrix,
            self.effort,
            work,
            costs=None if goal is None else goal.costs,
            hint=None if self.part.best is None else self.model.complete(self.part.best),
            found=self.found,
            bounded=bounded,
        )
        if answer.possible is False and self.part.best is None:
            raise NoRoster
        if answer.bound is not None:
            bounded(answer.bound)

    def _candidates(self, goal: Goal | None, held: Sequence[int]) -> tuple[Matrix, int | None]:
        """The programme for this goal, and the least cost of what the relaxation keeps out of it (None: nothing)."""
        matrix, outside = self.matrix, None
        if goal is None:
            return matrix, outside
        near, values = self.relaxed.get(goal), self.part.values
        if near is not None and values is not None:
            # Where the roster is optimal it must stay in, or its own cost would be below the bound.
            slack = self._gap(goal)
            matrix, outside = near.region(matrix, slack), near.floor(slack)
        for level, value in enumerate(held):
            if self.levels.coefficients[level].any():
                matrix = matrix.with_row(self.levels.coefficients[level], value - self.levels.constants[level])
        return matrix, outside

    def found(self, columns: Ints) -> None:
        """Offer the roster in values of the variables, each level at its true value."""
        if not self.matrix.holds(columns):  # found in floating point, and not whole after all
            return
        assignments = self.model.assignments(columns.tolist())
        self.part.offer(assignments, self.levels.values(np.array(self.model.complete(assignments))))


class _Meanwhile(threading.Thread):
    """Work that another worker can do, or whoever asks for its end. A daemon: nobody shall wait for HiGHS to exit."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # raised again where the end is waited for
            self._error = error

    def end(self) -> None:
        if self.ident is None:
            self.run()
        else:
            self.join()
        if self._error is not None:
            raise self._error
