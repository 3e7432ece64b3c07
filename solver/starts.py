"""The first rosters of a part: nobody at all, what was known before, and what the flow's turns leave.

The flow is near the optimum at once, so a run that is stopped early or starved still has a good answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from solver.check import Roster, broken_rules
from solver.check.terms import levels_of
from solver.components import Component
from solver.effort import Effort
from solver.network import Relaxation, relaxation, side_rules
from solver.problem import Assignment, Problem
from solver.progress import Part
from solver.repair import stripped

QUICK = 10_000  # possible turns up to which a flow takes a tenth of a second


def values_of(problem: Problem, assignments: Iterable[Assignment]) -> tuple[int, ...]:
    """The value of each level, as the referee counts it."""
    return tuple(level.value for level in levels_of(problem, Roster(problem, assignments)))


def relax(part: Part, effort: Effort | None = None) -> tuple[Assignment, ...]:
    """Bound a part by its flow. The turns of the flow, which are offered as a roster if no rule is against it."""

    def take(found: Relaxation) -> None:
        part.relaxed(found.values)
        if not broken_rules(part.problem, Roster(part.problem, found.assignments)):
            part.offer(found.assignments, values_of(part.problem, found.assignments))

    found = relaxation(Component(part.problem, part.turns), effort, on_first=take)
    if found is None:
        return ()
    take(found)
    return found.assignments


def offer_nobody(part: Part) -> None:
    """Where nobody has to serve, a roster without turns is one: a run stopped at once still has an answer."""
    wanted = any(person.limits.minutes_min for person in part.problem.volunteers)
    if not wanted and not any(pin.state == "assigned" for pin in part.problem.pins):
        part.offer((), values_of(part.problem, ()))


def offer_start(part: Part, start: Iterable[Assignment]) -> None:
    """A roster known before, as far as it lies in this part and breaks no rule there."""
    people, shifts = part.problem.volunteer_by_id, part.problem.shift_by_id
    turns = tuple(turn for turn in start if turn.volunteer in people and turn.shift in shifts)
    if turns and not broken_rules(part.problem, Roster(part.problem, turns)):
        part.offer(turns, values_of(part.problem, turns))


def flow_first(part: Part) -> bool:
    """Whether to begin with the flow: it may be the optimum, as nothing ties turns to each other, or it costs little.

    Elsewhere the linear relaxation gives more in the same time (`stages.py`).
    """
    return len(part.turns) < QUICK or not any(True for _ in side_rules(Component(part.problem, part.turns)))


def begin(part: Part, effort: Effort | None = None) -> None:
    """Start from the flow's turns, without those that break rules the flow does not know."""
    turns = relax(part, effort)
    if not part.finished():
        start = stripped(part.problem, turns)
        if start is not None:
            part.offer(start, values_of(part.problem, start))
