"""May this person take this place now? Every rule in the way is named, and none that was broken before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from solver.check import Roster, Standing, broken_rules, may_take
from solver.problem import Assignment, Equipment, Limits, Pair, Pin, Problem, Rules, Shift
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import named, turns

MORNING, NOON, NEXT = (
    a_shift("am", "mon 08:00-12:00"),
    a_shift("noon", "mon 11:00-13:00"),
    a_shift("next", "tue 08:00-12:00"),
)


def obstacles(problem: Problem, people: Mapping[str, Iterable[str]], volunteer: str, shift: str) -> list[str]:
    return [named(one) for one in may_take(problem, turns(people), volunteer, shift)]


def one_person(*, shifts: Iterable[Shift] = (MORNING, NOON, NEXT), **parts: object) -> Problem:
    rules = parts.pop("rules", Rules())
    return a_problem(shifts=list(shifts), volunteers=[a_volunteer(**parts)], rules=rules)  # type: ignore[arg-type]


def test_a_free_person_may_take_a_free_place() -> None:
    assert obstacles(one_person(), {}, "lan", "am") == []


def test_every_rule_in_the_way_is_named() -> None:
    problem = one_person(available=["tue 08:00-12:00"], limits=Limits(turns=1))

    assert obstacles(problem, {"next": ["lan"]}, "lan", "am") == ["availability", "limits.turns"]


def test_other_turns_are_in_the_way() -> None:
    assert obstacles(one_person(), {"am": ["lan"]}, "lan", "noon") == ["overlap"]
    assert obstacles(one_person(limits=Limits(rest_minutes=1440)), {"am": ["lan"]}, "lan", "next") == ["rest"]


def test_the_place_one_has_cannot_be_taken_again() -> None:
    assert obstacles(one_person(), {"am": ["lan"]}, "lan", "am") == ["overlap"]


def test_what_was_broken_before_is_no_obstacle_unless_it_gets_worse() -> None:
    problem = one_person(limits=Limits(turns=1, minutes_min=6000))

    assert obstacles(problem, {}, "lan", "am") == []
    assert obstacles(problem, {"am": ["lan"], "next": ["lan"]}, "lan", "noon") == ["overlap", "limits.turns"]


def test_a_full_shift_takes_nobody() -> None:
    problem = a_problem(shifts=[a_shift("am", max=1)], volunteers=[a_volunteer("lan"), a_volunteer("minh")])

    assert obstacles(problem, {"am": ["lan"]}, "minh", "am") == ["capacity"]


def test_a_violation_that_company_can_mend_says_so() -> None:
    problem = a_problem(
        shifts=[a_shift("am", min=2, all_or_nothing=True)],
        volunteers=[a_volunteer("lan"), a_volunteer("child", minor=True), a_volunteer("fresh", newcomer=True)],
    )

    alone = may_take(problem, (), "child", "am")
    assert [named(one) for one in alone] == ["minors.company", "all_or_nothing.min"]
    assert all(one.mendable for one in alone)
    assert obstacles(problem, {}, "fresh", "am") == ["newcomers.company", "all_or_nothing.min"]
    assert obstacles(problem, {"am": ["lan"]}, "child", "am") == []


def test_a_violation_that_nobody_can_mend_says_so() -> None:
    [found] = may_take(one_person(available=[]), (), "lan", "am")

    assert not found.mendable


def test_pins_and_pairs_are_in_the_way() -> None:
    problem = a_problem(
        volunteers=[a_volunteer("lan"), a_volunteer("minh"), a_volunteer("an")],
        pins=[Pin("lan", "mon-am", "forbidden")],
        pairs=[Pair(("minh", "an"), "apart"), Pair(("lan", "minh"), "together")],
    )

    assert obstacles(problem, {}, "lan", "mon-am") == ["pins.forbidden", "pairs.together"]
    assert obstacles(problem, {"mon-am": ["an"]}, "minh", "mon-am") == ["pairs.apart", "pairs.together"]
    assert obstacles(problem, {"mon-am": ["minh"]}, "an", "mon-am") == ["pairs.apart"]


def test_only_the_first_person_on_a_shift_needs_its_equipment() -> None:
    shifts = [a_shift(name, "mon 08:00-12:00", equipment={"laptop": 1}) for name in ("a", "b")]
    people = [a_volunteer("lan"), a_volunteer("minh")]
    problem = a_problem(shifts=shifts, volunteers=people, equipment=[Equipment("laptop", 1)])

    assert obstacles(problem, {"a": ["lan"]}, "minh", "a") == []
    assert obstacles(problem, {"a": ["lan"]}, "minh", "b") == ["equipment", "equipment"]


def test_the_pool_is_everybody_in_one_of_the_groups_each_once() -> None:
    people = [
        a_volunteer("n", groups=["north"]),
        a_volunteer("both", groups=["north", "south"]),
        a_volunteer("e", groups=["east"]),
    ]
    standing = Standing(a_problem(volunteers=people), ())

    def pool(*groups: str) -> list[str]:
        return sorted(person.id for person in standing.pool_of(a_shift(pool=groups)))

    assert pool("north", "south") == ["both", "n"]
    assert pool("south") == ["both"]
    assert pool() == pool("west") == []
    assert len(list(standing.pool_of(a_shift()))) == 3


def test_a_roster_less_a_turn_forgets_that_turn_only() -> None:
    problem = a_problem(
        shifts=[MORNING, NEXT], volunteers=[a_volunteer("lan", limits=Limits(turns=2)), a_volunteer("minh")]
    )
    standing = Standing(problem, turns({"am": ["lan", "minh"], "next": ["lan"]}))

    less = standing.without(turns({"am": ["lan"]}))

    assert [person.id for person in less.roster.people_on("am")] == ["minh"]
    assert [shift.id for shift in less.roster.turns_of("lan")] == ["next"]
    assert less.may_take("lan", "am") == []
    assert standing.roster.has("lan", "am")


def test_nothing_in_the_way_means_the_roster_stays_whole() -> None:
    """On a small problem with many rules, against checking the whole roster before and after."""
    problem = a_problem(
        shifts=[
            a_shift(f"{day}-{half}", f"{day} {hours}", type=half, max=2)
            for day in ("mon", "tue", "wed")
            for half, hours in (("am", "08:00-12:00"), ("pm", "12:00-20:00"))
        ],
        volunteers=[
            a_volunteer("lan", limits=Limits(turns=3, turns_per_day=1, rest_minutes=900)),
            a_volunteer("child", minor=True),
            a_volunteer("minh", newcomer=True, limits=Limits(consecutive_days_max=1)),
        ],
        pairs=[Pair(("minh", "child"), "apart")],
        rules=Rules(minors_latest_end=18 * 60, forbidden_successions=(("pm", "am"),)),
    )
    roster: tuple[Assignment, ...] = turns({"mon-am": ["lan"], "tue-pm": ["lan"], "wed-pm": ["lan", "minh"]})
    assert not broken_rules(problem, Roster(problem, roster))
    standing = Standing(problem, roster)

    for person in problem.volunteers:
        for shift in problem.shifts:
            after = broken_rules(problem, Roster(problem, (*roster, Assignment(person.id, shift.id))))
            assert set(map(named, standing.may_take(person.id, shift.id))) == set(map(named, after))


def test_six_thousand_people_can_be_asked_one_by_one() -> None:
    people = [a_volunteer(f"v{index}", available=["mon 08:00-12:00"], limits=Limits(turns=2)) for index in range(6000)]
    problem = a_problem(shifts=[MORNING, NEXT], volunteers=people)
    standing = Standing(problem, [Assignment(f"v{index}", "am") for index in range(0, 6000, 2)])

    free = [person.id for person in people if not standing.may_take(person.id, "am")]

    assert len(free) == 3000
