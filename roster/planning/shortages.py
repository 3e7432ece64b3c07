"""Shortages: why a place of the draft stays empty and what would fill it, of the rows as they are at this moment.

The solver's explanation and its remedies rest on the referee alone, so this needs no OR-Tools and no run: it is worked
out when somebody asks, and never speaks of a roster that hands have changed meanwhile. What the solver cannot know is
taken out here: nobody is asked to come at a time they have said no to, or serve in another unit's roster.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import (
    Assignment,
    AssignmentState,
    AvailabilityException,
    BusyTime,
    Level,
    Roster,
    Shift,
    ShiftState,
)
from roster.planning import consents, openings, scope, snapshot
from roster.planning.lacks import Lack, lack_of
from roster.planning.offers import Span
from roster.planning.snapshot import person_key, row_id, shift_key
from solver import explain
from solver.check import shortfalls_of
from solver.check.rosters import Roster as Turns
from solver.explain import Exclusion, Repair, Shortage
from solver.problem import MINUTES_PER_DAY as DAY
from solver.problem import Assignment as Turn
from solver.problem import Problem

__all__ = ["Exclusion", "Finding", "Repair", "detail_of", "later", "of_shift", "people_of"]

NEAR = timedelta(hours=12)
"""Whoever serves elsewhere within so long of a shift is not asked for it: their day may be full, or they must rest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One short shift with its cause and remedies, in the problem and the draft they are true of.

    `lack`: what is missing in the whole draft.
    """

    problem: Problem
    draft: tuple[Turn, ...]
    shortage: Shortage
    lack: Lack


def of_shift(session: Session, roster: Roster, shift_id: int, *, now: datetime) -> Finding | None:
    """What is found about one shift; None if nobody is missing there, or nobody can plan it any more."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        return None
    area = scope.of(roster.period)
    hours, midnight = openings.hours_of(session, area, shift.site), area.minute(shift.starts_at) // DAY * DAY
    could_move = (Span(midnight + opens, midnight + closes) for opens, closes in hours)
    problem = snapshot.build(session, roster, now=now, also=could_move)
    draft = snapshot.draft_of(session, roster, problem)
    for found in explain.shortages(problem, draft, shift=shift_key(shift_id), hours=hours):
        repairs = _askable(found.repairs, _unwilling(session, problem, shift, _asked(found.repairs)))
        lack = lack_of(shortfalls_of(problem, Turns(problem, draft)))
        return Finding(problem, draft, _with_unconsented(session, roster, shift, replace(found, repairs=repairs)), lack)
    return None


def people_of(repair: Repair) -> tuple[str, ...]:
    """Those who would come: alternatives of each other, or together for "add" and "move"."""
    facts = repair.facts
    return tuple(facts["volunteers"]) if "volunteers" in facts else (facts["volunteer"],)


def detail_of(repair: Repair) -> str:
    """What tells a remedy from others of its kind: the limit, the qualification, the minutes."""
    facts = repair.facts
    return str(facts.get("limit") or facts.get("qualification") or facts.get("minutes_later") or "")


def later(repair: Repair) -> timedelta:
    """By how much a "move" puts the shift off; negative is earlier."""
    return timedelta(minutes=repair.facts["minutes_later"])


def _with_unconsented(session: Session, roster: Roster, shift: Shift, found: Shortage) -> Shortage:
    """With those of the shift's own people whom the solver is not even told of, out before all others."""
    area = scope.of(roster.period)
    missing = consents.missing(session, scope.people_of(area, snapshot.pool_of(shift)), area.first_day)
    out = tuple(
        Exclusion("consent", whose.value, tuple(person_key(person) for person in sorted(people)), {})
        for whose in consents.Missing
        if (people := {person for person, one in missing.items() if one is whose})
    )
    return replace(found, asked=found.asked + len(missing), excluded=(*out, *found.excluded))


def _asked(repairs: Sequence[Repair]) -> set[str]:
    return {person for repair in repairs if repair.kind == "ask" for person in people_of(repair)}


def _askable(repairs: Sequence[Repair], unwilling: Collection[str]) -> tuple[Repair, ...]:
    """The repairs without those who cannot be asked; one that is left without anybody goes."""
    kept = []
    for repair in repairs:
        if repair.kind == "ask":
            people = tuple(person for person in people_of(repair) if person not in unwilling)
            repair = replace(repair, facts={**repair.facts, "volunteers": people})
        if people_of(repair):
            kept.append(repair)
    return tuple(kept)


def _unwilling(session: Session, problem: Problem, shift: Shift, people: Collection[str]) -> set[str]:
    """Those of the people who have said no to the time of the shift, are in class, or serve elsewhere around it."""
    ids = [row_id(person) for person in people]
    said_no = select(AvailabilityException.person_id).where(
        AvailabilityException.person_id.in_(ids),
        AvailabilityException.level == Level.NOT,
        AvailabilityException.starts_at < shift.ends_at,
        AvailabilityException.ends_at > shift.starts_at,
    )
    in_class = select(BusyTime.person_id).where(
        BusyTime.person_id.in_(ids), BusyTime.starts_at < shift.ends_at, BusyTime.ends_at > shift.starts_at
    )
    elsewhere = (
        select(Assignment.person_id, Shift.id)
        .join(Assignment.shift)
        .where(Assignment.person_id.in_(ids), Assignment.state == AssignmentState.ACTIVE)
        .where(Shift.state == ShiftState.OPEN)
        .where(Shift.starts_at < shift.ends_at + NEAR, Shift.ends_at > shift.starts_at - NEAR)
    )
    busy = {person for person, other in session.execute(elsewhere) if shift_key(other) not in problem.shift_by_id}
    return {person_key(person) for person in (*session.scalars(said_no), *session.scalars(in_class), *busy)}
