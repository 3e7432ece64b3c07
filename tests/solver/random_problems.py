"""Random small problems that mix all rules and terms, for the tests that try every roster."""

from __future__ import annotations

from hypothesis import strategies as st

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
from tests.solver.builders import MONDAY, a_problem

QUALIFICATIONS = ("trained", "lead")
GROUPS = ("north", "south")
TYPES = ("early", "late")
SITES = (Site("desk", Place(13.77, 109.22)), Site("market", Place(13.90, 109.10)), Site("hall"))
HOURS = (7 * 60, 10 * 60, 13 * 60, 18 * 60)
MOST_TURNS = 12  # 4,096 rosters at most


def maybe(strategy: st.SearchStrategy, often: int = 1) -> st.SearchStrategy:
    """None, or `often` times as likely something."""
    return st.one_of(st.none(), *[strategy] * often)


def few(choices: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), unique=True, max_size=len(choices)).map(tuple)


@st.composite
def shifts(draw: st.DrawFn, number: int, days: int) -> Shift:
    start = draw(st.integers(0, days - 1)) * 1440 + draw(st.sampled_from(HOURS))
    least = draw(st.integers(0, 2))
    return Shift(
        id=f"s{number}",
        start=start,
        end=start + draw(st.sampled_from((60, 180, 240, 900))),
        site=draw(maybe(st.sampled_from([site.id for site in SITES]))),
        type=draw(maybe(st.sampled_from(TYPES))),
        min=least,
        target=draw(st.integers(0, 3)),
        max=draw(maybe(st.integers(0, 3))),
        requires=draw(st.sampled_from(((), (), ("trained",)))),
        needs=tuple(Need(name, draw(st.integers(0, 2))) for name in draw(few(QUALIFICATIONS))),
        pool=draw(maybe(few(GROUPS))),
        adults_only=draw(st.booleans()) and draw(st.booleans()),
        all_or_nothing=draw(st.booleans()),
        equipment=draw(st.sampled_from(({}, {"laptop": 1}, {"laptop": 2}))),
        weights=Weights(draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(st.integers(0, 2))),
    )


@st.composite
def offers(draw: st.DrawFn, days: int) -> Interval:
    start = draw(st.integers(0, days - 1)) * 1440 + draw(st.sampled_from((0, 7 * 60, 12 * 60)))
    return Interval(start, start + draw(st.sampled_from((300, 720, 1440))), draw(st.sampled_from(LEVELS)))


LEVELS = ("preferred", "available", "if_needed")


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    return Limits(
        turns=draw(maybe(st.integers(0, 3))),
        minutes_max=draw(maybe(st.sampled_from((60, 240, 480)))),
        minutes_min=draw(st.sampled_from((None, None, None, 0, 60, 240))),
        turns_per_day=draw(maybe(st.integers(0, 2))),
        rest_minutes=draw(maybe(st.sampled_from((0, 660, 900)))),
        consecutive_days_max=draw(maybe(st.integers(0, 2))),
        consecutive_days_min=draw(maybe(st.integers(0, 3))),
        consecutive_days_off_min=draw(maybe(st.integers(0, 3))),
        weekends=draw(maybe(st.integers(0, 1))),
        turns_per_type=draw(st.sampled_from(({}, {"early": 1}, {"late": 0}))),
    )


@st.composite
def volunteers(draw: st.DrawFn, number: int, days: int) -> Volunteer:
    return Volunteer(
        id=f"v{number}",
        groups=frozenset(draw(few(GROUPS))),
        qualifications=frozenset(draw(few(QUALIFICATIONS))),
        minor=draw(st.booleans()) and draw(st.booleans()),
        newcomer=draw(st.booleans()) and draw(st.booleans()),
        home=draw(maybe(st.sampled_from((Place(13.76, 109.21), Place(13.95, 109.05))))),
        max_km=draw(maybe(st.sampled_from((3.0, 30.0)))),
        available=draw(maybe(st.lists(offers(days), max_size=4).map(tuple))),
        limits=draw(limits()),
        history_turns=draw(st.integers(0, 3)),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    days = draw(st.sampled_from((1, 3, 5, 7)))
    people = draw(st.integers(1, 4))
    slots = draw(st.integers(1, max(1, MOST_TURNS // people)))
    names, ids = [f"v{n}" for n in range(people)], [f"s{n}" for n in range(slots)]
    turns = [Assignment(name, id) for name in names for id in ids]
    some = st.lists(st.sampled_from(turns), unique=True, max_size=3)
    couples = [(one, other) for one in names for other in names if one < other]
    return a_problem(
        first_day=MONDAY,
        days=days,
        shifts=tuple(draw(shifts(number, days)) for number in range(slots)),
        volunteers=tuple(draw(volunteers(number, days)) for number in range(people)),
        sites=SITES,
        equipment=(Equipment("laptop", draw(st.integers(0, 2))),),
        wishes=tuple(
            Wish(turn.volunteer, turn.shift, draw(st.booleans()), draw(st.integers(0, 3))) for turn in draw(some)
        ),
        pins=tuple(
            Pin(turn.volunteer, turn.shift, draw(st.sampled_from(("assigned", "forbidden"))))
            for turn in draw(some)[: draw(st.sampled_from((0, 0, 1, 2)))]
        ),
        pairs=tuple(
            Pair(couple, draw(st.sampled_from(("together", "apart"))))
            for couple in (draw(st.lists(st.sampled_from(couples), unique=True, max_size=2)) if couples else ())
        ),
        travel=(Travel("desk", "market", draw(st.integers(0, 120))),),
        rules=Rules(
            draw(maybe(st.sampled_from((11 * 60, 18 * 60)))),
            draw(st.sampled_from(((), (("late", "early"),), (("early", "early"),)))),
        ),
        previous=draw(maybe(some.map(tuple))),
        levels=draw(objectives()),
    )


@st.composite
def objectives(draw: st.DrawFn) -> tuple[dict[str, int], ...]:
    """All terms or some, in any order, one or several to a level."""
    terms = draw(st.permutations(TERMS))
    levels: list[dict[str, int]] = []
    for term in terms[: draw(st.integers(0, len(terms)))]:
        if not levels or draw(st.booleans()):
            levels.append({})
        levels[-1][term] = draw(st.integers(0, 3))
    return tuple(levels)
