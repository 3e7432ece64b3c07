"""The time that a request hands to the services, which never look at a clock themselves."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app

from roster.clock import utc_now
from roster.config import Settings

__all__ = ["local_today", "utc_now"]


def local_today() -> date:
    """The installation's date, where no unit is at hand whose own it could be (`Unit.day_of`)."""
    settings: Settings = current_app.extensions["settings"]
    return utc_now().astimezone(ZoneInfo(settings.timezone)).date()
