"""The first week of a unit: which of the five steps to it are done."""

from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, Period, Programme, Roster, Round, RoundAnswer, Shift
from roster.planning import scope
from roster.queries.roster_totals import is_untouched
from roster.queries.rounds import heard


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is done: there are programmes, shifts in the week, people; they were asked; and a roster was made."""

    programmes: bool
    shifts: bool
    people: bool
    asked: bool
    planned: bool


def begun_by(session: Session, account: Account, *, now: datetime) -> tuple[Roster, Beginning] | None:
    """The soonest week to come that the account plans, with its steps, if these are not all done."""
    tops = [unit.id for unit in access.units_of(account)]
    to_come = select(Roster).join(Roster.period).where(Period.unit_id.in_(tops), Period.first_day > now.date())
    roster = session.scalars(to_come.order_by(Period.first_day, Roster.id).limit(1)).first()
    found = beginning_of(session, roster) if roster else None
    return (roster, found) if roster and found else None


def beginning_of(session: Session, roster: Roster) -> Beginning | None:
    """None once everything is done, or the unit has published a week, this or another."""
    unit, area = roster.period.unit, scope.of(roster.period)
    published = exists().where(Period.unit_id == unit.id, Roster.period_id == Period.id, Roster.published_number > 0)
    if session.scalar(select(published)):
        return None
    people, answered = heard(session, area)
    # Whoever asked before there were people has asked nobody.
    somebody_asked = select(RoundAnswer.id).join(RoundAnswer.round).where(Round.roster_id == roster.id)
    found = Beginning(
        programmes=bool(session.scalar(select(exists().where(Programme.unit_id.in_(unit.line))))),
        shifts=session.scalars(scope.open_shifts_in(area).with_only_columns(Shift.id).limit(1)).first() is not None,
        people=people > 0,
        asked=answered > 0 or bool(session.scalar(select(exists(somebody_asked)))),
        planned=not is_untouched(session, roster),
    )
    return None if all(astuple(found)) else found
