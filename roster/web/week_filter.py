"""The filter of a week's page, as it stands in the address: what is shared with a link is what its reader sees."""

from typing import Any

from flask import request

from roster.extensions import db
from roster.models import Roster
from roster.queries import week_filter
from roster.queries.rosters import Filter
from roster.web.ids import row_id
from roster.web.sessions import current_account

LONGEST_NAME = 100
NAMES = ("within", "site_id", "team_id", "person_id", "name", "short")


def filter_asked() -> Filter:
    """What of the week the address asks for."""
    return Filter(
        unit_id=request.args.get("within", type=row_id),
        site_id=request.args.get("site_id", type=row_id),
        team_id=request.args.get("team_id", type=row_id),
        person_id=request.args.get("person_id", type=row_id),
        name=request.args.get("name", "").strip()[:LONGEST_NAME],
        only_short="short" in request.args,
        page=request.args.get("page", 1, type=int),
    )


def kept_filter() -> dict[str, Any]:
    """The same for links to other pages of the same view."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def is_narrowed() -> bool:
    """Whether anything of the week is left out."""
    return bool(kept_filter())


def drawn(roster: Roster) -> dict[str, Any]:
    """The filter as the week's form shows it."""
    asked = filter_asked()
    return {
        "unit_id": asked.unit_id,
        "site_id": asked.site_id,
        "team_id": asked.team_id,
        "person_id": asked.person_id,
        "name": asked.name,
        "person": week_filter.person_named(db.session, roster, asked.person_id) if asked.person_id else "",
        "only_short": asked.only_short,
        "choices": week_filter.choices_for(db.session, roster, current_account()),
    }
