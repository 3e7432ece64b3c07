"""One-use links: an invitation opens an account, a password link mends one. Both end in a password of one's own.

A link is 256 random bits in an address; only its hash is kept, so a leaked database opens no account. Making
a new link ends the older ones of the account, and so does using one.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from roster.errors import FieldError, LinkExpired, LinkUsed, NotAllowed, NotFound
from roster.models import Account, AccountLink, LinkPurpose
from roster.queries.links import let_in_by
from roster.services import audit
from roster.services.accounts import set_password_hash
from roster.services.passwords import Passwords, require_good

TOKEN_BYTES = 32
LIFETIMES = {LinkPurpose.INVITATION: timedelta(days=14), LinkPurpose.PASSWORD: timedelta(days=1)}


def make(session: Session, account: Account, *, by: Account, now: datetime) -> str:
    """The token of a new link for somebody else's account, which is shown once and then known to nobody.

    An invitation before the first password, a password link after it. Raises NotAllowed unless `by` stands above
    every role of the account, and for a password link above those it once had.
    """
    return _make(session, account, by=by, now=now)[1]


def promise(session: Session, account: Account, *, by: Account, now: datetime) -> int:
    """The id of a new link, made as by `make`, that a letter will bring: nobody knows it before that is written."""
    return _make(session, account, by=by, now=now)[0].id


def for_letter(session: Session, link_id: int, *, now: datetime) -> str | None:
    """The token of a link that was promised to somebody; None if it was used, ended or is too old.

    Each writing makes one of its own, because another channel may have brought the first; using one ends them all.
    """
    promised = session.get_one(AccountLink, link_id)
    _alone(session, promised.account)
    session.refresh(promised)
    if promised.used_at is not None or promised.expires_at <= now or not promised.account.active:
        return None
    return _add(session, promised.account, promised.purpose, now)[1]


def _make(session: Session, account: Account, *, by: Account, now: datetime) -> tuple[AccountLink, str]:
    if account.id not in let_in_by(session, by, [account]):
        raise NotAllowed(action="manage_account", account_id=account.id)
    purpose = LinkPurpose.PASSWORD if account.password_hash else LinkPurpose.INVITATION
    end_all(session, account, now)
    made = _add(session, account, purpose, now)
    audit.record(session, f"link.{purpose}", f"account:{account.id}", by=by, now=now, unit=account.home)
    return made


def _add(session: Session, account: Account, purpose: LinkPurpose, now: datetime) -> tuple[AccountLink, str]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + LIFETIMES[purpose]
    link = AccountLink(
        account=account, purpose=purpose, token_hash=hashed(token), created_at=now, expires_at=expires_at
    )
    session.add(link)
    session.flush()
    return link, token


def opened(session: Session, token: str, *, now: datetime) -> AccountLink:
    """The link of this token, if it can still be used. Raises NotFound, LinkUsed, LinkExpired."""
    link = session.scalar(select(AccountLink).where(AccountLink.token_hash == hashed(token)))
    if link is None or not link.account.active:
        raise NotFound(what="link")
    if link.used_at is not None:
        raise LinkUsed(purpose=link.purpose)
    if link.expires_at <= now:
        raise LinkExpired(purpose=link.purpose)
    return link


def use(session: Session, token: str, *, password: str, repeated: str, passwords: Passwords, now: datetime) -> Account:
    """Set the password and end the link, all others of the account and every open session.

    Raises as `opened`, and FieldError on `password` (see `require_good`) or `repeated` (`passwords_differ`).
    """
    require_good(password, login=opened(session, token, now=now).account.login)
    if password != repeated:
        raise FieldError(field="repeated", reason="passwords_differ")
    session.rollback()  # a hash takes a third of a second, and on SQLite a transaction keeps all writers waiting
    made = passwords.hash(password)
    link = opened(session, token, now=now)
    _claim(session, link, now)
    account = link.account
    set_password_hash(account, made)
    account.signed_in_at = now
    end_all(session, account, now)
    audit.record(session, "link.use", f"account:{account.id}", by=account, now=now, unit=account.home)
    return account


def _claim(session: Session, link: AccountLink, now: datetime) -> None:
    """Two who open the link at once both pass `opened`; only one update finds it unused."""
    unused = update(AccountLink).where(AccountLink.id == link.id, AccountLink.used_at.is_(None))
    claimed = session.execute(unused.values(used_at=now))
    assert isinstance(claimed, CursorResult)
    if claimed.rowcount == 0:
        raise LinkUsed(purpose=link.purpose)


def end_all(session: Session, account: Account, now: datetime) -> None:
    """No older link of the account opens anything any more."""
    _alone(session, account)
    unused = update(AccountLink).where(AccountLink.account_id == account.id, AccountLink.used_at.is_(None))
    session.execute(unused.values(used_at=now))


def _alone(session: Session, account: Account) -> None:
    """Wait for whoever makes or ends links of the account: a letter just being written would keep one alive."""
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update(key_share=True))


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
