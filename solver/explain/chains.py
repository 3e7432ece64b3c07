"""Repairs in two steps: somebody comes over from a shift that competes, and somebody else fills their place there.

Where all who suit the short shift are needed elsewhere, the cure is often there: train somebody who is free on Tuesday,
so that the trained one of Tuesday can come on Monday. Sought only where no change to one person fills the place itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from solver.check.company import broken_on, missing_to_min, missing_to_needs
from solver.explain.findings import Missing, Repair
from solver.explain.neighbours import Neighbours
from solver.explain.repairs import Repairs
from solver.explain.situations import Situation
from solver.problem import Assignment, Shift, Volunteer

MOST_MOVES = 8  # people coming over who are tried
MOST_OFFERED = 3


def chained(situation: Situation, neighbours: Neighbours, missing: Missing) -> Iterator[Repair]:
    """Repairs of the kinds `train`, `ask`, `raise_limit` and `lend` with a move that goes before (`via`)."""
    moves = islice(_moves_to(situation), MOST_MOVES)
    found = (repair for move in moves for repair in move.repairs(neighbours, missing))
    yield from islice(found, MOST_OFFERED)


def _moves_to(situation: Situation) -> Iterator[_Move]:
    """Who could come if they gave up one turn; from each other shift only the first who could."""
    crowd, left = situation.crowd, set[str]()
    pinned = {(pin.volunteer, pin.shift) for pin in crowd.problem.pins if pin.state == "assigned"}
    for person in crowd.members(situation.suited & situation.fitting & crowd.busy):
        for turn in crowd.in_the_way(person, situation.shift):
            if turn.id not in left and (person.id, turn.id) not in pinned:
                move = _Move(situation, person, turn)
                if move.allowed:
                    left.add(turn.id)
                    yield move


class _Move:
    """One person goes from a turn to the short shift."""

    def __init__(self, situation: Situation, person: Volunteer, turn: Shift) -> None:
        self.situation, self.person, self.turn = situation, person, turn
        self.left = situation.standing.without([Assignment(person.id, turn.id)])
        self.stayed = self.left.roster.people_on(turn.id)

    @property
    def allowed(self) -> bool:
        """Whether they may come then, and help, and those they leave behind can stay as they are."""
        joined = [*self.situation.present, self.person]
        return (
            self.situation.lessened_by(joined)
            and not broken_on(self.turn, self.stayed)
            and not self.left.may_join([self.person], self.situation.shift)
        )

    def repairs(self, neighbours: Neighbours, missing: Missing) -> Iterator[Repair]:
        """Changes to one person that fill the place left behind as well as before."""
        after = self.left.including([Assignment(self.person.id, self.situation.shift.id)])
        behind = Situation(self.situation.crowd.of_roster(after), self.turn)
        via = {"volunteer": self.person.id, "from": self.turn.id, "to": self.situation.shift.id}
        target = missing.under_min, missing.under_need
        for repair in Repairs(behind, neighbours, self._missing_meanwhile(missing)).changes():
            if (repair.under_min_after, repair.under_need_after) < target and "together" not in repair.facts:
                yield replace(repair, facts={**repair.facts, "via": via})

    def _missing_meanwhile(self, missing: Missing) -> Missing:
        """What the roster misses after the move, before the place left behind is filled."""
        here, there = self.situation.shift, self.turn
        came = [*self.situation.present, self.person]
        under_min, under_need = missing.under_min, missing.under_need
        for shift, people in ((here, came), (there, self.stayed)):
            before = self.situation.standing.roster.people_on(shift.id)
            more = missing_to_min(shift, people) - missing_to_min(shift, before)
            under_min += more * shift.weights.under_min
            under_need += sum(missing_to_needs(shift, people).values()) - sum(missing_to_needs(shift, before).values())
        return Missing(under_min, under_need)
