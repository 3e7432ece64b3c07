"""What every template may use: the way through the service for this account, its language, its looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _

from roster import access
from roster.config import LANGUAGES
from roster.extensions import db
from roster.models import Account
from roster.queries import inbox
from roster.services.accounts import written_login
from roster.web import locale, returning, sessions, wording
from roster.web.clock import utc_now


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation. `icon`: a name in the icon sprite; `active`: the reader is there; `count`: what
    waits for them there, 0 for nothing."""

    label: str
    href: str
    icon: str
    active: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a navigation entry leads, and whose it is; `beneath`: further blueprints one reaches from there;
    `count`: what waits there."""

    label: Any
    endpoint: str
    icon: str
    shown_to: Callable[[Account], bool]
    beneath: tuple[str, ...] = ()
    count: Callable[[Account], int] = lambda _account: 0


def _plans(account: Account) -> bool:
    return bool(access.units_of(account))


def _hosts(account: Account) -> bool:
    return bool(access.sites_of(account))


def _serves(account: Account) -> bool:
    return account.person_id is not None


def _unread(account: Account) -> int:
    return inbox.unread(db.session, account, now=utc_now())


ENTRIES = (
    Entry(_("Planning"), "rosters.index", "calendar-check", _plans, beneath=("beneath",)),
    Entry(_("To do"), "places.attention", "list-checks", _plans),
    # On a phone the bar shows five entries at a time, and news must be among the first.
    Entry(_("Messages"), "inbox.index", "inbox", _plans, count=_unread),
    Entry(_("Sites"), "sites.index", "map-pin", _plans, ("demand", "shifts")),
    Entry(_("People"), "people.index", "users", _plans, ("imports", "guardians", "invitations")),
    Entry(_("Teams"), "teams.index", "heart", _plans, ("doors",)),
    Entry(
        _("Organisation"),
        "units.index",
        "network",
        _plans,
        ("programmes", "qualifications", "roles", "holidays", "audit"),
    ),
    Entry(_("Coverage"), "center.index", "landmark", _hosts, ("attendance",)),
    Entry(_("My shifts"), "me.index", "calendar-days", _serves, ("turns",)),
    Entry(_("Open shifts"), "turns.open_shifts", "hand-heart", _serves),
    Entry(_("My availability"), "me.availability_page", "sun-medium", _serves, ("timetables",)),
    Entry(_("Messages"), "inbox.index", "inbox", lambda account: not _plans(account), count=_unread),
)


def init_app(app: Flask) -> None:
    app.context_processor(_globals)
    app.add_template_filter(written_login, "login")
    app.add_template_filter(wording.somebody, "somebody")


def _globals() -> dict[str, Any]:
    account = sessions.account_or_none()
    return {
        "account": account,
        "nav": navigation_of(account) if account else (),
        "language": locale.current_language(),
        "languages": LANGUAGES,
        "theme": locale.current_theme(),
        "came_from": returning.came_from(),
    }


def navigation_of(account: Account) -> tuple[NavItem, ...]:
    return tuple(_item(entry, account) for entry in ENTRIES if entry.shown_to(account))


def _item(entry: Entry, account: Account) -> NavItem:
    return NavItem(
        str(entry.label), url_for(entry.endpoint), entry.icon, active=_is_here(entry), count=entry.count(account)
    )


def _is_here(entry: Entry) -> bool:
    """On the entry's own page, or on one of its blueprints that no entry leads to; of several, the nearest address."""
    if any(request.endpoint == other.endpoint for other in ENTRIES):
        return request.endpoint == entry.endpoint
    around = [other for other in ENTRIES if request.blueprint in (other.endpoint.partition(".")[0], *other.beneath)]
    return bool(around) and entry.endpoint == max(around, key=_nearness).endpoint


def _nearness(entry: Entry) -> int:
    address = url_for(entry.endpoint)
    return len(address) if request.path.startswith(address) else 0
