"""People: added, changed, taken out of planning and back, and given an account by invitation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from roster import access
from roster.errors import AlreadyExists, FieldError, NotFound
from roster.models import Account, MessageKind, Person, Role, RoleKind, Unit
from roster.services import accounts, audit, contacts, feeds, fields, links, outbox
from roster.vietnam import names, phones

NAME_LENGTH = 200
OLDEST = 120  # years; an older birthday is a slip of the finger


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What a form or a row says of a person, as typed. Limits are per week; empty means none."""

    full_name: str
    phone: str = ""
    email: str = ""
    birth_date: str | date | None = None
    newcomer: bool = False
    max_turns: str | int | None = None
    max_turns_per_day: str | int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An account and the token of its new link, which is known nowhere else."""

    account: Account
    token: str


def get(session: Session, person_id: int) -> Person:
    """Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(what="person", id=person_id)
    return person


def planned(session: Session, person_id: int, *, by: Account) -> Person:
    """A person whose unit the account plans. Raises NotFound, also of somebody erased; NotAllowed."""
    person = get(session, person_id)
    if person.erased:
        raise NotFound(what="person", id=person_id)
    access.require_planner(by, person.unit)
    return person


def create(session: Session, unit: Unit, details: PersonDetails, *, by: Account, now: datetime) -> Person:
    """Add somebody to a unit; they get an account when they are invited. Raises NotAllowed, FieldError."""
    person = drafted(unit, details, by=by, now=now)
    keep(session, [person], by=by, now=now)
    return person


def drafted(unit: Unit, details: PersonDetails, *, by: Account, now: datetime) -> Person:
    """Somebody new, checked but not yet kept. Raises NotAllowed, FieldError."""
    access.require_planner(by, unit)
    person = Person(unit=unit)
    _fill(person, details, today=unit.day_of(now))
    return person


def keep(session: Session, new: Sequence[Person], *, by: Account, now: datetime) -> None:
    """Add people who were drafted, all at once: a list of thousands has no time for each of them."""
    session.add_all(new)
    session.flush()
    for person in new:
        audit.record(session, "person.create", f"person:{person.id}", by=by, now=now, unit=person.unit)


def change(
    session: Session, person_id: int, unit: Unit, details: PersonDetails, *, by: Account, now: datetime
) -> Person:
    """Change a person, and their unit if both are planned by the account. Raises NotFound, NotAllowed, FieldError."""
    person = planned(session, person_id, by=by)
    if revise(session, person, account_of(session, person), unit, details, by=by, now=now):
        feeds.people_changed(session, [person.id], now=now)
    return person


def revise(
    session: Session,
    person: Person,
    account: Account | None,
    unit: Unit,
    details: PersonDetails,
    *,
    by: Account,
    now: datetime,
) -> bool:
    """Change somebody and their account, both read already. Raises NotAllowed, FieldError, and has changed nothing.

    True if calendars show them otherwise now: then the caller tells `feeds`, of many at once.
    """
    access.require_planner(by, person.unit)
    access.require_planner(by, unit)
    shown, reached = (person.full_name, person.birth_date), (person.phone, person.email)
    _fill(person, details, today=unit.day_of(now))
    if account:
        account.display_name = person.full_name
        _move_role(account, person.unit, unit)
        _end_misled(session, account, person, reached, now)
        if access.may_manage_account(by, account):
            follow(session, account, person, reached, by=by, now=now)
    person.unit = unit
    audit.record(session, "person.change", f"person:{person.id}", by=by, now=now, unit=unit)
    return (person.full_name, person.birth_date) != shown


def follow(
    session: Session,
    account: Account,
    person: Person,
    reached: tuple[str | None, str | None],
    *,
    by: Account,
    now: datetime,
) -> None:
    """Whoever signed in with a number or address that is theirs no more signs in with the new one, and is told.

    `reached`: the phone number and e-mail address as they were. A login that is somebody else's already is left to
    them: families share a phone.
    """
    now_reached = (person.phone, person.email)
    if account.login not in reached or account.login in now_reached:
        return
    first, second = (person.phone, person.email) if account.login == reached[0] else (person.email, person.phone)
    new = first or second
    with session.no_autoflush:
        if new is not None and not accounts.is_taken(session, new):
            account.login, was = new, account.login
            if account.password_hash:  # before the first password there is nothing to take over
                _tell_of_login(session, account, person, was, by=by, now=now)


def _end_misled(
    session: Session, account: Account, person: Person, reached: tuple[str | None, str | None], now: datetime
) -> None:
    """An invitation that went to an address which was none of theirs lets nobody in, whoever puts that right."""
    now_reached = (person.phone, person.email)
    if account.password_hash is None and any(was and was != to for was, to in zip(reached, now_reached, strict=True)):
        links.end_all(session, account, now)


def _tell_of_login(session: Session, account: Account, person: Person, was: str, *, by: Account, now: datetime) -> None:
    """Where they were reached before and where they are now: whoever moved an account in secret holds only one."""
    facts = {
        "was": accounts.hinted_login(was),
        "now": accounts.hinted_login(account.login),
        "by_id": None if by.id == account.id else by.id,
    }
    outbox.tell(session, person.id, MessageKind.LOGIN_CHANGED, facts, now=now)
    outbox.tell_at(session, was, person.id, MessageKind.LOGIN_CHANGED, facts, now=now)
    if contacts.way_to(account.login).value not in contacts.choice_of(session, person, account).channels:
        outbox.tell_at(session, account.login, person.id, MessageKind.LOGIN_CHANGED, facts, now=now)


