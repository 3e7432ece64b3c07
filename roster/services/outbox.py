"""The outbox: asking for somebody to be told, in the transaction of what they are told of.

Nothing is sent here. The worker gathers what is due into letters and hands them over (`services/letters.py`); if the
caller's transaction fails, nobody hears of what did not happen.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from roster.models import Account, Delivery, DeliveryState, Letter, Message, MessageKind, Role, RoleKind, Unit

GATHERING = timedelta(minutes=2)
"""How long a message waits for others to the same reader, so that several changes become one letter."""
LOGIN_KEPT = timedelta(days=30)
"""How long a former login is kept to which the notice of the new one could not be sent."""
AT_ONCE = frozenset(
    {
        MessageKind.REMINDER,
        MessageKind.CONFIRM_ASKED,
        MessageKind.COVER_ASKED,
        MessageKind.COVER_TAKEN,
        MessageKind.COVER_DECLINED,
        MessageKind.COVER_THANKS,
    }
    | {MessageKind.PROMOTED, MessageKind.SWAP_ASKED, MessageKind.AVAILABILITY_ASKED, MessageKind.AVAILABILITY_REMINDER}
    | {MessageKind.CONSENT_ASKED, MessageKind.LOGIN_CHANGED}
)
"""What somebody waits for an answer to, or what cannot be undone by a second change."""


def tell(
    session: Session,
    person_id: int,
    kind: MessageKind,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    once: str | None = None,
) -> None:
    """Have a person told; `facts` are what `MessageKind` says beside the kind.

    `once`: a key under which this is told a single time, however often it is asked for.
    """
    tell_all(session, {person_id: facts}, kind, now=now, once={} if once is None else {person_id: once})


def tell_at(
    session: Session, address: str, person_id: int, kind: MessageKind, facts: Mapping[str, Any], *, now: datetime
) -> None:
    """Have something that is about a person told at an address that is not theirs (`Message.sent_to`)."""
    _insert(
        session, [{"person_id": person_id, "account_id": None, "sent_to": address, "facts": dict(facts)}], kind, now
    )


def forget_address(session: Session, person_id: int, kind: MessageKind) -> None:
    """Keep no address any more at which something about the person was told; what still waits is not sent."""
    elsewhere = and_(Message.sent_to.is_not(None), Message.person_id == person_id, Message.kind == kind)
    _forget(session, Letter.id.in_(select(Message.letter_id).where(elsewhere)), elsewhere)


def forget_old_logins(session: Session, now: datetime) -> None:
    """Keep no former login longer than it takes to tell of the new one there, and a month at most."""
    elsewhere = (Letter.sent_to != "", Message.kind == MessageKind.LOGIN_CHANGED)
    arrived = Letter.deliveries.any(Delivery.state == DeliveryState.SENT)
    told = select(Letter.id).join(Letter.messages).where(*elsewhere)
    over = session.scalars(told.where(arrived | (Letter.created_at <= now - LOGIN_KEPT))).all()
    if over:
        _forget(session, Letter.id.in_(over), Message.letter_id.in_(over))


def _forget(session: Session, letters: ColumnElement[bool], messages: ColumnElement[bool]) -> None:
    for table, which in ((Letter, letters), (Message, messages)):
        emptied = update(table).where(table.sent_to.is_not(None), which).values(sent_to="")
        session.execute(emptied, execution_options={"synchronize_session": False})


def tell_all(
    session: Session,
    facts: Mapping[int, Mapping[str, Any]],
    kind: MessageKind,
    *,
    now: datetime,
    once: Mapping[int, str] | None = None,
) -> None:
    """As `tell`, for many people with one statement: `facts` and `once` by person id."""
    keys = once or {}
    _insert(
        session,
        [
            {"person_id": person_id, "account_id": None, "facts": dict(each), "once": keys.get(person_id)}
            for person_id, each in facts.items()
        ],
        kind,
        now,
    )


def tell_coordinators(
    session: Session,
    unit: Unit,
    kind: MessageKind,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    once: str | None = None,
) -> None:
    """Have those told who coordinate the unit: of its nearest unit upwards that has a coordinator."""
    rows = []
    for number, account in enumerate(coordinators_of(session, unit)):
        reader = {"person_id": account.person_id, "account_id": None if account.person_id else account.id}
        key = f"{once}:{account.id}" if once and number else once  # the first has the key itself, to be found by it
        rows.append(reader | {"facts": dict(facts), "once": key})
    _insert(session, rows, kind, now)


def coordinators_of(session: Session, unit: Unit) -> list[Account]:
    """The coordinators of the nearest unit upwards that has any; administrators where nobody coordinates."""
    for kind in (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR):
        for unit_id in reversed(unit.line):
            holders = select(Account).join(Account.roles).where(Role.kind == kind, Role.unit_id == unit_id)
            found = session.scalars(holders.where(Account.active).order_by(Account.id).distinct()).all()
            if found:
                return list(found)
    return []


def _insert(session: Session, rows: Iterable[dict[str, Any]], kind: MessageKind, now: datetime) -> None:
    due_at = now if kind in AT_ONCE else now + GATHERING
    values = [
        {"once": None, "sent_to": None} | row | {"kind": kind, "created_at": now, "due_at": due_at} for row in rows
    ]
    keyed = [row for row in values if row["once"]]
    plain = [row for row in values if not row["once"]]
    if plain:
        session.execute(insert(Message), plain)
    if keyed:
        session.flush()
        build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(build(Message).on_conflict_do_nothing(index_elements=[Message.once]), keyed)
