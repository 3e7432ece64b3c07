"""Why places stay empty: who is out by which rule, which shifts compete, and repairs that really work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from solver.explain import Repair, Shortage, shortages, to_json
from solver.explain.applying import applied
from solver.problem import Equipment, Limits, Pair, Pin, Place, Problem, Rules, Site
from tests.solver.builders import a_problem, a_shift, a_volunteer
from tests.solver.refereeing import turns

AM, PM = a_shift("am", "mon 08:00-12:00"), a_shift("pm", "mon 13:00-17:00")
TUESDAY = a_shift("tue-pm", "tue 13:30-17:00", requires=("trained",))
MORNINGS = ["mon 08:00-12:00"]


def the_shortage(problem: Problem, people: Mapping[str, Iterable[str]], shift: str = "am") -> Shortage:
    [found] = shortages(problem, turns(people), shift=shift)
    return found


def reasons(found: Shortage) -> dict[str, tuple[str, ...]]:
    return {f"{one.rule}.{one.detail}".rstrip("."): one.volunteers for one in found.excluded}


def repairs(found: Shortage, kind: str) -> list[Repair]:
    return [one for one in found.repairs if one.kind == kind]


def test_a_full_roster_needs_no_explanation() -> None:
    assert shortages(a_problem(shifts=[AM]), turns({"am": ["lan"]})) == ()


def test_all_who_are_trained_and_free_are_at_their_limit_of_two_turns() -> None:
    """The sentence of the main job: its numbers are all here."""
    trained = [a_volunteer(f"t{index}", qualifications=["trained"], limits=Limits(turns=2)) for index in range(4)]
    others = [a_volunteer("untrained"), a_volunteer("away", qualifications=["trained"], available=["mon 08:00-12:00"])]
    elsewhere = [
        a_shift(f"x{index}{half}", f"thu {hours}")
        for index in range(4)
        for half, hours in (("a", "08:00-10:00"), ("b", "10:00-12:00"))
    ]
    problem = a_problem(shifts=[TUESDAY, *elsewhere], volunteers=[*trained, *others])
    roster = {shift.id: [f"t{shift.id[1]}"] for shift in elsewhere}

    found = the_shortage(problem, roster, "tue-pm")

    assert (found.missing, found.asked, set(found.suited), found.free) == (1, 6, {"t0", "t1", "t2", "t3"}, ())
    assert reasons(found) == {
        "eligibility.requires": ("untrained",),
        "availability": ("away",),
        "limits.turns": ("t0", "t1", "t2", "t3"),
    }
    assert found.excluded[-1].facts == {"value": 3, "most": 2}
    assert [left for _, left in found.funnel()] == [5, 4, 0]


def test_everybody_else_is_out_for_exactly_one_reason() -> None:
    people = [
        a_volunteer("both", available=[], groups=["south"]),
        a_volunteer("south", groups=["south"]),
        a_volunteer("away", available=[], groups=["north"]),
    ]
    problem = a_problem(shifts=[a_shift("am", pool=("north",))], volunteers=people)

    found = the_shortage(problem, {})

    assert reasons(found) == {"eligibility.pool": ("both", "south"), "availability": ("away",)}
    assert sum(one.count for one in found.excluded) == found.asked == 3


@pytest.mark.parametrize("held", ["by a pin", "by a minor"])
def test_a_shift_that_needs_no_more_people_competes_for_whom_it_may_not_let_go(held: str) -> None:
    beside = a_shift("beside", "mon 08:00-12:00", min=0)
    people = [a_volunteer("lan"), *([a_volunteer("kid", minor=True, available=[])] if held == "by a minor" else [])]
    pins = [Pin("lan", "beside", "assigned")] if held == "by a pin" else []
    problem = a_problem(shifts=[AM, beside], volunteers=people, pins=pins)

    found = the_shortage(problem, {"beside": [person.id for person in people]})

    assert found.group == ("am", "beside")
    assert the_shortage(replace(problem, pins=()), {"beside": ["lan"]}).group == ("am",)


def test_a_missing_need_asks_only_those_who_fit_it() -> None:
    people = [a_volunteer("lan"), a_volunteer("minh"), a_volunteer("lead", qualifications=["lead"], available=[])]
    problem = a_problem(shifts=[a_shift("am", min=1, needs={"lead": 1})], volunteers=people)

    found = the_shortage(problem, {"am": ["lan"]})

    assert (found.missing, dict(found.needs), found.asked) == (0, {"lead": 1}, 2)
    assert reasons(found) == {"under_need": ("minh",), "availability": ("lead",)}


def test_people_at_different_limits_share_no_limit() -> None:
    people = [a_volunteer("lan", limits=Limits(turns=0)), a_volunteer("minh", limits=Limits(turns=1))]
    problem = a_problem(shifts=[AM, PM], volunteers=people)

    [out] = the_shortage(problem, {"pm": ["minh"]}).excluded

    assert (out.rule, out.detail, out.count, out.facts) == ("limits", "turns", 2, {})


def test_who_is_barred_by_hand_is_not_among_the_suited() -> None:
    problem = a_problem(shifts=[AM], pins=[Pin("lan", "am", "forbidden")])

    found = the_shortage(problem, {})

    assert (found.suited, reasons(found)) == ((), {"pins.forbidden": ("lan",)})


def test_who_serves_at_the_same_time_is_suited_but_not_free() -> None:
    also = a_shift("also", "mon 10:00-13:00")

    found = the_shortage(a_problem(shifts=[AM, also]), {"also": ["lan"]})

    assert (found.suited, found.free, reasons(found)) == (("lan",), (), {"overlap": ("lan",)})


def test_only_the_turn_in_the_way_competes() -> None:
    wednesday = a_shift("wed", "wed 08:00-12:00")
    people = [a_volunteer("lan", limits=Limits(turns_per_day=1))]

    found = the_shortage(a_problem(shifts=[AM, PM, wednesday], volunteers=people), {"pm": ["lan"], "wed": ["lan"]})

    assert found.group == ("am", "pm")


def test_turns_that_are_in_the_way_only_together_all_compete() -> None:
    early, late = a_shift("early", "mon 07:00-09:00"), a_shift("late", "mon 11:00-13:00")

    found = the_shortage(a_problem(shifts=[AM, early, late]), {"early": ["lan"], "late": ["lan"]})

    assert found.group == ("am", "early", "late")


def test_alternatives_with_the_fewest_turns_come_first() -> None:
    people = [a_volunteer("tired", history_turns=3), a_volunteer("busy", history_turns=1), a_volunteer("fresh")]
    problem = a_problem(shifts=[a_shift("am", requires=("trained",)), PM], volunteers=people)

    [train] = repairs(the_shortage(problem, {"pm": ["busy"]}), "train")

    assert train.facts["volunteers"] == ("fresh", "busy", "tired")


def test_shifts_that_draw_on_the_same_people_are_one_group() -> None:
    """Two people with a turn each cannot fill three places, whichever of them stays empty."""
    shifts = [AM, PM, a_shift("tue", "tue 08:00-12:00"), a_shift("far", "wed 08:00-12:00", requires=("lead",))]
    people = [a_volunteer(name, limits=Limits(turns=1)) for name in ("lan", "minh")]
    leads = [a_volunteer("lead", qualifications=["lead"], available=["wed 08:00-12:00"])]
    problem = a_problem(shifts=shifts, volunteers=[*people, *leads])

    found = the_shortage(problem, {"pm": ["lan"], "tue": ["minh"], "far": ["lead"]})

    assert found.group == ("am", "pm", "tue")
    assert found.people == ("lan", "minh")
    assert (found.places, found.filled) == (3, 2)


def test_a_shift_that_could_spare_somebody_does_not_compete() -> None:
    people = [a_volunteer(name, limits=Limits(turns=1)) for name in ("lan", "minh")]

    found = the_shortage(a_problem(shifts=[AM, PM], volunteers=people), {"pm": ["lan", "minh"]})

    assert found.group == ("am",)


def test_a_shift_nobody_is_suited_to_stands_alone() -> None:
    found = the_shortage(
        a_problem(shifts=[AM, PM], volunteers=[a_volunteer(available=["mon 13:00-17:00"])]), {"pm": ["lan"]}
    )

    assert (found.group, found.people, found.places, found.filled) == (("am",), (), 1, 0)


def test_somebody_with_nothing_in_the_way_may_simply_be_added() -> None:
    found = the_shortage(a_problem(shifts=[AM]), {})

    assert found.free == ("lan",)
    assert repairs(found, "add") == [Repair("add", {"volunteers": ("lan",)}, under_min_after=0)]


def test_a_swap_frees_somebody_for_the_place() -> None:
    people = [a_volunteer("lan", limits=Limits(turns=1)), a_volunteer("minh", available=["mon 13:00-17:00"])]

    found = the_shortage(a_problem(shifts=[AM, PM], volunteers=people), {"pm": ["lan"]})

    assert found.repairs[0] == Repair("swap", {"volunteer": "lan", "gives": "pm", "to": "minh"}, 0)


def test_who_lacks_only_the_training_can_be_trained() -> None:
    people = [a_volunteer("lan"), a_volunteer("minh"), a_volunteer("away", available=[])]
    problem = a_problem(shifts=[a_shift("am", requires=("trained",))], volunteers=people)

    found = the_shortage(problem, {})

    assert repairs(found, "train") == [Repair("train", {"qualification": "trained", "volunteers": ("lan", "minh")}, 0)]


def test_one_turn_more_is_asked_of_those_at_their_limit() -> None:
    people = [a_volunteer("lan", limits=Limits(turns=1), available=["mon 08:00-17:00"])]

    found = the_shortage(a_problem(shifts=[AM, PM], volunteers=people), {"pm": ["lan"]})

    assert repairs(found, "raise_limit") == [
        Repair("raise_limit", {"limit": "turns", "from": 1, "to": 2, "volunteers": ("lan",)}, 0)
    ]


def test_a_limit_of_a_type_names_the_type() -> None:
    evening = a_shift("am", "mon 18:00-20:00", type="evening")
    people = [a_volunteer("lan", limits=Limits(turns_per_type={"evening": 0}))]

    [found] = repairs(the_shortage(a_problem(shifts=[evening], volunteers=people), {}), "raise_limit")

    assert found.facts == {"limit": "turns_per_type", "from": 0, "to": 1, "type": "evening", "volunteers": ("lan",)}


def test_a_type_without_letters_is_a_type() -> None:
    shift = a_shift("am", "mon 08:00-12:00", type="")
    problem = a_problem(shifts=[shift], volunteers=[a_volunteer("lan", limits=Limits(turns_per_type={"": 0}))])

    [found] = repairs(the_shortage(problem, {}), "raise_limit")

    assert found.facts["type"] == ""
    assert applied(problem, "am", found).volunteers[0].limits == Limits(turns_per_type={"": 1})


def test_who_is_only_not_free_then_can_be_asked() -> None:
    people = [a_volunteer("lan", available=["tue 08:00-12:00"])]

    assert repairs(the_shortage(a_problem(shifts=[AM], volunteers=people), {}), "ask") == [
        Repair("ask", {"volunteers": ("lan",)}, 0)
    ]


def test_what_takes_two_changes_is_not_proposed() -> None:
    people = [a_volunteer("lan", available=[], limits=Limits(turns=0))]

    assert the_shortage(a_problem(shifts=[AM], volunteers=people), {}).repairs == ()


def test_neighbours_lend_the_nearest_first() -> None:
    site = Site("desk", Place(13.77, 109.22))
    people = [
        a_volunteer("far", groups=["south"], home=Place(13.97, 109.22)),
        a_volunteer("near", groups=["south"], home=Place(13.78, 109.22)),
        a_volunteer("other", groups=["east"]),
    ]
    problem = a_problem(sites=[site], shifts=[a_shift("am", site="desk", pool=("north",))], volunteers=people)

    found = repairs(the_shortage(problem, {}), "lend")

    assert [one.facts for one in found] == [
        {"group": "south", "volunteers": ("near", "far")},
        {"group": "east", "volunteers": ("other",)},
    ]


def test_another_hour_suits_people_who_are_free_later() -> None:
    people = [a_volunteer("lan", available=["mon 09:00-17:00"]), a_volunteer("minh", available=["mon 08:00-13:30"])]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", min=2)], volunteers=people)

    [found] = repairs(the_shortage(problem, {"am": ["minh"]}), "move")

    assert found == Repair("move", {"minutes_later": 60, "volunteers": ("lan",)}, 0)


def test_a_shift_is_not_moved_away_from_its_own_people() -> None:
    people = [a_volunteer("lan", available=["mon 09:00-17:00"]), a_volunteer("minh", available=["mon 08:00-12:00"])]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", min=2)], volunteers=people)

    assert repairs(the_shortage(problem, {"am": ["minh"]}), "move") == []


def test_a_home_visit_is_filled_by_a_team_with_the_police_officer_it_needs() -> None:
    visit = a_shift("am", "mon 08:00-12:00", min=2, needs={"police": 1}, all_or_nothing=True)
    people = [a_volunteer("lan"), a_volunteer("minh"), a_volunteer("officer", qualifications=["police"], available=[])]

    found = the_shortage(a_problem(shifts=[visit], volunteers=people), {})

    assert reasons(found)["all_or_nothing.min"] == ("lan", "minh")
    [asked] = repairs(found, "ask")
    assert asked == Repair("ask", {"volunteers": ("officer",), "together": ("lan",)}, under_min_after=0)


def test_friends_who_serve_together_come_together_or_not_at_all() -> None:
    people = [a_volunteer("lan"), a_volunteer("minh", available=["tue 08:00-12:00"])]
    problem = a_problem(shifts=[a_shift("am", min=2)], volunteers=people, pairs=[Pair(("lan", "minh"), "together")])

    found = the_shortage(problem, {})

    assert repairs(found, "ask") == [Repair("ask", {"volunteers": ("minh",), "together": ("lan",)}, 0)]
    assert repairs(found, "add") == []


def test_no_more_join_at_another_hour_than_are_missing() -> None:
    people = [a_volunteer(name, available=["mon 09:00-17:00"]) for name in ("an", "lan", "minh")]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", min=2)], volunteers=people)

    [found] = repairs(the_shortage(problem, {}), "move")

    assert found.facts == {"minutes_later": 60, "volunteers": ("an", "lan")}


def test_the_hour_is_preferred_at_which_most_of_those_missing_can_come() -> None:
    people = [
        a_volunteer(name, available=[f"mon {start}-17:00"]) for name, start in (("lan", "09:00"), ("minh", "10:00"))
    ]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", min=2)], volunteers=people)

    [found] = repairs(the_shortage(problem, {}), "move")

    assert (found.facts["minutes_later"], found.under_min_after) == (120, 0)


def test_a_shift_may_be_moved_earlier_and_between_the_turns_of_a_day() -> None:
    """Lan is free until 14:00 but for a turn from 11:00 to 12:00."""
    busy = a_shift("busy", "mon 11:00-12:00")
    people = [a_volunteer("lan", available=["mon 06:00-14:00"])]
    problem = a_problem(shifts=[a_shift("am", "mon 10:30-12:30"), busy], volunteers=people)

    [found] = repairs(the_shortage(problem, {"busy": ["lan"]}), "move")

    assert found.facts == {"minutes_later": -90, "volunteers": ("lan",)}


def test_no_shift_is_moved_past_midnight() -> None:
    late = a_volunteer("late", available=["mon 21:00-08:00"])

    found = the_shortage(a_problem(shifts=[a_shift("am", "mon 18:00-22:00")], volunteers=[late]), {})

    assert repairs(found, "move") == []


def test_a_shift_that_lacks_a_qualification_only_is_not_moved() -> None:
    people = [a_volunteer("lan"), a_volunteer("lead", qualifications=["lead"], available=["mon 09:00-17:00"])]
    problem = a_problem(shifts=[a_shift("am", "mon 08:00-12:00", needs={"lead": 1})], volunteers=people)
    assert repairs(the_shortage(problem, {"am": ["lan"]}), "move") == []


@pytest.mark.parametrize("kind", ["minor", "newcomer"])
def test_who_needs_company_is_asked_together_with_somebody_who_gives_it(kind: str) -> None:
    people = [
        a_volunteer("asked", available=[], **{kind: True}),
        a_volunteer("another", **{kind: True}),
        a_volunteer("company"),
    ]
    problem = a_problem(shifts=[a_shift("am", min=2)], volunteers=people)

    [asked] = repairs(the_shortage(problem, {}), "ask")

    assert asked == Repair("ask", {"volunteers": ("asked",), "together": ("company",)}, under_min_after=0)


def test_who_finds_no_company_is_not_asked() -> None:
    people = [a_volunteer("child", minor=True, available=[]), a_volunteer("another", minor=True)]

    assert repairs(the_shortage(a_problem(shifts=[a_shift("am", min=2)], volunteers=people), {}), "ask") == []


def test_an_enough_staffed_shift_trades_somebody_for_the_leader_it_lacks() -> None:
    people = [a_volunteer("lan"), a_volunteer("lead", qualifications=["lead"])]
    problem = a_problem(shifts=[a_shift("am", max=1, needs={"lead": 1})], volunteers=people)

    found = the_shortage(problem, {"am": ["lan"]})

    assert repairs(found, "replace") == [Repair("replace", {"volunteer": "lead", "replaces": "lan"}, 0)]
    assert repairs(found, "train") == [
        Repair("train", {"volunteers": ("lan",), "qualification": "lead", "on_shift": True}, 0)
    ]


def test_of_two_repairs_that_fill_the_place_the_one_that_also_meets_a_need_comes_first() -> None:
    people = [a_volunteer("lan", limits=Limits(turns=0)), a_volunteer("lead", available=[], qualifications=["lead"])]
    problem = a_problem(shifts=[a_shift("am", needs={"lead": 1})], volunteers=people)

    found = the_shortage(problem, {}).repairs

    assert [(one.kind, one.under_min_after, one.under_need_after) for one in found] == [
        ("ask", 0, 0),
        ("raise_limit", 0, 1),
    ]


def test_what_no_change_to_a_person_can_help_is_said_but_not_repaired() -> None:
    problem = a_problem(
        shifts=[
            a_shift("am", equipment={"laptop": 1}),
            a_shift("b", "mon 00:01-23:59", min=0, equipment={"laptop": 1}),
        ],
        volunteers=[a_volunteer("lan"), a_volunteer("minh"), a_volunteer("child", minor=True)],
        equipment=[Equipment("laptop", 1)],
        rules=Rules(minors_latest_end=600),
        pins=[Pin("minh", "b", "assigned"), Pin("lan", "am", "forbidden")],
    )

    found = the_shortage(problem, {"b": ["minh"]})

    assert reasons(found) == {"minors.latest_end": ("child",), "pins.forbidden": ("lan",), "overlap": ("minh",)}
    assert [one.kind for one in found.repairs] == []


def test_the_best_repair_comes_first_and_says_what_is_short_in_the_whole_roster() -> None:
    shifts = [a_shift("am", "mon 08:00-12:00", min=2), a_shift("lost", "sun 08:00-12:00")]
    people = [a_volunteer("lan", available=["mon 08:00-12:00"]), a_volunteer("minh", available=["mon 09:00-17:00"])]

    found = the_shortage(a_problem(shifts=shifts, volunteers=people), {})

    assert [(one.kind, one.under_min_after) for one in found.repairs] == [("add", 2), ("ask", 2), ("move", 2)]


def test_the_answer_as_json_is_that_of_the_contract() -> None:
    problem = a_problem(shifts=[a_shift("am", requires=("trained",))])

    answer = to_json(shortages(problem, ()))

    assert answer == {
        "shifts": [
            {
                "shift": "am",
                "missing": 1,
                "needs": {},
                "group": ["am"],
                "people": [],
                "excluded": [{"rule": "eligibility", "count": 1, "volunteers": ["lan"]}],
                "repairs": [
                    {
                        "kind": "train",
                        "facts": {"qualification": "trained", "volunteers": ("lan",)},
                        "under_min_after": 0,
                    }
                ],
            }
        ]
    }


def test_the_json_names_hard_rules_only() -> None:
    people = [a_volunteer("lan"), a_volunteer("minh"), a_volunteer("lead", qualifications=["lead"], available=[])]
    problem = a_problem(shifts=[a_shift("am", needs={"lead": 1})], volunteers=people)

    [record] = to_json(shortages(problem, turns({"am": ["lan"]})))["shifts"]

    assert record["excluded"] == [{"rule": "availability", "count": 1, "volunteers": ["lead"]}]


def test_only_the_shift_asked_for_is_explained() -> None:
    problem = a_problem(shifts=[AM, PM])

    assert [one.shift for one in shortages(problem, ())] == ["am", "pm"]
    assert [one.shift for one in shortages(problem, (), shift="pm")] == ["pm"]
    assert shortages(problem, turns({"am": ["lan"]}), shift="am") == ()
