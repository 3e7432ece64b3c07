"""Reading `roster-solution/1` for a problem: JSON in, a Solution out, or every fault with its exact path.

Only what keeps the file from being understood is a fault here. Wrong figures and broken rules are for the referee,
but a turn of somebody the problem does not know could not even be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from solver.document import BadInput, Fault, Faults, Node, parse, shown
from solver.problem import HARD_RULES, TERMS, Problem
from solver.solution import FORMAT, Assignment, Clash, Level, Run, Shortfall, Solution, Status

STATUSES: Mapping[str, Status] = {
    "optimal": "optimal",
    "feasible": "feasible",
    "infeasible": "infeasible",
    "cancelled": "cancelled",
    "unknown": "unknown",
}
RULES: Mapping[str, str] = {rule: rule for rule in HARD_RULES}
MOST = 10**40  # of a seed, or of workers


def read_file(path: Path, problem: Problem) -> Solution:
    """The solution in a file. Raises BadInput, also if the file cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput((Fault(str(path), f"cannot be read ({error.strerror})"),)) from error
    return read(data, problem)


def read(data: bytes, problem: Problem) -> Solution:
    """The solution of a problem in the bytes of a file. Raises BadInput with every fault found."""
    document = parse(data)
    if not isinstance(document, dict):
        raise BadInput((Fault("", f"is {shown(document)}, not an object"),))
    faults = Faults([])
    root = Node(document, "", faults)
    solution = _solution(root, problem)
    root.close()
    if faults.found:
        raise BadInput(tuple(faults.found))
    return solution


def _solution(root: Node, problem: Problem) -> Solution:
    root.require("format", "status", "assignments", "levels", "shortfalls", "run")
    if root.text("format", FORMAT) != FORMAT:
        root.fault("format", f"is {shown(root.get('format'))}, not {FORMAT}")
    return Solution(
        status=root.choice("status", "unknown", STATUSES),
        assignments=tuple(_assignment(node, problem) for node in root.nodes("assignments")),
        levels=tuple(_level(node) for node in root.nodes("levels")),
        shortfalls=tuple(_shortfall(node, problem) for node in root.nodes("shortfalls")),
        run=_run(root.node("run")),
        contradiction=tuple(_clash(node, problem) for node in root.nodes("contradiction")),
    )


def _assignment(node: Node, problem: Problem) -> Assignment:
    node.require("volunteer", "shift")
    turn = Assignment(
        _known(node, "volunteer", problem.volunteer_by_id) or "", _known(node, "shift", problem.shift_by_id) or ""
    )
    node.close()
    return turn


def _known(node: Node, key: str, things: Mapping[str, object]) -> str | None:
    name = node.text(key, None)
    if name is not None and name not in things:
        node.fault(key, f"{shown(name)} is no {key} of the problem")
    return name


def _level(node: Node) -> Level:
    node.require("terms", "value", "bound")
    terms = node.amounts("terms", most=inf)
    for term in terms:
        if term not in TERMS:
            node.node("terms").fault(term, "is not a known key")
    level = Level(terms, node.whole("value", 0, most=inf), node.whole("bound", 0, most=inf))
    node.close()
    return level


def _shortfall(node: Node, problem: Problem) -> Shortfall:
    node.require("shift", "missing")
    shift = _known(node, "shift", problem.shift_by_id) or ""
    gap = Shortfall(shift, node.whole("missing", 0), node.amounts("needs"))
    node.close()
    return gap


def _clash(node: Node, problem: Problem) -> Clash:
    node.require("rule")
    clash = Clash(
        node.choice("rule", "", RULES),
        _known(node, "volunteer", problem.volunteer_by_id),
        _known(node, "shift", problem.shift_by_id),
    )
    node.close()
    return clash


def _run(node: Node) -> Run:
    run = Run(
        problem_sha256=node.text("problem_sha256", ""),
        seconds=node.number("seconds", 0.0),
        seed=node.whole("seed", 0, least=-MOST, most=MOST),
        workers=node.whole("workers", 0, most=MOST),
        versions={name: str(value) for name, value in _object(node, "versions").items()},
        parameters=_object(node, "parameters"),
    )
    node.close()
    return run


def _object(node: Node, key: str) -> Mapping[str, Any]:
    return node.node(key).data
