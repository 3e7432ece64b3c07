"""Units: the organisation tree of the account, and the form of one unit."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Unit
from roster.queries import units as queries
from roster.services import units
from roster.services.units import UnitDetails
from roster.web import forms, meanwhile, sessions, wording
from roster.web.clock import utc_now
from roster.web.paging import page_links, search_typed
from roster.web.sessions import current_account

bp = Blueprint("units", __name__, url_prefix="/units")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    search = search_typed()
    tree = queries.tree(db.session, current_account(), search=search, page=request.args.get("page", 1, type=int))
    return render_template(
        "units/index.html",
        rows=tree.rows,
        total=tree.total,
        search=search,
        pages=page_links(tree.page, queries.PAGE_SIZE, tree.total, q=search),
        kinds=wording.UNIT_KINDS,
    )


@bp.get("/<int:unit_id>/new")
def new(unit_id: int) -> ResponseReturnValue:
    return _form_page(None, _administered(unit_id), forms.Form())


@bp.post("/<int:unit_id>/units")
def create(unit_id: int) -> ResponseReturnValue:
    added = forms.submitted(lambda: units.create(db.session, unit_id, _details(), by=current_account(), now=utc_now()))
    if added.result is None:
        return _form_page(None, _administered(unit_id), added.form), 422
    db.session.commit()
    flash(_("%(name)s has been added.", name=added.result.name), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/<int:unit_id>/edit")
def edit(unit_id: int) -> ResponseReturnValue:
    unit = _administered(unit_id)
    return _form_page(unit, unit.parent, meanwhile.form_of(_values(unit)))


@bp.post("/<int:unit_id>")
def change(unit_id: int) -> ResponseReturnValue:
    changed = meanwhile.changed(
        _administered(unit_id),
        _values,
        lambda: units.change(db.session, unit_id, _details(), by=current_account(), now=utc_now()),
        subject=f"unit:{unit_id}",
    )
    if changed.result is None:
        unit = _administered(unit_id)
        return _form_page(unit, unit.parent, changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index"), code=303)


def _administered(unit_id: int) -> Unit:
    unit = units.get(db.session, unit_id)
    access.require_administrator(current_account(), unit)
    return unit


def _form_page(unit: Unit | None, parent: Unit | None, form: forms.Form) -> str:
    return render_template("units/edit.html", unit=unit, parent=parent, form=form, kinds=wording.UNIT_KINDS.items())


def _values(unit: Unit) -> dict[str, object]:
    return {"name": unit.name, "kind": unit.kind}


def _details() -> UnitDetails:
    return UnitDetails(name=request.form.get("name", ""), kind=request.form.get("kind", ""))
