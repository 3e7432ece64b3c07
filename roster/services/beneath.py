"""A unit and all beneath it planned in one go.

Each week that a unit there plans for itself becomes a run of its own, and workers take the runs side by side. Nothing
is lost by that: each shift is planned by one roster alone, whoever asks for it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from roster import access
from roster.models import Account, Run, Unit
from roster.queries import beneath
from roster.services import periods, runs


def start(
    session: Session,
    unit: Unit,
    monday: date,
    *,
    by: Account,
    now: datetime,
    seconds: int = 120,
    workers: int = 2,
    seen: int | None = None,
) -> list[Run]:
    """Have every week planned that is not being planned already. Raises NotAllowed.

    Opens the week for whoever planned the one before for themselves. Several runs get one thread each: processes side
    by side waste less than threads. `seen`: the latest run that `by` knew of; a week that somebody has had planned
    since stays as it is until they have looked at it (`planned_since`).
    """
    access.require_planner(by, unit)
    # Of two who ask at once the second looks when the first has asked; nothing else of the unit is kept waiting.
    session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))
    for one in beneath.unopened(session, unit, monday):
        periods.open_period(session, one, monday, by=by, now=now)
    unseen = {run.roster_id for run in planned_since(session, unit, monday, seen)}
    waiting = [
        one
        for one in beneath.rosters_on(session, unit, monday)
        if one.id not in unseen and runs.running(session, one) is None
    ]
    threads = workers if len(waiting) == 1 else 1
    return [
        runs.start(session, roster.id, by=by, now=now, seconds=seconds, workers=threads)
        for roster in sorted(waiting, key=lambda roster: roster.id)  # one order, so that no two lock each other out
    ]


def planned_since(session: Session, unit: Unit, monday: date, seen: int | None) -> Sequence[Run]:
    """The runs of these weeks after the one with the id `seen`, the latest first; none if it is None."""
    if seen is None:
        return []
    rosters = [roster.id for roster in beneath.rosters_on(session, unit, monday)]
    since = select(Run).where(Run.roster_id.in_(rosters), Run.id > seen).order_by(Run.id.desc())
    return session.scalars(since.options(joinedload(Run.asked_by))).all()


def cancel(session: Session, unit: Unit, monday: date, *, by: Account, now: datetime) -> list[Run]:
    """Have every run of these weeks stopped; each keeps the best roster it has. Raises NotAllowed."""
    access.require_planner(by, unit)
    under_way = (runs.running(session, roster) for roster in beneath.rosters_on(session, unit, monday))
    return [runs.cancel(session, run.id, by=by, now=now) for run in _in_order(under_way)]


def _in_order(found: Iterable[Run | None]) -> list[Run]:
    return sorted((run for run in found if run is not None), key=lambda run: run.roster_id)
