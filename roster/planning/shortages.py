"""Shortages: what a run found about the places it left empty, with database ids, to be kept as JSON.

The solver's explanation is worked out once, in the worker, of the very problem that was solved: pages only word it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from roster.planning.snapshot import row_id
from solver import explain
from solver.explain import Exclusion, Repair, Shortage
from solver.problem import Assignment, Problem

MOST_REPAIRED = 100
"""Short shifts up to which repairs are looked for; where more are short, people are missing everywhere."""


def as_facts(problem: Problem, assignments: Sequence[Assignment], *, short: int) -> list[dict[str, Any]]:
    """One record for each of the `short` shifts that lack people. Shapes are those of `solver.explain`:

    `shift_id`, `missing`, `needs`; `asked`, `suited`, `free` (people); `excluded` (`rule`, `detail`, `people`, and
    `most` where one limit holds for all); `group` (shift ids that compete), with the `people`, `places` and `filled`
    of it; `repairs` (`kind`, `people` and `together` as ids, `other_person`, `shift_id`, and the kind's plain `facts`).
    """
    found = explain.shortages(problem, assignments, with_repairs=short <= MOST_REPAIRED)
    return [_record(one) for one in found]


def _record(one: Shortage) -> dict[str, Any]:
    return {
        "shift_id": row_id(one.shift),
        "missing": one.missing,
        "needs": dict(one.needs),
        "asked": one.asked,
        "suited": len(one.suited),
        "free": len(one.free),
        "excluded": [_exclusion(exclusion) for exclusion in one.excluded],
        "group": _ids(one.group),
        "people": len(one.people),
        "places": one.places,
        "filled": one.filled,
        "repairs": [_repair(repair) for repair in one.repairs],
    }


def _exclusion(one: Exclusion) -> dict[str, Any]:
    return {"rule": one.rule, "detail": one.detail, "people": one.count, "most": one.facts.get("most")}


def _repair(one: Repair) -> dict[str, Any]:
    facts = dict(one.facts)
    single = [facts.pop("volunteer")] if "volunteer" in facts else []
    other = facts.pop("replaces", None) or (facts.pop("to") if one.kind == "swap" else None)
    gives = facts.pop("gives", None)
    return {
        "kind": one.kind,
        "people": _ids(facts.pop("volunteers", single)),
        "together": _ids(facts.pop("together", ())),
        "other_person": row_id(other) if other else None,
        "shift_id": row_id(gives) if gives else None,
        "facts": facts,
        "under_min_after": one.under_min_after,
    }


def _ids(keys: Iterable[str]) -> list[int]:
    return [row_id(key) for key in keys]
