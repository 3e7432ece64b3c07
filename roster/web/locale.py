"""The reader's language and local time.

An account's choice wins, then what this browser chose before signing in, then what a link in a message knows of its
reader, then Vietnamese. The browser's own
preference is not asked: phones sold with an English menu are common among people who read Vietnamese. Feeds
never come here; each calendar address carries its language.
"""

from flask import current_app, g, session

from roster.config import DEFAULT_LANGUAGE, LANGUAGES, Settings
from roster.web import sessions

# English as dates are written in Vietnam, day first and by 24 hours: 11/12 would be read as the 11th of December.
LOCALES = {"vi": "vi", "en": "en_GB"}
THEMES = ("auto", "light", "dark")


def current_language() -> str:
    """ "vi" or "en"."""
    return _preference("language", tuple(LANGUAGES), DEFAULT_LANGUAGE)


def current_locale() -> str:
    """What Babel writes dates and numbers by."""
    return LOCALES[current_language()]


def current_theme() -> str:
    """ "auto" (as the device), "light" or "dark"."""
    return _preference("theme", THEMES, THEMES[0])


def current_timezone() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.timezone


def _preference(name: str, known: tuple[str, ...], default: str) -> str:
    account = sessions.account_or_none()
    chosen = getattr(account, name) if account else session.get(name) or g.get(name)
    return chosen if chosen in known else default
