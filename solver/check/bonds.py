"""Rules that tie turns of different people and shifts together: equipment, pins and pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solver.check.findings import Violation
from solver.check.rosters import Roster
from solver.problem import Pair, Problem, Shift


def broken_bonds(problem: Problem, roster: Roster) -> list[Violation]:
    found = list(overused(problem, roster.manned()))
    found += _pins(problem, roster)
    for pair in problem.pairs:
        found += _pair(pair, roster)
    return found


def overused(problem: Problem, manned: Iterable[Shift]) -> Iterator[Violation]:
    """Each kind of equipment once for every shift at whose start more of it is out than there is.

    The use of a kind only ever rises when a shift starts, so these are all the moments to look at.
    """
    users = [shift for shift in manned if shift.equipment]
    for kind in problem.equipment:
        using = [shift for shift in users if shift.equipment.get(kind.id, 0)]
        if sum(shift.equipment[kind.id] for shift in using) <= kind.count:
            continue
        # As many moments as there are starts, and most shifts begin together with others.
        moments = {shift.start for shift in using}
        out = {moment: [one for one in using if one.start <= moment < one.end] for moment in moments}
        value = {moment: sum(shift.equipment[kind.id] for shift in there) for moment, there in out.items()}
        for shift in using:
            if value[shift.start] > kind.count:
                others = tuple(sorted(other.id for other in out[shift.start] if other is not shift))
                facts = {"kind": kind.id, "value": value[shift.start], "most": kind.count, "others": others}
                yield Violation("equipment", "", None, shift.id, facts)


def _pins(problem: Problem, roster: Roster) -> Iterator[Violation]:
    for pin in problem.pins:
        if roster.has(pin.volunteer, pin.shift) != (pin.state == "assigned"):
            yield Violation("pins", pin.state, pin.volunteer, pin.shift)


def _pair(pair: Pair, roster: Roster) -> Iterator[Violation]:
    one, other = pair.volunteers
    shifts, others = ({turn.id for turn in roster.turns_of(person)} for person in pair.volunteers)
    if pair.rule == "apart":
        for shift in sorted(shifts & others):
            yield Violation("pairs", "apart", one, shift, {"other": other})
        return
    for person, alone, absent in ((one, shifts - others, other), (other, others - shifts, one)):
        for shift in sorted(alone):
            yield Violation("pairs", "together", person, shift, {"other": absent})
