"""Why somebody serves here, and why not there."""

from __future__ import annotations

from solver.check import Standing
from solver.explain import why_here, why_not_there
from solver.problem import Limits, Pin, Wish
from tests.solver.builders import a_problem, a_shift, a_volunteer, an_offer
from tests.solver.refereeing import named, turns

AM, PM = a_shift("am", "mon 08:00-12:00", needs={"lead": 1}), a_shift("pm", "mon 13:00-17:00")


def test_who_leads_is_here_because_the_shift_would_have_no_leader() -> None:
    people = [a_volunteer("lan", qualifications=["lead"], history_turns=2), a_volunteer("minh")]
    standing = Standing(a_problem(shifts=[AM], volunteers=people), turns({"am": ["lan", "minh"]}))

    service = why_here(standing, "lan", "am")

    assert (service.lost, service.lost_needs, service.turns) == (0, {"lead": 1}, 3)
    assert why_here(standing, "minh", "am").lost_needs == {}


def test_pins_wishes_and_offers_are_told() -> None:
    lan = a_volunteer("lan", available=[an_offer("mon 08:00-12:00", "preferred")])
    problem = a_problem(
        shifts=[AM], volunteers=[lan], pins=[Pin("lan", "am", "assigned")], wishes=[Wish("lan", "am", want=True)]
    )

    service = why_here(Standing(problem, turns({"am": ["lan"]})), "lan", "am")

    assert (service.pinned, service.wished, service.reluctance, service.lost) == (True, True, 0, 1)


def test_without_pin_or_wish_there_is_none() -> None:
    service = why_here(Standing(a_problem(shifts=[AM]), turns({"am": ["lan"]})), "lan", "am")

    assert (service.pinned, service.wished, service.reluctance) == (False, None, 1)


def test_the_only_adult_is_needed_by_the_minors() -> None:
    people = [a_volunteer("lan"), a_volunteer("child", minor=True)]
    standing = Standing(a_problem(shifts=[PM], volunteers=people), turns({"pm": ["lan", "child"]}))

    assert why_here(standing, "lan", "pm").needed_by == ("minors",)
    assert why_here(standing, "child", "pm").needed_by == ()


def test_the_others_are_those_who_could_have_come_the_fresher_of_them_named() -> None:
    people = [
        a_volunteer("lan", history_turns=2),
        a_volunteer("fresh"),
        a_volunteer("tired", history_turns=5),
        a_volunteer("away", available=[]),
        a_volunteer("full", limits=Limits(turns=0)),
    ]
    shift = a_shift("pm", "mon 13:00-17:00", max=1)
    standing = Standing(a_problem(shifts=[shift], volunteers=people), turns({"pm": ["lan"]}))

    service = why_here(standing, "lan", "pm")

    assert (service.others, service.fresher) == (("fresh", "tired"), ("fresh",))


def test_as_fresh_as_the_one_who_serves_is_not_fresher() -> None:
    people = [a_volunteer("lan", history_turns=1), a_volunteer("even", history_turns=1)]
    standing = Standing(a_problem(shifts=[PM], volunteers=people), turns({"pm": ["lan"]}))

    assert why_here(standing, "lan", "pm").fresher == ()


def test_why_not_there_is_what_the_referee_says() -> None:
    lan = a_volunteer("lan", limits=Limits(turns_per_day=1))
    standing = Standing(a_problem(shifts=[AM, PM], volunteers=[lan]), turns({"am": ["lan"]}))

    assert [named(one) for one in why_not_there(standing, "lan", "pm")] == ["limits.turns_per_day"]
