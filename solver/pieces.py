"""Which days of which people are planned anew next, while the rest of a long roster stays.

A block is some people over the whole period, everybody over some days, or some people over some weeks. Its relaxation
would keep most of it, so only where the two differ is the piece, a third of the block. The days of people on which the
roster is furthest from the relaxation of the whole are a piece as well.

A kind of piece grows while its pieces are easy and shrinks when they are not; what counts as easy is more the longer
nothing gains. The kinds that lately gained more for their work come more often.
"""

from __future__ import annotations

from math import ceil
from random import Random

import numpy as np

from solver.linear import Flags, Numbers
from solver.stint_model import StintModel

FIRST = 500, 1500  # possible turns, and between these
SHARE = 0.1  # of all
BLOCK, LARGEST = 3, 0.7  # times a piece's turns are a block's, up to this share of all
WORK = 1500.0, 60000.0  # simplex iterations a piece should take, least and most
VAIN, GAINED = 1.03, 0.9  # times as many after each piece of the kind
EASY, HARD = 0.7, 2.0  # times that: below it a kind grows, above it it shrinks
GROW, SHRINK = 1.2, 0.75
FADE = 0.9  # of gains and work is remembered with each piece
LUCK = 0.1  # gains that each kind is thought to have had
OVERHEAD = 1000  # simplex iterations that a piece takes as long as besides them
SHAKE = 0.5  # of a doubt, which is at most 1
APART = 1e-6  # from a relaxation


class Pieces:
    """The kinds of pieces of one part: how large they are by now, and what they lately gained for how much work."""

    def __init__(self, model: StintModel, dice: Random) -> None:
        self.model, self.dice = model, dice
        first = float(np.clip(SHARE * len(model.turns), *FIRST))
        self.sizes = dict.fromkeys(("people", "days", "both", "doubts"), first)
        self.work = dict.fromkeys(self.sizes, WORK[0])
        self.gains, self.spent = dict.fromkeys(self.sizes, 1.0), dict.fromkeys(self.sizes, WORK[0])
        self.turns = model.turns_of_days()

    def kind(self, *, relaxed: bool) -> str:
        """What comes next; doubts only once there is something to be doubted by."""
        known = [kind for kind in self.sizes if kind != "doubts" or relaxed]
        rates = [(self.gains[kind] + LUCK) / (self.spent[kind] + WORK[0]) for kind in known]
        return self.dice.choices(known, rates)[0]

    def learn(self, kind: str, *, gained: bool, closed: bool, steps: int) -> None:
        """How a piece of the kind went: whether HiGHS settled it, in so many simplex iterations."""
        self.gains[kind] = self.gains[kind] * FADE + gained
        self.spent[kind] = self.spent[kind] * FADE + steps + OVERHEAD
        self.work[kind] = float(np.clip(self.work[kind] * (GAINED if gained else VAIN), *WORK))
        easy, hard = EASY * self.work[kind], HARD * self.work[kind]
        factor = GROW if closed and steps < easy else SHRINK if not closed or steps > hard else 1.0
        self.sizes[kind] = max(1.0, min(float(len(self.model.turns)), self.sizes[kind] * factor))

    def block(self, kind: str) -> Flags:
        """Some people on some days, with some times as many turns as pieces of the kind have just now."""
        everybody, period = len(self.model.people), self.model.problem.days
        share = min(LARGEST, BLOCK * self.sizes[kind] / len(self.model.turns))
        width = self._width(kind, share)
        first = self.dice.randint(-(width // 2), period - width // 2 - 1) if width < period else 0
        people = list(range(everybody))
        if kind != "days":
            few = max(min(2, everybody), min(everybody, round(share * period / width * everybody)))
            people = self.dice.sample(people, few)
        loose = np.zeros((everybody, period), np.bool_)
        loose[people, max(0, first) : first + width] = True
        return loose

    def _width(self, kind: str, share: float) -> int:
        """How many days a block has: all, as many as make the share, or weeks of no more people than there are."""
        period = self.model.problem.days
        if kind == "people":
            return period
        if kind == "days":
            return max(min(2, period), min(period, round(share * period)))
        fewest = ceil(share * period / 7)
        return min(period, 7 * self.dice.randint(fewest, max(fewest, period // 7)))

    def apart(self, kind: str, loose: Flags, values: Numbers, relaxed: Numbers, seed: int) -> Flags:
        """Where in a block its relaxation differs from the roster; of some people, if pieces are not to be so large."""
        days = loose & (self.model.doubts(values, relaxed) > APART)
        order = np.random.default_rng(seed).permutation(len(days))
        turns = np.cumsum((self.turns * days).sum(axis=1)[order])
        few = order[: max(1, int(np.searchsorted(turns, self.sizes[kind], side="right")))]
        piece = np.zeros_like(days)
        piece[few] = days[few]
        return piece

    def doubtful(self, values: Numbers, relaxed: Numbers) -> Flags:
        """The days of people on which the roster is furthest from the relaxation, somewhat shaken."""
        doubts = self.model.doubts(values, relaxed)
        doubts += np.random.default_rng(self.dice.randrange(2**31)).uniform(0, SHAKE, doubts.shape)
        few = max(2, min(doubts.size, round(self.sizes["doubts"] / len(self.model.turns) * doubts.size)))
        loose = np.zeros(doubts.size, np.bool_)
        loose[np.argsort(-doubts, axis=None, kind="stable")[:few]] = True
        return loose.reshape(doubts.shape)
