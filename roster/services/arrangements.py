"""Arrangements: what a remedy needs besides turns, namely other hours of a shift, somebody's yes, or a training.

Each is a JSON object kept with its step of the draft, so that undo takes it back and redo makes it again, together with
the turns. `kind` says what the others are; with `gone` it is the end of the arrangement that is the step.

hours     `shift_id`, `before` and `after`: [start, end] in ISO format; `edited`: whether a hand had changed it before
yes       the columns of an `Agreement`
training  `person_id`, `qualification_id`, `granted_on` (ISO); `before`: the days it was held for already, or null
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.errors import Overtaken, RuleBroken
from roster.models import Account, Agreement, AgreementKind, PersonQualification, Roster, Shift
from roster.services import qualifications, rosters, shifts
from roster.services.demand import Demand
from roster.services.shifts import ShiftDetails

Arrangement = Mapping[str, Any]
AGREED = ("starts_at", "ends_at")
"""Columns of an agreement that are times."""


def other_hours(shift: Shift, later: timedelta) -> Arrangement:
    """The shift so much later than it is."""
    before = (shift.starts_at, shift.ends_at)
    return {
        "kind": "hours",
        "shift_id": shift.id,
        "before": [moment.isoformat() for moment in before],
        "after": [(moment + later).isoformat() for moment in before],
        "edited": shift.edited,
    }


def agreement(person_id: int, shift_id: int, kind: AgreementKind, **what: Any) -> Arrangement:
    """What the person said yes to; `what` are the columns of its kind."""
    said = {name: value.isoformat() if name in AGREED else value for name, value in what.items()}
    return {"kind": "yes", "agreement": kind.value, "person_id": person_id, "shift_id": shift_id, **said}


def agreement_ended(found: Agreement) -> Arrangement:
    """What was agreed holds no more."""
    what = {name: getattr(found, name) for name in ("limit", "more", "group", *AGREED)}
    given = {name: value for name, value in what.items() if value is not None}
    return {**agreement(found.person_id, found.shift_id, found.kind, **given), "gone": True}


def training(session: Session, person_id: int, qualification_id: int, granted_on: date) -> Arrangement:
    """The person may do this from a day on."""
    held = session.scalar(_held(person_id, qualification_id))
    return {
        "kind": "training",
        "person_id": person_id,
        "qualification_id": qualification_id,
        "granted_on": granted_on.isoformat(),
        "before": [held.granted_on.isoformat(), held.valid_until and held.valid_until.isoformat()] if held else None,
    }


def make(session: Session, roster: Roster, made: Arrangement, *, by: Account, now: datetime) -> None:
    """Do what it says. Raises NotAllowed; Overtaken if it is so already or something else has come of it."""
    _done(session, roster, by, now, made, back=bool(made.get("gone")))


def unmake(session: Session, roster: Roster, made: Arrangement, *, by: Account, now: datetime) -> None:
    """Take it back. Raises NotAllowed; Overtaken if it is not so any more; RuleBroken (`past`)."""
    _done(session, roster, by, now, made, back=not made.get("gone"))


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who does it, where and when."""

    session: Session
    roster: Roster
    by: Account
    now: datetime


def _done(session: Session, roster: Roster, by: Account, now: datetime, made: Arrangement, *, back: bool) -> None:
    DEEDS[made["kind"]](_Hand(session, roster, by, now), made, back)


def _hours(hand: _Hand, made: Arrangement, back: bool) -> None:
    """Give the shift its hours; calendars follow at once, as after every change of a shift."""
    shift = hand.session.get_one(Shift, made["shift_id"])
    was, will = (made["after"], made["before"]) if back else (made["before"], made["after"])
    starts, ends = (datetime.fromisoformat(moment) for moment in will)
    if [shift.starts_at, shift.ends_at] != [datetime.fromisoformat(moment) for moment in was]:
        raise Overtaken(roster_id=hand.roster.id, **rosters.turn_facts(hand.session, shift, None))
    if starts <= hand.now:
        raise RuleBroken(rule="past", **rosters.turn_facts(hand.session, shift, None))
    shifts.change(hand.session, shift.id, _at(shift, starts, ends), by=hand.by, now=hand.now)
    shift.edited = made["edited"] if back else True


def _at(shift: Shift, starts: datetime, ends: datetime) -> ShiftDetails:
    """The shift as it is but for its hours."""
    zone = shift.site.unit.zone
    demand = Demand(
        minimum=shift.minimum,
        target=shift.target,
        maximum=shift.maximum,
        requires=tuple(shift.requires),
        needs=shift.needs,
        pool=tuple(shift.pool or ()),
        adults_only=shift.adults_only,
        all_or_nothing=shift.all_or_nothing,
        service_level=shift.service_level,
    )
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    return ShiftDetails(shift.programme_id, first.date(), first.time(), last.time(), shift.note, demand)


def _yes(hand: _Hand, made: Arrangement, back: bool) -> None:
    kind = AgreementKind(made["agreement"])
    key = {"roster_id": hand.roster.id, "person_id": made["person_id"], "shift_id": made["shift_id"], "kind": kind}
    found = hand.session.scalars(select(Agreement).filter_by(**key)).one_or_none()
    if (found is not None) != back:
        shift = hand.session.get_one(Shift, made["shift_id"])
        raise Overtaken(roster_id=hand.roster.id, **rosters.turn_facts(hand.session, shift, made["person_id"]))
    if found is not None:
        hand.session.delete(found)
        return
    what = {name: made[name] for name in ("limit", "more", "group") if name in made}
    what |= {name: datetime.fromisoformat(made[name]) for name in AGREED if name in made}
    hand.session.add(Agreement(**key, **what, noted_by_id=hand.by.id, noted_at=hand.now))


def _training(hand: _Hand, made: Arrangement, back: bool) -> None:
    person_id, qualification_id = made["person_id"], made["qualification_id"]
    held = hand.session.scalar(_held(person_id, qualification_id))
    if back and (held is None or held.granted_on.isoformat() != made["granted_on"]):
        raise Overtaken(roster_id=hand.roster.id)
    if back and made["before"] is None:
        qualifications.withdraw(hand.session, person_id, qualification_id, by=hand.by, now=hand.now)
        return
    granted, until = made["before"] if back else (made["granted_on"], None)
    qualifications.grant(
        hand.session,
        person_id,
        qualification_id,
        granted_on=date.fromisoformat(granted),
        valid_until=date.fromisoformat(until) if until else None,
        by=hand.by,
        now=hand.now,
    )


DEEDS: Mapping[str, Callable[[_Hand, Arrangement, bool], None]] = {
    "hours": _hours,
    "yes": _yes,
    "training": _training,
}


def _held(person_id: int, qualification_id: int) -> Any:
    return select(PersonQualification).filter_by(person_id=person_id, qualification_id=qualification_id)
