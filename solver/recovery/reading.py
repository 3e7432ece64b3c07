"""The file of a repair's losses, `roster-losses/1`, and the answer of `solver repair --json`.

    {"format": "roster-losses/1",
     "turns": [{"volunteer": "v0001", "shift": "center-mon-am"}],
     "absences": [{"volunteer": "v0002", "start": "2026-11-23T00:00", "end": "2026-11-25T00:00"}],
     "window": {"days": ["2026-11-23"], "sites": ["center"], "shifts": ["center-mon-pm"]}}

All but `format` may be absent. Times are those of the problem. The parts of a window hold together: a shift may change
if it is on one of the days, at one of the sites and one of the shifts named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import Any

from solver.document import BadInput, Fault, Faults, Node, day_of, parse, shown
from solver.problem import Assignment, Problem
from solver.reader_parts import reference
from solver.recovery.losses import Absence, Losses, Window
from solver.recovery.moves import Moves

FORMAT = "roster-losses/1"


def read(data: bytes, problem: Problem) -> tuple[Losses, Window]:
    """What a file says was lost of a roster of the problem, and where it may change. Raises BadInput."""
    document = parse(data)
    if not isinstance(document, dict):
        raise BadInput((Fault("", f"is {shown(document)}, not an object"),))
    faults = Faults([], datetime.combine(problem.first_day, time()))
    root = Node(document, "", faults)
    root.require("format")
    if root.text("format", FORMAT) != FORMAT:
        root.fault("format", f"is {shown(root.get('format'))}, not {FORMAT}")
    losses = Losses(
        tuple(_turn(node, problem) for node in root.nodes("turns")),
        tuple(_absence(node, problem) for node in root.nodes("absences")),
    )
    window = _window(root.node("window"), problem)
    root.close()
    if faults.found:
        raise BadInput(tuple(faults.found))
    return losses, window


def to_json(moves: Moves) -> dict[str, Any]:
    """Turns as the problem file writes them."""
    return {"lost": _turns(moves.lost), "dropped": _turns(moves.dropped), "added": _turns(moves.added)}


def _turns(turns: Iterable[Assignment]) -> list[dict[str, str]]:
    return [{"volunteer": turn.volunteer, "shift": turn.shift} for turn in turns]


def _turn(node: Node, problem: Problem) -> Assignment:
    node.require("volunteer", "shift")
    person = reference(node, "volunteer", problem.volunteer_by_id, "volunteer", of="the problem")
    shift = reference(node, "shift", problem.shift_by_id, "shift", of="the problem")
    node.close()
    return Assignment(person or "", shift or "")


def _absence(node: Node, problem: Problem) -> Absence:
    node.require("volunteer", "start", "end")
    person = reference(node, "volunteer", problem.volunteer_by_id, "volunteer", of="the problem")
    start, end = node.moment("start") or 0, node.moment("end") or 0
    if end <= start and node.has("start") and node.has("end"):
        node.fault("end", "is not after its start")
    node.close()
    return Absence(person or "", start, end)


def _window(node: Node, problem: Problem) -> Window:
    days = _days(node, problem)
    sites = _named(node, "sites", problem.site_by_id, "site")
    shifts = _named(node, "shifts", problem.shift_by_id, "shift")
    node.close()
    return Window(days, sites, shifts)


def _days(node: Node, problem: Problem) -> frozenset[int] | None:
    found = set()
    for index, text in enumerate(node.texts("days")):
        date = day_of(text)
        if date is None:
            node.fault(f"days[{index}]", f"is {shown(text)}, not a date like 2026-11-23")
        elif not 0 <= (date - problem.first_day).days < problem.days:
            node.fault(f"days[{index}]", "is outside the period")
        else:
            found.add((date - problem.first_day).days)
    return frozenset(found) if node.has("days") else None


def _named(node: Node, key: str, known: Collection[str], kind: str) -> frozenset[str] | None:
    names = node.texts(key)
    for index, name in enumerate(names):
        if name not in known:
            node.fault(f"{key}[{index}]", f"{shown(name)} is no {kind} of the problem")
    return frozenset(names) if node.has(key) else None
