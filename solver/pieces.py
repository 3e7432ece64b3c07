"""Which days of which people are planned anew next, while the rest of a long roster stays.

Some people over the whole period, everybody over some days, some people over some weeks, or the days of people on which
the roster is furthest from the relaxation. A kind of piece grows while its pieces are easy and shrinks when they are
not, and the kinds that have gained more often come more often.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np

from solver.linear import Flags, Numbers
from solver.stint_model import StintModel

FIRST = 500, 1500  # possible turns, and between these
SHARE = 0.1  # of all
EASY, HARD = 1500, 6000  # simplex iterations of a piece below which its kind grows, above which it shrinks
GROW, SHRINK = 1.2, 0.75
SHAKE = 0.5  # of a doubt, which is at most 1


class Pieces:
    """The kinds of pieces of one part: how large they are by now, and how often they gained."""

    def __init__(self, model: StintModel, dice: Random) -> None:
        self.model, self.dice = model, dice
        first = float(np.clip(SHARE * len(model.turns), *FIRST))
        self.sizes = dict.fromkeys(("people", "days", "both", "doubts"), first)
        self.gains, self.tries = Counter[str](), Counter[str]()

    def kind(self, *, relaxed: bool) -> str:
        """What comes next; doubts only once there is something to be doubted by."""
        known = [kind for kind in self.sizes if kind != "doubts" or relaxed]
        return self.dice.choices(known, [(self.gains[kind] + 1) / (self.tries[kind] + 2) for kind in known])[0]

    def learn(self, kind: str, *, gained: bool, closed: bool, steps: int) -> None:
        """How a piece of the kind went: whether HiGHS settled it, in so many simplex iterations."""
        self.tries[kind] += 1
        self.gains[kind] += gained
        factor = GROW if closed and steps < EASY else SHRINK if not closed or steps > HARD else 1.0
        self.sizes[kind] = max(1.0, min(float(len(self.model.turns)), self.sizes[kind] * factor))

    def block(self, kind: str) -> Flags:
        """Some people on some days, with about as many turns as pieces of the kind have just now."""
        everybody, period = len(self.model.people), self.model.problem.days
        share = self.sizes[kind] / len(self.model.turns)
        people, first, width = list(range(everybody)), 0, period
        if kind != "people":
            wanted = share * period if kind == "days" else 7 * self.dice.randint(1, max(1, min(4, period // 14)))
            width = max(2, min(period, round(wanted)))
            first = self.dice.randint(-(width // 2), period - width // 2 - 1)
            share *= period / width
        if kind != "days":
            few = max(min(2, everybody), min(everybody, round(share * everybody)))
            people = self.dice.sample(people, few)
        loose = np.zeros((everybody, period), np.bool_)
        loose[people, max(0, first) : first + width] = True
        return loose

    def doubtful(self, values: Numbers, relaxed: Numbers) -> Flags:
        """The days of people on which the roster is furthest from the relaxation, somewhat shaken."""
        doubts = self.model.doubts(values, relaxed)
        doubts += np.random.default_rng(self.dice.randrange(2**31)).uniform(0, SHAKE, doubts.shape)
        few = max(2, min(doubts.size, round(self.sizes["doubts"] / len(self.model.turns) * doubts.size)))
        loose = np.zeros(doubts.size, np.bool_)
        loose[np.argsort(-doubts, axis=None, kind="stable")[:few]] = True
        return loose.reshape(doubts.shape)
