"""A long roster person by person: far better bounds than its linear relaxation, and the turns that no good roster has.

Most rows of the programme speak of one person alone (stints, hours, clashes); those that link people, cover first of
all, are few. With a price for each linking row, the cheapest roster of each person is a small question of its own,
answered by HiGHS in some hundredths of a second, and together these answers bound every roster (Lagrangian duality).
The prices that bound best are those of the cheapest mix of personal rosters (Dantzig and Wolfe 1960), found by adding
what is cheapest at each round's prices; in between they are smoothed towards the best so far (Wentges 1997). A person's
whole rosters leave no fractions within a person, and a month is bounded to a few parts in ten thousand.

At the best prices a turn costs its person so much more than their cheapest roster, and any roster with it at least as
much more than the bound. What would cost more than the best known roster is left out of all that follows: half of the
turns of a month, and HiGHS proves the optimum of what is left.

The questions are answered by floating-point numbers, as everywhere in long rosters: see `linear.ROUNDING`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from solver.linear import Answer, Flags, Numbers, Programme, Question
from solver.stint_model import StintModel

NODES = 200  # for one person's roster
GAP = 1e-4  # to which it is the cheapest: prices are no whole numbers
SMOOTH = 0.85  # of the best prices are in those that are tried next
CLOSE = 0.2  # to the cost of the mix, a bound is as good as it will be
SHARED = -1  # owner of what is no single person's
Places = NDArray[np.int64]


@dataclass(slots=True)
class _Share:
    """Columns of one person, or those that several share, and what they add to the linking rows."""

    columns: Places
    turns: Flags  # which of these are turns
    own: Programme  # the rows in which nobody else's columns are
    rows: Places
    places: Places  # in `columns`
    coefficients: Numbers
    least: float = 0.0  # what the person's cheapest roster costs at the best prices, at least
    latest: float = 0.0  # and at the last ones

    def priced(self, cost: Numbers, prices: Numbers) -> Numbers:
        """What the columns cost when the linking rows have these prices."""
        own = cost[self.columns]
        np.subtract.at(own, self.places, prices[self.rows] * self.coefficients)
        return own

    def ask(self, cost: Numbers, seconds: float, *, whole: bool = True, taking: int | None = None) -> Answer:
        """The cheapest personal roster, of those with a column if one is named."""
        values, free = np.zeros(len(cost)), np.ones(len(cost), np.bool_)
        if taking is not None:
            values[taking], free[taking] = 1, False
        return self.own.solve(Question(cost, free, values, seconds, nodes=NODES, start=False, whole=whole, gap=GAP))


class Decomposition:
    """One group of levels beside the earlier ones of a roster, asked about step by step.

    No roster with these earlier levels costs less than `bound`, and none that has column j less than
    `bound + extra[j]`. `mix`: of columns, what the cheapest mix of personal rosters has, once it is known.
    """

    def __init__(
        self,
        model: StintModel,
        group: int,
        prices: Numbers,
        ceilings: Mapping[int, float],
        seconds: Callable[[], float],
    ) -> None:
        """`seconds`: asked before each question how long it may take; may raise what ends the whole."""
        self._seconds = seconds
        self.bound, self.extra, self.done = -inf, np.zeros(len(model.programme.most)), False
        self.mix: Numbers | None = None
        self._cost = model.costs[group]
        self._people, self._shared, linking = _split(model)
        high = np.array(model.programme.high)
        high[list(ceilings)] = list(ceilings.values())
        self._low, self._high = np.array(model.programme.low)[linking], high[linking]
        self._mixing = _Mixing(self._people, self._shared, self._cost, self._low, self._high)
        self._prices = self._best = self._sound(prices[linking])
        self._smooth, self._news = SMOOTH, 0
        self._next = 0  # who is asked next
        self._priced = False  # as well as can be: what is left is to ask what each turn costs

    def learn(self, values: Numbers) -> None:
        """Add the personal rosters of a roster to the mix."""
        for number, person in enumerate(self._people):
            self._mixing.add(number, values[person.columns])

    def step(self, total: float) -> int:
        """Ask about the next person, if the best roster costs `total`. The work, in simplex iterations."""
        if self._next == len(self._people):
            self._next = 0
            return self._end_round()
        number, self._next = self._next, self._next + 1
        if not self._priced:
            return self._price(number)
        steps = self._ask_turns(number, total - self.bound) if isfinite(self.bound) else 0
        self.done = self._next == len(self._people)
        return steps

    # The best prices.

    def _price(self, number: int) -> int:
        person = self._people[number]
        answer = person.ask(person.priced(self._cost, self._prices), self._seconds())
        person.latest = answer.bound
        if answer.values is not None:
            self._news += self._mixing.add(number, answer.values)
        return answer.steps

    def _end_round(self) -> int:
        bound = self._linking(self._prices) + sum(person.latest for person in self._people)
        if bound > self.bound:
            self.bound, self._best = bound, self._prices
            for person in self._people:
                person.least = person.latest
        answer = self._mixing.cheapest(self._seconds())
        if answer.values is None or answer.prices is None:
            self._priced = True
            return answer.steps
        self.mix = self._mixing.spread(answer.values, len(self._cost))
        exhausted = not self._news and not self._smooth
        self._priced = exhausted or float(self._cost @ self.mix) < self.bound + CLOSE
        self._smooth = SMOOTH if self._news else 0.0  # between the prices may lie none that add a roster
        latest = self._sound(answer.prices[: len(self._low)])
        self._prices, self._news = self._smooth * self._best + (1 - self._smooth) * latest, 0
        return answer.steps

    def _sound(self, prices: Numbers) -> Numbers:
        """Without those that would pay for a side on which the row has no limit."""
        endless = np.isinf(np.where(prices > 0, self._low, self._high))
        return np.where(endless, 0.0, prices)

    def _linking(self, prices: Numbers) -> float:
        """What the limits of the linking rows are worth, and the shared columns cost at best."""
        limits = np.where(prices > 0, self._low, self._high)
        paid = float(prices[prices != 0] @ limits[prices != 0])
        shared = self._shared.priced(self._cost, prices)
        return paid + float(np.minimum(shared, 0) @ np.array(self._shared.own.most))

    # What no good roster has.

    def _ask_turns(self, number: int, room: float) -> int:
        """How much more than somebody's cheapest roster one with each turn costs, as far as that may be too much."""
        person = self._people[number]
        cost = person.priced(self._cost, self._best)
        answer = person.ask(cost, self._seconds(), whole=False)
        if answer.reduced is None:
            return answer.steps
        steps = answer.steps
        extra = np.maximum(0.0, answer.bound + answer.reduced - person.least)
        cheap = self._mixing.taken(number, cost, person.least + room)
        for turn in np.flatnonzero(person.turns).tolist():
            for whole in (False, True):
                if cheap[turn] or extra[turn] > room:
                    break
                answer = person.ask(cost, self._seconds(), whole=whole, taking=turn)
                steps += answer.steps
                least = inf if answer.impossible else answer.bound
                extra[turn] = max(extra[turn], least - person.least)
                if whole and answer.values is not None and float(cost @ answer.values) <= person.least + room:
                    cheap |= answer.values > 0
        self.extra[person.columns] = extra
        return steps


