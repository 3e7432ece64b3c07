"""For every rule, term and weight of the contract, a tiny problem whose answer is wrong if it is forgotten.

Each witness comes with the same problem `without` what it stands for. An engine that forgets it answers the second
where the first was asked, and the tests of the witnesses fail: they are a mutation test that needs no mutants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from solver.problem import (
    Assignment,
    Equipment,
    Limits,
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
from tests.solver.builders import a_problem, a_shift, a_volunteer, an_offer

COVER = ({"under_min": 1},)
SPARE = ({"under_min": 1}, {"over_target": 1})  # nobody where nobody is asked for
SUPERFLUOUS = Weights(over_target=1)
AM, PM = a_shift("am", "mon 08:00-12:00"), a_shift("pm", "mon 13:00-17:00")
NEXT = a_shift("next", "tue 08:00-12:00")
LAN_UNSURE = a_volunteer("lan", show_up=0.6)
LAN, MINH = a_volunteer("lan"), a_volunteer("minh")
MUST = a_volunteer("lan", limits=Limits(minutes_min=1))  # has to serve on some shift
CENTER = Site("center", Place(13.77, 109.22))
NEAR, FAR, EAST = Place(13.78, 109.22), Place(14.20, 109.22), Place(13.77, 109.72)
ACROSS = Place(14.07, 109.52)  # further than it is to the north or to the east


@dataclass(frozen=True)
class Witness:
    """`name` is a rule, a term, or a part of one after a dot."""

    name: str
    problem: Problem
    without: Problem

    @property
    def subject(self) -> str:
        return self.name.partition(".")[0]


def _asked(**parts: Any) -> Problem:
    """One morning and Lan, whom the cover asks for, unless told otherwise."""
    return a_problem(**({"shifts": [AM], "volunteers": [LAN], "levels": COVER} | parts))


def _limited(name: str, shifts: Sequence[Shift], **limits: Any) -> Witness:
    """Lan would serve on all these shifts but for one limit."""
    return Witness(
        name,
        _asked(shifts=shifts, volunteers=[a_volunteer("lan", limits=Limits(**limits))], levels=SPARE),
        _asked(shifts=shifts, levels=SPARE),
    )


def _differing(name: str, asked: Mapping[str, Any], **without: Any) -> Witness:
    return Witness(name, _asked(**asked), _asked(**{**asked, **without}))


def _one_of_two(name: str, better: Volunteer, worse: Volunteer, **parts: Any) -> Witness:
    """One place, and a last wish for the worse of two people, who gets it if the term is forgotten."""
    [term] = [name.partition(".")[0]]
    asked: dict[str, Any] = {
        "shifts": [a_shift("am", "mon 08:00-12:00", max=1)],
        "volunteers": [better, worse],
        "wishes": [Wish(worse.id, "am", want=True)],
        "levels": ({"under_min": 1}, {term: 1}, {"wishes": 1}),
    } | parts
    return _differing(name, asked, levels=({"under_min": 1}, {"wishes": 1}))


def _one_of_two_shifts(name: str, **weights: int) -> Witness:
    """Two shifts at once of which one weighs more, and a last wish for the other."""
    shifts = [a_shift("am", "mon 08:00-12:00", target=1), a_shift("heavy", "mon 08:00-12:00", target=1)]
    heavy = [shifts[0], a_shift("heavy", "mon 08:00-12:00", target=1, weights=Weights(**weights))]
    levels = ({name.partition(".")[0]: 1}, {"wishes": 1})
    asked = {"shifts": heavy, "wishes": [Wish("lan", "am", want=True)], "levels": levels}
    return _differing(name, asked, shifts=shifts)


def _optional(name: str, **weights: int) -> Shift:
    return a_shift(name, "mon 08:00-12:00", min=0, weights=Weights(**weights))


def _hard_rules() -> list[Witness]:
    child, fresh = a_volunteer("lan", minor=True), a_volunteer("lan", newcomer=True)
    visit = a_shift("am", "mon 08:00-12:00", min=2, all_or_nothing=True)
    police = a_shift("am", "mon 08:00-12:00", needs={"police": 1}, all_or_nothing=True)
    laptop = [a_shift(name, "mon 08:00-12:00", equipment={"laptop": 1}) for name in ("am", "also")]
    unasked = a_shift("am", "mon 08:00-12:00", min=0, weights=SUPERFLUOUS)
    both = {"shifts": [a_shift("am", min=2)], "volunteers": [LAN, MINH]}
    return [
        _differing(
            "availability", {"volunteers": [a_volunteer("lan", available=["mon 08:00-11:59"])]}, volunteers=[LAN]
        ),
        _differing(
            "availability.joined",
            {"volunteers": [a_volunteer("lan", available=["mon 08:00-09:59", "mon 10:00-12:00"])]},
            volunteers=[a_volunteer("lan", available=["mon 08:00-10:00", "mon 10:00-12:00"])],
        ),
        _differing(
            "overlap",
            {"shifts": [AM, a_shift("pm", "mon 11:59-17:00")]},
            shifts=[AM, PM],
        ),
        _differing(
            "overlap.travel",
            {
                "sites": [CENTER, Site("market")],
                "shifts": [
                    a_shift("am", "mon 08:00-12:00", site="center"),
                    a_shift("pm", "mon 12:29-17:00", site="market"),
                ],
                "travel": [Travel("market", "center", 30)],
            },
            travel=[],
        ),
        _limited("rest", [a_shift("late", "mon 18:00-22:00"), NEXT], rest_minutes=601),
        _limited("limits.turns", [AM, NEXT], turns=1),
        _limited("limits.minutes_max", [AM, NEXT], minutes_max=479),
        _limited("limits.turns_per_day", [AM, PM], turns_per_day=1),
        _limited("limits.turns_per_day.two", [AM, PM, a_shift("eve", "mon 18:00-20:00")], turns_per_day=2),
        _limited(
            "limits.turns_per_type",
            [a_shift("am", type="desk"), a_shift("next", "tue 08:00-12:00", type="desk")],
            turns_per_type={"desk": 1},
        ),
        _limited("limits.minutes_min", [unasked], minutes_min=1),
        _limited("days.consecutive_days_max", [AM, NEXT], consecutive_days_max=1),
        _limited(
            "days.consecutive_days_min",
            [NEXT, a_shift("wed", "wed 08:00-12:00", min=0, weights=SUPERFLUOUS)],
            consecutive_days_min=2,
        ),
        _limited("days.consecutive_days_off_min", [AM, a_shift("wed", "wed 08:00-12:00")], consecutive_days_off_min=2),
        _limited("days.weekends", [a_shift("sun", "sun 08:00-12:00")], weekends=0),
        _differing(
            "succession",
            {
                "shifts": [
                    a_shift("late", "mon 18:00-22:00", type="evening"),
                    a_shift("next", "tue 08:00-12:00", type="morning"),
                ],
                "rules": Rules(forbidden_successions=(("evening", "morning"),)),
            },
            rules=Rules(),
        ),
        _differing("eligibility.requires", {"shifts": [a_shift("am", requires=("trained",))]}, shifts=[a_shift("am")]),
        _differing("eligibility.pool", {"shifts": [a_shift("am", pool=("north",))]}, shifts=[a_shift("am")]),
        _differing(
            "eligibility.max_km",
            {
                "sites": [CENTER],
                "shifts": [a_shift("am", site="center")],
                "volunteers": [a_volunteer("lan", home=FAR, max_km=40)],
            },
            volunteers=[a_volunteer("lan", home=FAR)],
        ),
        _differing(
            "eligibility.max_km.east",
            {
                "sites": [CENTER],
                "shifts": [a_shift("am", site="center")],
                "volunteers": [a_volunteer("lan", home=EAST, max_km=40)],
            },
            volunteers=[a_volunteer("lan", home=EAST)],
        ),
        _differing(
            "eligibility.max_km.across",
            {
                "sites": [CENTER],
                "shifts": [a_shift("am", site="center")],
                "volunteers": [a_volunteer("lan", home=ACROSS, max_km=40)],
            },
            volunteers=[a_volunteer("lan", home=ACROSS)],
        ),
        _differing(
            "eligibility.adults_only",
            {"shifts": [a_shift("am", min=2, adults_only=True)], "volunteers": [child, MINH]},
            shifts=[a_shift("am", min=2)],
        ),
        _differing("capacity", {**both, "shifts": [a_shift("am", min=2, max=1)]}, shifts=both["shifts"]),
        _differing("minors.company", {"volunteers": [child]}, volunteers=[LAN]),
        _differing(
            "minors.latest_end",
            {**both, "volunteers": [child, MINH], "rules": Rules(minors_latest_end=11 * 60 + 29)},
            rules=Rules(),
        ),
        _differing("newcomers", {"volunteers": [fresh]}, volunteers=[LAN]),
        _differing("all_or_nothing.min", {"shifts": [visit]}, shifts=[a_shift("am", "mon 08:00-12:00", min=2)]),
        _differing(
            "all_or_nothing.need", {"shifts": [police]}, shifts=[a_shift("am", "mon 08:00-12:00", needs={"police": 1})]
        ),
        _differing(
            "equipment",
            {"shifts": laptop, "volunteers": [LAN, MINH], "equipment": [Equipment("laptop", 1)]},
            equipment=[Equipment("laptop", 2)],
        ),
        _differing("pins.forbidden", {"pins": [Pin("lan", "am", "forbidden")]}, pins=[]),
        _differing(
            "pins.assigned", {"shifts": [unasked], "levels": SPARE, "pins": [Pin("lan", "am", "assigned")]}, pins=[]
        ),
        _differing(
            "pairs.together",
            {"volunteers": [LAN, a_volunteer("minh", available=[])], "pairs": [Pair(("lan", "minh"), "together")]},
            pairs=[],
        ),
        _differing("pairs.apart", {**both, "pairs": [Pair(("lan", "minh"), "apart")]}, pairs=[]),
    ]


def _terms() -> list[Witness]:
    lead = a_volunteer("lead", qualifications=["lead"])
    two_shifts = {"shifts": [AM, NEXT], "volunteers": [LAN, MINH]}
    wanted, unwanted = [Wish("lan", "am", want=True)], [Wish("lan", "am", want=False)]
    free = [a_shift("am", min=0)]
    return [
        _differing("under_min", {"levels": ({"under_min": 1}, {"reluctance": 1})}, levels=({"reluctance": 1},)),
        _one_of_two_shifts("under_min.weight", under_min=2),
        _one_of_two("under_need", lead, LAN, shifts=[a_shift("am", max=1, needs={"lead": 1})]),
        _differing(
            "under_service",
            {
                "shifts": [a_shift("am", min=1, service_level=0.75)],
                "volunteers": [a_volunteer("lan", show_up=0.5), a_volunteer("minh", show_up=0.5)],
                "levels": ({"under_service": 1}, {"reluctance": 1}),
            },
            levels=({"reluctance": 1},),
        ),
        _differing(
            "under_service.surest",
            {
                # Two of the three are enough only if the surest is one of them.
                "shifts": [a_shift("am", min=1, max=2, service_level=0.9)],
                "volunteers": [LAN_UNSURE, a_volunteer("minh", show_up=0.6), a_volunteer("sure", show_up=0.8)],
                "wishes": [Wish("sure", "am", want=False)],
                "levels": ({"under_min": 1}, {"under_service": 1}, {"wishes": 1}),
            },
            levels=({"under_min": 1}, {"wishes": 1}),
        ),
        _differing(
            "under_target",
            {"shifts": [a_shift("am", min=0, target=1)], "levels": ({"under_target": 1}, {"reluctance": 1})},
            levels=({"reluctance": 1},),
        ),
        _one_of_two_shifts("under_target.weight", under_target=2),
        _differing(
            "over_target",
            {
                "shifts": [a_shift("am", min=0, weights=SUPERFLUOUS)],
                "wishes": wanted,
                "levels": ({"over_target": 1}, {"wishes": 1}),
            },
            levels=({"wishes": 1},),
        ),
        _differing(
            "over_target.weight",
            {
                "shifts": [a_shift("am", min=0, weights=SUPERFLUOUS)],
                "wishes": wanted,
                "levels": ({"over_target": 1}, {"wishes": 1}),
            },
            shifts=free,
        ),
        _differing(
            "over_target.weight.of_two",
            {
                "shifts": [_optional("am", over_target=1), _optional("heavy", over_target=2)],
                "volunteers": [MUST],
                "wishes": [Wish("lan", "heavy", want=True)],
                "levels": ({"over_target": 1}, {"wishes": 1}),
            },
            shifts=[_optional("am", over_target=1), _optional("heavy", over_target=1)],
        ),
        _one_of_two("unfairness", MINH, a_volunteer("lan", history_turns=1)),
        _differing(
            "unfairness.squares",
            {
                **two_shifts,
                "wishes": [
                    Wish("lan", "am", want=True),
                    Wish("lan", "next", want=True),
                    Wish("minh", "am", want=False),
                    Wish("minh", "next", want=False),
                ],
                "levels": ({"under_min": 1}, {"unfairness": 1}, {"wishes": 1}),
            },
            levels=({"under_min": 1}, {"wishes": 1}),
        ),
        _one_of_two(
            "reluctance",
            a_volunteer("minh", available=[an_offer("mon 08:00-12:00", "preferred")]),
            a_volunteer("lan", available=[an_offer("mon 08:00-12:00", "available")]),
        ),
        _one_of_two(
            "reluctance.if_needed",
            a_volunteer("minh"),
            a_volunteer("lan", available=[an_offer("mon 08:00-12:00", "if_needed")]),
        ),
        _differing(
            "wishes.want", {"shifts": free, "wishes": wanted, "levels": ({"wishes": 1}, {"reluctance": 1})}, wishes=[]
        ),
        _differing("wishes.want_not", {"wishes": unwanted, "levels": ({"wishes": 1}, {"under_min": 1})}, wishes=[]),
        _differing(
            "wishes.weight",
            {
                "shifts": [AM, a_shift("heavy", "mon 08:00-12:00", min=0)],
                "wishes": [*wanted, Wish("lan", "heavy", want=True, weight=2)],
                "levels": ({"wishes": 1}, {"under_min": 1}),
            },
            wishes=[*wanted, Wish("lan", "heavy", want=True)],
        ),
        _differing(
            "wishes.want_not.weight",
            {
                "shifts": [_optional("am"), a_shift("heavy", "mon 08:00-12:00")],
                "volunteers": [MUST],
                "wishes": [*unwanted, Wish("lan", "heavy", want=False, weight=2)],
                "levels": ({"wishes": 1}, {"under_min": 1}),
            },
            wishes=[*unwanted, Wish("lan", "heavy", want=False)],
        ),
        _one_of_two(
            "travel",
            a_volunteer("minh", home=NEAR),
            a_volunteer("lan", home=FAR),
            sites=[CENTER],
            shifts=[a_shift("am", "mon 08:00-12:00", max=1, site="center")],
        ),
        _one_of_two("changes", MINH, LAN, previous=[Assignment("minh", "am")]),
        _differing("changes.new", {"previous": [], "levels": ({"changes": 1}, {"under_min": 1})}, previous=None),
    ]


def _levels() -> list[Witness]:
    unwanted = [Wish("lan", "am", want=False)]
    return [
        _differing(
            "levels.weight",
            {"wishes": unwanted, "levels": ({"under_min": 1, "wishes": 2},)},
            levels=({"under_min": 1, "wishes": 0},),
        ),
        _differing(
            "levels.order",
            {"wishes": unwanted, "levels": ({"wishes": 1}, {"under_min": 1})},
            levels=({"under_min": 1}, {"wishes": 1}),
        ),
    ]


HARD, SOFT = _hard_rules(), [*_terms(), *_levels()]
