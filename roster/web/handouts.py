"""A week for the chat group: a text to paste and a picture to send, of a team or of a whole unit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster import access
from roster.config import Settings
from roster.errors import NotFound
from roster.extensions import db
from roster.models import Team
from roster.queries import handouts as queries
from roster.queries.handouts import HandoutDay, HandoutShift
from roster.services import fields, rosters, rounds
from roster.vietnam.office_hours import monday_of
from roster.wanted import in_words
from roster.web import drawing, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("handouts", __name__, url_prefix="/handouts")


@bp.get("/team/<int:team_id>")
def team_now(team_id: int) -> ResponseReturnValue:
    """The team's present week, or the next in which it serves: it is handed out before it begins."""
    team = _team(team_id)
    monday = queries.week_of_team(db.session, team, team.unit.day_of(utc_now()))
    return redirect(url_for(".of_team", team_id=team.id, first_day=monday))


@bp.get("/team/<int:team_id>/<first_day>")
def of_team(team_id: int, first_day: str) -> ResponseReturnValue:
    """A team's week, for its members and whoever plans it."""
    team = _team(team_id)
    monday = monday_of(fields.day(first_day, "first_day"))
    days = queries.of_team(db.session, team, monday)
    near = {
        name: url_for(".of_team", team_id=team.id, first_day=(monday + timedelta(days=step)).isoformat())
        for name, step in (("previous", -7), ("next", 7))
    }
    return _page(team.name, drawing.week_title(monday, monday + timedelta(days=6)), days, near, call="")


@bp.get("/roster/<int:roster_id>")
def of_roster(roster_id: int) -> ResponseReturnValue:
    """A unit's week as published, and the words that ask everybody for their time."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    first_day = roster.period.first_day
    title = drawing.week_title(first_day, first_day + timedelta(days=roster.period.days - 1))
    days = queries.of_roster(db.session, roster)
    return _page(roster.period.unit.name, title, days, None, call=_call(roster_id, title))


def _team(team_id: int) -> Team:
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound(what="team", id=team_id)
    access.require_team_viewer(current_account(), team)
    return team


def _page(name: str, title: str, days: Sequence[HandoutDay], near: dict[str, str] | None, *, call: str) -> str:
    drawn = [{"title": wording.day_in_words(one.day), "lines": [_line(shift) for shift in one.shifts]} for one in days]
    return render_template(
        "handouts/show.html", name=name, title=title, days=drawn, near=near, text=_text(name, title, drawn), call=call
    )


def _line(shift: HandoutShift) -> dict[str, str]:
    return {
        "hours": wording.hours(shift.starts.time(), shift.ends.time()),
        "site": shift.site,
        "people": _people(shift),
    }


def _people(shift: HandoutShift) -> str:
    """ "Lan, Đức and 2 more · one more needed"."""
    named = ", ".join(shift.names)
    if named and shift.others:
        who = ngettext("%(names)s and one more", "%(names)s and %(num)s more", shift.others, names=named)
    elif named:
        who = named
    else:
        who = ngettext("one person", "%(num)s people", shift.others) if shift.others else ""
    return " · ".join(part for part in (who, in_words(shift.wanted, ngettext)) if part)


def _text(name: str, title: str, days: Sequence[dict[str, Any]]) -> str:
    """What is pasted into the chat: plain lines, because chats know no tables."""
    lines = [_("Roster of %(name)s", name=name), title]
    for day in days:
        lines += ["", f"▪ {day['title']}"]
        lines += [f"{line['hours']} · {line['site']}: {line['people']}".rstrip(": ") for line in day["lines"]]
    return "\n".join(lines)


def _call(roster_id: int, title: str) -> str:
    """Words for the group that ask everybody to say when they can come, once the coordinator has asked."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    found = rounds.of_roster(db.session, roster)
    if found is None or found.deadline <= utc_now():
        return ""
    settings: Settings = current_app.extensions["settings"]
    address = settings.base_url + url_for("rounds.mine", round_id=found.id)
    deadline = found.deadline.astimezone(roster.period.unit.zone)
    until = wording.moment_in_words(deadline)
    return _(
        "%(week)s: please say when you can come, by %(deadline)s. Three taps: %(address)s",
        week=title,
        deadline=until,
        address=address,
    )
