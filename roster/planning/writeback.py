"""Writeback: a solution becomes the draft, unless a hand has meanwhile asked for something it cannot hold.

The old draft stays until the new one is known to be a roster. What was pinned or taken off while the solver ran is
worked into its answer and judged again; if that breaks a rule, the draft stays as the hand left it, and the run says
why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, Roster, Run, Shift, ShiftState
from roster.planning import drafts, snapshot
from roster.planning.difference import Turn
from roster.planning.drafts import Change
from roster.planning.snapshot import row_id
from solver import check
from solver.problem import Assignment, Problem
from solver.solution import Solution


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the draft took the solution; if not, the rules its pins and the solution break together.

    `kept`: turns that were pinned or taken off by hand during the run and worked in.
    """

    applied: bool
    revision: int
    kept: int = 0
    in_the_way: tuple[check.Violation, ...] = ()


def apply(session: Session, run: Run, problem: Problem, solution: Solution, *, now: datetime) -> Outcome:
    """Make the solution the draft of the run's roster, whose row the caller has locked."""
    roster = run.roster
    turns = set(solution.assignments)
    if roster.revision != run.roster_revision:
        turns, broken = _with_pins(session, roster, problem, turns)
        if broken:
            return Outcome(applied=False, revision=roster.revision, in_the_way=tuple(broken))
    change = _difference(session, roster, problem, turns)
    # Under whoever asked for the run, so that a stale hand is told what changed.
    drafts.write(session, roster, change, "roster.plan", by_id=run.asked_by_id, now=now, run_id=run.id)
    return Outcome(applied=True, revision=roster.revision, kept=len(turns ^ set(solution.assignments)))


def _with_pins(
    session: Session, roster: Roster, problem: Problem, turns: set[Assignment]
) -> tuple[set[Assignment], Sequence[check.Violation]]:
    """The turns with today's pins put in, and what they then break."""
    pins = snapshot.pins_of(session, roster, problem)
    pinned = {Assignment(pin.volunteer, pin.shift): pin.state for pin in pins}
    merged = {turn for turn in turns if pinned.get(turn) != "forbidden"}
    merged |= {turn for turn, state in pinned.items() if state == "assigned"}
    asked_now = replace(problem, pins=pins)
    return merged, check.broken_rules(asked_now, check.Roster(asked_now, sorted(merged, key=_by_ids)))


def _by_ids(turn: Assignment) -> tuple[str, str]:
    return turn.shift, turn.volunteer


def _difference(session: Session, roster: Roster, problem: Problem, turns: Iterable[Assignment]) -> Change:
    """Only the turns that differ. Shifts cancelled since the snapshot keep what they had."""
    shifts = _still_open(session, problem)
    wanted = {turn for turn in ((row_id(turn.shift), row_id(turn.volunteer)) for turn in turns) if turn[0] in shifts}
    draft = DraftAssignment
    rows = session.execute(select(draft.shift_id, draft.person_id).where(draft.roster_id == roster.id))
    there: set[Turn] = {(shift, person) for shift, person in rows if shift in shifts}
    return Change(added=wanted - there, removed=there - wanted)


def _still_open(session: Session, problem: Problem) -> set[int]:
    asked = {row_id(shift.id) for shift in problem.shifts}
    return asked - set(
        session.scalars(select(Shift.id).where(Shift.state == ShiftState.CANCELLED, Shift.id.in_(asked)))
    )
