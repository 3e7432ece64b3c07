"""Programmes: the list and the form of one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Programme
from roster.queries import programmes as queries
from roster.queries import units as unit_queries
from roster.services import programmes, units
from roster.services.programmes import ProgrammeDetails
from roster.web import forms, meanwhile, sessions, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.sessions import current_account

bp = Blueprint("programmes", __name__, url_prefix="/programmes")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    rows = queries.programme_list(db.session, current_account())
    return render_template("programmes/index.html", rows=rows, kinds=wording.PROGRAMME_KINDS)


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _form_page(None, forms.Form())


@bp.post("/")
def create() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    added = forms.submitted(
        lambda: programmes.create(db.session, unit, _details(), by=current_account(), now=utc_now())
    )
    if added.result is None:
        return _form_page(None, added.form), 422
    db.session.commit()
    flash(_("%(name)s has been added.", name=added.result.name), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/<int:programme_id>/edit")
def edit(programme_id: int) -> ResponseReturnValue:
    programme = _planned(programme_id)
    return _form_page(programme, meanwhile.form_of(_values(programme)))


@bp.post("/<int:programme_id>")
def change(programme_id: int) -> ResponseReturnValue:
    changed = meanwhile.changed(
        _planned(programme_id),
        _values,
        lambda: programmes.change(db.session, programme_id, _details(), by=current_account(), now=utc_now()),
        subject=f"programme:{programme_id}",
    )
    if changed.result is None:
        return _form_page(_planned(programme_id), changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index"), code=303)


def _planned(programme_id: int) -> Programme:
    programme = programmes.get(db.session, programme_id)
    access.require_planner(current_account(), units.get(db.session, programme.unit_id))
    return programme


def _form_page(programme: Programme | None, form: forms.Form) -> str:
    return render_template(
        "programmes/edit.html",
        programme=programme,
        form=form,
        kinds=wording.PROGRAMME_KINDS.items(),
        units=unit_queries.choices(db.session, current_account()),
    )


def _values(programme: Programme) -> dict[str, object]:
    return {"name": programme.name, "kind": programme.kind}


def _details() -> ProgrammeDetails:
    return ProgrammeDetails(name=request.form.get("name", ""), kind=request.form.get("kind", ""))
