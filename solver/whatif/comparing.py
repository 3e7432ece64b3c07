"""Two answers to two questions side by side: level by level, and place by place.

The questions differ by alterations, so their levels mean the same and may be compared. What is proved is said with
each level: a value is what a roster has, a bound what none can go below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from solver.solution import Clash, Level, Shortfall, Solution, Status
from solver.whatif.alterations import Alteration
from solver.whatif.reading import to_json as alteration_to_json

Verdict = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Step:
    """One level before and after. `certain`: both are proved optima, so their difference is due to the change."""

    before: Level
    after: Level

    @property
    def gained(self) -> int:
        """By how much the level is lower, which is better; less than 0 if it is higher."""
        return self.before.value - self.after.value

    @property
    def certain(self) -> bool:
        return self.before.value == self.before.bound and self.after.value == self.after.bound


@dataclass(frozen=True, slots=True)
class Place:
    """One shift that is short before or after: what it lacks each time, or None when it lacks nothing."""

    shift: str
    before: Shortfall | None
    after: Shortfall | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change comes to.

    alterations    what was changed, everybody named
    status         of the answer to the changed question; without a roster (`infeasible`, `unknown`) there are no steps
    steps          the levels, the first outweighing all later ones
    places         the shifts that are short before or after
    moved          turns of the roster before that are gone after, and new ones
    """

    alterations: tuple[Alteration, ...]
    status: Status
    steps: tuple[Step, ...]
    places: tuple[Place, ...]
    moved: int
    contradiction: tuple[Clash, ...] = ()

    @property
    def missing_before(self) -> int:
        """People missing to `min` and to needs, all shifts together."""
        return sum(_lack(place.before) for place in self.places)

    @property
    def missing_after(self) -> int:
        return sum(_lack(place.after) for place in self.places)

    @property
    def covered(self) -> int:
        """How many of the places short before are no longer short; less than 0 if more are short."""
        return self.missing_before - self.missing_after

    @property
    def verdict(self) -> Verdict:
        """By the first level that differs."""
        gained = next((step.gained for step in self.steps if step.gained), 0)
        return "better" if gained > 0 else "worse" if gained < 0 else "same"

    @property
    def certain(self) -> bool:
        """Whether the verdict is proved: all levels up to the first that differs are optima, before and after."""
        for step in self.steps:
            if not step.certain:
                return False
            if step.gained:
                return True
        return bool(self.steps)


def compared(alterations: tuple[Alteration, ...], before: Solution, after: Solution) -> Comparison:
    """Two solutions of two problems with the same levels. Shifts come in the order of the first, then of the second."""
    was, will = ({gap.shift: gap for gap in one.shortfalls} for one in (before, after))
    pairs = zip(before.levels, after.levels, strict=True) if after.levels else ()
    return Comparison(
        alterations=alterations,
        status=after.status,
        steps=tuple(Step(one, other) for one, other in pairs),
        places=tuple(Place(shift, was.get(shift), will.get(shift)) for shift in was | will) if after.levels else (),
        moved=len(set(before.assignments) ^ set(after.assignments)),
        contradiction=after.contradiction,
    )


def to_json(found: Comparison) -> dict[str, Any]:
    """The answer of `solver whatif --json`, as `solver/README.md` describes it."""
    return {
        "changes": [alteration_to_json(one) for one in found.alterations],
        "status": found.status,
        "verdict": found.verdict,
        "certain": found.certain,
        "missing_before": found.missing_before,
        "missing_after": found.missing_after,
        "covered": found.covered,
        "moved": found.moved,
        "levels": [_step(step) for step in found.steps],
        "shifts": [
            {"shift": place.shift, "before": _gap(place.before), "after": _gap(place.after)} for place in found.places
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "terms": list(step.after.terms),
        "before": {"value": step.before.value, "bound": step.before.bound},
        "after": {"value": step.after.value, "bound": step.after.bound},
        "gained": step.gained,
        "certain": step.certain,
    }


def _gap(gap: Shortfall | None) -> Mapping[str, Any]:
    return {"missing": gap.missing if gap else 0, "needs": dict(gap.needs) if gap else {}}


def _lack(gap: Shortfall | None) -> int:
    return gap.missing + sum(gap.needs.values()) if gap else 0
