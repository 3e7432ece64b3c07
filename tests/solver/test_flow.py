"""The flow: cheapest level by level, and exactly the rosters it says it is."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from solver import flow, network, starts
from solver.components import components
from solver.effort import Effort, Stopped
from solver.engine import solve
from solver.flow import Network, TooLarge, cheapest
from solver.network import Relaxation, relaxation
from solver.problem import Equipment, Limits, Pair, Pin, Problem
from solver.progress import NoRoster
from solver.starts import values_of
from tests.benchmarks.province import a_province
from tests.solver.builders import a_problem, a_shift, a_volunteer


def a_diamond() -> tuple[Network, list[int]]:
    """Two ways of one unit each from 0 to 1 and back: the first pays 5 and costs 3 below, the second pays 5 too."""
    diamond = Network(levels=2)
    source, sink = diamond.node(), diamond.node()
    ways = [diamond.arc(source, sink, 1), diamond.arc(source, sink, 1)]
    for way, later in zip(ways, (3, -1), strict=True):
        diamond.charge(way, 0, -5)
        diamond.charge(way, 1, later)
    diamond.arc(sink, source, 1)
    return diamond, ways


def test_a_later_level_decides_only_between_equals():
    diamond, ways = a_diamond()

    found = cheapest(diamond, 1, charges=2)

    assert found.values == (-5, -1)
    assert found.amounts[ways].tolist() == [0, 1]


def test_levels_too_large_for_one_number_are_settled_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    diamond, ways = a_diamond()
    together = cheapest(diamond, 1, charges=2)

    monkeypatch.setattr(flow, "LARGEST", 100)
    apart = cheapest(diamond, 1, charges=2)

    assert apart.values == together.values
    assert apart.amounts[ways].tolist() == together.amounts[ways].tolist()


def test_a_level_too_large_for_any_number_is_refused():
    diamond, _ = a_diamond()
    diamond.charge(0, 0, 2**62)

    with pytest.raises(TooLarge):
        cheapest(diamond, 1, charges=2)


def test_a_large_flow_tells_its_first_level_before_and_is_made_apart(monkeypatch: pytest.MonkeyPatch):
    (part, *_) = components(a_province(volunteers=60, shifts=40, communes=5))
    told: list[Relaxation] = []
    known = relaxation(part, on_first=told.append)
    assert not told

    monkeypatch.setattr(flow, "MANY", 0)
    monkeypatch.setattr(network, "MANY", 0)
    apart = relaxation(part, Effort(1, 1, 60), told.append)

    assert known is not None
    assert apart == known
    assert known.values[0] > 0
    assert [first.values for first in told] == [known.values[:1]]
    assert values_of(part.problem, told[0].assignments)[0] == known.values[0]


def test_what_is_made_apart_imports_nothing_there():
    """In a fork, what another thread was importing stays locked for ever."""
    program = """if True:
        import sys
        from solver import flow, network
        from solver.components import components
        from solver.effort import Effort
        from tests.benchmarks.province import a_province
        flow.MANY = network.MANY = 0
        known, apart = set(), Effort.apart
        def watched(effort, work):
            def told():
                before = set(sys.modules)
                work()
                return " ".join(set(sys.modules) - before).encode()
            known.add(apart(effort, told))
            return apart(effort, work)
        Effort.apart = watched
        (part, *_) = components(a_province(volunteers=60, shifts=40, communes=5))
        network.relaxation(part, Effort(1, 1, 60))
        print(known)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "{b''}"


