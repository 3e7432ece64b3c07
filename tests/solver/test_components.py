"""A problem falls into exactly the parts that share nothing."""

from __future__ import annotations

from solver.components import components
from solver.problem import Assignment, Equipment, Pair, Pin, Problem, Wish
from tests.solver.builders import a_problem, a_shift, a_volunteer

NORTH = a_shift("north", pool=("north",))
SOUTH = a_shift("south", pool=("south",))
AN = a_volunteer("an", groups=["north"])
BA = a_volunteer("ba", groups=["south"])


def parts_of(**more: object) -> list[set[str]]:
    """The ids in each part that has any."""
    problem: Problem = a_problem(**({"shifts": [NORTH, SOUTH], "volunteers": [AN, BA]} | more))
    parts = [
        {shift.id for shift in part.problem.shifts} | {person.id for person in part.problem.volunteers}
        for part in components(problem)
    ]
    return [part for part in parts if part]


def test_two_places_that_share_nobody_are_two_problems():
    assert parts_of() == [{"north", "an"}, {"south", "ba"}]


def test_somebody_who_could_serve_at_both_joins_them():
    both = a_volunteer("chi", groups=["north", "south"])

    assert parts_of(volunteers=[AN, BA, both]) == [{"north", "south", "an", "ba", "chi"}]


def test_a_pair_joins_its_people():
    assert len(parts_of(pairs=[Pair(("an", "ba"), "apart")])) == 1


def test_too_few_laptops_join_those_who_would_use_them():
    shifts = [a_shift(name, pool=(name,), equipment={"laptop": 1}) for name in ("north", "south")]

    assert len(parts_of(shifts=shifts, equipment=[Equipment("laptop", 1)])) == 1
    assert len(parts_of(shifts=shifts, equipment=[Equipment("laptop", 2)])) == 2


def test_what_is_told_of_an_impossible_turn_is_told_within_one_part():
    elsewhere = Assignment("an", "south")

    assert len(parts_of(previous=[elsewhere])) == 1
    assert len(parts_of(wishes=[Wish("an", "south", True)])) == 1
    assert len(parts_of(pins=[Pin("an", "south", "forbidden")])) == 1


def test_nothing_is_lost_or_doubled():
    problem = a_problem(
        shifts=[NORTH, SOUTH, a_shift("closed", pool=())],
        volunteers=[AN, BA, a_volunteer("chi", available=[])],
        wishes=[Wish("an", "north", True), Wish("ba", "south", False)],
        previous=[Assignment("ba", "south")],
    )

    parts = components(problem)

    for name in ("shifts", "volunteers", "wishes", "previous"):
        entries = [entry for part in parts for entry in getattr(part.problem, name)]
        assert sorted(map(str, entries)) == sorted(map(str, getattr(problem, name)))


def test_without_a_previous_roster_no_part_has_one():
    assert [part.problem.previous for part in components(a_problem())] == [None, None]