def invite(session: Session, person_id: int, *, by: Account, now: datetime) -> Invitation:
    """A one-use link for a person: to open their account, or to choose a new password for it.

    Raises NotFound, NotAllowed, FieldError (`login`: neither phone nor e-mail), AlreadyExists (`login`).
    """
    person = planned(session, person_id, by=by)
    account = account_of(session, person) or open_account(session, person, now)
    return Invitation(account, links.make(session, account, by=by, now=now))


def set_active(session: Session, person_id: int, active: bool, *, by: Account, now: datetime) -> Person:
    """Take somebody out of planning, or back in. Raises NotFound, NotAllowed.

    An account that `by` stands above closes and opens with it, and its sessions end.
    """
    person = planned(session, person_id, by=by)
    person.active = active
    account = account_of(session, person)
    if account and access.may_manage_account(by, account):
        account.active = active
        account.session_epoch += 1
    action = "person.activate" if active else "person.deactivate"
    audit.record(session, action, f"person:{person.id}", by=by, now=now, unit=person.unit)
    return person


def account_of(session: Session, person: Person) -> Account | None:
    return accounts_of(session, [person.id]).get(person.id)


def accounts_of(session: Session, person_ids: Collection[int]) -> dict[int, Account]:
    """The accounts of those who have one, by person."""
    found = session.scalars(select(Account).where(Account.person_id.in_(person_ids)))
    return {account.person_id: account for account in found if account.person_id is not None}


def open_account(session: Session, person: Person, now: datetime) -> Account:
    """An account without a password for somebody who has none, with their phone number or, where that signs somebody
    else in, their e-mail address.

    Raises FieldError (`login`: neither), AlreadyExists (`login`: both are somebody else's).
    """
    ways = [way for way in (person.phone, person.email) if way is not None]
    if not ways:
        raise FieldError(field="login", reason="no_way_to_sign_in")
    login = next((way for way in ways if not accounts.is_taken(session, way)), ways[0])
    account = Account(login=login, display_name=person.full_name, person=person, created_at=now)
    account.roles.append(Role(kind=RoleKind.VOLUNTEER, unit=person.unit))
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # also where somebody took it, or opened this account, just now
        raise AlreadyExists(what="account", field="login", value=login) from None
    return account


def _move_role(account: Account, old: Unit, new: Unit) -> None:
    """Being a volunteer goes with the person; coordinating a unit does not."""
    for role in account.roles:
        if role.kind is RoleKind.VOLUNTEER and role.unit is old:
            role.unit = new


def _fill(person: Person, details: PersonDetails, *, today: date) -> None:
    """Everything is checked before anything is set: a refusal leaves the person as they were."""
    name = _name_typed(details.full_name)
    phone, email = phone_typed(details.phone), email_typed(details.email)
    birth_date = birth_date_typed(details.birth_date, today)
    max_turns = fields.whole_number(details.max_turns, "max_turns", most=50)
    max_turns_per_day = fields.whole_number(details.max_turns_per_day, "max_turns_per_day", most=10)
    person.full_name, person.name_sort, person.name_search = name, names.sort_key(name), names.search_key(name)
    person.phone, person.email, person.birth_date = phone, email, birth_date
    person.newcomer, person.max_turns, person.max_turns_per_day = details.newcomer, max_turns, max_turns_per_day


def _name_typed(typed: str) -> str:
    """A name as it is stored. Raises FieldError: a dash alone is what somebody erased is called."""
    name = fields.one_line(typed, "full_name", longest=NAME_LENGTH)
    if not any(char.isalpha() for char in name):
        raise FieldError(field="full_name", reason="not_a_name", value=name)
    return name


def phone_typed(typed: str) -> str | None:
    """A phone number as it is stored, None for nothing typed. Raises FieldError."""
    text = fields.one_line(typed, "phone", longest=40, required=False)
    if not text:
        return None
    number = phones.normalise(text)
    if number is None:
        raise FieldError(field="phone", reason="not_a_phone", value=text)
    return number


def email_typed(typed: str) -> str | None:
    """An e-mail address as it is stored, None for nothing typed. Raises FieldError."""
    text = fields.one_line(typed, "email", longest=accounts.LOGIN_LENGTH, required=False).lower()
    if text and not accounts.EMAIL.fullmatch(text):
        raise FieldError(field="email", reason="not_an_email", value=text)
    return text or None


def birth_date_typed(typed: str | date | None, today: date) -> date | None:
    """A birthday that somebody alive may have, None for nothing typed. Raises FieldError."""
    if not typed:
        return None
    born = fields.day(typed, "birth_date")
    if born > today:
        raise FieldError(field="birth_date", reason="in_the_future", value=born)
    if born.year < today.year - OLDEST:
        raise FieldError(field="birth_date", reason="too_long_ago", value=born)
    return born
