"""Repairs as a coordinator reads them: shift by shift, before and after, and what has become of each line since."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from roster.models import Assignment, AssignmentState, Person, Repair, Roster, RunState, Shift, Site
from roster.planning import repairs as planning
from roster.planning import scope
from roster.planning.difference import Turn
from roster.planning.lacks import Lack
from roster.queries import somebody
from roster.queries.publications import Place
from roster.queries.somebody import Somebody
from roster.queries.turns import place_of
from roster.vietnam import names

MOST_LISTED = 60
MOST_NAMED = 4
"""How many of those who cannot come a list of proposals names."""


class LineState(StrEnum):
    OPEN = "open"
    """Can be accepted: it still fits its place."""
    DONE = "done"
    CHANGED = "changed"
    """Somebody has changed its turns otherwise or filled its place, or the shift has begun or is called off."""


@dataclass(frozen=True, slots=True)
class Line:
    """One shift: its people now and after, who leaves and who comes, and what is then missing.

    `elsewhere`: those who leave it for another shift, and for which: these lines hang together.
    """

    place: Place
    before: tuple[Somebody, ...]
    after: tuple[Somebody, ...]
    leaving: tuple[Somebody, ...]
    joining: tuple[Somebody, ...]
    lack: Lack
    state: LineState
    elsewhere: tuple[tuple[Somebody, Place], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every shift that would change, in time order. `asked`: turns somebody has to take; `lack`: what is missing in
    the whole roster then. `possible`: whether what is left obeys every rule at all; `proved` as in planning."""

    lines: Sequence[Line]
    asked: int
    lack: Lack
    possible: bool
    proved: bool

    @property
    def left(self) -> int:
        """How many of the turns are still to be accepted."""
        return sum(len(line.joining) for line in self.lines if line.state is LineState.OPEN)


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair as it stands. `proposal` is the best so far, `first` what was found at once.

    `people` cannot come on `day` (ISO; None: for all that is left). Seconds are of the search; `short`: places its
    best roster so far leaves empty, None before it has one.
    """

    id: int
    roster: Roster
    people: tuple[Somebody, ...]
    day: str | None
    window: str
    state: RunState
    seconds: float
    short: int | None
    cancel_requested: bool
    first: Proposal
    proposal: Proposal
    searched: bool

    @property
    def is_over(self) -> bool:
        return self.state.is_over

    @property
    def better(self) -> bool:
        """Whether the search found what covers more, or asks less of people, than the first answer."""
        return self.searched and (self.proposal.lack, self.proposal.asked) < (self.first.lack, self.first.asked)

    @property
    def outdated(self) -> bool:
        """Whether something it rests on has changed since."""
        return any(line.state is LineState.CHANGED for line in self.proposal.lines)

    @property
    def is_done(self) -> bool:
        lines = self.proposal.lines
        return bool(lines) and all(line.state is LineState.DONE for line in lines)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proposal one may come back to."""

    id: int
    people: tuple[Somebody, ...]
    more: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Serving:
    """People with a published turn to come: those chosen, then others in name order, and how many `more` there are."""

    people: tuple[Somebody, ...]
    more: int


def anybody_serves(session: Session, roster: Roster, *, now: datetime) -> bool:
    """Whether a published turn is still to come: otherwise there is nothing to repair."""
    return session.scalars(_turns_to_come(roster, now).limit(1)).first() is not None


def serving(
    session: Session, roster: Roster, *, search: str = "", chosen: Collection[int] = (), now: datetime
) -> Serving:
    """Those chosen already, and those with a name like `search`."""
    ids = {person_id for _, person_id in _published(session, roster, now)}
    like = select(Person.id).where(Person.id.in_(ids)).order_by(Person.name_sort, Person.id)
    if search:
        like = like.where(Person.name_search.contains(names.search_key(search), autoescape=True))
    kept = ids & set(chosen)
    found = [person_id for person_id in session.scalars(like) if person_id not in kept]
    known = somebody.profiles(session, [*kept, *found[:MOST_LISTED]])
    people = (*somebody.in_order(kept, known), *somebody.in_order(found, known))
    return Serving(people, max(0, len(found) - MOST_LISTED))


def repair_view(session: Session, row: Repair, *, now: datetime) -> RepairView:
    """The proposals against what is published at this moment."""
    drawing = _Drawing(session, row, now)
    progress = row.progress or {}
    return RepairView(
        id=row.id,
        roster=row.roster,
        people=somebody.in_order(row.losses["person_ids"], drawing.people),
        day=row.losses["day"],
        window=row.losses["window"],
        state=row.state,
        seconds=row.seconds if row.seconds is not None else progress.get("seconds", 0.0),
        short=progress.get("short"),
        cancel_requested=bool(row.job and row.job.cancel_requested),
        first=drawing.proposal(row.first),
        proposal=drawing.proposal(row.best or row.first),
        searched=row.best is not None,
    )


