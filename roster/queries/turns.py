"""Published turns as their volunteers may change them: who could stand in on one, and whose could be swapped for it.

Other volunteers are named by given name if they agreed to be, and never if they are minors; "" stands for the others.
Whoever shares it with somebody of their unit is called by the middle name too, and so on every page.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from roster.models import Assignment, AssignmentState, Person, Roster, Shift, Site, Withdrawal, WithdrawalState
from roster.planning import scope, staffing
from roster.planning.staffing import Staffing
from roster.queries.publications import Place
from roster.vietnam import names

MOST_SWAPS = 30
"""Turns offered for a swap, the soonest."""
MOST_STANDINS = 15


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who could stand in, as `shown_names` calls them, or ""."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class SwapChoice:
    """A turn of somebody else that the reader could swap for."""

    assignment_id: int
    place: Place
    programme: str
    name: str


def place_of(shift: Shift) -> Place:
    """The shift as lists name it, by the clock of its unit."""
    zone = shift.site.unit.zone
    return Place(shift.id, shift.site.name, shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone))


def shown_name(session: Session, person: Person, on: Shift) -> str:
    """What somebody is called who agreed to be named and is no minor; else empty."""
    return shown_names([person], on, namesakes(session, [person]))[person.id]


def shown_names(people: Collection[Person], on: Shift, alike: Mapping[int, str]) -> dict[int, str]:
    """The same of several who are named beside each other; `alike`: their `namesakes`."""
    day = on.site.unit.day_of(on.starts_at)
    shown = {person.id: person.shares_name and not person.is_minor(day) for person in people}
    named = {person.id: (person.full_name, person.unit.name) for person in people if shown[person.id]}
    labels = names.called(named, [name for id, name in alike.items() if id not in named])
    return {id: labels.get(id, "") for id in shown}


def namesakes(session: Session, people: Collection[Person]) -> Mapping[int, str]:
    """Full names of all in the units of these people who share a given name with one of them, by id."""
    keys = {names.given_key(person.full_name) for person in people}
    if not keys:
        return {}
    alike = or_(*(Person.name_sort.startswith(key, autoescape=True) for key in keys))
    units = {person.unit_id for person in people}
    rows = session.execute(select(Person.id, Person.full_name).where(Person.unit_id.in_(units), Person.active, alike))
    return dict(rows.all())


def companions_for(session: Session, roster: Roster, turn: Assignment, *, now: datetime) -> Sequence[Companion]:
    """Who could take over a turn as things are, the least burdened first; those who may be named before the others."""
    about = staffing.everybody_published(session, roster, [turn.shift], now=now)
    able = [one for one in about.standins(turn.shift_id, turn.person_id) if one.gives_id is None]
    people = _people(session, [one.person_id for one in able])
    everybody = [people[one.person_id] for one in able]
    alike = namesakes(session, everybody)
    shown = shown_names(everybody, turn.shift, alike)
    first = sorted(everybody, key=lambda person: not shown[person.id])[:MOST_STANDINS]
    return [Companion(id, name) for id, name in shown_names(first, turn.shift, alike).items()]


def is_held(session: Session, turn: Assignment) -> bool:
    """Whether its owner last asked to be let off, and a coordinator said no."""
    asked = select(Withdrawal.state).filter_by(shift_id=turn.shift_id, person_id=turn.person_id)
    return session.scalar(asked.order_by(Withdrawal.id.desc()).limit(1)) is WithdrawalState.REFUSED


def swap_choices(session: Session, roster: Roster, turn: Assignment, *, now: datetime) -> Sequence[SwapChoice]:
    """Turns of others in the same roster that could be swapped for this one, both ways asked, the soonest first."""
    about = staffing.everybody_published(session, roster, [turn.shift], now=now)
    others = _others_turns(session, roster, turn, now)
    if not about.knows(turn.person_id):
        return []
    shifts = {other.shift_id for other in others}
    alike = namesakes(session, [other.person for other in others])
    may_take = {shift_id: _may_take(about, turn.person_id, shift_id, turn.shift_id) for shift_id in shifts}
    found: list[SwapChoice] = []
    for other in others:
        if len(found) == MOST_SWAPS:
            break
        if may_take[other.shift_id] and _could_swap(about, turn, other):
            name = shown_names([other.person], other.shift, alike)[other.person_id]
            found.append(SwapChoice(other.id, place_of(other.shift), other.shift.programme.name, name))
    return found


def _may_take(about: Staffing, person_id: int, shift_id: int, leaving: int) -> bool:
    """Whether only company or a full shift could be in the way, both of which an exchange may mend."""
    refusals = about.refusals(person_id, shift_id, overriding_pin=False, leaving=leaving)
    return all(one.mendable or one.rule == "capacity" for one in refusals)


def _could_swap(about: Staffing, mine: Assignment, theirs: Assignment) -> bool:
    """The quick question first: whether the other could take this turn without theirs."""
    if not about.knows(theirs.person_id) or not _may_take(about, theirs.person_id, mine.shift_id, theirs.shift_id):
        return False
    joining = [(theirs.shift_id, mine.person_id), (mine.shift_id, theirs.person_id)]
    leaving = [(mine.shift_id, mine.person_id), (theirs.shift_id, theirs.person_id)]
    return not about.exchange(joining, leaving)


def _others_turns(session: Session, roster: Roster, turn: Assignment, now: datetime) -> Sequence[Assignment]:
    area = scope.of(roster.period)
    shifts = scope.open_shifts_in(area).where(Shift.starts_at > now).with_only_columns(Shift.id).order_by(None)
    mine = select(Assignment.shift_id).filter_by(person_id=turn.person_id, state=AssignmentState.ACTIVE)
    theirs = select(Assignment.shift_id).filter_by(shift_id=turn.shift_id, state=AssignmentState.ACTIVE)
    on_mine = select(Assignment.person_id).where(Assignment.shift_id.in_(theirs))
    return session.scalars(
        select(Assignment)
        .join(Assignment.shift)
        .where(Assignment.state == AssignmentState.ACTIVE, Assignment.shift_id.in_(shifts))
        .where(Assignment.shift_id.not_in(mine), Assignment.person_id.not_in(on_mine))
        .options(
            joinedload(Assignment.person).joinedload(Person.unit),
            joinedload(Assignment.shift).joinedload(Shift.site).joinedload(Site.unit),
            joinedload(Assignment.shift).joinedload(Shift.programme),
        )
        .order_by(Shift.starts_at, Assignment.id)
    ).all()


def _people(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    query = select(Person).where(Person.id.in_(list(ids))).options(joinedload(Person.unit))
    return {person.id: person for person in session.scalars(query)}
