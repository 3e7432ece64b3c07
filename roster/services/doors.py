"""Doors: how a whole team comes in by one poster.

The address of a poster is no secret, so it opens nothing by itself. Behind it one names oneself by phone number and
full name, both as the unit keeps them, and chooses a password. Guessing numbers is of no use without the names, and
tries are throttled (`web/throttles.py`). Every refusal sounds alike and takes as long, so nobody learns who is in the
team or who has an account. Only accounts that never had a password and may do nothing but volunteer can be taken this
way, a door closes by itself after two weeks, and coordinators see who came in.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from roster.errors import Conflict, FieldError, LinkExpired, NotFound
from roster.models import Account, Person, RoleKind, TeamDoor, TeamMember
from roster.services import accounts, audit, fields, links, people, teams
from roster.services.passwords import Passwords, require_good
from roster.vietnam import names, phones

LIFETIME = timedelta(days=14)
TOKEN_BYTES = 12


def of_team(session: Session, team_id: int, *, now: datetime) -> TeamDoor | None:
    """The team's door while it is open."""
    return session.scalar(select(TeamDoor).where(TeamDoor.team_id == team_id, TeamDoor.expires_at > now))


def open_door(session: Session, team_id: int, *, by: Account, now: datetime) -> TeamDoor:
    """Open the team's door for two weeks from now; an open one keeps its address. Raises NotFound, NotAllowed."""
    team = teams.planned(session, team_id, by=by)
    door = session.scalar(select(TeamDoor).where(TeamDoor.team_id == team.id))
    if door is None:
        door = TeamDoor(team=team, token=secrets.token_urlsafe(TOKEN_BYTES), opened_at=now)
        session.add(door)
    elif door.expires_at <= now:
        door.token, door.opened_at = secrets.token_urlsafe(TOKEN_BYTES), now
    door.expires_at = now + LIFETIME
    session.flush()
    audit.record(session, "door.open", f"team:{team.id}", by=by, now=now, unit=team.unit)
    return door


def close_door(session: Session, team_id: int, *, by: Account, now: datetime) -> None:
    """Let nobody in by the poster any more. Raises NotFound, NotAllowed."""
    team = teams.planned(session, team_id, by=by)
    door = of_team(session, team.id, now=now)
    if door is None:
        return
    door.expires_at = now
    audit.record(session, "door.close", f"team:{team.id}", by=by, now=now, unit=team.unit)


def opened(session: Session, token: str, *, now: datetime) -> TeamDoor:
    """Raises NotFound, LinkExpired."""
    door = session.scalar(select(TeamDoor).where(TeamDoor.token == token))
    if door is None:
        raise NotFound(what="link")
    if door.expires_at <= now:
        raise LinkExpired(purpose="door")
    return door


def enter(
    session: Session,
    token: str,
    *,
    phone: str,
    name: str,
    password: str,
    repeated: str,
    passwords: Passwords,
    now: datetime,
) -> Account:
    """The account of the member who named themselves, with their new password.

    Raises as `opened`, FieldError on `phone` (`missing`, `not_let_in`), `name`, `password` (see `require_good`) or
    `repeated` (`passwords_differ`).
    """
    team_id = opened(session, token, now=now).team_id
    number = phones.normalise(fields.one_line(phone, "phone", longest=40))
    called = names.search_key(fields.one_line(name, "name", longest=people.NAME_LENGTH))
    require_good(password, login=number or "")
    if password != repeated:
        raise FieldError(field="repeated", reason="passwords_differ")
    session.rollback()  # a hash takes a third of a second, and on SQLite a transaction keeps all writers waiting
    made = passwords.hash(password)  # for whoever asks: the time of an answer must not tell who is a member
    person = _member(session, team_id, number, called)
    account = _claimable(session, person, now) if person else None
    if account is None or person is None:
        raise FieldError(field="phone", reason="not_let_in")
    _claim(session, account, made)
    account.signed_in_at = now
    links.end_all(session, account, now)
    audit.record(session, "door.enter", f"person:{person.id}", by=account, now=now, unit=person.unit)
    return account


def _member(session: Session, team_id: int, number: str | None, called: str) -> Person | None:
    if number is None:
        return None
    found = session.scalars(
        select(Person)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(TeamMember.team_id == team_id, Person.active, Person.phone == number, Person.name_search == called)
    ).all()
    return found[0] if len(found) == 1 else None


def _claimable(session: Session, person: Person, now: datetime) -> Account | None:
    """The person's account if nobody has ever used it and it may do nothing but volunteer; made if there is none."""
    account = people.account_of(session, person)
    if account is None:
        taken = person.phone is None or accounts.is_taken(session, person.phone)
        return None if taken else people.open_account(session, person, now)
    harmless = all(role.kind is RoleKind.VOLUNTEER for role in account.roles)
    return account if account.active and account.password_hash is None and harmless else None


def _claim(session: Session, account: Account, password_hash: str) -> None:
    """Two who name the same member at once both come here; only one finds the account without a password."""
    free = update(Account).where(Account.id == account.id, Account.password_hash.is_(None))
    claimed = session.execute(free.values(password_hash=password_hash, session_epoch=Account.session_epoch + 1))
    assert isinstance(claimed, CursorResult)
    if claimed.rowcount == 0:
        raise Conflict(account_id=account.id)
    session.refresh(account)
