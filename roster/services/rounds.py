"""Rounds: asking everybody for one week, reminding who has not answered, and taking the answers."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotFound, RemindedAlready, RoundClosed
from roster.models import (
    Account,
    AnswerPurpose,
    MessageKind,
    Period,
    Person,
    Roster,
    Round,
    RoundAnswer,
    WeeklyAvailability,
)
from roster.planning import rounds as planning
from roster.planning.rounds import Offer
from roster.services import answers, audit, fields, outbox, rosters

LONGEST_PERIOD = 7
"""Days of a period that can be asked for: an answer names days of the week."""
EVENING = time(20)
"""When a deadline ends that names only a day."""
REMIND_AGAIN = timedelta(hours=1)


def get(session: Session, round_id: int) -> Round:
    """Raises NotFound."""
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound(what="round", id=round_id)
    return found


def of_roster(session: Session, roster: Roster) -> Round | None:
    return session.scalars(select(Round).where(Round.roster_id == roster.id)).one_or_none()


def usual_deadline(roster: Roster, *, now: datetime) -> date:
    """Three days before the week begins, but never before tomorrow."""
    return max(roster.period.first_day - timedelta(days=3), roster.period.unit.day_of(now) + timedelta(days=1))


def ask(session: Session, roster_id: int, *, deadline: str | date, by: Account, now: datetime) -> Round:
    """Ask everybody who may serve when they can, until the evening of a day; ask again to move it and reach newcomers.

    Raises NotFound, NotAllowed, FieldError.
    """
    roster = rosters.locked(session, roster_id, by=by)
    until = _deadline(roster, deadline, now)
    found = of_roster(session, roster) or Round(roster_id=roster.id, asked_at=now, asked_by_id=by.id)
    found.deadline = until
    session.add(found)
    session.flush()
    answers.extend(session, AnswerPurpose.AVAILABILITY, found.id, until=until)
    new = _ask_newcomers(session, roster, found, now)
    unit = roster.period.unit
    audit.record(session, "round.ask", f"roster:{roster.id}", by=by, now=now, unit=unit, people=len(new))
    return found


def remind(session: Session, roster_id: int, *, by: Account, now: datetime) -> int:
    """Remind those who have not answered, at most once an hour; how many there are.

    Raises NotFound, NotAllowed, RoundClosed, RemindedAlready.
    """
    roster = rosters.locked(session, roster_id, by=by)
    found = _open(of_roster(session, roster), now)
    if found.reminded_at is not None and now < found.reminded_at + REMIND_AGAIN:
        raise RemindedAlready(reminded_at=found.reminded_at.astimezone(roster.period.unit.zone))
    waiting = session.scalars(
        select(RoundAnswer.person_id)
        .join(RoundAnswer.person)
        .where(RoundAnswer.round_id == found.id, RoundAnswer.answered_at.is_(None), planning.may_be_asked(roster))
    ).all()
    facts = {person_id: {"round_id": found.id} for person_id in waiting}
    outbox.tell_all(session, facts, MessageKind.AVAILABILITY_REMINDER, now=now)
    found.reminded_at = now
    unit = roster.period.unit
    audit.record(session, "round.remind", f"roster:{roster.id}", by=by, now=now, unit=unit, people=len(waiting))
    return len(waiting)


def answer(
    session: Session, round_id: int, person: Person, offer: Offer, *, by: Account | None, now: datetime
) -> RoundAnswer:
    """Say when one can serve in the round's week, until the deadline as often as one likes.

    The caller has made sure that the person themself speaks. Raises NotFound, RoundClosed.
    """
    found = _open(get(session, round_id), now)
    row = of_person(session, found, person)
    if row is None:
        raise NotFound(what="round", id=round_id)
    row.offer, row.answered_at = planning.kept(offer), now
    person.availability_at = now
    unit = found.roster.period.unit
    audit.record(session, "round.answer", f"person:{person.id}", by=by, now=now, unit=unit, round_id=found.id)
    return row


def of_person(session: Session, found: Round, person: Person) -> RoundAnswer | None:
    mine = select(RoundAnswer).where(RoundAnswer.round_id == found.id, RoundAnswer.person_id == person.id)
    return session.scalars(mine).one_or_none()


def last_offer(session: Session, person: Person, found: Round) -> Offer | None:
    """What the person answered for the week before, or the latest they were asked for; else their usual week.

    None if they named no half-day: that is not "busy all week", and must not be answered for them.
    """
    earlier = (
        select(RoundAnswer)
        .join(RoundAnswer.round)
        .join(Round.roster)
        .join(Roster.period)
        .where(RoundAnswer.person_id == person.id, RoundAnswer.answered_at.is_not(None))
        .where(Period.first_day < found.roster.period.first_day)
        .order_by(Period.first_day.desc(), RoundAnswer.id.desc())
        .limit(1)
    )
    if before := session.scalars(earlier).first():
        return planning.read(before.offer or {})
    week = session.scalars(select(WeeklyAvailability).where(WeeklyAvailability.person_id == person.id)).all()
    return {(row.weekday, row.half): row.level for row in week} or None


def open_for(session: Session, person: Person, *, now: datetime) -> list[RoundAnswer]:
    """The rounds a person is asked in and may still answer, soonest week first."""
    rows = session.scalars(
        select(RoundAnswer)
        .join(RoundAnswer.round)
        .where(RoundAnswer.person_id == person.id, Round.deadline > now)
        .order_by(Round.deadline)
    )
    return [row for row in rows if _may_be_asked(session, row.round.roster, person)]


def _may_be_asked(session: Session, roster: Roster, person: Person) -> bool:
    """They may have gone to another unit since, or taken their consent back."""
    asked = select(Person.id).where(Person.id == person.id, planning.may_be_asked(roster))
    return session.scalar(asked) is not None


def counts(session: Session, found: Round) -> tuple[int, int]:
    """How many answered, of how many asked."""
    row = session.execute(
        select(func.count(RoundAnswer.answered_at), func.count(RoundAnswer.id))
        .join(RoundAnswer.person)
        .where(RoundAnswer.round_id == found.id, planning.may_be_asked(found.roster))
    ).one()
    return row[0], row[1]


def _open(found: Round | None, now: datetime) -> Round:
    if found is None:
        raise NotFound(what="round", id=None)
    if found.deadline <= now:
        raise RoundClosed(deadline=found.deadline)
    return found


def _deadline(roster: Roster, typed: str | date, now: datetime) -> datetime:
    """The evening of the day typed. Reasons: those of a day, `below` where it is too early or too late."""
    if roster.period.days > LONGEST_PERIOD:
        raise FieldError(field="deadline", reason="too_far", days=LONGEST_PERIOD)
    day = fields.day(typed, "deadline")
    until = datetime.combine(day, EVENING, roster.period.unit.zone)
    if until <= now:
        raise FieldError(field="deadline", reason="too_long_ago")
    if day > roster.period.first_day + timedelta(days=roster.period.days - 1):
        raise FieldError(field="deadline", reason="too_far_ahead")
    return until


def _ask_newcomers(session: Session, roster: Roster, found: Round, now: datetime) -> list[int]:
    asked = select(RoundAnswer.person_id).where(RoundAnswer.round_id == found.id)
    new = session.scalars(select(Person.id).where(planning.may_be_asked(roster), Person.id.not_in(asked))).all()
    if new:
        rows: list[Mapping[str, Any]] = [{"round_id": found.id, "person_id": person_id} for person_id in new]
        session.execute(insert(RoundAnswer), rows)
    facts = {person_id: {"round_id": found.id} for person_id in new}
    outbox.tell_all(session, facts, MessageKind.AVAILABILITY_ASKED, now=now)
    return list(new)