class _Mixing:
    """The cheapest mix of the personal rosters known so far that satisfies the linking rows."""

    def __init__(self, people: Sequence[_Share], shared: _Share, cost: Numbers, low: Numbers, high: Numbers) -> None:
        self._people, self._shared, self._cost = people, shared, cost
        self._programme = Programme()
        for least, most in zip(low.tolist(), high.tolist(), strict=True):
            self._programme.row((), least, most)
        self._first = len(low)  # row that says: one roster for each person
        for _ in people:
            self._programme.row((), 1, 1)
        self._costs: list[float] = []
        for place, most in enumerate(shared.own.most):
            entries = shared.places == place
            rows = zip(shared.rows[entries].tolist(), shared.coefficients[entries].tolist(), strict=True)
            self._programme.column(most, rows=rows)
            self._costs.append(float(cost[shared.columns[place]]))
        self._rosters: list[tuple[int, Numbers]] = []
        self._known: set[tuple[int, bytes]] = set()

    def add(self, number: int, values: Numbers) -> bool:
        """Add a roster of a person; whether it is new."""
        values = np.rint(values)
        key = number, values.astype(np.int8).tobytes()
        if key in self._known:
            return False
        self._known.add(key)
        person = self._people[number]
        adds = np.bincount(person.rows, person.coefficients * values[person.places], minlength=self._first)
        rows = np.flatnonzero(adds)
        entries = zip(rows.tolist(), adds[rows].tolist(), strict=True)
        self._programme.column(rows=[*entries, (self._first + number, 1.0)])
        self._costs.append(float(self._cost[person.columns] @ values))
        self._rosters.append((number, values))
        return True

    def cheapest(self, seconds: float) -> Answer:
        size = len(self._costs)
        everything = np.ones(size, np.bool_)
        return self._programme.solve(
            Question(np.array(self._costs), everything, np.zeros(size), seconds, start=False, whole=False)
        )

    def spread(self, values: Numbers, size: int) -> Numbers:
        """A mix as values of all columns."""
        columns = np.zeros(size)
        shared, mixed = np.split(values, [len(self._shared.columns)])
        columns[self._shared.columns] = shared
        for share, (number, roster) in zip(mixed.tolist(), self._rosters, strict=True):
            columns[self._people[number].columns] += share * roster
        return columns

    def taken(self, number: int, cost: Numbers, most: float) -> Flags:
        """The columns that some known roster of the person has which costs so much at most."""
        found = np.zeros(len(cost), np.bool_)
        for whose, roster in self._rosters:
            if whose == number and float(cost @ roster) <= most:
                found |= roster > 0
        return found


