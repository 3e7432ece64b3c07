"""What the pages about the organisation itself share: the tabs between them, for those who may open each."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _

from roster import access
from roster.web.sessions import current_account

PLANNERS = (
    (_("Units"), "units.index", "network"),
    (_("Programmes"), "programmes.index", "flag"),
    (_("Qualifications"), "qualifications.index", "award"),
    (_("Roles"), "roles.index", "key-round"),
    (_("Holidays"), "holidays.index", "calendar-x"),
)
ADMINISTRATORS = ((_("Audit trail"), "audit.index", "history"),)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    href: str
    icon: str
    active: bool


def init_app(app: Flask) -> None:
    app.add_template_global(organisation_tabs)


def organisation_tabs() -> list[Tab]:
    entries: tuple[tuple[Any, str, str], ...] = PLANNERS
    if access.administers_somewhere(current_account()):
        entries += ADMINISTRATORS
    here = request.blueprint or ""
    return [
        Tab(str(label), url_for(endpoint), icon, active=endpoint.startswith(f"{here}."))
        for label, endpoint, icon in entries
    ]
