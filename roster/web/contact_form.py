"""The form in which somebody says how they want to be told, drawn alike for who is signed in and who came by a link."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from roster.config import DEFAULT_LANGUAGE, LANGUAGES, Settings
from roster.models import Account, Channel, ContactChoice, Person
from roster.services.contacts import ChoiceTyped
from roster.web import forms

CHANNELS: Mapping[Channel, Any] = {
    Channel.EMAIL: _l("E-mail"),
    Channel.TELEGRAM: _l("Telegram"),
    Channel.ZALO: _l("Zalo"),
    Channel.WEBHOOK: _l("Message to my phone number"),
    Channel.PUSH: _l("Notice on a device"),
}
REMINDERS = ((24, _l("A day before")), (2, _l("Two hours before")))


def form(choice: ContactChoice, account: Account | None) -> forms.Form:
    return forms.Form(
        {
            "channels": choice.channels,
            "telegram": choice.telegram,
            "zalo": choice.zalo,
            "quiet_from": clock_of(choice.quiet_from),
            "quiet_until": clock_of(choice.quiet_until),
            "remind_hours": [str(hours) for hours in choice.remind_hours],
            "language": account.language if account else DEFAULT_LANGUAGE,
        }
    )


def offered(person: Person | None, account: Account | None) -> dict[str, Any]:
    """What a page of this form needs besides: only channels that lead somewhere are offered."""
    available = channels_available()
    email = (person.email if person else "") or (account.login if account and "@" in account.login else "")
    return {
        "channels": [(channel.value, CHANNELS[channel]) for channel in Channel if channel in available],
        "email": email,
        "phone": (person.phone if person else "") or "",
        "offers": {channel.value for channel in available},
        "reminders": REMINDERS,
        "tongues": list(LANGUAGES.items()) if account else [],
        "reminded": person is not None,
    }


def channels_available() -> frozenset[Channel]:
    settings: Settings = current_app.extensions["settings"]
    configured = {
        Channel.EMAIL: settings.mail_url,
        Channel.TELEGRAM: settings.telegram_token,
        Channel.ZALO: settings.zalo_token,
        Channel.WEBHOOK: settings.message_webhook,
    }
    return frozenset(channel for channel, setting in configured.items() if setting)


def typed(form: MultiDict[str, str]) -> ChoiceTyped:
    return ChoiceTyped(
        offered=channels_available(),
        channels=form.getlist("channels"),
        telegram=form.get("telegram", ""),
        zalo=form.get("zalo", ""),
        quiet_from=form.get("quiet_from", ""),
        quiet_until=form.get("quiet_until", ""),
        remind_hours=form.getlist("remind_hours"),
        language=form.get("language", ""),
    )


def clock_of(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
