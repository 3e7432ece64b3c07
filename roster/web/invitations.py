"""Invitations for many: a file of one-use links, to be handed out one by one."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.config import Settings
from roster.extensions import db
from roster.imports import workbook
from roster.queries import units as unit_queries
from roster.services import invitations, units
from roster.vietnam import phones
from roster.web import forms, sessions
from roster.web.clock import utc_now
from roster.web.downloads import attachment
from roster.web.ids import row_id
from roster.web.sessions import current_account

bp = Blueprint("invitations", __name__, url_prefix="/people/invitations")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    choices = unit_queries.choices(db.session, current_account())
    chosen = request.args.get("unit_id", choices[0][0] if choices else 0, type=row_id)
    unit = units.get(db.session, chosen)
    account = current_account()
    lacking, lacking_in_all = invitations.out_of_reach(db.session, unit, by=account)
    return render_template(
        "invitations/index.html",
        form=forms.Form({"unit_id": unit.id}),
        units=choices,
        unit=unit,
        never=invitations.waiting(db.session, unit, by=account),
        outside=invitations.waiting(db.session, unit, by=account, again=True),
        most=invitations.MOST,
        lacking=lacking,
        lacking_in_all=lacking_in_all,
    )


@bp.post("/")
def make() -> ResponseReturnValue:
    """The links are in this answer and never again: only their hashes are kept."""
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    again = "again" in request.form
    made = invitations.invite_all(db.session, unit, by=current_account(), now=utc_now(), again=again)
    if not made:
        db.session.rollback()
        return redirect(url_for(".index", unit_id=unit.id), code=303)
    settings: Settings = current_app.extensions["settings"]
    rows = [
        [
            person.full_name,
            person.unit.name,
            phones.written(person.phone) if person.phone else person.email or "",
            settings.base_url + url_for("links.show", token=invitation.token),
        ]
        for person, invitation in made
    ]
    db.session.commit()
    header = [_("Name"), _("Unit"), _("Signs in with"), _("Link (works once, 14 days)")]
    name = _("invitations")
    return attachment(workbook.write(name, header, rows), workbook.MIME, f"{name}.xlsx")
