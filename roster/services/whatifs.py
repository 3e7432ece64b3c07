"""What-ifs: asking what a week would come to with something different, stopping that, and putting an answer away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import AlreadyRunning, FieldError
from roster.models import (
    Account,
    Person,
    Qualification,
    Roster,
    RunState,
    Shift,
    ShiftState,
    WhatIf,
)
from roster.planning import scope
from roster.services import fields, jobs, rosters, searches
from roster.services.demand import minutes_of, span

KIND = "what-if"
"""The job's kind; its payload is `whatif_id`."""
MOST_TRAINED = 200
MOST_TURNS = 5
KEPT = 12
"""Answers kept for one roster, the latest."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a form asks, as typed. `kind` says which of the others it needs.

    train        `qualification`, `count`: so many people more who have it, whom the solver chooses
    more_turns   `group` ("unit:12", "team:7", "" for everybody), `by`: so many turns more a week
    hours        `shift_id`, `starts`, `ends`: other local hours of one shift on its day
    away         `person_ids`: people who do not serve at all in that week
    """

    kind: str
    qualification: str = ""
    count: str | int | None = None
    group: str = ""
    by: str | int | None = None
    shift_id: int | None = None
    starts: str | time = ""
    ends: str | time = ""
    person_ids: tuple[int, ...] = ()


def ask(
    session: Session, roster_id: int, question: Question, *, by: Account, now: datetime, seconds: int, workers: int
) -> WhatIf:
    """Have a question answered by the next free worker. Raises NotFound, NotAllowed, FieldError, AlreadyRunning.

    `seconds`: the longest of each of the two searches. Nothing of the roster is changed.
    """
    roster = rosters.locked(session, roster_id, by=by)
    if under_way := running(session, roster):
        raise AlreadyRunning(run_id=under_way.id, roster_id=roster.id)
    row = WhatIf(
        roster=roster,
        asked_by_id=by.id,
        question=_checked(session, roster, question, now),
        state=RunState.QUEUED,
        seconds_limit=seconds,
        workers=workers,
        created_at=now,
    )
    session.add(row)
    session.flush()
    row.job = jobs.enqueue(session, KIND, {"whatif_id": row.id}, now=now)
    searches.forget_oldest(session, WhatIf, roster, kept=KEPT)
    return row


def cancel(session: Session, whatif_id: int, *, by: Account, now: datetime) -> WhatIf:
    """Have it stopped; it then has no answer. One that is over stays as it is. Raises NotFound, NotAllowed."""
    row = get(session, whatif_id, by=by)
    searches.stop(session, row, now=now)
    return row


def forget(session: Session, whatif_id: int, *, by: Account, now: datetime) -> Roster:
    """Put an answer away; a search under way is stopped first. Raises NotFound, NotAllowed."""
    row = cancel(session, whatif_id, by=by, now=now)
    session.delete(row)
    return row.roster


def get(session: Session, whatif_id: int, *, by: Account) -> WhatIf:
    """Raises NotFound, NotAllowed."""
    return searches.get(session, WhatIf, whatif_id, what="what-if", by=by)


def running(session: Session, roster: Roster) -> WhatIf | None:
    """The roster's question that waits or is being answered."""
    return searches.under_way(session, WhatIf, roster)


def _checked(session: Session, roster: Roster, question: Question, now: datetime) -> dict[str, Any]:
    """The question as it is kept. Raises FieldError."""
    if question.kind not in CHECKED:
        raise FieldError(field="kind", reason="unknown_choice", value=question.kind)
    return {"kind": question.kind, **CHECKED[question.kind](session, roster, question, now)}


def _train(session: Session, _roster: Roster, question: Question, _now: datetime) -> dict[str, Any]:
    known = select(Qualification.id).where(Qualification.code == question.qualification)
    if session.scalar(known) is None:
        raise FieldError(field="qualification", reason="unknown_choice", value=question.qualification)
    count = _required(fields.whole_number(question.count, "count", least=1, most=MOST_TRAINED), "count")
    return {"qualification": question.qualification, "count": count}


def _more_turns(session: Session, roster: Roster, question: Question, _now: datetime) -> dict[str, Any]:
    by = _required(fields.whole_number(question.by, "by", least=1, most=MOST_TURNS), "by")
    if question.group and not session.scalars(scope.people_of(scope.of(roster.period), [question.group])).first():
        raise FieldError(field="group", reason="unknown_choice", value=question.group)
    return {"group": question.group or None, "by": by}


def _hours(session: Session, roster: Roster, question: Question, now: datetime) -> dict[str, Any]:
    area = scope.of(roster.period)
    still = (Shift.id == question.shift_id, Shift.state == ShiftState.OPEN, Shift.starts_at > now)
    shift = session.scalars(scope.shifts_in(area).where(*still)).one_or_none()
    if shift is None:
        raise FieldError(field="shift_id", reason="unknown_choice", value=question.shift_id)
    starts, ends = span(question.starts, question.ends)
    was = area.local(shift.starts_at)
    later = _minutes(starts) - _minutes(was.time())
    longer = minutes_of(starts, ends) - (area.minute(shift.ends_at) - area.minute(shift.starts_at))
    if not later and not longer:
        raise FieldError(field="starts", reason="as_before")
    return {"shift_id": shift.id, "minutes_later": later, "minutes_longer": longer}


def _away(session: Session, roster: Roster, question: Question, _now: datetime) -> dict[str, Any]:
    wanted = set(question.person_ids)
    known = scope.people_in(scope.of(roster.period)).where(Person.id.in_(wanted))
    found = sorted(session.scalars(known))
    if not found:
        raise FieldError(field="person_ids", reason="none_chosen")
    return {"person_ids": found}


CHECKED: Mapping[str, Callable[[Session, Roster, Question, datetime], dict[str, Any]]] = {
    "train": _train,
    "more_turns": _more_turns,
    "hours": _hours,
    "away": _away,
}


def _required(number: int | None, field: str) -> int:
    if number is None:
        raise FieldError(field=field, reason="missing")
    return number


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
