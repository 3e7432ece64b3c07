"""Confirming: by when "I'll be there" must be said, and what becomes of a place nobody said it for.

Also the reminders before shifts. All are asked for by a clock, again and again, and told once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from roster import access
from roster.errors import RosterError
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    Channel,
    ConfirmRules,
    ContactChoice,
    Message,
    MessageKind,
    Person,
    Shift,
    ShiftState,
    Site,
    Unit,
)
from roster.queries.messages import reached_by
from roster.services import audit, contacts, fields, locks, outbox, places, turn_rules, turns
from roster.services.contacts import REMIND_HOURS
from roster.services.turn_rules import Rules
from roster.services.turns import Way

LONGEST_HOURS = 14 * 24
LATE = timedelta(minutes=30)
"""A reminder this late is worth more than none; later it would only confuse."""
DEFAULT_REMINDERS = [24]
ASKED_AGAIN = timedelta(days=1)
"""So long before its time is over whoever did not confirm is asked once more."""


@dataclass(frozen=True, slots=True)
class Due:
    """By when a turn must be confirmed; `opens`: then the place opens for others by itself."""

    by: datetime
    opens: bool


def rules_of(session: Session, unit: Unit) -> ConfirmRules:
    """The rules of the nearest unit upwards that has any; nobody has to confirm where none has."""
    return _nearest(_all_rules(session), unit)


def _all_rules(session: Session) -> dict[int, ConfirmRules]:
    """By unit id."""
    return {row.unit_id: row for row in session.scalars(select(ConfirmRules))}


def _nearest(known: Mapping[int, ConfirmRules], unit: Unit) -> ConfirmRules:
    found = next((known[unit_id] for unit_id in reversed(unit.line) if unit_id in known), None)
    return found or ConfirmRules(hours=0, opens=False)


def change_rules(
    session: Session, unit: Unit, *, hours: str | int, opens: bool, by: Account, now: datetime
) -> ConfirmRules:
    """Set what holds in the unit and beneath. Raises NotAllowed, FieldError."""
    access.require_planner(by, unit)
    wanted = fields.whole_number(hours, "hours", most=LONGEST_HOURS) or 0
    row = session.scalars(select(ConfirmRules).where(ConfirmRules.unit_id == unit.id)).one_or_none()
    if row is None:
        row = ConfirmRules(unit_id=unit.id)
        session.add(row)
    if (row.hours, row.opens) != (wanted, opens):
        row.hours, row.opens, row.changed_at = wanted, opens, now
    session.flush()
    audit.record(session, "confirm.rules", f"unit:{unit.id}", by=by, now=now, unit=unit, hours=wanted, opens=opens)
    return row


def remind(session: Session, now: datetime) -> None:
    """Tell of shifts near by, as long before as each person wants to be told."""
    for hours in REMIND_HOURS:
        keys = {
            turn: _key(f"reminder:{hours}", turn)
            for turn, wanted in _turns_due(session, now, timedelta(hours=hours))
            if hours in (DEFAULT_REMINDERS if wanted is None else wanted)
        }
        for turn in _untold(session, keys):
            facts = {"shift_id": turn.shift_id, "hours": hours}
            outbox.tell(session, turn.person_id, MessageKind.REMINDER, facts, now=now, once=keys[turn])


def ask_again(session: Session, now: datetime) -> None:
    """Ask once more whoever has a day left to confirm, or half their time where that is less.

    Who is reminded of the shift before their time is over is asked by that.
    """
    asked = {
        turn: its
        for turn, its in _to_confirm(session, until=now + ASKED_AGAIN).items()
        if max(its.by - ASKED_AGAIN, turn.changed_at + (its.by - turn.changed_at) / 2) <= now < its.by
    }
    keys = {turn: _key("confirm", turn) for turn in _unreminded(session, asked)}
    for turn in _untold(session, keys):
        facts = {"shift_id": turn.shift_id}
        outbox.tell(session, turn.person_id, MessageKind.CONFIRM_ASKED, facts, now=now, once=keys[turn])


def _unreminded(session: Session, asked: Mapping[Assignment, Due]) -> list[Assignment]:
    people = {turn.person_id for turn in asked}
    chosen = select(ContactChoice.person_id, ContactChoice.remind_hours).where(ContactChoice.person_id.in_(people))
    wanted = dict(session.execute(chosen).all()) if asked else {}

    def is_reminded(turn: Assignment, due: Due) -> bool:
        ahead = (timedelta(hours=hours) for hours in wanted.get(turn.person_id, DEFAULT_REMINDERS))
        return any(turn.changed_at <= turn.shift.starts_at - before < due.by for before in ahead)

    return [turn for turn, due in asked.items() if not is_reminded(turn, due)]


def _turns_due(session: Session, now: datetime, ahead: timedelta) -> list[tuple[Assignment, list[int] | None]]:
    """Turns whose reminder fell due just now, with when their people want one."""
    rows = session.execute(
        select(Assignment, ContactChoice.remind_hours)
        .join(Assignment.shift)
        .outerjoin(ContactChoice, ContactChoice.person_id == Assignment.person_id)
        .where(Assignment.state == AssignmentState.ACTIVE, Shift.state == ShiftState.OPEN)
        .where(Shift.starts_at <= now + ahead, Shift.starts_at > now + ahead - LATE)
        .options(contains_eager(Assignment.shift))
        .order_by(Assignment.id)
    )
    return [(turn, wanted) for turn, wanted in rows]


def _untold(session: Session, keys: Mapping[Assignment, str]) -> list[Assignment]:
    """Those whose message is not there yet: a clock that ticks must not write what it wrote before."""
    told = set(session.scalars(select(Message.once).where(Message.once.in_(keys.values()))))
    return [turn for turn, key in keys.items() if key not in told]


def chase(session: Session, now: datetime, *, available: Collection[Channel] = tuple(Channel)) -> None:
    """Put turns that were not confirmed in time on their coordinator's list, or open the place where the unit wants.

    `available`: the channels this installation can send by. Each turn is committed by itself, or one week that somebody
    works on would keep the others locked.
    """
    late = _late(session, now)
    keys = {turn: _once(turn, opens=its.opens) for turn, its in late.items()}
    for turn in _untold(session, keys):
        if _is_still_late(session, turn):
            opened = late[turn].opens and _hears(session, turn.person, available) and _opened(session, turn, now)
            _tell_late(session, turn, opened=opened, key=keys[turn], now=now)
        session.commit()


def _once(turn: Assignment, *, opens: bool) -> str:
    """Once for each thing that can become of it: a unit may first have a list and later let its places open."""
    return _key("unconfirmed-opens" if opens else "unconfirmed", turn)


def _key(told: str, turn: Assignment) -> str:
    """Under which something about a turn is told once: anew at other hours, and of whoever left and came back."""
    again = f":{turn.sequence}" if turn.sequence else ""
    return f"{told}:{turn.id}:{turn.shift.starts_at:%Y%m%dT%H%M}{again}"


def _is_still_late(session: Session, turn: Assignment) -> bool:
    """Asked once nobody can confirm any more: whoever does holds the shift (`assignments.accept`)."""
    locks.take_rosters_of(session, [turn.shift])
    session.execute(select(Shift.id).where(Shift.id == turn.shift_id).with_for_update())
    session.refresh(turn)
    return turn.state is AssignmentState.ACTIVE and turn.confirmed_at is None


def _tell_late(session: Session, turn: Assignment, *, opened: bool, key: str, now: datetime) -> None:
    path = f"/places/{turn.shift_id}"
    facts = {"shift_id": turn.shift_id, "person_id": turn.person_id, "opened": opened, "path": path}
    unit = turn.shift.site.unit
    outbox.tell_coordinators(session, unit, MessageKind.UNCONFIRMED, facts, now=now, once=key)


def _hears(session: Session, person: Person, available: Collection[Channel]) -> bool:
    """Whether the person can have learned that they had to confirm: by a channel of theirs, or where they sign in.

    Whoever was only invited has an account, and has never been in.
    """
    signs_in = exists().where(Account.person_id == Person.id, Account.active, Account.password_hash.is_not(None))
    heard = select(Person.id).where(Person.id == person.id, signs_in | reached_by(available))
    return session.scalar(heard) is not None


def _opened(session: Session, turn: Assignment, now: datetime) -> bool:
    """Take somebody off who did not confirm, unless a hard rule of the roster would break without them."""
    try:
        turns.change(session, leaving=[(turn.shift_id, turn.person_id)], way=Way.UNCONFIRMED, by=None, now=now)
    except RosterError:
        return False
    places.settle(session, [turn.shift_id], now=now)
    facts = {"shift_id": turn.shift_id, "cause": "unconfirmed"}
    outbox.tell(session, turn.person_id, MessageKind.TURN_CANCELLED, facts, now=now)
    return True


def unconfirmed_of(session: Session, *units: Unit, now: datetime) -> list[Assignment]:
    """The turns of units and beneath that should have been confirmed by now, with their people, the soonest first."""
    beneath = [Unit.path.startswith(unit.path, autoescape=True) for unit in units]
    return list(_late(session, now, or_(false(), *beneath)))


def due(session: Session, turn_ids: Collection[int]) -> dict[int, Due]:
    """By when those of these turns must be confirmed that are not yet, for whoever has to do it: by turn id."""
    found = _to_confirm(session, Assignment.id.in_(turn_ids))
    return {turn.id: its for turn, its in found.items()}


def _late(session: Session, now: datetime, *which: ColumnElement[bool]) -> dict[Assignment, Due]:
    found = _to_confirm(session, Shift.starts_at > now, *which, until=now)
    return {turn: its for turn, its in found.items() if its.by <= now}


def _to_confirm(session: Session, *which: ColumnElement[bool], until: datetime | None = None) -> dict[Assignment, Due]:
    """Turns that must be confirmed and are not yet, with their people, the soonest first: those due `until` then, and
    perhaps some due later. None that begin before anybody is chased."""
    rules = _all_rules(session)
    longest = max((its.hours for its in rules.values()), default=0)
    if not longest:
        return {}
    if until is not None:
        which = (*which, Shift.starts_at <= until + timedelta(hours=longest))
    with_unit = contains_eager(Assignment.shift).contains_eager(Shift.site).contains_eager(Site.unit)
    turns = session.scalars(
        select(Assignment)
        .join(Assignment.shift)
        .join(Shift.site)
        .join(Site.unit)
        .where(Assignment.state == AssignmentState.ACTIVE, Assignment.confirmed_at.is_(None))
        .where(Shift.state == ShiftState.OPEN, *which)
        .options(with_unit, joinedload(Assignment.person))
        .order_by(Shift.starts_at, Assignment.id)
    ).all()
    held = turn_rules.of_units(session, {turn.shift.site.unit for turn in turns})
    found: dict[Assignment, Due] = {}
    for turn in turns:
        its = _nearest(rules, turn.shift.site.unit)
        by = _confirm_by(turn, its, held[turn.shift.site.unit_id])
        if its.hours and by < turn.shift.starts_at:
            found[turn] = Due(by, its.opens)
    return found


def _confirm_by(turn: Assignment, rules: ConfirmRules, held: Rules) -> datetime:
    """Whoever was put there late, or is caught by a new rule, gets as long as somebody who is offered a place, from the
    morning on where that was at night. That may be past its start.
    """
    known = max(turn.changed_at, rules.changed_at) if rules.changed_at else turn.changed_at
    heard = contacts.quiet_until(known, turn.shift.site.unit.zone) or known
    return max(turn.shift.starts_at - rules.ahead, heard + timedelta(hours=held.answer_hours))
