"""Accounts: signing in, giving the password once more, and how somebody likes to be spoken to.

Roles are in `services/roles.py`, invitations and password links in `services/links.py`, changing what one signs in with
in `services/logins.py`.
"""

import re
from datetime import datetime

from sqlalchemy import ColumnElement, Row, String, cast, func, literal, select
from sqlalchemy.orm import Session

from roster.errors import AlreadyExists, FieldError
from roster.models import Account, AuditEntry, Person
from roster.services.passwords import Passwords
from roster.vietnam import phones

EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")
LOGIN_LENGTH = 200
REACH_CHANGED = "account.change_reach"
SHARING = 3  # accounts that are tried where so many people are reached by one number or address


def normalised_login(text: str) -> str | None:
    """A phone number as "+84912345678", an e-mail address in small letters; None for anything else."""
    typed = text.strip()
    if EMAIL.fullmatch(typed) and len(typed) <= LOGIN_LENGTH:
        return typed.lower()
    return phones.normalise(typed)


def written_login(login: str) -> str:
    """A stored login as its owner writes it: "0912 345 678" rather than "+84912345678"."""
    return phones.written(login) if login.startswith("+") else login


def hinted_login(login: str) -> str:
    """As much of a login as its owner knows it by, and nobody else: "…678", "l…@example.org"."""
    name, at, domain = login.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{login[-3:]}"


def sign_in(session: Session, login: str, password: str, *, passwords: Passwords, now: datetime) -> Account:
    """The account of this login and password, if it may sign in. The person's other way to be reached does as well.

    Raises FieldError(`login`, `wrong_login`), the same words and after the same time whether the login is unknown, the
    password wrong or the account closed: an answer must not tell who is registered.
    """
    known = _known(session, normalised_login(login) or "")  # "" is nobody's
    session.rollback()  # a check takes a third of a second, and on SQLite a transaction keeps all writers waiting
    # As many checks whoever is known: an answer that comes sooner would tell how many are.
    tried = [*known, *[None] * (SHARING - len(known))]
    found = next((one for one in tried if passwords.matches(one.password_hash if one else None, password)), None)
    if found is None:
        raise FieldError(field="login", reason="wrong_login")
    renewed = passwords.hash(password) if passwords.is_outdated(found.password_hash) else None
    account = session.get_one(Account, found.id)
    if not account.active or account.password_hash != found.password_hash:
        raise FieldError(field="login", reason="wrong_login")
    account.password_hash = renewed or account.password_hash
    account.signed_in_at = now
    return account


def _known(session: Session, login: str) -> list[Row[int, str | None]]:
    """Whose login it is, then whom else it reaches and has a password: a few, as families share a number.

    An address may be anybody's who says so, and so nobody is kept out by who else has it, and whoever says so later
    comes after whoever had it. Both are always looked up, as an answer that comes sooner would tell who is registered.
    """
    way = Person.phone if login.startswith("+") else Person.email
    known = select(Account.id, Account.password_hash).where(Account.password_hash.is_not(None), Account.active)
    reached = known.join(Account.person).where(way == login).order_by(_claimed(way.key).nulls_first(), Account.id)
    own = session.execute(known.where(Account.login == login)).all()
    others = session.execute(reached.limit(SHARING)).all()
    return list(dict.fromkeys([*own, *others]))[:SHARING]


def _claimed(way: str) -> ColumnElement[int | None]:
    """The line of the trail in which an account's owner last said their `phone` or `email`; none if others did."""
    of_account = AuditEntry.subject == literal("account:") + cast(Account.id, String)
    said = of_account & (AuditEntry.action == REACH_CHANGED) & AuditEntry.facts[f"{way}_changed"].as_boolean()
    return select(func.max(AuditEntry.id)).where(said).scalar_subquery()


def prove(session: Session, password: str, *, by: Account, passwords: Passwords, field: str = "password") -> Account:
    """The account, locked until the commit, of whoever gives its password once more.

    Raises FieldError (`wrong_password`): also if it was replaced while it was checked.
    """
    account_id, kept = by.id, by.password_hash
    session.rollback()  # as in `sign_in`
    if passwords.matches(kept, password):
        account = session.get_one(Account, account_id, with_for_update={"key_share": True})
        if account.password_hash == kept:
            return account
    raise FieldError(field=field, reason="wrong_password")


def is_taken(session: Session, login: str) -> bool:
    """Whether somebody signs in with this already."""
    return session.scalar(select(Account.id).where(Account.login == login)) is not None


def require_free(session: Session, login: str) -> None:
    """Raises AlreadyExists (`login`) if somebody signs in with this already."""
    if is_taken(session, login):
        raise AlreadyExists(what="account", field="login", value=login)


def set_password_hash(account: Account, password_hash: str) -> None:
    """Replace the password and end every session that began with the one before."""
    account.password_hash = password_hash
    account.session_epoch += 1


def prefer(account: Account, *, language: str | None = None, theme: str | None = None) -> None:
    """Remember in which language and light the account's owner wants to read; None leaves it."""
    account.language = language or account.language
    account.theme = theme or account.theme