def _split(model: StintModel) -> tuple[list[_Share], _Share, Places]:
    """Everybody's own columns and rows, the shared columns, and the rows that link them."""
    programme = model.programme
    rows, columns, coefficients = programme.entries()
    owner = _owners(model, rows, columns)
    least, most = _range(rows, owner[columns], len(programme.low))
    whose = np.where(least == most, most, SHARED)  # of a row
    linking = np.flatnonzero(whose == SHARED)
    place_of_row, place_of = np.zeros(len(whose), np.int64), np.zeros(len(owner), np.int64)
    place_of_row[linking] = np.arange(len(linking))

    def share(number: int) -> _Share:
        own = np.flatnonzero(owner == number)
        place_of[own] = np.arange(len(own))
        ties = (owner[columns] == number) & (whose[rows] == SHARED)
        return _Share(
            columns=own,
            turns=own < len(model.turns),
            own=programme.cut(own, np.flatnonzero(whose == number) if number != SHARED else linking[:0]),
            rows=place_of_row[rows[ties]],
            places=place_of[columns[ties]],
            coefficients=coefficients[ties],
        )

    return [share(number) for number in range(len(model.people))], share(SHARED), linking


def _owners(model: StintModel, rows: Places, columns: Places) -> Places:
    """Whose each column is: what follows from one person's turns alone is theirs as well."""
    owner = model.owner.copy()
    owned = owner[columns] >= 0
    least, most = _range(rows[owned], owner[columns[owned]], len(model.programme.low))
    follows = columns[~owned]
    low, _ = _range(follows, least[rows[~owned]], len(owner))
    _, high = _range(follows, most[rows[~owned]], len(owner))
    alone = (owner == SHARED) & (low == high)
    owner[alone] = high[alone]
    return owner


def _range(keys: Places, values: Places, size: int) -> tuple[Places, Places]:
    """The least and the most value of each key; of one without any the least is the larger."""
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, SHARED)
    np.minimum.at(least, keys, values)
    np.maximum.at(most, keys, values)
    return least, most
