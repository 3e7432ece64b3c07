"""People as coordinators read them: the list, and one person with what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, contains_eager, selectinload

from roster import access
from roster.models import (
    NOBODY,
    Account,
    AccountLink,
    Person,
    PersonQualification,
    Qualification,
    Team,
    TeamMember,
)
from roster.queries.links import let_in_by
from roster.queries.pages import page_number
from roster.vietnam import phones
from roster.vietnam.names import search_key

PAGE_SIZE = 50
SHORTEST_NUMBER = 4  # digits; fewer are rather part of something else


class AccountState(StrEnum):
    """How far somebody has come in."""

    NONE = "none"
    INVITED = "invited"
    EXPIRED = "expired"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list. `available`: they have said when they could serve."""

    id: int
    name: str
    unit_name: str
    phone: str
    qualifications: Sequence[str]
    account: AccountState
    available: bool
    active: bool
    minor: bool


@dataclass(frozen=True, slots=True)
class PersonList:
    rows: Sequence[PersonRow]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class HeldQualification:
    id: int
    name: str
    granted_on: date
    valid_until: date | None
    expired: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person. `grantable`: (id, name) of the qualifications they do not have yet."""

    id: int
    name: str
    unit_name: str
    phone: str
    email: str
    birth_date: date | None
    minor: bool
    newcomer: bool
    active: bool
    max_turns: int | None
    max_turns_per_day: int | None
    availability_at: datetime | None
    shares_name: bool
    teams: Sequence[tuple[int, str, bool]]
    qualifications: Sequence[HeldQualification]
    grantable: Sequence[tuple[int, str]]
    account: AccountState
    login: str
    may_invite: bool


def person_list(
    session: Session,
    account: Account,
    *,
    now: datetime,
    language: str,
    search: str = "",
    active: bool = True,
    page: int = 1,
) -> PersonList:
    """The people the account plans for, by given name. The search needs no marks and finds phone numbers too."""
    shown = (access.within_reach(account), Person.active == active, Person.full_name != NOBODY)
    query = select(Person).join(Person.unit).where(*shown)
    if search:
        query = query.where(matching(search))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = page_number(page, total, PAGE_SIZE)
    people = session.scalars(
        query.options(
            contains_eager(Person.unit),
            selectinload(Person.qualifications).joinedload(PersonQualification.qualification),
        )
        .order_by(Person.name_sort, Person.id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    states = account_states(session, [person.id for person in people], now=now)
    rows = [_row(person, states.get(person.id, AccountState.NONE), now, language) for person in people]
    return PersonList(rows, total, page)


def person_page(session: Session, person: Person, account: Account, *, now: datetime, language: str) -> PersonPage:
    today = person.unit.day_of(now)
    own = session.scalar(select(Account).where(Account.person_id == person.id))
    held = [_held(row, today, language) for row in person.qualifications]
    held_ids = {qualification.id for qualification in held}
    return PersonPage(
        id=person.id,
        name=person.full_name,
        unit_name=person.unit.name,
        phone=phones.written(person.phone) if person.phone else "",
        email=person.email or "",
        birth_date=person.birth_date,
        minor=person.is_minor(today),
        newcomer=person.newcomer,
        active=person.active,
        max_turns=person.max_turns,
        max_turns_per_day=person.max_turns_per_day,
        availability_at=person.availability_at,
        shares_name=person.shares_name,
        teams=_teams(session, person),
        qualifications=sorted(held, key=lambda qualification: qualification.name),
        grantable=[choice for choice in qualification_choices(session, language) if choice[0] not in held_ids],
        account=account_states(session, [person.id], now=now).get(person.id, AccountState.NONE),
        login=own.login if own else "",
        may_invite=person.active and (own is None or own.id in let_in_by(session, account, [own])),
    )


def account_states(session: Session, person_ids: Sequence[int], *, now: datetime) -> dict[int, AccountState]:
    """The state of each person's account; a person without one is left out."""
    open_links = (
        select(AccountLink.account_id, func.max(AccountLink.expires_at).label("expires_at"))
        .where(AccountLink.used_at.is_(None))
        .group_by(AccountLink.account_id)
        .subquery()
    )
    rows = session.execute(
        select(Account, open_links.c.expires_at)
        .outerjoin(open_links, open_links.c.account_id == Account.id)
        .where(Account.person_id.in_(person_ids))
    )
    return {account.person_id: state_of(account, expires_at, now) for account, expires_at in rows}


def state_of(account: Account, link_expires_at: datetime | None, now: datetime) -> AccountState:
    if not account.active:
        return AccountState.CLOSED
    if account.password_hash:
        return AccountState.ACTIVE
    if link_expires_at is None:
        return AccountState.NONE
    return AccountState.INVITED if link_expires_at > now else AccountState.EXPIRED


def qualification_choices(session: Session, language: str) -> list[tuple[int, str]]:
    rows = session.scalars(select(Qualification).order_by(Qualification.code))
    return [(row.id, _name(row, language)) for row in rows]


def matching(search: str) -> ColumnElement[bool]:
    """The condition that a person is meant by these words, typed without marks, or by four digits of a phone number."""
    digits = "".join(char for char in search if char.isdigit()).removeprefix("84").lstrip("0")
    if len(digits) >= SHORTEST_NUMBER and not any(char.isalpha() for char in search):
        return Person.phone.contains(digits, autoescape=True)
    words = search_key(search).split()
    return and_(true(), *(Person.name_search.contains(word, autoescape=True) for word in words))


def _row(person: Person, state: AccountState, now: datetime, language: str) -> PersonRow:
    today = person.unit.day_of(now)
    held = [_held(row, today, language) for row in person.qualifications]
    return PersonRow(
        id=person.id,
        name=person.full_name,
        unit_name=person.unit.name,
        phone=phones.written(person.phone) if person.phone else "",
        qualifications=sorted(qualification.name for qualification in held if not qualification.expired),
        account=state,
        available=person.availability_at is not None,
        active=person.active,
        minor=person.is_minor(today),
    )


def _held(row: PersonQualification, today: date, language: str) -> HeldQualification:
    return HeldQualification(
        id=row.qualification_id,
        name=_name(row.qualification, language),
        granted_on=row.granted_on,
        valid_until=row.valid_until,
        expired=row.valid_until is not None and row.valid_until < today,
    )


def _name(qualification: Qualification, language: str) -> str:
    return qualification.name_en if language == "en" else qualification.name_vi


def _teams(session: Session, person: Person) -> list[tuple[int, str, bool]]:
    members = select(Team.id, Team.name, TeamMember.leads).join(TeamMember).where(TeamMember.person_id == person.id)
    return [(key, name, leads) for key, name, leads in session.execute(members.order_by(Team.name_sort))]
