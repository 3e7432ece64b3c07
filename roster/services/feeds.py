"""Feeds: addresses for calendars, and telling calendars that what they show has changed.

Every service that changes a shift, who serves on it or a name calls one of the `*_changed` functions below in its
own transaction. The kept bytes of exactly the calendars concerned go stale with its commit, and of no other.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, select, update
from sqlalchemy.orm import Session

from roster.models import Assignment, AssignmentState, FeedDocument, FeedKind, Shift, Site, TeamMember, Unit

WINDOW = timedelta(days=30)
"""How far back calendars go."""

Ids = Collection[int] | Select[int]

_BATCH = 5_000  # ids in one statement; SQLite takes 32,766 parameters


def shifts_changed(session: Session, shift_ids: Collection[int], *, now: datetime) -> None:
    """Something shown of these shifts changed: made, moved, cancelled, restored, reworded, or who serves there.

    Call it after the change. A shift that moves to another site leaves calendars too: tell `site_changed` of the
    old one. The events' own marks (sequence, changed_at) are the caller's.
    """
    session.flush()
    for ids in _batches(shift_ids):
        shown = and_(Shift.id.in_(ids), Shift.ends_at >= now - WINDOW)
        _go_stale(session, FeedKind.SITE, select(Shift.site_id).where(shown))
        _go_stale(session, FeedKind.UNIT, _units_above(session, select(Shift.site_id).where(shown)))
        people = select(Assignment.person_id).join(Assignment.shift).where(shown)
        _go_stale(session, FeedKind.VOLUNTEER, people)
        _go_stale(session, FeedKind.TEAM, select(TeamMember.team_id).where(TeamMember.person_id.in_(people)))


def people_changed(session: Session, person_ids: Collection[int], *, now: datetime) -> None:
    """What calendars show of these people changed: their name, birthday or consent to be named.

    Stamps their coming and recent shifts anew, because calendars ignore a change whose time has not risen.
    """
    session.flush()
    for ids in _batches(person_ids):
        shifts = session.scalars(
            select(Assignment.shift_id)
            .join(Assignment.shift)
            .where(Assignment.person_id.in_(ids), Assignment.state == AssignmentState.ACTIVE)
            .where(Shift.ends_at >= now - WINDOW)
            .distinct()
        ).all()
        _stamp_people(session, shifts, now)
        shifts_changed(session, shifts, now=now)


def members_changed(session: Session, team_id: int) -> None:
    """Somebody joined or left the team, or its name changed."""
    _go_stale(session, FeedKind.TEAM, [team_id])


def site_changed(session: Session, site_id: int) -> None:
    """The site's name or unit changed, or a shift was moved away from it."""
    _go_stale(session, FeedKind.SITE, [site_id])
    _go_stale(session, FeedKind.UNIT, _units_above(session, [site_id]))


def unit_changed(session: Session, unit_id: int) -> None:
    """The unit's name changed."""
    _go_stale(session, FeedKind.UNIT, [unit_id])


def programme_changed(session: Session, programme_id: int, *, now: datetime) -> None:
    """The programme's name changed: each of its shifts reads differently from now on."""
    session.flush()
    shifts = session.scalars(
        select(Shift.id).where(Shift.programme_id == programme_id, Shift.ends_at >= now - WINDOW)
    ).all()
    for ids in _batches(shifts):
        session.execute(update(Shift).where(Shift.id.in_(ids)).values(changed_at=now))
    shifts_changed(session, shifts, now=now)


def _stamp_people(session: Session, shift_ids: Sequence[int], now: datetime) -> None:
    for ids in _batches(shift_ids):
        session.execute(update(Shift).where(Shift.id.in_(ids)).values(people_changed_at=now))


def _go_stale(session: Session, kind: FeedKind, targets: Ids) -> None:
    session.execute(
        update(FeedDocument)
        .where(FeedDocument.kind == kind, FeedDocument.target_id.in_(targets))
        .values(changes=FeedDocument.changes + 1)
        .execution_options(synchronize_session=False)
    )


def _units_above(session: Session, site_ids: Ids) -> set[int]:
    """The units of the sites and every unit above them, read off their paths ("/1/4/9/")."""
    paths = session.scalars(select(Unit.path).join(Site, Site.unit_id == Unit.id).where(Site.id.in_(site_ids)))
    return {int(unit_id) for path in paths for unit_id in path.split("/") if unit_id}


def _batches(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
