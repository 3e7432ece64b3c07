"""The pieces of a search: what is known of a part, several levels in one number, cliques, nested sets, repairs."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from solver.cliques import cliques
from solver.components import Component
from solver.merging import groups
from solver.nesting import ROOT, Nesting
from solver.possible import possible_turns
from solver.problem import Assignment, Equipment, Pair, Pin
from solver.progress import Known, Part, bounds_of, closed, within
from solver.repair import stripped
from solver.rules import pairs
from solver.variables import Model
from tests.solver.builders import a_problem, a_shift, a_volunteer


def a_part(levels: int = 3) -> Part:
    names = ("under_min", "under_need", "under_target")[:levels]
    problem = a_problem(levels=tuple({name: 1} for name in names))
    return Part(Component(problem, possible_turns(problem)))


def test_a_roster_is_kept_only_if_it_is_better_on_the_first_level_that_differs():
    part = a_part()

    part.offer((), (1, 5, 0))
    part.offer((), (1, 6, 0))
    assert part.values == (1, 5, 0)
    part.offer((), (0, 9, 9))
    assert part.values == (0, 9, 9)


def test_bounds_after_a_level_that_has_grown_are_forgotten():
    part = a_part()
    part.offer((), (2, 1, 5))
    for level, bound in enumerate((0, 1, 5)):
        part.prove(level, bound, (2, 1, 5)[:level])

    part.offer((), (1, 3, 4))

    assert part.bounds == [0, 1, 0]


def test_a_bound_beside_levels_the_roster_exceeds_is_no_bound():
    part = a_part()
    part.offer((), (2, 1, 5))

    part.prove(2, 4, held=(2, 0))
    assert part.bounds == [0, 0, 0]
    part.prove(2, 4, held=(2, 1))
    assert part.bounds == [0, 0, 4]


def test_an_easier_questions_levels_are_bounds_as_far_as_they_are_reached():
    part = a_part()

    part.relaxed((1, 2, 3))
    part.offer((), (1, 4, 5))

    assert part.bounds == [1, 2, 0]


def test_the_bounds_of_parts_add_up_only_to_the_first_open_level():
    one, other = a_part(), a_part()
    for part in (one, other):
        part.offer((), (1, 5, 5))
        for level, bound in enumerate((1, 3, 2)):
            part.prove(level, bound, (1, 5)[:level])

    assert bounds_of([one.known()]) == [1, 3, 2]
    assert bounds_of([one.known(), other.known()]) == [2, 6, 0]

    other.turns = []  # and so nothing to trade
    assert bounds_of([one.known(), other.known()]) == [2, 6, 4]


def test_a_level_is_closed_once_it_and_all_before_it_are_proved_of_every_part():
    one, other = a_part(), a_part()
    assert closed([]) == 0
    for part in (one, other):
        part.offer((), (0, 5, 0))

    assert closed([one.known(), other.known()]) == 1
    one.prove(1, 5, held=(0,))
    assert closed([one.known(), other.known()]) == 1
    other.prove(1, 5, held=(0,))
    assert closed([one.known(), other.known()]) == 3


def test_merged_levels_keep_their_order_and_come_apart_again():
    most = (3, 4, 2)
    (group,) = groups(most)
    amounts = list(product(*(range(top + 1) for top in most)))

    merged = [sum(w * v for w, v in zip(group.weights, values, strict=True)) for values in amounts]

    assert merged == sorted(set(merged))
    assert [group.values(total) for total in merged] == amounts


def test_levels_are_merged_only_while_the_number_stays_small():
    found = groups((9, 9, 9, 9), largest=100)

    assert [(group.first, group.weights) for group in found] == [(0, (10, 1)), (2, (10, 1))]
    assert [group.first for group in groups((10**12, 10**12), largest=100)] == [0, 1]
    assert groups(()) == []


@pytest.mark.parametrize("seed", range(5))
def test_cliques_cover_every_conflict_and_nothing_else(seed: int):
    def conflict(one: int, other: int) -> bool:
        return (one * 7 + other * 7 + one * other + seed) % 3 == 0

    found = cliques(range(12), conflict)

    covered = {pair for group in found for pair in combinations(group, 2)}
    assert covered == {pair for pair in combinations(range(12), 2) if conflict(*pair)}


def test_sets_nest_under_the_smallest_set_around_them():
    sets = [frozenset({0, 1, 2}), frozenset({1}), frozenset({3}), frozenset({2, 3}), frozenset({1, 2})]

    nesting = Nesting(5, sets)

    assert nesting.parents == [ROOT, 4, ROOT, None, 0]
    assert nesting.homes == [0, 1, 4, 2, ROOT]


def test_repair_takes_away_what_breaks_a_rule_and_no_more():
    problem = a_problem(
        equipment=[Equipment("laptop", 1)],
        shifts=[
            a_shift("one", equipment={"laptop": 1}),
            a_shift("two", equipment={"laptop": 1}),
            a_shift("visit", "tue 08:00-10:00", min=2, all_or_nothing=True),
            a_shift("school", "wed 08:00-10:00"),
        ],
        volunteers=[a_volunteer("an"), a_volunteer("ba"), a_volunteer("chi"), a_volunteer("em", minor=True)],
        pairs=[Pair(("an", "ba"), "apart")],
    )
    turns = [("an", "one"), ("chi", "one"), ("ba", "two"), ("an", "visit"), ("em", "school")]

    left = stripped(problem, [Assignment(*turn) for turn in turns])

    assert left == (Assignment("an", "one"), Assignment("chi", "one"))


def test_repair_gives_up_where_a_pin_is_in_the_way():
    problem = a_problem(volunteers=[a_volunteer("em", minor=True)], pins=[Pin("em", "mon-am", "assigned")])

    assert stripped(problem, [Assignment("em", "mon-am")]) is None


def test_people_who_are_all_kept_apart_from_each_other_are_one_row_on_each_shift():
    """Pair by pair a linear relaxation would take half of each of three; the fourth is apart from one of them only."""
    names = ("an", "binh", "chi", "dung")
    apart = [*combinations(names[:3], 2), ("chi", "dung")]
    problem = a_problem(
        shifts=[a_shift("am", "mon 08:00-11:00"), a_shift("pm", "mon 13:00-17:00")],
        volunteers=[a_volunteer(name, available=["mon 08:00-11:00"] if name == "an" else None) for name in names],
        pairs=[Pair(pair, "apart") for pair in apart],
    )
    model = Model(problem)

    pairs.constrain(model)

    rows = [
        sorted((shift.id, person.id) for person, shift in map(model.possible.__getitem__, columns))
        for columns, _, _, most in model.program.rows()
        if most == 1
    ]
    assert sorted(rows) == [
        [("am", "an"), ("am", "binh"), ("am", "chi")],
        [("am", "chi"), ("am", "dung")],
        [("pm", "binh"), ("pm", "chi")],
        [("pm", "chi"), ("pm", "dung")],
    ]


def test_a_gap_is_told_of_levels_larger_than_any_floating_point_number():
    part = Known((), (11 * 10**400,), (10 * 10**400,), free=True)

    assert within([part], 0.1)
    assert not within([part], 0.05)
