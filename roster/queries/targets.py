"""Where one person may go: for every shift of the week, whether they may take it, and the rules in the way.

Asked when a person is picked up on the board, so it has to be quick among thousands: the person is judged alone first,
and only for the shifts this leaves open are those who serve there read as well.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, Person, Roster
from roster.planning import snapshot, staffing
from roster.planning.snapshot import row_id
from roster.planning.staffing import Refusal, Staffing
from roster.queries.outlines import Outline, outlines


@dataclass(frozen=True, slots=True)
class Target:
    """One shift that can still be planned. `refusals`: what taking it would break; `on_it`: they serve there already.

    `may`: nothing is in the way, or only what further people mend.
    """

    shift: Outline
    on_it: bool
    refusals: tuple[Refusal, ...]

    @property
    def may(self) -> bool:
        return not self.on_it and all(one.mendable for one in self.refusals)


@dataclass(frozen=True, slots=True)
class Targets:
    """In time order. `leaving`: the shift whose place they would give up, if they were picked up there."""

    person_id: int
    person: str
    leaving: int | None
    all: tuple[Target, ...]

    @property
    def open(self) -> tuple[Target, ...]:
        return tuple(target for target in self.all if target.may)


def targets_for(
    session: Session, roster: Roster, person: Person, *, leaving: int | None = None, now: datetime
) -> Targets | None:
    """Every shift of the roster with what is in the person's way there; None for somebody who does not serve here."""
    week = snapshot.week_of(session, roster, now=now)
    alone = staffing.of_one(session, roster, person.id, week=week, now=now)
    if not alone.knows(person.id):
        return None
    leaving = leaving if leaving is not None and alone.is_on(person.id, leaving) else None
    found = {row_id(shift.id): _asked(alone, person.id, row_id(shift.id), leaving) for shift in alone.problem.shifts}
    # Company they would have there may mend what they break alone, and there may be no room left.
    left = [id for id, refusals in found.items() if refusals is not None and all(one.mendable for one in refusals)]
    company = _company(session, roster, left)
    among = staffing.of_one(session, roster, person.id, company=company, week=week, now=now)
    found |= {shift_id: _asked(among, person.id, shift_id, leaving) for shift_id in left}
    return Targets(
        person_id=person.id,
        person=person.full_name,
        leaving=leaving,
        all=tuple(_target(shift, found[shift.id]) for shift in outlines(session, roster, found)),
    )


def _asked(about: Staffing, person_id: int, shift_id: int, leaving: int | None) -> list[Refusal] | None:
    """What is in the way; None where the person serves already."""
    if about.is_on(person_id, shift_id):
        return None
    return about.refusals(person_id, shift_id, leaving=leaving)


def _company(session: Session, roster: Roster, shift_ids: Collection[int]) -> Collection[int]:
    """Who serves on these shifts, by person id."""
    draft = DraftAssignment
    there = select(draft.person_id).where(draft.roster_id == roster.id, draft.shift_id.in_(shift_ids))
    return session.scalars(there.distinct()).all()


def _target(shift: Outline, refusals: list[Refusal] | None) -> Target:
    return Target(shift, on_it=refusals is None, refusals=tuple(refusals or ()))
