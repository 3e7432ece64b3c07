"""What is answered: a roster with its value, its proved bound and its gaps, as the file `roster-solution/1`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from solver.problem import Assignment

__all__ = ["FORMAT", "Assignment", "Clash", "Level", "Run", "Shortfall", "Solution", "Status", "to_bytes", "to_json"]

FORMAT = "roster-solution/1"
Status = Literal["optimal", "feasible", "infeasible", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective: plain amounts of its terms, their weighted sum, and what is proved of it.

    No roster whose earlier levels are at most this roster's has a value below `bound`.
    """

    terms: Mapping[str, int]
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """People a shift lacks: `missing` to its `min`, and to each need by qualification."""

    shift: str
    missing: int = 0
    needs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clash:
    """One part of a contradiction: a hard rule, of one volunteer or shift or (None) of all of them."""

    rule: str
    volunteer: str | None = None
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """How the answer came about, enough to ask again."""

    problem_sha256: str
    seconds: float
    seed: int
    workers: int
    versions: Mapping[str, str]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Solution:
    status: Status
    assignments: tuple[Assignment, ...]
    levels: tuple[Level, ...]
    shortfalls: tuple[Shortfall, ...]
    run: Run
    contradiction: tuple[Clash, ...] = ()


def to_json(solution: Solution) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "format": FORMAT,
        "status": solution.status,
        "assignments": [{"volunteer": turn.volunteer, "shift": turn.shift} for turn in solution.assignments],
        "levels": [
            {"terms": dict(level.terms), "value": level.value, "bound": level.bound} for level in solution.levels
        ],
        "shortfalls": [
            {"shift": gap.shift, "missing": gap.missing, "needs": dict(gap.needs)} for gap in solution.shortfalls
        ],
        "run": _run_to_json(solution.run),
    }
    if solution.status == "infeasible":
        answer["contradiction"] = [_clash_to_json(clash) for clash in solution.contradiction]
    return answer


def to_bytes(solution: Solution) -> bytes:
    """The file's bytes: UTF-8 JSON with a final newline."""
    return (json.dumps(to_json(solution), ensure_ascii=False) + "\n").encode()


def _run_to_json(run: Run) -> dict[str, Any]:
    return {
        "problem_sha256": run.problem_sha256,
        "seconds": run.seconds,
        "seed": run.seed,
        "workers": run.workers,
        "versions": dict(run.versions),
        "parameters": dict(run.parameters),
    }


def _clash_to_json(clash: Clash) -> dict[str, str]:
    parts = {"rule": clash.rule, "volunteer": clash.volunteer, "shift": clash.shift}
    return {key: value for key, value in parts.items() if value is not None}
