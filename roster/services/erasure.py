"""Erasure: somebody's data go, the counts they are part of stay.

What they served remains as turns of somebody without a name, or past weeks would change and with them what units and
centers have been told. Everything else that points at the person is deleted: a table that does so has to be named here
in one of two lists, which a test compares with the models.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Table, delete, select, union, update
from sqlalchemy.orm import Session

from roster import access
from roster.errors import NotFound
from roster.models import (
    NOBODY,
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Base,
    Claim,
    ClaimState,
    Consent,
    CoverCall,
    DraftAssignment,
    DraftStep,
    Message,
    MessageKind,
    Person,
    Pin,
    Roster,
    Shift,
    ShiftState,
    Withdrawal,
)
from roster.planning import drafts
from roster.planning.difference import Turn
from roster.planning.staffing import Refusal
from roster.services import accounts, audit, feeds, imports, locks, outbox, people, places, turns
from roster.services.passwords import Passwords
from roster.services.turns import Way
from roster.vietnam import names

KEPT = frozenset(
    """assignments draft_assignments pins publication_changes consents withdrawals cover_calls accounts""".split()  # noqa: SIM905
)
"""Tables whose rows stay: past weeks as they were, and the proof that consent was given, without the guardian's name.

Of drafts and pins only those of shifts that have begun: the others go like any change of a draft (`_leave_drafts`).
"""

DELETED = frozenset(
    """agreements answer_links availability_exceptions busy_times claims contact_choices cover_asks
    guardian_links letters messages person_qualifications round_answers swaps team_members timetables
    weekly_availability""".split()  # noqa: SIM905  (shorter than a list)
)
"""Tables whose rows go with the person."""

OF_ACCOUNTS = frozenset(
    "account_links contact_choices feed_tokens letters messages push_devices roles".split()  # noqa: SIM905
)
"""Tables whose rows go with the account; what it did stays on record (`personal_data.ON_RECORD`)."""


def erase_oneself(session: Session, password: str, *, by: Account, passwords: Passwords, now: datetime) -> Person:
    """Forget one's own person, after the password once more: an open phone in another hand must not do this.

    Raises NotFound, FieldError (`password`: `wrong_password`).
    """
    if by.person_id is None:
        raise NotFound(what="person", id=None)
    person_id = by.person_id
    return erase(session, person_id, by=accounts.prove(session, password, by=by, passwords=passwords), now=now)


def erase(session: Session, person_id: int, *, by: Account, now: datetime) -> Person:
    """Forget a person for good. By themselves or whoever plans for them. Raises NotFound, NotAllowed.

    Coming turns are given back first, whatever rule that breaks: nobody is kept on record because others would be
    too few. Those who coordinate are told of each.
    """
    person = people.get(session, person_id)
    access.require_self_or_planner(by, person)
    account = people.account_of(session, person)
    if account is not None and not access.is_self(by, person):
        access.require_account_manager(by, account)
    _lock_rosters(session, person, now=now)
    _give_back_turns(session, person, by=by, now=now)
    _let_places_go(session, person, now=now)
    _leave_drafts(session, person, by=by, now=now)
    unit = person.unit
    audit.record(session, "person.erase", f"person:{person.id}", by=by, now=now, unit=unit)
    session.flush()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in DELETED:
            _delete_rows(session, table, "people", person.id)
        if account is not None and table.name in OF_ACCOUNTS:
            _delete_rows(session, table, "accounts", account.id)
    _forget_reasons(session, person.id)
    imports.forget(session, person)
    nameless = {"given_by": "", "relation": "", "phone": ""}
    session.execute(update(Consent).where(Consent.person_id == person.id).values(nameless))
    session.expire_all()
    person = session.get_one(Person, person_id)
    _make_nameless(person)
    if account is not None:
        _close(account)
    feeds.people_changed(session, [person_id], now=now)
    return person


def _lock_rosters(session: Session, person: Person, *, now: datetime) -> None:
    """Of all that the person will leave, at once."""
    theirs = [
        select(table.shift_id).where(table.person_id == person.id)
        for table in (Assignment, DraftAssignment, Pin, Claim)
    ]
    coming = select(Shift).where(Shift.starts_at > now, Shift.id.in_(union(*theirs)))
    locks.take_rosters_of(session, session.scalars(coming).all())


def _leave_drafts(session: Session, person: Person, *, by: Account, now: datetime) -> None:
    """Out of every coming draft with its pins, and out of the steps by which an undo would bring them back."""
    where: dict[int, dict[Turn, bool]] = defaultdict(dict)
    for table in (Pin, DraftAssignment):  # the draft last: a turn that is in both is in the draft
        mine = select(table.roster_id, table.shift_id).join(Shift, Shift.id == table.shift_id)
        for roster_id, shift_id in session.execute(mine.where(table.person_id == person.id, Shift.starts_at > now)):
            where[roster_id][shift_id, person.id] = table is DraftAssignment
    for roster_id, turns_there in where.items():
        roster = session.get_one(Roster, roster_id)
        was_published = roster.published_revision == roster.revision
        gone = [turn for turn, drafted in turns_there.items() if drafted]
        change = drafts.Change(removed=gone, pins=dict.fromkeys(turns_there))
        drafts.put(session, roster, change, "roster.remove", by_id=by.id, now=now, person_id=person.id)
        if was_published and not gone:
            roster.published_revision = roster.revision
    _forget_steps(session, person.id)


def _forget_steps(session: Session, person_id: int) -> None:
    """A step that names somebody erased cannot be taken back, nor can those before it."""
    named = set()
    for step in session.scalars(select(DraftStep)):
        turns_named = [*step.changes.get("added", ()), *step.changes.get("removed", ()), *step.changes.get("pins", ())]
        agreed = [made.get("person_id") for made in step.changes.get("arranged", ())]
        if person_id in (*(turn[1] for turn in turns_named), *agreed):
            named.add(step.roster_id)
    for roster_id in sorted(named):
        drafts.forget_steps(session, session.get_one(Roster, roster_id))


def _give_back_turns(session: Session, person: Person, *, by: Account, now: datetime) -> None:
    coming = session.scalars(
        select(Assignment)
        .join(Assignment.shift)
        .where(Assignment.person_id == person.id, Assignment.state == AssignmentState.ACTIVE, Shift.starts_at > now)
    ).all()
    leaving = [(turn.shift_id, person.id) for turn in coming if _can_be_left(session, turn.shift)]
    others = [(turn.shift_id, person.id) for turn in coming if not _can_be_left(session, turn.shift)]
    if others:
        turns.forget(session, others, by=by, now=now)
    if leaving:
        broken = turns.change(session, leaving=leaving, way=Way.FORGOTTEN, by=by, now=now)
        shift_ids = [shift_id for shift_id, _ in leaving]
        _tell(session, shift_ids, broken, now=now)
        places.settle(session, shift_ids, now=now)


def _let_places_go(session: Session, person: Person, *, now: datetime) -> None:
    """A place that is kept for them is offered to the next who waits."""
    mine = (Claim.person_id == person.id, Claim.state.in_(places.OPEN_CLAIMS))
    open_claims = session.scalars(select(Claim).join(Claim.shift).where(*mine, Shift.starts_at > now)).all()
    for claim in open_claims:
        claim.state, claim.settled_at = ClaimState.LET_GO, now
    places.settle(session, sorted({claim.shift_id for claim in open_claims}), now=now)


def _can_be_left(session: Session, shift: Shift) -> bool:
    """Not a shift that is called off, with which the turn would come back, nor one whose week is not published anew."""
    try:
        turns.published_roster(session, shift)
    except NotFound:
        return False
    return shift.state is not ShiftState.CANCELLED


def _tell(session: Session, shift_ids: Iterable[int], broken: Collection[Refusal], *, now: datetime) -> None:
    for shift_id in shift_ids:
        rules = sorted({refusal.rule for refusal in broken if refusal.facts.get("shift_id", shift_id) == shift_id})
        facts = {"shift_id": shift_id, "rules": rules, "path": f"/places/{shift_id}"}
        unit = session.get_one(Shift, shift_id).site.unit
        outbox.tell_coordinators(session, unit, MessageKind.FORGOTTEN, facts, now=now)


def _forget_reasons(session: Session, person_id: int) -> None:
    """Why they could not come is often about their health, and stands in the trail and in others' letters as well."""
    session.execute(update(Withdrawal).where(Withdrawal.person_id == person_id).values(reason=""))
    session.execute(update(CoverCall).where(CoverCall.leaving_id == person_id).values(text=""))
    of_them = select(AuditEntry).where(AuditEntry.facts["person_id"].as_integer() == person_id)
    told = select(Message).where(Message.facts["person_id"].as_integer() == person_id)
    noted = session.scalars(of_them).all()
    for row in [*noted, *session.scalars(told), *_moved_with_them(session, noted)]:
        row.facts = {key: "" if key in ("reason", "text") else value for key, value in row.facts.items()}


