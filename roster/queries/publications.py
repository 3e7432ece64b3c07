"""Publications: what publishing would change, what was published when, and what each publication changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from roster.models import Account, ChangeKind, Channel, Person, Publication, PublicationChange, Roster, Shift
from roster.planning import difference, scope
from roster.planning.scope import Scope
from roster.queries import somebody
from roster.queries.messages import reached_by
from roster.queries.somebody import Profile, Somebody


@dataclass(frozen=True, slots=True)
class Place:
    """One shift as a change names it; times are local."""

    shift_id: int
    site_name: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """What changes on one shift: its people before and after, and the difference, each in name order."""

    place: Place
    before: tuple[Somebody, ...]
    after: tuple[Somebody, ...]
    added: tuple[Somebody, ...]
    removed: tuple[Somebody, ...]


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What changes for one person."""

    person: Somebody
    gained: tuple[Place, ...]
    lost: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Turns that differ, by shift in time order and by person in name order."""

    shifts: tuple[ShiftChange, ...]
    people: tuple[PersonChange, ...]
    added: int
    removed: int

    @property
    def any(self) -> bool:
        return bool(self.shifts)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One publication in the list. `evidence`: what was known of the draft when it was published."""

    number: int
    published_at: datetime
    by: str | None
    people: int
    turns: int
    missing: int
    added: int
    removed: int
    evidence: Mapping[str, Any]


def pending_changes(session: Session, roster: Roster, *, now: datetime) -> Changes:
    """The draft against what volunteers see: what publishing now would change."""
    change = difference.of(session, roster, now=now)
    return _changes(session, roster, change.added, change.removed, before=change.published, after=change.draft)


def changes_of(session: Session, roster: Roster, number: int) -> Changes:
    """What one publication changed; `before` and `after` then hold only who left and who came."""
    rows = session.execute(
        select(PublicationChange.kind, PublicationChange.shift_id, PublicationChange.person_id)
        .join(PublicationChange.publication)
        .where(Publication.roster_id == roster.id, Publication.number == number)
    )
    by_kind: dict[ChangeKind, list[difference.Turn]] = defaultdict(list)
    for kind, shift_id, person_id in rows:
        by_kind[kind].append((shift_id, person_id))
    added, removed = by_kind[ChangeKind.ADDED], by_kind[ChangeKind.REMOVED]
    return _changes(session, roster, added, removed, before=removed, after=added)


def publications_of(session: Session, roster: Roster) -> tuple[PublicationRow, ...]:
    """Every publication of a roster, the newest first."""
    counts = (
        select(PublicationChange.publication_id, PublicationChange.kind, func.count())
        .join(PublicationChange.publication)
        .where(Publication.roster_id == roster.id)
        .group_by(PublicationChange.publication_id, PublicationChange.kind)
    )
    changed = {(id, kind): count for id, kind, count in session.execute(counts)}
    rows = session.execute(
        select(Publication, Account.display_name)
        .outerjoin(Publication.published_by)
        .where(Publication.roster_id == roster.id)
        .order_by(Publication.number.desc())
    )
    return tuple(
        PublicationRow(
            number=publication.number,
            published_at=publication.published_at,
            by=name,
            people=publication.people,
            turns=publication.turns,
            missing=publication.missing,
            added=changed.get((publication.id, ChangeKind.ADDED), 0),
            removed=changed.get((publication.id, ChangeKind.REMOVED), 0),
            evidence=publication.evidence,
        )
        for publication, name in rows
    )


def told_of(session: Session, publication: Publication, ways: Collection[Channel]) -> tuple[int, Sequence[str]]:
    """Of those whose turns a publication changed, how many a letter reaches by these ways, and the names of the others,
    who see it on their page alone."""
    changed = select(PublicationChange.person_id).where(PublicationChange.publication_id == publication.id)
    people = select(Person.full_name, reached_by(ways)).where(Person.id.in_(changed)).order_by(Person.name_sort)
    rows = session.execute(people).all()
    return sum(bool(reached) for _name, reached in rows), [name for name, reached in rows if not reached]


def _changes(
    session: Session,
    roster: Roster,
    added: Collection[difference.Turn],
    removed: Collection[difference.Turn],
    *,
    before: Iterable[difference.Turn],
    after: Iterable[difference.Turn],
) -> Changes:
    touched = {shift_id for shift_id, _ in (*added, *removed)}
    sides = [_by_shift(turns, touched) for turns in (before, after, added, removed)]
    people = somebody.profiles(session, {person for side in sides for ids in side.values() for person in ids})
    places = _places(session, scope.of(roster.period), touched)
    return Changes(
        shifts=tuple(
            ShiftChange(place, *(somebody.in_order(side[place.shift_id], people) for side in sides))
            for place in places.values()
        ),
        people=_person_changes(places, people, added, removed),
        added=len(added),
        removed=len(removed),
    )


def _by_shift(turns: Iterable[difference.Turn], shifts: Collection[int]) -> dict[int, list[int]]:
    people: dict[int, list[int]] = defaultdict(list)
    for shift_id, person_id in turns:
        if shift_id in shifts:
            people[shift_id].append(person_id)
    return people


def _places(session: Session, area: Scope, shift_ids: Collection[int]) -> dict[int, Place]:
    """In time order."""
    shifts = session.scalars(
        select(Shift)
        .where(Shift.id.in_(shift_ids))
        .options(joinedload(Shift.site))
        .order_by(Shift.starts_at, Shift.site_id, Shift.id)
    )
    return {
        shift.id: Place(shift.id, shift.site.name, area.local(shift.starts_at), area.local(shift.ends_at))
        for shift in shifts
    }


def _person_changes(
    places: Mapping[int, Place],
    people: Mapping[int, Profile],
    added: Iterable[difference.Turn],
    removed: Iterable[difference.Turn],
) -> tuple[PersonChange, ...]:
    gained, lost = set(added), set(removed)
    changed = Counter(person for _, person in (*gained, *lost))
    return tuple(
        PersonChange(
            person=profile.somebody,
            gained=tuple(place for place in places.values() if (place.shift_id, id) in gained),
            lost=tuple(place for place in places.values() if (place.shift_id, id) in lost),
        )
        for id, profile in people.items()
        if id in changed
    )
