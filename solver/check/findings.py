"""What the referee says: which rule is broken by whom and where, and which reported figure is wrong.

A violation carries ids and numbers, never a sentence: `roster/` words them in Vietnamese and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from solver.solution import Shortfall

Facts = Mapping[str, Any]

# Broken only as long as something is missing: more turns or more people can mend these, while every other
# violation needs somebody to leave. A draft under way may pass through them, a finished roster may not have them.
MENDABLE = frozenset(
    {
        ("limits", "minutes_min"),
        ("days", "consecutive_days_min"),
        ("days", "consecutive_days_off_min"),
        ("minors", "company"),
        ("newcomers", "company"),
        ("all_or_nothing", "min"),
        ("all_or_nothing", "need"),
        ("pins", "assigned"),
        ("pairs", "together"),
    }
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One hard rule broken once.

    `rule` is the contract's name, `detail` the part of it (`turns` of `limits`, `pool` of `eligibility`; "" if it
    has no parts). `facts` are ids, minutes (of the period or long), days (counted from 0) and counts.
    """

    rule: str
    detail: str = ""
    volunteer: str | None = None
    shift: str | None = None
    facts: Facts = field(default_factory=dict)

    @property
    def mendable(self) -> bool:
        """Whether adding people or turns alone can end it."""
        return (self.rule, self.detail) in MENDABLE


@dataclass(frozen=True, slots=True)
class Value:
    """One level of the objective as the referee counts it: the plain amounts and their weighted sum."""

    terms: Mapping[str, int]
    value: int


@dataclass(frozen=True, slots=True)
class Misreport:
    """A figure of the solution (`levels[0].value`) that is not what it should be."""

    path: str
    reported: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Report:
    """The referee's verdict on one solution.

    `of_another_file` is told, not held against it: a problem may be written anew, with other bytes and the same sense.
    """

    broken: tuple[Violation, ...]
    levels: tuple[Value, ...]
    shortfalls: tuple[Shortfall, ...]
    misreported: tuple[Misreport, ...] = ()
    of_another_file: bool = False

    @property
    def ok(self) -> bool:
        return not self.broken and not self.misreported