def _moved_with_them(session: Session, noted: Iterable[AuditEntry]) -> list[AuditEntry | Message]:
    """What the repairs that took them off did to others: all of it has one reason, which is about them."""
    repairs = {(row.subject, row.at) for row in noted if row.action == turns.LEAVE and row.facts["way"] == Way.REPAIRED}
    rows: list[AuditEntry | Message] = []
    for subject, at in sorted(repairs):
        moved = session.scalars(select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.at == at)).all()
        theirs = Message.person_id.in_({row.facts["person_id"] for row in moved if "person_id" in row.facts})
        told = select(Message).where(theirs, Message.kind == MessageKind.TURN_CANCELLED, Message.created_at == at)
        rows += [*moved, *session.scalars(told)]
    return rows


def _delete_rows(session: Session, table: Table, target: str, key: int) -> None:
    for column in table.columns:
        if any(foreign.column.table.name == target for foreign in column.foreign_keys):
            session.execute(delete(table).where(column == key))


def _make_nameless(person: Person) -> None:
    person.full_name, person.name_sort, person.name_search = NOBODY, names.sort_key(NOBODY), names.search_key(NOBODY)
    person.phone = person.email = person.birth_date = None
    person.home_latitude = person.home_longitude = None
    person.shares_name = person.active = False
    person.availability_at = None


def _close(account: Account) -> None:
    """The row stays because the audit trail names it by number."""
    account.login, account.display_name = f"erased:{account.id}", NOBODY
    account.password_hash, account.person = None, None
    account.active = False
    account.session_epoch += 1
