"""Qualifications: the list of the installation, and the form of one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Qualification
from roster.queries import qualifications as queries
from roster.services import qualifications
from roster.services.qualifications import QualificationDetails
from roster.web import clock, forms, meanwhile, sessions
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("qualifications", __name__, url_prefix="/qualifications")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    account = current_account()
    return render_template(
        "qualifications/index.html",
        rows=queries.qualification_list(db.session, account, today=clock.local_today()),
        may_change=access.may_edit_installation(account),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    access.require_installation_editor(current_account())
    return render_template("qualifications/edit.html", qualification=None, form=forms.Form())


@bp.post("/")
def create() -> ResponseReturnValue:
    added = forms.submitted(lambda: qualifications.create(db.session, _details(), by=current_account(), now=utc_now()))
    if added.result is None:
        return render_template("qualifications/edit.html", qualification=None, form=added.form), 422
    db.session.commit()
    flash(_("%(name)s has been added.", name=added.result.code), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/<int:qualification_id>/edit")
def edit(qualification_id: int) -> ResponseReturnValue:
    access.require_installation_editor(current_account())
    kept = qualifications.get(db.session, qualification_id)
    return _form_page(kept, meanwhile.form_of(_values(kept)))


@bp.post("/<int:qualification_id>")
def change(qualification_id: int) -> ResponseReturnValue:
    access.require_installation_editor(current_account())
    changed = meanwhile.changed(
        qualifications.get(db.session, qualification_id),
        _values,
        lambda: qualifications.change(db.session, qualification_id, _details(), by=current_account(), now=utc_now()),
        subject=f"qualification:{qualification_id}",
    )
    if changed.result is None:
        return _form_page(qualifications.get(db.session, qualification_id), changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index"), code=303)


def _form_page(qualification: Qualification, form: forms.Form) -> str:
    return render_template("qualifications/edit.html", qualification=qualification, form=form)


def _values(qualification: Qualification) -> dict[str, object]:
    return {"name_vi": qualification.name_vi, "name_en": qualification.name_en}


def _details() -> QualificationDetails:
    typed = request.form
    return QualificationDetails(
        name_vi=typed.get("name_vi", ""), name_en=typed.get("name_en", ""), code=typed.get("code", "")
    )
