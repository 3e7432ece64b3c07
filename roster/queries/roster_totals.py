"""Rosters in figures: what is filled and missing, what waits to be published, and whether anything has changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from roster.models import DraftAssignment, Person, Publication, Roster, Run, Shift, ShiftState
from roster.planning import difference, scope
from roster.planning.lacks import Lack
from roster.planning.scope import Scope
from roster.queries.outlines import Outline, outlines
from roster.queries.rounds import Heard, heard_for

FEW = 5
"""People who are named rather than counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What publishing would change: `turns` that it adds or removes, and the `people` whose they are; their `names` if
    they are few."""

    turns: int
    people: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole period, whatever page is shown. `wanted`: places, which are the people that shifts need at least;
    `turns`: people on shifts, also those beyond that. `lack`: what is missing on the `short_shifts`. `heard`: which of
    the people have said when they could serve. `untouched`: nobody has made a roster yet, so what is missing says
    nothing.
    """

    shifts: int
    wanted: int
    turns: int
    lack: Lack
    short_shifts: int
    heard: Heard
    people_placed: int
    untouched: bool

    @property
    def missing(self) -> int:
        """Places short of a minimum."""
        return self.lack.places

    @property
    def placed(self) -> int:
        """Places filled of those wanted."""
        return self.wanted - self.missing

    @property
    def beyond(self) -> int:
        """People on shifts that have all they need without them."""
        return self.turns - self.placed


def is_untouched(session: Session, roster: Roster) -> bool:
    """Whether no roster has been made of the period: by no run, by no hand, and none is published."""
    drafted = select(DraftAssignment.shift_id).where(DraftAssignment.roster_id == roster.id).limit(1)
    applied = select(Run.id).where(Run.roster_id == roster.id, Run.result["applied"].as_boolean()).limit(1)
    return not roster.published_number and session.scalar(drafted) is None and session.scalar(applied) is None


def state_of(session: Session, roster: Roster) -> str:
    """Something that differs as soon as the board does: the draft, what is published, or a shift has changed."""
    area = scope.of(roster.period)
    count, changed, people = session.execute(
        scope.shifts_in(area)
        .with_only_columns(func.count(), func.max(Shift.changed_at), func.max(Shift.people_changed_at))
        .order_by(None)
    ).one()
    moments = [moment.timestamp() if moment else 0 for moment in (changed, people)]
    running = session.scalar(select(func.max(Run.id)).where(Run.roster_id == roster.id))
    return "-".join(str(part) for part in (roster.revision, roster.published_number, running, count, *moments))


def totals_of(session: Session, roster: Roster) -> Totals:
    """The draft in figures."""
    return totals_among(session, roster, scope.of(roster.period), outlines(session, roster))


def totals_among(session: Session, roster: Roster, area: Scope, shifts: Iterable[Outline]) -> Totals:
    """The same, where the roster's shifts have been read already."""
    in_use = [shift for shift in shifts if shift.open]
    placed = session.scalar(
        select(func.count(distinct(DraftAssignment.person_id)))
        .join(DraftAssignment.shift)
        .where(DraftAssignment.roster_id == roster.id, Shift.state == ShiftState.OPEN)
    )
    return Totals(
        shifts=len(in_use),
        wanted=sum(shift.minimum for shift in in_use),
        turns=sum(shift.assigned for shift in in_use),
        lack=sum((shift.lack for shift in in_use), Lack()),
        short_shifts=sum(shift.is_short for shift in in_use),
        heard=heard_for(session, roster, area),
        people_placed=placed or 0,
        untouched=is_untouched(session, roster),
    )


def published_at(session: Session, roster_ids: Collection[int]) -> dict[int, datetime]:
    """When each roster was last published."""
    latest = select(Publication.roster_id, func.max(Publication.published_at))
    rows = session.execute(latest.where(Publication.roster_id.in_(roster_ids)).group_by(Publication.roster_id))
    return dict(rows.all())


def waiting_changes(session: Session, roster: Roster, *, now: datetime) -> Waiting:
    """What publishing now would change."""
    change = difference.of(session, roster, now=now)
    turns = change.added + change.removed
    people = {person_id for _, person_id in turns}
    names = select(Person.full_name).where(Person.id.in_(people)).order_by(Person.name_sort)
    few = 0 < len(people) <= FEW
    return Waiting(len(turns), len(people), tuple(session.scalars(names)) if few else ())
