"""A team's door: the poster that coordinators print, and the page behind its code where members find themselves."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.config import Settings
from roster.errors import LinkExpired
from roster.extensions import db
from roster.queries import doors as queries
from roster.services import doors, teams
from roster.web import forms, links, sessions, throttles
from roster.web.clock import utc_now
from roster.web.errors import status_of, words_of
from roster.web.qr_codes import qr_code
from roster.web.sessions import current_account, passwords, public

bp = Blueprint("doors", __name__)


@bp.get("/teams/<int:team_id>/poster")
def poster(team_id: int) -> ResponseReturnValue:
    team = teams.planned(db.session, team_id, by=current_account())
    door = doors.of_team(db.session, team_id, now=utc_now())
    settings: Settings = current_app.extensions["settings"]
    address = settings.base_url + url_for(".show", door_token=door.token) if door else ""
    return render_template(
        "doors/poster.html",
        team=team,
        door=door,
        address=address,
        qr_code=qr_code(address, error="q") if door else "",
        members=queries.members(db.session, team),
    )


@bp.post("/teams/<int:team_id>/poster")
def open_door(team_id: int) -> ResponseReturnValue:
    doors.open_door(db.session, team_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".poster", team_id=team_id), code=303)


@bp.post("/teams/<int:team_id>/poster/close")
def close_door(team_id: int) -> ResponseReturnValue:
    doors.close_door(db.session, team_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The door is closed. The printed poster opens nothing any more."), "success")
    return redirect(url_for(".poster", team_id=team_id), code=303)


@bp.get("/join/<door_token>")
@public
def show(door_token: str) -> ResponseReturnValue:
    return _page(door_token, forms.Form())


@bp.post("/join/<door_token>")
@throttles.entering
@public
def enter(door_token: str) -> ResponseReturnValue:
    typed = request.form
    entered = forms.submitted(
        lambda: doors.enter(
            db.session,
            door_token,
            phone=typed.get("phone", ""),
            name=typed.get("name", ""),
            password=typed.get("password", ""),
            repeated=typed.get("repeated", ""),
            passwords=passwords(),
            now=utc_now(),
        )
    )
    if entered.result is None:
        return _page(door_token, entered.form), 422
    sessions.keep_looks(entered.result)
    db.session.commit()
    sessions.sign_in(entered.result)
    flash(_("Welcome! Your password is set and you are signed in."), "welcome")
    return redirect(url_for("home.show"), code=303)


@bp.errorhandler(LinkExpired)
def closed(refusal: LinkExpired) -> ResponseReturnValue:
    db.session.rollback()
    return links.closed_page(words_of(refusal)), status_of(refusal)


def _page(token: str, form: forms.Form) -> str:
    door = doors.opened(db.session, token, now=utc_now())
    return render_template(
        "doors/show.html", team_name=door.team.name, unit_name=door.team.unit.name, token=token, form=form
    )