def earlier(session: Session, roster: Roster) -> tuple[Earlier, ...]:
    """The proposals kept of a roster, the newest first."""
    rows = session.scalars(select(Repair).where(Repair.roster_id == roster.id).order_by(Repair.id.desc())).all()
    named = {row.id: row.losses["person_ids"][:MOST_NAMED] for row in rows}
    known = somebody.profiles(session, {person_id for ids in named.values() for person_id in ids})
    return tuple(
        Earlier(
            id=row.id,
            people=somebody.in_order(named[row.id], known),
            more=len(row.losses["person_ids"]) - len(named[row.id]),
            created_at=row.created_at,
        )
        for row in rows
    )


class _Drawing:
    """Names and hours for everything that a repair's proposals name, read once."""

    def __init__(self, session: Session, row: Repair, now: datetime) -> None:
        self.row = row
        kept = [row.first, row.best or row.first]
        turns = {turn for one in kept for turn in (*_leaving(one), *_joining(one))}
        self.before = _published(session, row.roster, now)
        self.people = somebody.profiles(
            session, {person_id for _, person_id in self.before | turns} | set(row.losses["person_ids"])
        )
        self.shifts = session.scalars(
            select(Shift)
            .where(Shift.id.in_({shift_id for shift_id, _ in turns}))
            .options(joinedload(Shift.site).joinedload(Site.unit))
            .order_by(Shift.starts_at, Shift.id)
        ).all()
        area = scope.of(row.roster.period)
        to_come = scope.open_shifts_in(area).where(Shift.starts_at > now).with_only_columns(Shift.id)
        self.to_come = set(session.scalars(to_come.where(Shift.id.in_({shift.id for shift in self.shifts}))))

    def proposal(self, kept: Mapping[str, Any]) -> Proposal:
        leaving, joining = _leaving(kept), _joining(kept)
        changed = {shift_id for shift_id, _ in leaving | joining}
        return Proposal(
            lines=[self._line(shift, leaving, joining, kept) for shift in self.shifts if shift.id in changed],
            asked=len(joining),
            lack=sum((Lack(*counts) for counts in kept["lacks"].values()), Lack()),
            possible=kept["possible"],
            proved=kept["proved"],
        )

    def _line(self, shift: Shift, leaving: set[Turn], joining: set[Turn], kept: Mapping[str, Any]) -> Line:
        return Line(
            place=place_of(shift),
            before=self._on(shift, self.before),
            after=self._on(shift, (self.before - leaving) | joining),
            leaving=self._on(shift, leaving),
            joining=self._on(shift, joining),
            lack=Lack(*kept["lacks"].get(str(shift.id), ())),
            state=self._state(shift, _on(shift, leaving), _on(shift, joining)),
            elsewhere=tuple(self._elsewhere(shift, leaving, joining)),
        )

    def _elsewhere(self, shift: Shift, leaving: set[Turn], joining: set[Turn]) -> Iterator[tuple[Somebody, Place]]:
        gone = self._on(shift, leaving)
        for other in self.shifts:
            yield from ((one, place_of(other)) for one in gone if (other.id, one.id) in joining)

    def _state(self, shift: Shift, leaving: set[Turn], joining: set[Turn]) -> LineState:
        if not leaving & self.before and joining <= self.before:
            return LineState.DONE
        here, gone, come = (_people(_on(shift, turns)) for turns in (self.before, leaving, joining))
        fits = shift.id in self.to_come and planning.fits(self.row, shift, here, gone, come)
        return LineState.OPEN if fits else LineState.CHANGED

    def _on(self, shift: Shift, turns: Collection[Turn]) -> tuple[Somebody, ...]:
        return somebody.in_order((person_id for _, person_id in _on(shift, turns)), self.people)


def _on(shift: Shift, turns: Iterable[Turn]) -> set[Turn]:
    return {turn for turn in turns if turn[0] == shift.id}


def _people(turns: Iterable[Turn]) -> set[int]:
    return {person_id for _, person_id in turns}


def _leaving(kept: Mapping[str, Any]) -> set[Turn]:
    return {(shift_id, person_id) for shift_id, person_id in (*kept["lost"], *kept["dropped"])}


def _joining(kept: Mapping[str, Any]) -> set[Turn]:
    return {(shift_id, person_id) for shift_id, person_id in kept["added"]}


def _published(session: Session, roster: Roster, now: datetime) -> set[Turn]:
    rows = session.execute(_turns_to_come(roster, now))
    return {(shift_id, person_id) for shift_id, person_id in rows}


def _turns_to_come(roster: Roster, now: datetime) -> Select[int, int]:
    shifts = scope.open_shifts_in(scope.of(roster.period)).where(Shift.starts_at > now)
    return select(Assignment.shift_id, Assignment.person_id).where(
        Assignment.state == AssignmentState.ACTIVE,
        Assignment.shift_id.in_(shifts.with_only_columns(Shift.id).order_by(None)),
    )
