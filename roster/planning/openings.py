"""Openings: at what hours of a day a site could have a shift that is moved.

Nobody types opening hours. A public desk keeps office hours, and stays half an hour longer for a shift as long as a
morning; a market, a cultural house or a visit at home has the whole day. And a site is open whenever it has shifts.
"""

from collections.abc import Iterable
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.models import Shift, ShiftState, Site, SiteKind
from roster.planning.scope import Scope
from roster.vietnam import office_hours

Hours = tuple[int, int]
"""Minutes after midnight, the end excluded."""

OFFICES = frozenset({SiteKind.SERVICE_CENTER, SiteKind.DESK})
LONGER = 30
"""Minutes after closing for which people of a desk may stay."""


def hours_of(session: Session, area: Scope, site: Site) -> tuple[Hours, ...]:
    """The site's hours on any day of a period, the earliest first."""
    own = select(Shift.starts_at, Shift.ends_at).where(Shift.site_id == site.id, Shift.state == ShiftState.OPEN)
    rows = session.execute(own.where(Shift.starts_at >= area.begins, Shift.starts_at < area.ends))
    kept = {(_minutes(area.local(starts).time()), _minutes(area.local(ends).time())) for starts, ends in rows}
    return tuple(sorted({*_usual(site.kind), *(one for one in kept if one[0] < one[1])}))


def _usual(kind: SiteKind) -> Iterable[Hours]:
    if kind in OFFICES:
        for half in (office_hours.MORNING, office_hours.AFTERNOON):
            yield _minutes(half.start), _minutes(half.end) + LONGER
    else:
        yield _minutes(office_hours.HALVES["morning"].start), _minutes(office_hours.HALVES["evening"].end)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
