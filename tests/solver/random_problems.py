"""Random small problems that mix all rules and terms, for the tests that try every roster.

Drawn from a seed with even chances: a strategy that favours small values makes problems in which everything is
forbidden, and those have one roster each.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import TypeVar

from solver.problem import (
    TERMS,
    Assignment,
    Equipment,
    Interval,
    Limits,
    Need,
    Pair,
    Pin,
    Place,
    Problem,
    Rules,
    Shift,
    Site,
    Travel,
    Volunteer,
    Weights,
    Wish,
)
from tests.solver.builders import a_problem

T = TypeVar("T")

QUALIFICATIONS = ("trained", "lead")
GROUPS = ("north", "south")
SITES = (Site("desk", Place(13.77, 109.22)), Site("market", Place(13.90, 109.10)), Site("hall"))
HOURS = (7 * 60, 10 * 60, 13 * 60, 18 * 60)
MOST_TURNS = 12  # 4,096 rosters at most


class _Dice(Random):
    """Draws that read like the contract. `strict` is how often a restriction is set at all."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.strict = self.choice((0.03, 0.1, 0.25))

    def rarely(self, *values: T) -> T | None:
        return self.choice(values) if self.random() < self.strict else None

    def flag(self) -> bool:
        return self.random() < self.strict

    def few(self, choices: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(choice for choice in choices if self.random() < 0.5)


def a_random_problem(seed: int) -> Problem:
    dice = _Dice(seed)
    days = dice.choice((1, 3, 5, 7, 9))
    people = dice.choice((1, 2, 3, 3, 4, 4, 5))
    slots = dice.choice((1, 3, 9, 9)) * MOST_TURNS // 9 // people or 1
    turns = [Assignment(f"v{person}", f"s{slot}") for person in range(people) for slot in range(slots)]

    def some() -> list[Assignment]:
        return dice.sample(turns, min(len(turns), dice.randint(0, 3)))

    return a_problem(
        days=days,
        shifts=tuple(_shift(dice, number, days) for number in range(slots)),
        volunteers=tuple(_volunteer(dice, number, days) for number in range(people)),
        sites=SITES,
        equipment=(Equipment("laptop", dice.randint(0, 2)),),
        wishes=tuple(Wish(turn.volunteer, turn.shift, dice.random() < 0.5, dice.randint(0, 3)) for turn in some()),
        pins=tuple(
            Pin(turn.volunteer, turn.shift, dice.choice(("assigned", "forbidden"))) for turn in some() if dice.flag()
        ),
        pairs=_pairs(dice, people),
        travel=(Travel("desk", "market", dice.choice((0, 45, 120))),),
        rules=Rules(dice.rarely(11 * 60, 18 * 60), dice.rarely((("late", "early"),), (("early", "early"),)) or ()),
        previous=tuple(some()) if dice.random() < 0.5 else None,
        levels=_levels(dice),
    )


def _pairs(dice: _Dice, people: int) -> tuple[Pair, ...]:
    if people > 2 and dice.flag():
        return tuple(Pair(pair, "apart") for pair in combinations(("v0", "v1", "v2"), 2))
    return tuple(
        Pair((f"v{number}", f"v{number + 1}"), dice.choice(("together", "apart")))
        for number in range(people - 1)
        if dice.flag()
    )


def _shift(dice: _Dice, number: int, days: int) -> Shift:
    start = dice.randrange(days) * 1440 + dice.choice(HOURS)
    least = dice.randint(0, 2)
    return Shift(
        id=f"s{number}",
        start=start,
        end=start + dice.choice((60, 180, 240, 240, 900)),
        site=dice.choice((None, "desk", "market", "hall")),
        type=dice.choice((None, "early", "late")),
        min=least,
        target=max(0, least + dice.randint(-1, 2)),
        max=dice.choice((None, None, None, 1, 2, 3, dice.rarely(0))),
        requires=dice.rarely(("trained",)) or (),
        needs=tuple(Need(name, dice.randint(0, 2)) for name in dice.few(QUALIFICATIONS)),
        pool=dice.rarely(GROUPS, ("north",), ()),
        adults_only=dice.flag(),
        all_or_nothing=dice.flag(),
        equipment=dice.rarely({"laptop": 1}, {"laptop": 2}) or {},
        weights=Weights(dice.randint(0, 2), dice.randint(0, 2), dice.randint(0, 2)),
        service_level=dice.choice((None, 0.0, 0.5, 0.8, 0.95, 1.0)),
    )


def _volunteer(dice: _Dice, number: int, days: int) -> Volunteer:
    return Volunteer(
        id=f"v{number}",
        groups=frozenset(dice.few(GROUPS)),
        qualifications=frozenset(dice.few(QUALIFICATIONS)),
        minor=dice.flag(),
        newcomer=dice.flag(),
        home=dice.choice((None, Place(13.76, 109.21), Place(13.95, 109.05))),
        max_km=dice.rarely(3.0, 16.0),
        available=dice.choice((None, None, tuple(_offer(dice, days) for _ in range(dice.randint(0, 9))))),
        limits=_limits(dice),
        history_turns=dice.randint(0, 3),
        show_up=dice.choice((1.0, 1.0, 0.9, 0.75, 0.5, 0.0)),
    )


def _offer(dice: _Dice, days: int) -> Interval:
    start = dice.randrange(days) * 1440 + dice.choice((0, 7 * 60, 12 * 60))
    return Interval(
        start, start + dice.choice((0, 300, 720, 1440, 4320)), dice.choice(("preferred", "available", "if_needed"))
    )


def _limits(dice: _Dice) -> Limits:
    return Limits(
        turns=dice.rarely(0, 1, 2, 3),
        minutes_max=dice.rarely(60, 240, 480, 960),
        minutes_min=dice.rarely(0, 60, 240),
        turns_per_day=dice.rarely(0, 1, 2),
        rest_minutes=dice.rarely(0, 660, 900, 2000),
        consecutive_days_max=dice.rarely(0, 1, 2),
        consecutive_days_min=dice.rarely(0, 1, 2, 3),
        consecutive_days_off_min=dice.rarely(0, 1, 2, 3),
        weekends=dice.rarely(0, 1),
        turns_per_type=dice.rarely({"early": 1}, {"late": 0}, {"early": 1, "late": 1}) or {},
    )


def _levels(dice: _Dice) -> tuple[dict[str, int], ...]:
    """All terms or some, one or several to a level; often cover first, or the best roster would be empty."""
    terms = dice.sample(TERMS, dice.choice((0, 3, 6, 10, 10, 10)))
    if dice.random() < 0.7:
        terms.sort(key=lambda term: not term.startswith("under"))
    levels: list[dict[str, int]] = []
    for term in terms:
        if not levels or dice.random() < 0.6:
            levels.append({})
        levels[-1][term] = dice.randint(0, 3)
    return tuple(levels)
