"""Writeback: a solution becomes the draft, as far as it still holds.

While the solver ran, hands may have pinned people or taken them off, shifts may have moved, people may have come, gone
or said that they are not free. So its answer is judged by the rows of this moment: what hands asked for is worked in,
turns that no longer hold are left out, and shifts it may no longer plan keep what they had. A pin that no longer holds
stays, as a hand wanted it, and the board marks it. Only if the pins did not fit what was planned either does the draft
stay as the hands left it, and the run says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, Roster, Run, Shift
from roster.planning import drafts, scope
from roster.planning.difference import Turn
from roster.planning.drafts import Change
from roster.planning.snapshot import row_id
from solver import check
from solver.check import Violation
from solver.problem import Assignment, Problem
from solver.solution import Solution


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the draft took the solution; if not, the rules its pins break together.

    `kept`: turns that were pinned or taken off by hand during the run and worked in. `left_out`: turns of the solution
    that do not hold any more.
    """

    applied: bool
    revision: int
    kept: int = 0
    left_out: int = 0
    in_the_way: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the run was asked, and what it would be asked by the rows of this moment."""

    then: Problem
    today: Problem


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A solution as of now, or what its pins break."""

    turns: frozenset[Assignment]
    kept: int = 0
    left_out: int = 0
    broken: Sequence[Violation] = ()


def apply(session: Session, run: Run, asked: Asked, solution: Solution, *, now: datetime) -> Outcome:
    """Make the solution the draft of the run's roster, whose row the caller has locked."""
    roster, found = run.roster, frozenset(solution.assignments)
    fitted = _Fitted(found) if asked.today == asked.then else _fitted(asked, found)
    if fitted.broken:
        return Outcome(applied=False, revision=roster.revision, in_the_way=tuple(fitted.broken))
    planned = {row_id(key) for key in asked.then.shift_by_id.keys() & asked.today.shift_by_id.keys()}
    # Asked once more under the lock: a shift may have been called off since the rows of this moment were read.
    planned &= set(session.scalars(scope.open_shifts_in(scope.of(roster.period)).with_only_columns(Shift.id)))
    change = _difference(session, roster, planned, fitted.turns)
    # Under whoever asked for the run, so that a stale hand is told what changed.
    drafts.write(session, roster, change, "roster.plan", by_id=run.asked_by_id, now=now, run_id=run.id)
    return Outcome(applied=True, revision=roster.revision, kept=fitted.kept, left_out=fitted.left_out)


def _fitted(asked: Asked, found: frozenset[Assignment]) -> _Fitted:
    pins = {Assignment(pin.volunteer, pin.shift): pin.state for pin in asked.today.pins}
    pinned = {turn for turn, state in pins.items() if state == "assigned"}
    forbidden = {turn for turn in found if pins.get(turn) == "forbidden"}
    turns, broken = _whole(asked.today, found - forbidden, pinned)
    if broken:
        _, broken = _whole(replace(asked.then, pins=asked.today.pins), found - forbidden, pinned)
    if broken:
        return _Fitted(found, broken=broken)
    return _Fitted(
        frozenset(turns),
        kept=len(pinned - found) + len(forbidden),
        left_out=len(found - forbidden - turns),
    )


def _whole(
    problem: Problem, found: Iterable[Assignment], pinned: set[Assignment]
) -> tuple[set[Assignment], Sequence[Violation]]:
    """The turns without those that break a rule, and what the pinned ones alone still break."""
    people, shifts = problem.volunteer_by_id, problem.shift_by_id
    turns = {turn for turn in (*found, *pinned) if turn.volunteer in people and turn.shift in shifts}
    while broken := check.broken_rules(problem, check.Roster(problem, sorted(turns, key=_by_ids))):
        unfit = {turn for one in broken if (turn := _unfit(problem, one, turns - pinned))}
        if not unfit:
            break
        turns -= unfit
    return turns, broken


def _unfit(today: Problem, broken: Violation, turns: Iterable[Assignment]) -> Assignment | None:
    """The latest of the turns that break it: leaving out one may be enough."""
    other = broken.facts.get("other")  # of two turns or two people, the second
    people = {broken.volunteer, other, *broken.facts.get("volunteers", ())} & today.volunteer_by_id.keys()
    shifts = {broken.shift, other} & today.shift_by_id.keys()
    about = (
        turn for turn in turns if (not people or turn.volunteer in people) and (not shifts or turn.shift in shifts)
    )
    return max(about, key=lambda turn: (today.shift_by_id[turn.shift].start, *_by_ids(turn)), default=None)


def _by_ids(turn: Assignment) -> tuple[str, str]:
    return turn.shift, turn.volunteer


def _difference(session: Session, roster: Roster, planned: set[int], turns: Iterable[Assignment]) -> Change:
    """Only the turns that differ, on shifts that were planned and still can be; all others keep what they had."""
    wanted = {(row_id(turn.shift), row_id(turn.volunteer)) for turn in turns}
    draft = DraftAssignment
    rows = session.execute(select(draft.shift_id, draft.person_id).where(draft.roster_id == roster.id))
    there: set[Turn] = {(shift, person) for shift, person in rows}
    return Change(
        added={turn for turn in wanted - there if turn[0] in planned},
        removed={turn for turn in there - wanted if turn[0] in planned},
    )
