"""The time that a request hands to the services, which never look at a clock themselves."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

from roster.config import Settings


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_today() -> date:
    """The installation's date, where no unit is at hand whose own it could be (`Unit.day_of`)."""
    settings: Settings = current_app.extensions["settings"]
    return utc_now().astimezone(ZoneInfo(settings.timezone)).date()
