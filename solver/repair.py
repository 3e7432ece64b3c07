"""From a flow's turns to a roster: take away what breaks the rules the flow does not know.

Only ever takes away, so it ends, and what it leaves open is for the search to fill again. Pinned turns stay; if
they, or turns a volunteer must have, are part of what is broken, there is no roster to be had this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solver.check import Roster, Violation, broken_rules
from solver.problem import Assignment, Problem

MOST_PASSES = 50


def stripped(problem: Problem, assignments: Iterable[Assignment]) -> tuple[Assignment, ...] | None:
    """The turns without those that break a rule; None if that cannot be had by taking turns away."""
    pinned = {Assignment(pin.volunteer, pin.shift) for pin in problem.pins if pin.state == "assigned"}
    kept = dict.fromkeys(assignments)
    for _ in range(MOST_PASSES):
        roster = Roster(problem, kept)
        broken = broken_rules(problem, roster)
        if not broken:
            return tuple(kept)
        gone = set(culprits(problem, roster, broken)) - pinned
        if not gone & kept.keys():
            return None
        kept = {turn: None for turn in kept if turn not in gone}
    return None


def culprits(problem: Problem, roster: Roster, broken: Iterable[Violation]) -> Iterator[Assignment]:
    """Turns without which what is broken no longer is."""
    closed: set[str] = set()
    for one in broken:
        if one.rule == "pairs" and one.detail == "apart":
            yield Assignment(one.facts["other"], one.shift or "")
        elif one.volunteer is not None and one.shift is not None:
            yield Assignment(one.volunteer, one.shift)
        elif one.volunteer is not None:
            yield from (Assignment(one.volunteer, turn.id) for turn in roster.turns_of(one.volunteer)[-1:])
        elif one.shift is not None:
            for shift in _shifts_to_close(problem, roster, one, closed):
                closed.add(shift)
                yield from (Assignment(person.id, shift) for person in roster.people_on(shift))


def _shifts_to_close(problem: Problem, roster: Roster, one: Violation, closed: set[str]) -> Iterator[str]:
    """The shift itself, or of those that share too little equipment the least manned, until there is enough."""
    if one.rule != "equipment":
        yield one.shift or ""
        return
    kind, excess = one.facts["kind"], one.facts["value"] - one.facts["most"]
    rivals = [one.shift or "", *one.facts["others"]]
    excess -= sum(problem.shift_by_id[shift].equipment[kind] for shift in rivals if shift in closed)
    for shift in sorted(rivals, key=lambda shift: (len(roster.people_on(shift)), shift)):
        if excess > 0 and shift not in closed:
            excess -= problem.shift_by_id[shift].equipment[kind]
            yield shift
