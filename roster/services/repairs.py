"""Repairs: asking what would change least, and putting a proposal, or the lines of it somebody chose, into effect."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import FieldError, NotFound, RepairOutdated
from roster.models import Account, Person, Repair, Roster, RunState, Shift
from roster.planning import repairs as planning
from roster.planning import scope
from roster.planning.difference import Turn
from roster.services import availability, fields, jobs, placements, places, rosters, searches, turns
from roster.services.turns import Way

KIND = "repair"
"""The job's kind; its payload is `repair_id`."""
REASON_LENGTH = 300
KEPT = 6
"""Proposals kept for one roster, the latest."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Who cannot come, as typed. `day`: ISO date, "" for all that is left; `window`: where turns of others may change
    (`planning/repairs.py`)."""

    person_ids: tuple[int, ...]
    day: str = ""
    window: str = planning.WEEK


def ask(
    session: Session, roster_id: int, loss: Loss, *, by: Account, now: datetime, seconds: int, workers: int
) -> Repair:
    """The first proposal at once; the best one is looked for by the next free worker, for `seconds` at most.

    What the same account asked before about the roster is not looked for any more. Nothing of the roster is changed.
    Raises NotFound, NotAllowed, FieldError (`none_chosen`, `not_a_date`, `unknown_choice`).
    """
    roster = rosters.get(session, roster_id, by=by)
    if not roster.published_number:
        raise NotFound(what="roster", id=roster_id)
    losses = {
        "person_ids": _people(session, roster, loss.person_ids),
        "day": _day(roster, loss.day),
        "window": _window(loss.window),
    }
    row = Repair(
        roster=roster,
        asked_by_id=by.id,
        losses=losses,
        first=planning.first(session, roster, losses, now=now),
        state=RunState.QUEUED,
        seconds_limit=seconds,
        workers=workers,
        created_at=now,
    )
    _stop_earlier(session, roster, by, now)
    session.add(row)
    session.flush()
    row.job = jobs.enqueue(session, KIND, {"repair_id": row.id}, now=now)
    searches.forget_oldest(session, Repair, roster, kept=KEPT)
    return row


def cancel(session: Session, repair_id: int, *, by: Account, now: datetime) -> Repair:
    """Look no further; the best proposal so far is kept. Raises NotFound, NotAllowed."""
    row = get(session, repair_id, by=by)
    searches.stop(session, row, now=now)
    return row


def get(session: Session, repair_id: int, *, by: Account) -> Repair:
    """Raises NotFound, NotAllowed."""
    return searches.get(session, Repair, repair_id, what="repair", by=by)


def accept(
    session: Session,
    repair_id: int,
    *,
    joining: Collection[Turn],
    leaving: Collection[Turn],
    reason: str,
    by: Account,
    now: datetime,
) -> int:
    """Exchange these published turns of its roster, all or none, and tell everybody concerned; how many turns.

    Whoever cannot come and is taken off is noted as away: no plan and no list offers them for another turn.
    The turns are those its author has seen, whatever has been found since. Raises NotFound, NotAllowed, FieldError
    (`none_chosen`), RepairOutdated for a line that no longer fits its place, RuleBroken.
    """
    row = get(session, repair_id, by=by)
    roster = row.roster
    why = fields.one_line(reason, "reason", longest=REASON_LENGTH, required=False)
    if not joining and not leaving:
        raise FieldError(field="line", reason="none_chosen")
    shift_ids = {shift_id for shift_id, _ in (*joining, *leaving)}
    if {found.id for found in turns.lock(session, shift_ids).values()} != {roster.id}:
        raise NotFound(what="shift", id=None)
    _require_fitting(session, row, joining, leaving)
    # First, or the waiting list of a place that becomes free would offer it to somebody who is away.
    for person_id in sorted({person_id for _, person_id in leaving} & set(row.losses["person_ids"])):
        first_day, last_day = _away(row, now)
        person = session.get_one(Person, person_id)
        availability.note_absence(session, person, first_day, last_day, by=by, now=now)
    placements.rearrange(session, joining=joining, leaving=leaving, way=Way.REPAIRED, reason=why, by=by, now=now)
    return len(joining) + len(leaving)


def _require_fitting(session: Session, row: Repair, joining: Collection[Turn], leaving: Collection[Turn]) -> None:
    for shift_id in sorted({shift_id for shift_id, _ in (*joining, *leaving)}):
        shift = session.get_one(Shift, shift_id)
        gone, come = ([person for on, person in turns if on == shift_id] for turns in (leaving, joining))
        if not planning.fits(row, shift, places.serving(session, shift_id), gone, come):
            raise RepairOutdated(site=shift.site.name, starts=shift.starts_at.astimezone(shift.site.unit.zone))


def _away(row: Repair, now: datetime) -> tuple[date, date]:
    """The first and last day on which they cannot come."""
    if row.losses["day"]:
        day = date.fromisoformat(row.losses["day"])
        return day, day
    area = scope.of(row.roster.period)
    return max(area.first_day, area.local(now).date()), area.date_of(area.days - 1)


def _people(session: Session, roster: Roster, person_ids: Collection[int]) -> list[int]:
    """Those of the ids who serve in the roster's unit at all."""
    known = scope.people_in(scope.of(roster.period)).where(Person.id.in_(set(person_ids)))
    found = sorted(session.scalars(known))
    if not found:
        raise FieldError(field="person_id", reason="none_chosen")
    return found


def _day(roster: Roster, typed: str) -> str | None:
    """As ISO text, because it is kept as JSON."""
    day: date | None = fields.day(typed, "day") if typed else None
    if day is not None and not 0 <= (day - roster.period.first_day).days < roster.period.days:
        raise FieldError(field="day", reason="unknown_choice", value=typed)
    return day.isoformat() if day else None


def _window(typed: str) -> str:
    if typed not in (planning.WEEK, planning.DAYS, planning.SITES):
        raise FieldError(field="window", reason="unknown_choice", value=typed)
    return typed


def _stop_earlier(session: Session, roster: Roster, by: Account, now: datetime) -> None:
    mine = (Repair.roster_id == roster.id, Repair.asked_by_id == by.id)
    for row in session.scalars(select(Repair).where(*mine, Repair.state.in_([RunState.QUEUED, RunState.RUNNING]))):
        searches.stop(session, row, now=now)
