"""A province's week after Hà Tĩnh's Volunteer Saturdays: communes in a row, each lending people to its neighbours.

Drawn from a seed. One component, because neighbouring communes share people; with `side_rules`, also everything
that is no flow: minors, newcomers, laptops, pairs, home visits with police, pins and wishes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from solver.problem import (
    Equipment,
    Interval,
    Limits,
    Need,
    Pair,
    Pin,
    Problem,
    Rules,
    Shift,
    Site,
    Volunteer,
    Wish,
)

MONDAY = date(2026, 11, 23)
DAY = 24 * 60
HALF_DAYS = ((7 * 60 + 30, 11 * 60 + 30), (13 * 60 + 30, 17 * 60), (18 * 60, 21 * 60))
OFFERS = ((7 * 60, 12 * 60), (13 * 60, 17 * 60 + 30), (17 * 60 + 30, 21 * 60 + 30))


def a_province(
    *, volunteers: int = 6000, shifts: int = 998, communes: int = 216, side_rules: bool = False, seed: int = 1
) -> Problem:
    dice = Random(seed)
    slots = tuple(_shift(dice, number, communes, side_rules) for number in range(shifts))
    people = tuple(_volunteer(dice, number, communes, side_rules) for number in range(volunteers))
    problem = Problem(
        MONDAY, 7, shifts=slots, volunteers=people, sites=tuple(Site(f"c{number}") for number in range(communes))
    )
    return _with_side_rules(problem, dice) if side_rules else problem


def _shift(dice: Random, number: int, communes: int, side_rules: bool) -> Shift:
    commune = number % communes
    day = dice.choice((0, 1, 2, 3, 4, 5, 5, 5, 6, 6))
    start, end = dice.choice(HALF_DAYS)
    visit = side_rules and dice.random() < 0.1
    least = 2 if visit else dice.choice((2, 3, 3, 3, 4))
    return Shift(
        id=f"s{number}",
        start=day * DAY + start,
        end=day * DAY + end,
        site=f"c{commune}",
        type="evening" if start >= 18 * 60 else "day",
        min=least,
        target=least,
        max=least + 1,
        needs=(Need("police", 1),) if visit or dice.random() < 0.3 else (),
        pool=tuple(f"c{near}" for near in (commune - 1, commune, commune + 1) if 0 <= near < communes),
        adults_only=visit,
        all_or_nothing=visit,
        equipment={"laptop": 1} if side_rules and dice.random() < 0.5 else {},
    )


def _volunteer(dice: Random, number: int, communes: int, side_rules: bool) -> Volunteer:
    offers = tuple(
        Interval(day * DAY + start, day * DAY + end, dice.choice(("preferred", "available", "available", "if_needed")))
        for day in range(7)
        for start, end in OFFERS
        if dice.random() < (0.8 if day >= 5 else 0.5)
    )
    return Volunteer(
        id=f"v{number}",
        groups=frozenset({f"c{number % communes}"}),
        qualifications=frozenset({"police"} if dice.random() < 0.12 else ()),
        minor=side_rules and dice.random() < 0.1,
        newcomer=side_rules and dice.random() < 0.1,
        available=offers,
        limits=Limits(turns=dice.choice((1, 1, 2)), turns_per_day=1, rest_minutes=600 if dice.random() < 0.5 else None),
        history_turns=dice.randrange(5),
    )


def _with_side_rules(problem: Problem, dice: Random) -> Problem:
    people, shifts = problem.volunteers, problem.shifts
    communes = len(problem.sites)
    ends = ("together", "apart")
    starts = dice.sample(range(len(people) - communes), min(150, len(people) // 40))
    pairs = tuple(Pair((people[one].id, people[one + communes].id), dice.choice(ends)) for one in starts)
    wishes = {(dice.choice(people).id, dice.choice(shifts).id) for _ in range(500)}
    forbidden = {(dice.choice(people).id, dice.choice(shifts).id) for _ in range(100)}
    return replace(
        problem,
        equipment=(Equipment("laptop", len(shifts) // 25),),
        pairs=pairs,
        wishes=tuple(Wish(one, shift, dice.random() < 0.5, dice.randint(1, 3)) for one, shift in sorted(wishes)),
        pins=tuple(Pin(one, shift, "forbidden") for one, shift in sorted(forbidden)),
        rules=Rules(minors_latest_end=18 * 60, forbidden_successions=(("evening", "day"),)),
    )
