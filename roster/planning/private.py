"""What keeps people from serving and is nobody's business but theirs: classes, exams, appointments.

The snapshot cuts these times out of what they offer, so pages and runs see that somebody is not free and never why.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from roster.models import BusyTime, Timetable
from roster.planning.offers import Span
from roster.planning.scope import Scope


def busy_of(session: Session, area: Scope, people: Select[int]) -> Mapping[int, list[Span]]:
    """When these people are busy near the period, by person id."""
    day = timedelta(days=1)
    rows = session.execute(
        select(BusyTime.person_id, BusyTime.starts_at, BusyTime.ends_at)
        .join(Timetable, Timetable.id == BusyTime.timetable_id)
        .where(
            BusyTime.person_id.in_(people),
            BusyTime.starts_at < area.ends + day,
            BusyTime.ends_at > area.begins - day,
            or_(~BusyTime.whole_day, Timetable.whole_days),
        )
        .order_by(BusyTime.person_id, BusyTime.starts_at, BusyTime.ends_at)
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for person_id, starts, ends in rows:
        found[person_id].append(Span(area.minute(starts), area.minute(ends)))
    return dict(found)
