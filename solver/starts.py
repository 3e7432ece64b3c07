"""The first rosters of a part: nobody, what was known before, places filled one by one, what the flow's turns leave.

So a run that is stopped early or starved still has a good answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from solver.check import Roster, broken_rules
from solver.check.terms import levels_of
from solver.components import Component
from solver.effort import Effort
from solver.filling import Filling
from solver.layout import side_rules
from solver.possible import Turns
from solver.problem import Assignment, Pin, Problem, Volunteer
from solver.progress import Part
from solver.repair import stripped

if TYPE_CHECKING:
    from solver.network import OnFirst, Relaxation

QUICK = 10_000  # possible turns up to which a flow takes a tenth of a second


def values_of(problem: Problem, assignments: Iterable[Assignment]) -> tuple[int, ...]:
    """The value of each level, as the referee counts it."""
    return tuple(level.value for level in levels_of(problem, Roster(problem, assignments)))


def relaxation(
    component: Component, effort: Effort | None = None, on_first: OnFirst | None = None
) -> Relaxation | None:
    """`network.relaxation`, loaded when it is asked for: no first roster waits for NumPy."""
    from solver import network

    return network.relaxation(component, effort, on_first)


def relax(part: Part, effort: Effort | None = None) -> tuple[Assignment, ...]:
    """Bound a part by its flow. The turns of the flow, which are offered as a roster if no rule is against it."""

    def take(found: Relaxation) -> None:
        part.relaxed(found.values)
        _offer_if_whole(part, found.assignments)

    found = relaxation(part.component, effort, on_first=take)
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
    if turns:
        _offer_if_whole(part, turns)


def offer_filled(part: Part, effort: Effort) -> None:
    """Place by place to who is free: far quicker than a flow, and rarely a place in a hundred behind it."""
    pinned = [Assignment(pin.volunteer, pin.shift) for pin in part.problem.pins if pin.state == "assigned"]
    possible = {(person.id, shift.id) for person, shift in part.turns} if pinned else set()
    _fill(part, [turn for turn in pinned if (turn.volunteer, turn.shift) in possible], effort)


def _fill(part: Part, start: Iterable[Assignment], effort: Effort) -> None:
    filling = Filling(part.component, start, effort)
    filling.fill()
    _offer_if_whole(part, filling.assignments())


def _offer_if_whole(part: Part, turns: tuple[Assignment, ...]) -> None:
    """Unless they break a rule."""
    roster = Roster(part.problem, turns)
    if not broken_rules(part.problem, roster):
        part.offer(turns, tuple(level.value for level in levels_of(part.problem, roster)))


def flow_first(part: Part) -> bool:
    """Whether to begin with the flow: it may be the optimum, as nothing ties turns to each other, or it costs little.

    Elsewhere the linear relaxation gives more in the same time (`stages.py`).
    """
    return len(part.turns) < QUICK or not any(True for _ in side_rules(part.component))


def begin(part: Part, effort: Effort | None = None) -> None:
    """Start from the flow's turns, without those that break rules the flow does not know."""
    turns = relax(part, effort)
    if not part.finished():
        _offer(part, turns)
        if effort is not None and part.best is None:
            # Somebody has fewer minutes than they owe now.
            _fill(part, stripped(_owing_nothing(part.problem), turns) or (), effort)
        elif effort is not None and any(shift.service_level for shift in part.problem.shifts):
            # The flow takes everybody for sure, so it leaves no reserves.
            _fill(part, stripped(part.problem, turns) or (), effort)


def refill(part: Part, effort: Effort) -> None:
    """Fill what was taken away: the flow once more, with the best roster's turns fixed and nothing that breaks it."""
    if part.best:
        pins = tuple(Pin(turn.volunteer, turn.shift, "assigned") for turn in part.best)
        fixed = replace(part.problem, pins=pins)
        found = relaxation(Component(fixed, _addable(part.problem, part.turns, part.best)), effort)
        if found is not None:
            _offer(part, found.assignments)


def _offer(part: Part, turns: Iterable[Assignment]) -> None:
    start = stripped(part.problem, turns)
    if start is not None:
        part.offer(start, values_of(part.problem, start))


def _owing_nothing(problem: Problem) -> Problem:
    """The problem without what people have to serve at least."""
    free = (replace(one, limits=replace(one.limits, minutes_min=None)) for one in problem.volunteers)
    return replace(problem, volunteers=tuple(free))


def _addable(problem: Problem, turns: Turns, kept: Iterable[Assignment]) -> Turns:
    """The turns kept, and all that break no rule beside them that the flow does not know."""
    crews: dict[str, list[Volunteer]] = {}
    for turn in kept:
        crews.setdefault(turn.shift, []).append(problem.volunteer_by_id[turn.volunteer])
    closed = {shift.id for shift in problem.shifts if shift.all_or_nothing or shift.equipment} - crews.keys()
    with_adult = {shift for shift, crew in crews.items() if not all(person.minor for person in crew)}
    with_experienced = {shift for shift, crew in crews.items() if not all(person.newcomer for person in crew)}
    paired = {name for pair in problem.pairs for name in pair.volunteers}
    there = set(kept)
    return [
        (person, shift)
        for person, shift in turns
        if Assignment(person.id, shift.id) in there
        or not (
            shift.id in closed
            or person.id in paired
            or (person.minor and shift.id not in with_adult)
            or (person.newcomer and shift.id not in with_experienced)
        )
    ]