def test_a_first_level_of_more_than_places_is_not_told_before(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(network, "MANY", 0)
    province = a_province(volunteers=60, shifts=40, communes=5)
    told: list[Relaxation] = []

    for level in ({"under_min": 1, "under_need": 1}, {"unfairness": 1}, {"reluctance": 1}):
        (part, *_) = components(replace(province, levels=(level, {"under_min": 1})))
        relaxation(part, on_first=told.append)

    assert not told


def test_what_is_made_apart_ends_with_its_search():
    effort = Effort(1, 1, 60)
    threading.Timer(0.1, effort.stop).start()

    with pytest.raises(Stopped):
        effort.apart(lambda: time.sleep(60) or b"")


def test_what_fails_apart_is_no_answer():
    with pytest.raises(ChildProcessError):
        Effort(1, 1, 60).apart(lambda: bytes(-1))


def test_a_province_is_the_same_settled_in_one_or_in_many_groups(monkeypatch: pytest.MonkeyPatch):
    (part, *_) = components(a_province(volunteers=200, shifts=40, communes=5))
    together = relaxation(part)

    monkeypatch.setattr(flow, "LARGEST", 2**36)
    apart = relaxation(part)

    assert together is not None
    assert apart is not None
    assert apart.values == together.values


def test_prices_are_shortest_distances():
    tails, heads, costs = (np.array(values) for values in ([0, 1, 0], [1, 2, 2], [-2, -3, -4]))

    prices = flow._prices(3, tails, heads, costs)

    assert prices.tolist() == [0, -2, -5]


def left_out(problem: Problem) -> frozenset[str]:
    found = relaxation(components(problem)[0])
    assert found is not None
    return found.left_out


SHIFTS = [a_shift("am", "mon 08:00-11:00"), a_shift("tue", "tue 08:00-12:00"), a_shift("wed", "wed 08:00-11:00")]
PEOPLE = [a_volunteer("an"), a_volunteer("ba")]
PLAIN = a_problem(shifts=SHIFTS, volunteers=PEOPLE)


def with_limits(**limits: int) -> Problem:
    return replace(PLAIN, volunteers=(a_volunteer("an", limits=Limits(**limits)), PEOPLE[1]))


def test_nested_rules_leave_nothing_out():
    nested = Limits(turns=2, turns_per_day=1, rest_minutes=600, turns_per_type={"evening": 1})
    people = (a_volunteer("an", limits=nested, qualifications=["trained", "lead"]), a_volunteer("ba"))
    shifts = [a_shift("am", needs={"trained": 2, "lead": 1}, max=3), *SHIFTS[1:]]

    assert left_out(replace(PLAIN, volunteers=people, shifts=tuple(shifts))) == set()


@pytest.mark.parametrize(
    ("problem", "rule"),
    [
        (replace(PLAIN, volunteers=(a_volunteer("an", minor=True), PEOPLE[1])), "minors"),
        (replace(PLAIN, volunteers=(a_volunteer("an", newcomer=True), PEOPLE[1])), "newcomers"),
        (replace(PLAIN, pairs=(Pair(("an", "ba"), "apart"),)), "pairs"),
        (replace(PLAIN, shifts=(a_shift("am", min=2, all_or_nothing=True), *SHIFTS[1:])), "all_or_nothing"),
        (
            replace(
                PLAIN,
                equipment=(Equipment("laptop", 1),),
                shifts=(a_shift("am", equipment={"laptop": 1}), a_shift("other", equipment={"laptop": 1})),
            ),
            "equipment",
        ),
        (with_limits(minutes_max=400), "limits"),
        (with_limits(minutes_min=240), "limits"),
        (with_limits(consecutive_days_max=2), "days"),
        (with_limits(consecutive_days_min=2), "days"),
        (with_limits(consecutive_days_off_min=2), "days"),
        (
            replace(
                PLAIN,
                shifts=(
                    a_shift("am", needs={"lead": 1, "trained": 1}),
                    *SHIFTS[1:],
                ),
                volunteers=(
                    a_volunteer("an", qualifications=["lead"]),
                    a_volunteer("ba", qualifications=["trained"]),
                    a_volunteer("chi", qualifications=["lead", "trained"]),
                ),
            ),
            "under_need",
        ),
        (
            replace(
                PLAIN,
                shifts=(
                    a_shift("first", "mon 08:00-11:00"),
                    a_shift("second", "mon 10:00-13:00"),
                    a_shift("third", "mon 12:00-15:00"),
                ),
            ),
            "overlap",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_flow_is_named(problem: Problem, rule: str):
    assert left_out(problem) == {rule}


def test_limits_on_days_that_nothing_can_break_are_not_left_out():
    assert left_out(with_limits(consecutive_days_max=3)) == set()
    assert left_out(with_limits(turns=1, consecutive_days_max=1, consecutive_days_off_min=3)) == set()
    assert left_out(with_limits(weekends=1)) == set()


def test_a_pin_that_cannot_be_kept_has_no_flow():
    problem = replace(PLAIN, pins=tuple(Pin("an", shift.id, "assigned") for shift in SHIFTS))
    limited = replace(problem, volunteers=(a_volunteer("an", limits=Limits(turns=2)), PEOPLE[1]))

    assert relaxation(components(problem)[0]) is not None
    with pytest.raises(NoRoster):
        relaxation(components(limited)[0])


@pytest.mark.parametrize("seed", range(3))
def test_cp_sat_finds_nothing_better_than_a_complete_flow(seed: int, monkeypatch: pytest.MonkeyPatch):
    problem = a_province(volunteers=40, shifts=14, communes=2, seed=seed)
    by_flow = solve(problem, workers=1)

    monkeypatch.setattr(starts, "relaxation", lambda *_given, **_more: None)
    by_cp_sat = solve(problem, workers=1)

    assert (by_flow.status, by_cp_sat.status) == ("optimal", "optimal")
    assert [level.value for level in by_flow.levels] == [level.value for level in by_cp_sat.levels]
