"""Invitations for many: sent by e-mail, and for everybody else a file of one-use links to hand out one by one."""

from base64 import b64encode

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster.config import Settings
from roster.extensions import db
from roster.imports import workbook
from roster.models import Channel
from roster.queries import units as unit_queries
from roster.services import invitations, units
from roster.vietnam import phones
from roster.web import contact_form, forms, sessions
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.message_words import leave_gathered
from roster.web.sessions import current_account

REASONS = {
    "no_way": _l("Neither phone number nor e-mail address"),
    "taken": _l("Somebody else signs in with what is on file"),
    "above": _l("Has a role in a unit above: whoever gives it invites them"),
}

bp = Blueprint("invitations", __name__, url_prefix="/people/invitations")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    choices = unit_queries.choices(db.session, current_account())
    chosen = request.args.get("unit_id", choices[0][0] if choices else 0, type=row_id)
    unit = units.get(db.session, chosen)
    account, now, mails = current_account(), utc_now(), _mails()
    left_out, left_out_in_all = invitations.left_out(db.session, unit, by=account)
    return render_template(
        "invitations/index.html",
        form=forms.Form({"unit_id": unit.id}),
        units=choices,
        unit=unit,
        never=invitations.waiting(db.session, unit, by=account),
        mailable=invitations.mailable(db.session, unit, by=account, now=now) if mails else 0,
        mailable_again=invitations.mailable(db.session, unit, by=account, now=now, again=True) if mails else 0,
        fileable=invitations.waiting(db.session, unit, by=account, by_mail=False if mails else None),
        outside=invitations.waiting(db.session, unit, by=account, again=True),
        mails=mails,
        most=invitations.MOST,
        left_out=left_out,
        left_out_in_all=left_out_in_all,
        reasons=REASONS,
    )


@bp.post("/mail")
def mail() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    again, account = "again" in request.form, current_account()
    sent = invitations.mail_all(
        db.session, unit, ways=contact_form.channels_available(), by=account, now=utc_now(), again=again
    )
    db.session.commit()
    if sent:
        words = ngettext("One invitation is on its way.", "%(num)s invitations are on their way.", sent)
        flash(f"{words} {leave_gathered(unit)}", "success")
    else:
        flash(_("There is nobody left to invite."), "info")
    return redirect(url_for(".index", unit_id=unit.id), code=303)


@bp.post("/")
def make() -> ResponseReturnValue:
    """The links are in this answer and never again: only their hashes are kept.

    The file is within a page, which can say what to do with it; a download leaves the page before it as it was.
    """
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    again = "again" in request.form
    by_mail = False if _mails() and not again else None
    made = invitations.invite_all(db.session, unit, by=current_account(), now=utc_now(), again=again, by_mail=by_mail)
    if not made:
        left = invitations.waiting(db.session, unit, by=current_account(), again=again, by_mail=by_mail)
        db.session.rollback()
        flash(_("Their letters are just about to leave.") if left else _("There is nobody left to invite."), "info")
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
    data = b64encode(workbook.write(name, header, rows)).decode()
    page = render_template(
        "invitations/made.html",
        unit=unit,
        links=len(rows),
        file={"name": f"{name}.xlsx", "address": f"data:{workbook.MIME};base64,{data}"},
    )
    return page, 200, {"Cache-Control": "no-store"}


def _mails() -> bool:
    return Channel.EMAIL in contact_form.channels_available()
