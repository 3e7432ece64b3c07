"""The referee on the people of one shift, and on what ties turns together."""

from __future__ import annotations

from solver.problem import Equipment, Pair, Pin, Problem
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import broken, violations

LAN, MINH, AN = a_volunteer("lan"), a_volunteer("minh"), a_volunteer("an")
CHILD, FRESH = a_volunteer("child", minor=True), a_volunteer("fresh", newcomer=True)


def test_a_shift_has_at_most_its_max() -> None:
    problem = a_problem(shifts=[a_shift(max=2)], volunteers=[LAN, MINH, AN])

    assert broken(problem, {"mon-am": ["lan", "minh"]}) == []
    assert broken(problem, {"mon-am": ["lan", "minh", "an"]}) == ["capacity"]


def test_a_max_of_nobody_is_a_max() -> None:
    assert broken(a_problem(shifts=[a_shift(min=0, max=0)]), {"mon-am": ["lan"]}) == ["capacity"]


def test_a_minor_serves_with_an_adult() -> None:
    problem = a_problem(volunteers=[LAN, CHILD, a_volunteer("child2", minor=True)])

    assert broken(problem, {"mon-am": ["lan", "child", "child2"]}) == []
    assert broken(problem, {"mon-am": ["child", "child2"]}) == ["minors.company"]


def test_a_newcomer_serves_with_somebody_who_is_not_new() -> None:
    problem = a_problem(volunteers=[LAN, FRESH, a_volunteer("fresh2", newcomer=True)])

    assert broken(problem, {"mon-am": ["lan", "fresh", "fresh2"]}) == []
    assert broken(problem, {"mon-am": ["fresh", "fresh2"]}) == ["newcomers.company"]


def test_a_new_adult_with_an_experienced_minor_has_company_and_gives_it() -> None:
    assert broken(a_problem(volunteers=[CHILD, FRESH]), {"mon-am": ["child", "fresh"]}) == []


def home_visits(**others: object) -> Problem:
    police = a_volunteer("police", qualifications=["police"])
    visit = a_shift("visit", "mon 08:00-10:00", min=2, needs={"police": 1}, all_or_nothing=True, **others)
    return a_problem(shifts=[visit], volunteers=[LAN, MINH, police])


def test_an_all_or_nothing_shift_has_nobody_or_everybody_it_needs() -> None:
    assert broken(home_visits(), {}) == []
    assert broken(home_visits(), {"visit": ["lan", "police"]}) == []
    assert broken(home_visits(), {"visit": ["police"]}) == ["all_or_nothing.min"]
    assert broken(home_visits(), {"visit": ["lan", "minh"]}) == ["all_or_nothing.need"]


def test_any_other_shift_may_be_half_staffed() -> None:
    assert broken(a_problem(shifts=[a_shift(min=2, needs={"police": 1})]), {"mon-am": ["lan"]}) == []


def laptops(count: int, *whens: str, each: int = 1) -> Problem:
    shifts = [a_shift(f"s{index}", when, equipment={"laptop": each}) for index, when in enumerate(whens)]
    people = [a_volunteer(f"v{index}") for index in range(len(whens))]
    return a_problem(shifts=shifts, volunteers=people, equipment=[Equipment("laptop", count)])


def test_equipment_suffices_at_every_moment() -> None:
    whens = "mon 08:00-10:00", "mon 09:00-11:00", "mon 10:00-12:00"
    everybody = {"s0": ["v0"], "s1": ["v1"], "s2": ["v2"]}

    assert broken(laptops(2, *whens), everybody) == []
    assert broken(laptops(1, *whens), everybody) == ["equipment", "equipment"]
    assert broken(laptops(1, *whens), {"s0": ["v0"], "s2": ["v2"]}) == []


def test_equipment_is_used_by_the_shift_not_by_each_of_its_people() -> None:
    assert broken(laptops(2, "mon 08:00-10:00", "mon 08:00-10:00", each=2), {"s0": ["v0", "v1"]}) == []
    assert broken(laptops(1, "mon 08:00-10:00", each=2), {"s0": ["v0"]}) == ["equipment"]


def test_every_kind_of_equipment_is_counted() -> None:
    problem = a_problem(
        shifts=[a_shift(equipment={"laptop": 1, "car": 1})], equipment=[Equipment("laptop", 5), Equipment("car", 0)]
    )

    [found] = violations(problem, {"mon-am": ["lan"]})

    assert (found.rule, found.facts["kind"], found.facts["value"], found.facts["most"]) == ("equipment", "car", 1, 0)


def test_a_shift_with_equipment_of_another_kind_is_not_in_the_way() -> None:
    shifts = [
        a_shift("a", equipment={"laptop": 1}),
        a_shift("b", equipment={"car": 1}),
        a_shift("c", equipment={"car": 1}),
    ]
    problem = a_problem(
        shifts=shifts, volunteers=[LAN, MINH, AN], equipment=[Equipment("laptop", 1), Equipment("car", 1)]
    )

    assert broken(problem, {"a": ["lan"], "b": ["minh"]}) == []
    found = violations(problem, {"a": ["lan"], "b": ["minh"], "c": ["an"]})
    assert [(one.shift, one.facts["kind"], one.facts["others"]) for one in found] == [
        ("b", "car", ("c",)),
        ("c", "car", ("b",)),
    ]


def test_pins_hold() -> None:
    held = a_problem(pins=[Pin("lan", "mon-am", "assigned")])
    barred = a_problem(pins=[Pin("lan", "mon-am", "forbidden")])

    assert broken(held, {"mon-am": ["lan"]}) == []
    assert broken(held, {}) == ["pins.assigned"]
    assert broken(barred, {}) == []
    assert broken(barred, {"mon-am": ["lan"]}) == ["pins.forbidden"]


def a_pair(rule: str) -> Problem:
    shifts = [a_shift("a", "mon 08:00-10:00"), a_shift("b", "tue 08:00-10:00")]
    return a_problem(shifts=shifts, volunteers=[LAN, MINH], pairs=[Pair(("lan", "minh"), rule)])  # type: ignore[arg-type]


def test_people_who_belong_together_are_on_exactly_the_same_shifts() -> None:
    assert broken(a_pair("together"), {"a": ["lan", "minh"]}) == []
    assert broken(a_pair("together"), {}) == []
    assert broken(a_pair("together"), {"a": ["lan", "minh"], "b": ["lan"]}) == ["pairs.together"]
    assert broken(a_pair("together"), {"a": ["minh"]}) == ["pairs.together"]


def test_people_who_are_kept_apart_are_never_on_one_shift() -> None:
    assert broken(a_pair("apart"), {"a": ["lan"], "b": ["minh"]}) == []
    assert broken(a_pair("apart"), {"a": ["lan", "minh"]}) == ["pairs.apart"]
