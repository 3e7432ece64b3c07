"""Locks: who changes a week has it alone, from the first look to the commit.

Everybody takes them in the same order, or two could wait for each other without end: first the rosters, by id, and at
once all that a change will need; then people, by id, since one may serve in two rosters; then shifts, turns and what
was asked about them, as they are written. Who holds a roster is alone with its draft, with what is published in it, and
with the hours, demand and state of the shifts it plans.
"""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster.errors import TurnChanged
from roster.models import DraftAssignment, Person, Pin, Roster, Shift, Site
from roster.planning import scope


def take(session: Session, roster_ids: Iterable[int], person_ids: Iterable[int] = ()) -> None:
    """Nobody else's to change until the commit. What the session had read before is read anew."""
    session.flush()
    for table, ids in ((Roster, set(roster_ids)), (Person, set(person_ids))):
        if ids:
            rows = select(table.id).where(table.id.in_(ids)).order_by(table.id)
            # Not against rows that only point to them: two who had each written such a row would wait for each other.
            session.execute(rows.with_for_update(key_share=True))
    session.expire_all()


def take_rosters_of(session: Session, shifts: Collection[Shift], *, moved_to: date | None = None) -> None:
    """The same for every roster that plans one of the shifts or holds it in its draft; on a new day as well.

    Raises TurnChanged if one was moved elsewhere meanwhile.
    """
    shift_ids = [shift.id for shift in shifts]
    held = _around(session, shift_ids, moved_to)
    take(session, held)
    if not _around(session, shift_ids, moved_to) <= held:
        raise TurnChanged(what="shift", id=min(shift_ids))


def _around(session: Session, shift_ids: Collection[int], moved_to: date | None) -> set[int]:
    with_units = select(Shift).options(joinedload(Shift.site).joinedload(Site.unit))
    shifts = session.scalars(with_units.where(Shift.id.in_(shift_ids))).all()
    days = {(shift.site.unit, shift.site.unit.day_of(shift.starts_at)) for shift in shifts}
    if moved_to is not None:
        days |= {(unit, moved_to) for unit, _ in days}
    found = scope.planners(session, days)
    for table in (DraftAssignment, Pin):
        found |= set(session.scalars(select(table.roster_id).where(table.shift_id.in_(shift_ids)).distinct()))
    return found
