"""What a volunteer sees of their own: coming turns with company, the usual week, days that differ."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload

from roster.models import (
    Assignment,
    AssignmentState,
    AvailabilityException,
    Half,
    Level,
    Objection,
    Person,
    RoundAnswer,
    Shift,
    ShiftState,
    Site,
    Weekday,
    WeeklyAvailability,
)
from roster.planning import kept
from roster.planning.scope import LOOK_BACK
from roster.queries.publications import Place
from roster.queries.turns import namesakes, place_of, shown_names


@dataclass(frozen=True, slots=True)
class MyShift:
    """One published turn; times are local.

    `companions`: what those are called who agreed to be named; `others`: how many more serve there. `cancelled`: the
    shift was called off.
    """

    assignment_id: int
    starts: datetime
    ends: datetime
    site: str
    address: str
    latitude: float | None
    longitude: float | None
    programme: str
    note: str
    companions: Sequence[str]
    others: int
    confirmed: bool
    cancelled: bool
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A turn gone by to which the reader is noted not to have come; what became of their "I was there"."""

    assignment_id: int
    place: Place
    objection: Objection | None


@dataclass(frozen=True, slots=True)
class MyShifts:
    """Turns to come, soonest first; of the last four weeks how many were served, and which missed, the latest first."""

    coming: Sequence[MyShift]
    served: int
    missed: Sequence[Missed]
    answered: bool


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """Days that differ; local times, the end excluded."""

    id: int
    starts: datetime
    ends: datetime
    level: Level
    note: str

    @property
    def whole_days(self) -> bool:
        return (self.starts.hour, self.starts.minute, self.ends.hour, self.ends.minute) == (0, 0, 0, 0)

    @property
    def last_moment(self) -> datetime:
        """The last minute that still belongs to it, so that whole days name their last day."""
        return self.ends - timedelta(minutes=1)


def my_shifts(session: Session, person: Person, *, now: datetime) -> MyShifts:
    """The person's published turns from now on, and what is kept of those of late."""
    zone = person.unit.zone
    coming = session.scalars(_turns(person).where(Shift.ends_at > now).order_by(Shift.starts_at)).all()
    company = _company(session, [turn.shift_id for turn in coming], person)
    alike = namesakes(session, [other for people in company.values() for other in people])
    over = kept.turns(now - LOOK_BACK, now).where(Shift.ends_at <= now)
    served = session.execute(over.where(Assignment.person_id == person.id)).one_or_none()
    return MyShifts(
        coming=[_my_shift(turn, zone, company[turn.shift_id], alike) for turn in coming if _is_news(turn)],
        served=served[1] if served else 0,
        missed=_missed(session, person, since=now - LOOK_BACK),
        answered=person.availability_at is not None,
    )


def my_turn(session: Session, turn: Assignment) -> MyShift:
    """One published turn of the person's own; one that was taken away counts as cancelled."""
    company = _company(session, [turn.shift_id], turn.person)[turn.shift_id]
    return _my_shift(turn, turn.person.unit.zone, company, namesakes(session, company))


def usual_week(session: Session, person: Person) -> Mapping[tuple[Weekday, Half], Level]:
    """What the person offers in a usual week; half-days not in it are not offered."""
    rows = session.scalars(select(WeeklyAvailability).where(WeeklyAvailability.person_id == person.id))
    return {(Weekday(row.weekday), row.half): row.level for row in rows}


def has_said_usual_week(session: Session, person: Person) -> bool:
    """Whether half-days that the usual week leaves out are not offered, instead of never spoken of.

    Whoever has only answered for single weeks, or only named days that differ, said nothing of the others.
    """
    if person.availability_at is None:
        return False
    weekly = exists().where(WeeklyAvailability.person_id == person.id)
    answers = exists().where(RoundAnswer.person_id == person.id, RoundAnswer.answered_at.is_not(None))
    differing = exists().where(AvailabilityException.person_id == person.id)
    return bool(session.scalar(select(weekly | ~(answers | differing))))


def exceptions(session: Session, person: Person, *, now: datetime) -> Sequence[ExceptionRow]:
    """Days that differ and are not yet over."""
    zone = person.unit.zone
    rows = session.scalars(
        select(AvailabilityException)
        .where(AvailabilityException.person_id == person.id, AvailabilityException.ends_at > now)
        .order_by(AvailabilityException.starts_at)
    )
    return [
        ExceptionRow(row.id, row.starts_at.astimezone(zone), row.ends_at.astimezone(zone), row.level, row.note)
        for row in rows
    ]


def _turns(person: Person) -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Assignment.shift)
        .where(Assignment.person_id == person.id)
        .options(
            joinedload(Assignment.shift).joinedload(Shift.site).joinedload(Site.unit),
            joinedload(Assignment.shift).joinedload(Shift.programme),
        )
    )


def _missed(session: Session, person: Person, *, since: datetime) -> Sequence[Missed]:
    rows = _turns(person).where(
        Assignment.absent.is_(True),
        Assignment.state == AssignmentState.ACTIVE,
        Shift.state == ShiftState.OPEN,
        Shift.starts_at >= since,
    )
    found = session.scalars(rows.order_by(Shift.starts_at.desc()))
    return [Missed(turn.id, place_of(turn.shift), turn.objection) for turn in found]


def _stands(turn: Assignment) -> bool:
    return turn.state is AssignmentState.ACTIVE and turn.shift.state is ShiftState.OPEN


def _is_news(turn: Assignment) -> bool:
    """A turn taken away by a new publication is gone; one whose shift was called off is worth telling."""
    return turn.state is AssignmentState.ACTIVE


def _company(session: Session, shift_ids: Sequence[int], person: Person) -> dict[int, list[Person]]:
    """Everybody else with a published turn on each shift, by given name."""
    rows = session.execute(
        select(Assignment.shift_id, Person)
        .join(Assignment.person)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.state == AssignmentState.ACTIVE, Person.id != person.id)
        .options(joinedload(Person.unit))
        .order_by(Person.name_sort)
    )
    company = defaultdict(list)
    for shift_id, companion in rows:
        company[shift_id].append(companion)
    return company


def _my_shift(turn: Assignment, zone: ZoneInfo, company: Sequence[Person], alike: Mapping[int, str]) -> MyShift:
    shift = turn.shift
    named = [name for name in shown_names(company, shift, alike).values() if name]
    return MyShift(
        assignment_id=turn.id,
        starts=shift.starts_at.astimezone(zone),
        ends=shift.ends_at.astimezone(zone),
        site=shift.site.name,
        address=shift.site.address,
        latitude=shift.site.latitude,
        longitude=shift.site.longitude,
        programme=shift.programme.name,
        note=shift.note,
        companions=named,
        others=len(company) - len(named),
        confirmed=turn.confirmed_at is not None,
        cancelled=not _stands(turn),
        cancel_reason=shift.cancel_reason,
    )
