"""Which calendar program asked, by the name its users know. No more of its User-Agent is kept."""

import re
from functools import lru_cache

_NAMES = (
    ("Google-Calendar-Importer", "Google"),
    ("GoogleCalendar", "Google"),
    ("iOS/", "iPhone, iPad"),
    ("dataaccessd", "iPhone, iPad"),
    ("CalendarAgent", "Mac"),
    ("macOS/", "Mac"),
    ("Thunderbird", "Thunderbird"),
    ("Microsoft", "Outlook"),
    ("Outlook", "Outlook"),
    ("ICSx5", "ICSx⁵"),
    ("DAVx5", "DAVx⁵"),
    ("Evolution", "GNOME"),
    ("gnome-calendar", "GNOME"),
    ("vdirsyncer", "vdirsyncer"),
    ("Nextcloud", "Nextcloud"),
    ("Proton", "Proton"),
    ("Yahoo", "Yahoo"),
    ("Mozilla", "Web"),
)
_FIRST_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 _+-]{0,39}")


@lru_cache(maxsize=1_000)
def client_name(user_agent: str) -> str:
    """ "Thunderbird", "Google" …; the program's own first word if we don't know it; empty if it says nothing."""
    for mark, name in _NAMES:
        if mark.lower() in user_agent.lower():
            return name
    word = _FIRST_WORD.match(user_agent)
    return word[0] if word else ""
