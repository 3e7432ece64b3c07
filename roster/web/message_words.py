"""What each kind of message is about, in a word or two, for lists; and what whoever sends should know at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster.models import MessageKind, Unit
from roster.services import contacts, outbox
from roster.web.clock import utc_now

KINDS: Mapping[MessageKind, Any] = {
    MessageKind.PUBLISHED: _l("Published shifts"),
    MessageKind.TURN_ADDED: _l("A new shift"),
    MessageKind.TURN_CANCELLED: _l("A shift less"),
    MessageKind.SHIFT_CANCELLED: _l("A cancelled shift"),
    MessageKind.SHIFT_MOVED: _l("A moved shift"),
    MessageKind.REMINDER: _l("Reminder"),
    MessageKind.CONFIRM_ASKED: _l("Are you coming?"),
    MessageKind.UNCONFIRMED: _l("Not confirmed in time"),
    MessageKind.SWAP_ASKED: _l("Swap asked for"),
    MessageKind.SWAP_ANSWERED: _l("Swap answered"),
    MessageKind.COVER_ASKED: _l("Stand-in asked for"),
    MessageKind.COVER_TAKEN: _l("Stand-in found"),
    MessageKind.COVER_DECLINED: _l("No stand-in found"),
    MessageKind.COVER_THANKS: _l("Thanks to who was asked"),
    MessageKind.PROMOTED: _l("Place from the waiting list"),
    MessageKind.PROMOTION_LAPSED: _l("Place kept no more"),
    MessageKind.CLAIM_ASKED: _l("Place asked for"),
    MessageKind.CLAIM_ANSWERED: _l("Answer about a place"),
    MessageKind.WITHDRAWN: _l("Somebody cannot come"),
    MessageKind.FORGOTTEN: _l("Somebody was erased"),
    MessageKind.WITHDRAWAL_ASKED: _l("Somebody asks to be let off"),
    MessageKind.WITHDRAWAL_ANSWERED: _l("Answer about being let off"),
    MessageKind.AVAILABILITY_ASKED: _l("When can you come?"),
    MessageKind.AVAILABILITY_REMINDER: _l("When can you come? (reminder)"),
    MessageKind.HOLIDAY: _l("A new holiday"),
    MessageKind.CONSENT_ASKED: _l("Consent asked for"),
    MessageKind.INVITED: _l("Invitation"),
    MessageKind.LOGIN_CHANGED: _l("Another login"),
}


def waits_for_morning(unit: Unit) -> str:
    """When letters leave that are asked for now, if not at once; for who never chose other hours."""
    return _morning(unit, utc_now())


def leave_gathered(unit: Unit) -> str:
    """When letters leave whose messages wait for others to the same reader first."""
    minutes = outbox.GATHERING // timedelta(minutes=1)
    soon = ngettext("The letters leave in one minute.", "The letters leave in %(num)s minutes.", minutes)
    return _morning(unit, utc_now() + outbox.GATHERING) or soon


def _morning(unit: Unit, leaving: datetime) -> str:
    until = contacts.quiet_until(leaving, unit.zone)
    if until is None:
        return ""
    return _("Nobody is disturbed at night: the letters leave at %(clock)s.", clock=f"{until:%H:%M}")
