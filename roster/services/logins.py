"""Logins: with what somebody signs in, and changing it oneself: login, password, the name of an account.

A login is a phone number or an e-mail address. A volunteer's is one of those that they can be reached at, and follows
when that changes (`people.follow`); a desk or office without a person has nothing but its login. The password is asked
once more: an open phone in another hand must not move an account to another number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, FieldError, NotAllowed
from roster.models import Account, Person
from roster.services import accounts, audit, fields, links, people
from roster.services.passwords import Passwords, require_good


@dataclass(frozen=True, slots=True)
class ReachTyped:
    """The form of one's own numbers, as typed. `login`: of an account that belongs to no person."""

    phone: str = ""
    email: str = ""
    login: str = ""


def change_own(
    session: Session, typed: ReachTyped, password: str, *, by: Account, passwords: Passwords, now: datetime
) -> Account:
    """Change where one is reached, and with it what one signs in with.

    Raises FieldError on `password` (`wrong_password`), on the field that makes no sense, on `phone` if nothing would be
    left to sign in with (`no_way_to_sign_in`); AlreadyExists if somebody else signs in with it.
    """
    account = accounts.prove(session, password, by=by, passwords=passwords)
    before = _reach(account)
    if account.person is None:
        _change_login(session, account, typed.login)
    else:
        _change_reach(session, account, account.person, typed, now)
    changed: dict[str, Any] = {f"{name}_changed": value != before[name] for name, value in _reach(account).items()}
    audit.record(session, accounts.REACH_CHANGED, f"account:{account.id}", by=account, now=now, **changed)
    return account


def _reach(account: Account) -> dict[str, str | None]:
    person = account.person
    return {"login": account.login} | ({"phone": person.phone, "email": person.email} if person else {})


def change_password(
    session: Session, *, old: str, new: str, repeated: str, by: Account, passwords: Passwords, now: datetime
) -> Account:
    """Set a new password for one's own account; every other session and every link of it ends.

    Raises FieldError on `old` (`wrong_password`), `new` (see `require_good`) or `repeated` (`passwords_differ`).
    """
    require_good(new, login=by.login, field="new")
    if new != repeated:
        raise FieldError(field="repeated", reason="passwords_differ")
    session.rollback()  # as in `accounts.sign_in`
    made = passwords.hash(new)
    account = accounts.prove(session, old, by=by, passwords=passwords, field="old")
    accounts.set_password_hash(account, made)
    links.end_all(session, account, now)
    audit.record(session, "account.change_password", f"account:{account.id}", by=account, now=now)
    return account


def rename_own(session: Session, name: str, *, by: Account, now: datetime) -> Account:
    """Change the name of one's account, by which letters name a coordinator.

    A volunteer's is that of the person, which whoever plans keeps (`people.change`). Raises NotAllowed, FieldError.
    """
    if by.person_id is not None:
        raise NotAllowed(action="rename_own")
    before, by.display_name = by.display_name, fields.one_line(name, "name", longest=people.NAME_LENGTH)
    unit = by.roles[0].unit if by.roles else None  # who administers it sees in the trail who was called what
    changed = {"before": before, "after": by.display_name}
    audit.record(session, "account.rename", f"account:{by.id}", by=by, now=now, unit=unit, **changed)
    return by


def _change_reach(session: Session, account: Account, person: Person, typed: ReachTyped, now: datetime) -> None:
    reached = (person.phone, person.email)
    phone, email = people.phone_typed(typed.phone), people.email_typed(typed.email)
    if account.login in reached and phone is None and email is None:
        raise FieldError(field="phone", reason="no_way_to_sign_in")
    with session.no_autoflush:
        person.phone, person.email = phone, email
        people.follow(session, account, person, reached, by=account, now=now)
        if account.login in reached and account.login not in (phone, email):
            field, value = ("phone", phone) if account.login == reached[0] and phone else ("email", email)
            raise AlreadyExists(what="account", field=field, value=accounts.written_login(value or ""))


def _change_login(session: Session, account: Account, typed: str) -> None:
    login = accounts.normalised_login(typed)
    if login is None:
        raise FieldError(field="login", reason="not_a_login")
    if login != account.login:
        accounts.require_free(session, login)
        account.login = login
