"""Contacts: who reads a letter, in which language, by which channels, and when they want to be left alone.

A reader is a person, or an account that belongs to nobody in particular (a coordinator's desk). Who never chose
anything gets e-mail, quiet nights and a reminder a day before.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster.config import DEFAULT_LANGUAGE, LANGUAGES
from roster.errors import FieldError
from roster.models import Account, Channel, ContactChoice, Letter, Message, Person, PushDevice, Shift
from roster.services import audit, fields

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
ADDRESS = re.compile(r"@?[A-Za-z0-9._-]+")
NIGHT = (22 * 60, 6 * 60)
"""The quiet hours of who chose none, in minutes since local midnight."""
REMIND_HOURS = (24, 2)
"""How long before a shift somebody may ask to be reminded."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader as letters need them. `addresses`: where each of their channels leads; `channels`: in their order;
    `devices`: ids of those they turned on, beside any channel."""

    person: Person | None
    account: Account | None
    language: str
    zone: ZoneInfo
    name: str
    channels: Sequence[Channel]
    addresses: dict[Channel, str]
    quiet: tuple[int, int]
    devices: Sequence[int] = ()

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that hold now; None outside of them."""
        return quiet_until(now, self.zone, self.quiet)


def quiet_until(now: datetime, zone: ZoneInfo, quiet: tuple[int, int] = NIGHT) -> datetime | None:
    """When quiet hours end that hold now, those of who chose none unless others are given; None outside of them."""
    begins, ends = quiet
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    inside = begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
    if begins == ends or not inside:
        return None
    day = local.date() + timedelta(days=minute >= ends)
    return datetime.combine(day, time(ends // 60, ends % 60), zone)


def heard_at(session: Session, person: Person, now: datetime) -> datetime:
    """When the person hears what they are told now: in the morning, if it is told in their quiet hours."""
    choice = choice_of(session, person, None)
    return quiet_until(now, person.unit.zone, (choice.quiet_from, choice.quiet_until)) or now


def reader_of(session: Session, letter: Letter) -> Reader:
    """Whoever the letter is for, as they are now."""
    person = session.get(Person, letter.person_id) if letter.person_id else None
    account = session.get(Account, letter.account_id) if letter.account_id else None
    if person is not None:
        account = session.scalar(select(Account).where(Account.person_id == person.id, Account.active))
    own = reader(session, person, account)
    return own if letter.sent_to is None else _elsewhere(own, letter.sent_to)


def way_to(address: str) -> Channel:
    """The channel that leads to somebody of whom nothing is known but this address or phone number."""
    return Channel.EMAIL if "@" in address else Channel.WEBHOOK


def _elsewhere(own: Reader, address: str) -> Reader:
    """Whoever reads at an address that is not the reader's own: nobody we know, and left alone at night."""
    addresses = {way_to(address): address} if address else {}
    return replace(
        own, person=None, account=None, name="", channels=list(addresses), addresses=addresses, quiet=NIGHT, devices=()
    )


def reader(session: Session, person: Person | None, account: Account | None) -> Reader:
    choice = choice_of(session, person, account)
    addresses = _addresses(person, account, choice)
    return Reader(
        person=person,
        account=account,
        language=account.language if account else DEFAULT_LANGUAGE,
        zone=person.unit.zone if person else ZoneInfo(DEFAULT_ZONE),
        name=person.full_name if person else account.display_name if account else "",
        channels=[channel for channel in Channel if channel.value in choice.channels and channel in addresses],
        addresses=addresses,
        quiet=(choice.quiet_from, choice.quiet_until),
        devices=_devices(session, account),
    )


def choice_of(session: Session, person: Person | None, account: Account | None) -> ContactChoice:
    """What the reader chose, or what holds for who never did (a row that is not in the session)."""
    chosen = select(ContactChoice)
    if person is not None:
        chosen = chosen.where(ContactChoice.person_id == person.id)
    else:
        chosen = chosen.where(ContactChoice.account_id == (account.id if account else None))
    return session.scalar(chosen) or ContactChoice(
        channels=[Channel.EMAIL.value],
        telegram="",
        zalo="",
        quiet_from=NIGHT[0],
        quiet_until=NIGHT[1],
        remind_hours=[24],
    )


@dataclass(frozen=True, slots=True)
class ChoiceTyped:
    """The form of somebody's choices, as typed. `offered`: the channels it asked about."""

    offered: Collection[Channel]
    channels: Sequence[str]
    telegram: str
    zalo: str
    quiet_from: str
    quiet_until: str
    remind_hours: Sequence[str]
    language: str


def choose(
    session: Session,
    person: Person | None,
    account: Account | None,
    typed: ChoiceTyped,
    *,
    by: Account | None,
    now: datetime,
) -> ContactChoice:
    """Say by which channels, in which language and when somebody wants to be told.

    What their form did not ask about stays: no answer to it is no "no". The caller has made sure that they speak for
    themselves. Raises FieldError.
    """
    choice = choice_of(session, person, account)
    choice.person_id = person.id if person else None
    choice.account_id = account.id if account and not person else None
    wanted = {channel: typed.channels if channel in typed.offered else choice.channels for channel in Channel}
    choice.channels = [channel.value for channel in Channel if channel.value in wanted[channel]]
    choice.telegram, choice.zalo, choice.quiet_from, choice.quiet_until = fields.together(
        lambda: _address(choice, typed, Channel.TELEGRAM),
        lambda: _address(choice, typed, Channel.ZALO),
        lambda: _minutes(typed.quiet_from, "quiet_from"),
        lambda: _minutes(typed.quiet_until, "quiet_until"),
    )
    choice.remind_hours = [hours for hours in REMIND_HOURS if str(hours) in typed.remind_hours]
    choice.changed_at = now
    if account is not None and typed.language in LANGUAGES:
        account.language = typed.language
    session.add(choice)
    session.flush()
    unit = person.unit if person else None
    audit.record(session, "contact.choose", f"contact:{choice.id}", by=by, now=now, unit=unit)
    return choice


def _address(choice: ContactChoice, typed: ChoiceTyped, channel: Channel) -> str:
    """The number or name a bot knows somebody by there."""
    field = channel.value
    if channel not in typed.offered:
        kept: str = getattr(choice, field)
        return kept
    text = fields.one_line(getattr(typed, field), field, longest=100, required=field in choice.channels)
    if text and not ADDRESS.fullmatch(text):
        raise FieldError(field=field, reason="not_a_chat_id", value=text)
    return text


def _minutes(typed: str, field: str) -> int:
    found = fields.clock(typed, field)
    return found.hour * 60 + found.minute


def soonest_start(session: Session, messages: Iterable[Message], *, now: datetime) -> datetime | None:
    """When the first shift to come begins of those the messages name, or would have begun before it was moved."""
    told = list(messages)
    ids = {shift_id for message in told for shift_id in message.shift_ids}
    starts = list(session.scalars(select(Shift.starts_at).where(Shift.id.in_(ids))))
    starts += [datetime.fromisoformat(message.facts["starts_at"]) for message in told if "starts_at" in message.facts]
    return min((moment for moment in starts if moment > now), default=None)


def _devices(session: Session, account: Account | None) -> Sequence[int]:
    if account is None:
        return ()
    working = select(PushDevice.id).where(PushDevice.account_id == account.id, PushDevice.gone_at.is_(None))
    return session.scalars(working.order_by(PushDevice.id)).all()


def _addresses(person: Person | None, account: Account | None, choice: ContactChoice) -> dict[Channel, str]:
    email = (person.email if person else None) or (account.login if account and "@" in account.login else "")
    found = {
        Channel.EMAIL: email,
        Channel.TELEGRAM: choice.telegram,
        Channel.ZALO: choice.zalo,
        Channel.WEBHOOK: (person.phone if person else None) or "",
    }
    return {channel: address for channel, address in found.items() if address}
