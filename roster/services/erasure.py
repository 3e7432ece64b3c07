"""Erasure: somebody's data go, the counts they are part of stay.

What they served remains as turns of somebody without a name, or past weeks would change and with them what units and
centers have been told. Everything else that points at the person is deleted: a table that does so has to be named here
in one of two lists, which a test compares with the models.
"""

from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from roster import access
from roster.errors import FieldError, NotFound
from roster.models import (
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Base,
    Consent,
    CoverCall,
    Message,
    Person,
    Shift,
    ShiftState,
    Withdrawal,
)
from roster.services import audit, feeds, people, places, turns
from roster.services.passwords import Passwords
from roster.vietnam import names

NOBODY = "–"
"""What somebody erased is called."""

KEPT = frozenset({"assignments", "publication_changes", "consents", "withdrawals", "cover_calls", "accounts"})
"""Tables whose rows stay: counts of past weeks, and the proof that consent was given, without the guardian's name."""

DELETED = frozenset(
    """agreements answer_links availability_exceptions busy_times claims contact_choices cover_asks draft_assignments
    guardian_links letters messages person_qualifications pins round_answers swaps team_members timetables
    weekly_availability""".split()  # noqa: SIM905  (shorter than a list)
)
"""Tables whose rows go with the person."""

OF_ACCOUNTS = frozenset(
    "account_links contact_choices feed_tokens letters messages push_devices roles".split()  # noqa: SIM905
)
"""Tables whose rows go with the account."""

ON_RECORD = frozenset(
    """agreements audit_entries cover_calls draft_steps people_imports publications rounds runs what_ifs
    withdrawals""".split()  # noqa: SIM905
)
"""What an account did stays on record, under the account's number."""


def erase_oneself(session: Session, password: str, *, by: Account, passwords: Passwords, now: datetime) -> Person:
    """Forget one's own person, after the password once more: an open phone in another hand must not do this.

    Raises NotFound, FieldError (`password`: `wrong_password`).
    """
    if by.person_id is None:
        raise NotFound(what="person", id=None)
    account_id, person_id, kept = by.id, by.person_id, by.password_hash
    session.rollback()  # a check takes a third of a second, and on SQLite a transaction keeps all writers waiting
    if not passwords.matches(kept, password):
        raise FieldError(field="password", reason="wrong_password")
    return erase(session, person_id, by=session.get_one(Account, account_id), now=now)


def erase(session: Session, person_id: int, *, by: Account, now: datetime) -> Person:
    """Forget a person for good. By themselves or whoever plans for them. Raises NotFound, NotAllowed.

    Coming turns are given back first, as if they had withdrawn.
    """
    person = people.get(session, person_id)
    access.require_self_or_planner(by, person)
    account = people.account_of(session, person)
    if account is not None and not access.is_self(by, person):
        access.require_account_manager(by, account)
    _give_back_turns(session, person, by=by, now=now)
    unit = person.unit
    audit.record(session, "person.erase", f"person:{person.id}", by=by, now=now, unit=unit)
    session.flush()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in DELETED:
            _delete_rows(session, table, "people", person.id)
        if account is not None and table.name in OF_ACCOUNTS:
            _delete_rows(session, table, "accounts", account.id)
    _forget_reasons(session, person.id)
    nameless = {"given_by": "", "relation": "", "phone": ""}
    session.execute(update(Consent).where(Consent.person_id == person.id).values(nameless))
    session.expire_all()
    person = session.get_one(Person, person_id)
    _make_nameless(person)
    if account is not None:
        _close(account)
    feeds.people_changed(session, [person_id], now=now)
    return person


def _give_back_turns(session: Session, person: Person, *, by: Account, now: datetime) -> None:
    coming = session.scalars(
        select(Assignment)
        .join(Assignment.shift)
        .where(Assignment.person_id == person.id, Assignment.state == AssignmentState.ACTIVE, Shift.starts_at > now)
    ).all()
    called_off = [turn for turn in coming if turn.shift.state is ShiftState.CANCELLED]
    for turn in called_off:  # nobody can leave these, and they would come back with the shift
        turn.state, turn.changed_at = AssignmentState.CANCELLED, now
        turn.sequence += 1
    feeds.shifts_changed(session, [turn.shift_id for turn in called_off], now=now)
    leaving = [(turn.shift_id, person.id) for turn in coming if turn not in called_off]
    if leaving:
        turns.change(session, leaving=leaving, way=turns.Way.WITHDRAWN, by=by, now=now)
        places.settle(session, [shift_id for shift_id, _ in leaving], now=now)


def _forget_reasons(session: Session, person_id: int) -> None:
    """Why they could not come is often about their health, and stands in the trail and in others' letters as well."""
    session.execute(update(Withdrawal).where(Withdrawal.person_id == person_id).values(reason=""))
    session.execute(update(CoverCall).where(CoverCall.leaving_id == person_id).values(text=""))
    noted = select(AuditEntry).where(AuditEntry.facts["person_id"].as_integer() == person_id)
    told = select(Message).where(Message.facts["person_id"].as_integer() == person_id)
    rows: list[AuditEntry | Message] = [*session.scalars(noted), *session.scalars(told)]
    for row in rows:
        row.facts = {key: "" if key in ("reason", "text") else value for key, value in row.facts.items()}


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
