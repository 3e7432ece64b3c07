"""Why places stay empty and what would fill them: exact, in numbers and in names, without OR-Tools.

Everything here rests on the referee. What keeps a person from a place is what `solver.check` says, and a repair is
offered only after it said nothing against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from solver.check import Standing, shortfalls_of
from solver.crowd import Crowd
from solver.explain.applying import applied
from solver.explain.chains import chained
from solver.explain.findings import Exclusion, Missing, Repair, Shortage
from solver.explain.funnels import funnel
from solver.explain.groups import Groups
from solver.explain.neighbours import Neighbours
from solver.explain.people import Service, why_here, why_not_there
from solver.explain.reasons import Reasons, reasons_of
from solver.explain.repairs import Repairs
from solver.explain.situations import Situation
from solver.problem import HARD_RULES, Assignment, Problem
from solver.solution import Shortfall

__all__ = [
    "Exclusion",
    "Reasons",
    "Repair",
    "Service",
    "Shortage",
    "applied",
    "reasons_of",
    "shortages",
    "to_json",
    "why_here",
    "why_not_there",
]


def shortages(
    problem: Problem,
    assignments: Iterable[Assignment],
    *,
    shift: str | None = None,
    with_repairs: bool = True,
    with_chains: bool = False,
    hours: Sequence[tuple[int, int]] | None = None,
) -> tuple[Shortage, ...]:
    """Every shift with people missing to `min` or to a need, or only the one named (nothing, if it is not short).

    `with_chains` also looks for repairs in two steps where no single change fills a place. `hours`: where on its day a
    shift could move, as minutes after midnight; None: anywhere.
    """
    standing = Standing(problem, assignments)
    crowd = Crowd(standing)
    groups, neighbours = Groups(crowd), Neighbours(crowd)
    gaps = shortfalls_of(problem, standing.roster)
    missing = _missing(problem, gaps)
    found = []
    for gap in gaps:
        if shift not in (None, gap.shift):
            continue
        place = problem.shift_by_id[gap.shift]
        situation = Situation(crowd, place, hours)
        people, group = funnel(situation), groups.around(place)
        repairs = tuple(Repairs(situation, neighbours, missing).all()) if with_repairs else ()
        if with_chains and not repairs:
            repairs = tuple(chained(situation, neighbours, missing))
        found.append(
            Shortage(
                shift=gap.shift,
                missing=gap.missing,
                needs=gap.needs,
                asked=people.asked,
                suited=people.suited,
                free=people.free,
                excluded=people.excluded,
                group=group.shifts,
                people=group.people,
                places=group.places,
                filled=group.filled,
                repairs=repairs,
            )
        )
    return tuple(found)


def to_json(found: Iterable[Shortage]) -> dict[str, Any]:
    """The answer of `solver explain --json`."""
    return {"shifts": [_shortage(one) for one in found]}


def _shortage(one: Shortage) -> dict[str, Any]:
    by_rule: dict[str, list[str]] = {}
    for exclusion in one.excluded:
        # The file format asks for rules: that somebody does not fit a need is none.
        if exclusion.rule not in HARD_RULES:
            continue
        by_rule.setdefault(exclusion.rule, []).extend(exclusion.volunteers)
    return {
        "shift": one.shift,
        "missing": one.missing,
        "needs": dict(one.needs),
        "group": list(one.group),
        "people": list(one.people),
        "excluded": [{"rule": rule, "count": len(people), "volunteers": people} for rule, people in by_rule.items()],
        "repairs": [
            {"kind": repair.kind, "facts": dict(repair.facts), "under_min_after": repair.under_min_after}
            for repair in one.repairs
        ],
    }


def _missing(problem: Problem, gaps: Iterable[Shortfall]) -> Missing:
    under_min = under_need = 0
    for gap in gaps:
        under_min += gap.missing * problem.shift_by_id[gap.shift].weights.under_min
        under_need += sum(gap.needs.values())
    return Missing(under_min, under_need)
