"""Who was asked in a round and who has answered, page by page; and the weeks of which nobody has said anything yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster import access
from roster.models import Account, Channel, Period, Person, Roster, Round, RoundAnswer, Shift, WeeklyAvailability
from roster.planning import rounds as planning
from roster.planning import scope
from roster.planning.scope import Scope
from roster.queries import somebody
from roster.queries.messages import reached_by
from roster.queries.pages import page_number

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """`reached`: whether a letter leaves for them; `half_days`: how many they offered, None while they have not
    answered. Times are local."""

    person_id: int
    name: str
    unit: str
    email: bool
    reached: bool
    answered_at: datetime | None
    half_days: int | None


@dataclass(frozen=True, slots=True)
class AskedPeople:
    rows: Sequence[AskedPerson]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Of the `people` who may serve in a week: how many have `answered` for this very week, and how many others are
    planned by their `usual` one."""

    people: int
    answered: int
    usual: int

    def __bool__(self) -> bool:
        """Whether a plan can place anybody."""
        return bool(self.answered or self.usual)


@dataclass(frozen=True, slots=True)
class Silence:
    """A week with shifts to come that too little is known of: of its `people` so many have `ever` said when they can
    serve, and so many were `asked` about this week."""

    roster_id: int
    unit_id: int
    unit_name: str
    first_day: date
    last_day: date
    people: int
    ever: int
    asked: int


def heard(session: Session, area: Scope) -> tuple[int, int]:
    """How many people may be planned there, and how many of them have ever said when they can serve."""
    counted = select(func.count(), func.count(Person.availability_at)).where(Person.id.in_(scope.people_in(area)))
    people, answered = session.execute(counted).one()
    return people, answered


def heard_for(session: Session, roster: Roster, area: Scope) -> Heard:
    """Who has answered for a week, and who is planned by what they say of every week."""
    answers = select(RoundAnswer.person_id).join(RoundAnswer.round).where(Round.roster_id == roster.id)
    this_week = Person.id.in_(answers.where(RoundAnswer.answered_at.is_not(None)))
    usual = Person.id.in_(select(WeeklyAvailability.person_id)) & ~this_week
    counted = select(func.count(), func.count().filter(this_week), func.count().filter(usual))
    everybody = Person.id.in_(scope.people_in(area))
    return Heard(*session.execute(counted.select_from(Person).where(everybody)).one())


def silence_of(session: Session, roster: Roster, *, now: datetime) -> Silence | None:
    """Why planning this week would come to nothing, if it is because nobody has answered."""
    area = scope.of(roster.period)
    people, ever = heard(session, area)
    return None if ever else _silence(session, roster, area, people, ever, now)


def unasked(session: Session, roster: Roster, *, now: datetime) -> Silence | None:
    """A week that people could still be asked about and nobody was, though some are known from before."""
    area = scope.of(roster.period)
    people, ever = heard(session, area)
    still_time = roster.period.unit.day_of(now) < area.date_of(area.days - 1)
    found = _silence(session, roster, area, people, ever, now) if ever and still_time else None
    return None if found is None or found.asked else found


def _silence(session: Session, roster: Roster, area: Scope, people: int, ever: int, now: datetime) -> Silence | None:
    """None where no shift is to come."""
    to_come = scope.open_shifts_in(area).where(Shift.starts_at > now).limit(1)
    if session.scalars(to_come).first() is None:
        return None
    period = roster.period
    asked = (
        select(func.count())
        .select_from(RoundAnswer)
        .join(RoundAnswer.round)
        .join(RoundAnswer.person)
        .where(Round.roster_id == roster.id, planning.may_be_asked(roster))
    )
    return Silence(
        roster_id=roster.id,
        unit_id=period.unit_id,
        unit_name=period.unit.name,
        first_day=area.first_day,
        last_day=area.date_of(area.days - 1),
        people=people,
        ever=ever,
        asked=session.scalar(asked) or 0,
    )


def silent_weeks(session: Session, account: Account, *, now: datetime) -> Sequence[Silence]:
    """Of each unit at the top of what the account plans, the soonest such week, if it has people."""
    tops = [unit.id for unit in access.units_of(account)]
    rosters = session.scalars(
        select(Roster)
        .join(Roster.period)
        .where(Period.unit_id.in_(tops), Period.first_day > now.date() - timedelta(days=scope.LONGEST))
        .options(contains_eager(Roster.period).joinedload(Period.unit))
        .order_by(Period.first_day, Roster.id)
    )
    soonest: dict[int, Silence] = {}
    for roster in rosters:
        if roster.period.unit_id not in soonest and (found := silence_of(session, roster, now=now)) and found.people:
            soonest[roster.period.unit_id] = found
    return list(soonest.values())


def unreached(session: Session, found: Round, available: Collection[Channel]) -> int:
    """How many of those who have not answered no letter reaches by the channels that are set up."""
    waiting = (
        select(func.count())
        .select_from(RoundAnswer)
        .join(RoundAnswer.person)
        .where(RoundAnswer.round_id == found.id, RoundAnswer.answered_at.is_(None))
        .where(planning.may_be_asked(found.roster))
    )
    return session.scalar(waiting.where(~reached_by(available))) or 0


def asked_people(
    session: Session, found: Round, available: Collection[Channel], *, answered: bool, page: int = 1
) -> AskedPeople:
    """Those who have answered, the latest first; or those who have not, by name."""
    said = RoundAnswer.answered_at.is_not(None) if answered else RoundAnswer.answered_at.is_(None)
    chosen = (
        select(RoundAnswer)
        .join(RoundAnswer.person)
        .where(RoundAnswer.round_id == found.id, planning.may_be_asked(found.roster), said)
        .options(joinedload(RoundAnswer.person).joinedload(Person.unit))
    )
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    order = (RoundAnswer.answered_at.desc(), Person.name_sort) if answered else (Person.name_sort, Person.id)
    told = chosen.add_columns(reached_by(available)).order_by(*order)
    rows = session.execute(told.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    units = somebody.units_of(row.person for row, _ in rows)
    zone = found.roster.period.unit.zone
    return AskedPeople(
        rows=[
            AskedPerson(
                person_id=row.person_id,
                name=row.person.full_name,
                unit=units[row.person_id],
                email=bool(row.person.email),
                reached=reached,
                answered_at=row.answered_at.astimezone(zone) if row.answered_at else None,
                half_days=None if row.offer is None else len(row.offer),
            )
            for row, reached in rows
        ],
        total=total,
        page=page,
    )
