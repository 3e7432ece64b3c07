"""Repairs as a coordinator reads them: shift by shift, before and after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, Roster, Shift
from roster.planning import repairs, scope
from roster.planning.difference import Turn
from roster.queries import somebody
from roster.queries.publications import Place
from roster.queries.somebody import Somebody
from roster.queries.turns import place_of


@dataclass(frozen=True, slots=True)
class Line:
    """One shift: its people before and after, who leaves and who comes, and how many are then missing."""

    place: Place
    before: tuple[Somebody, ...]
    after: tuple[Somebody, ...]
    leaving: tuple[Somebody, ...]
    joining: tuple[Somebody, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every shift that would change, in time order. `possible`: whether what is left obeys every rule at all."""

    lines: Sequence[Line]
    possible: bool

    @property
    def asked(self) -> int:
        """How many turns somebody has to take."""
        return sum(len(line.joining) for line in self.lines)

    @property
    def missing(self) -> int:
        return sum(line.missing for line in self.lines)


def serving(session: Session, roster: Roster, *, now: datetime) -> Sequence[Somebody]:
    """Everybody with a published turn to come, in name order."""
    people = {person_id for _, person_id in _published(session, roster, now)}
    return somebody.in_order(people, somebody.profiles(session, people))


def proposal(
    session: Session, roster: Roster, person_ids: Collection[int], day: date | None, *, now: datetime
) -> Proposal:
    """What would change least if these people could not come on a day, or in all that is left of the period."""
    found = repairs.proposed(session, roster, person_ids, day, now=now)
    leaving, joining = {*found.lost, *found.dropped}, set(found.added)
    before = _published(session, roster, now)
    known = somebody.profiles(session, {person_id for _, person_id in before | joining})
    changed = {shift_id for shift_id, _ in leaving | joining}
    shifts = session.scalars(select(Shift).where(Shift.id.in_(changed)).order_by(Shift.starts_at, Shift.id))

    def on(shift: Shift, turns: Collection[Turn]) -> tuple[Somebody, ...]:
        return somebody.in_order({person_id for shift_id, person_id in turns if shift_id == shift.id}, known)

    lines = [
        Line(
            place=place_of(shift),
            before=on(shift, before),
            after=on(shift, (before - leaving) | joining),
            leaving=on(shift, leaving),
            joining=on(shift, joining),
            missing=found.missing.get(shift.id, 0),
        )
        for shift in shifts
    ]
    return Proposal(lines, found.possible)


def _published(session: Session, roster: Roster, now: datetime) -> set[Turn]:
    shifts = scope.open_shifts_in(scope.of(roster.period)).where(Shift.starts_at > now)
    rows = session.execute(
        select(Assignment.shift_id, Assignment.person_id).where(
            Assignment.state == AssignmentState.ACTIVE,
            Assignment.shift_id.in_(shifts.with_only_columns(Shift.id).order_by(None)),
        )
    )
    return {(shift_id, person_id) for shift_id, person_id in rows}
