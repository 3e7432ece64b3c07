"""Senders: in whose name a letter goes out, and why its reader gets it.

A letter whose links answer for its reader has to say who asks, or it looks like fraud. It names the unit and who
coordinates there, and no phone number or address of theirs: what they sign in with is theirs, and nothing else is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from roster import access
from roster.letters.desk import Desk
from roster.models import Account, Letter, MessageKind, Unit
from roster.services import outbox

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Sender:
    """`unit`: as the mail is from; `signature`: lines beneath it; `reasons`: why the reader gets it."""

    unit: str = ""
    signature: Sequence[str] = ()
    reasons: Sequence[str] = ()


def sender_of(desk: Desk, letter: Letter) -> Sender:
    """Nobody is named in a letter to a former login, which anybody may read by now."""
    if letter.sent_to is not None:
        asked = all(message.kind is MessageKind.CONSENT_ASKED for message in letter.messages)
        return _signed(desk, letter.person.unit if letter.person and asked else None, ())
    coordinated = _coordinated(desk.reader.account)
    serves = desk.reader.person.unit if desk.reader.person else None
    return _signed(desk, serves or coordinated, _reasons(desk, serves, coordinated))


def _signed(desk: Desk, unit: Unit | None, reasons: Sequence[str]) -> Sender:
    if unit is None:
        return Sender(reasons=reasons)
    names = _coordinators(desk, unit)
    said = [desk.ngettext("Coordinator: %(names)s", "Coordinators: %(names)s", len(names), names=", ".join(names))]
    return Sender(unit.name, [unit.name, *(said if names else ())], reasons)


def _coordinators(desk: Desk, unit: Unit) -> list[str]:
    """Whom the reader turns to; nobody is told to turn to themselves."""
    accounts = outbox.coordinators_of(desk.session, unit)
    me = desk.reader.account
    return [account.display_name for account in accounts if me is None or account.id != me.id][:MOST_NAMED]


def _coordinated(account: Account | None) -> Unit | None:
    """The topmost unit the account plans."""
    units = access.units_of(account) if account else ()
    return min(units, key=lambda unit: (len(unit.line), unit.id), default=None)


def _reasons(desk: Desk, serves: Unit | None, coordinated: Unit | None) -> list[str]:
    if serves and coordinated:
        names = {"own": serves.name, "unit": coordinated.name}
        return [desk.gettext("You get this because you serve for %(own)s and coordinate %(unit)s.", **names)]
    if serves:
        return [desk.gettext("You get this because you serve for %(unit)s.", unit=serves.name)]
    if coordinated:
        return [desk.gettext("You get this because you coordinate %(unit)s.", unit=coordinated.name)]
    return []
