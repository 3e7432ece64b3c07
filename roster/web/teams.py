"""Teams: the list, and one team with its members and leads."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import Team
from roster.queries import teams as queries
from roster.queries import units as unit_queries
from roster.services import teams, units
from roster.web import forms, meanwhile, sessions
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.paging import page_links, search_typed
from roster.web.sessions import current_account

bp = Blueprint("teams", __name__, url_prefix="/teams")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    search = search_typed()
    listed = queries.team_list(db.session, current_account(), search=search, page=request.args.get("page", 1, type=int))
    return render_template(
        "teams/index.html",
        rows=listed.rows,
        total=listed.total,
        search=search,
        pages=page_links(listed.page, queries.PAGE_SIZE, listed.total, q=search),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _new_page(forms.Form({"unit_id": request.args.get("unit_id", "")}))


@bp.post("/")
def create() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    name = request.form.get("name", "")
    made = forms.submitted(lambda: teams.create(db.session, unit, name, by=current_account(), now=utc_now()))
    if made.result is None:
        return _new_page(made.form), 422
    db.session.commit()
    flash(_("%(name)s has been added. Now find its members.", name=made.result.name), "success")
    return redirect(url_for(".show", team_id=made.result.id), code=303)


@bp.get("/<int:team_id>")
def show(team_id: int) -> ResponseReturnValue:
    return _team_page(team_id, forms.Form())


@bp.post("/<int:team_id>")
def rename(team_id: int) -> ResponseReturnValue:
    name = request.form.get("name", "")
    team = teams.planned(db.session, team_id, by=current_account())
    named = meanwhile.changed(
        team,
        _values,
        lambda: teams.rename(db.session, team_id, name, by=current_account(), now=utc_now()),
        subject=f"team:{team_id}",
        called="team.rename",
    )
    if named.result is None:
        return _team_page(team_id, named.form), named.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show", team_id=team_id), code=303)


@bp.post("/<int:team_id>/members/<int:person_id>")
def add_member(team_id: int, person_id: int) -> ResponseReturnValue:
    teams.add_member(db.session, team_id, person_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", team_id=team_id, q=request.form.get("q") or None), code=303)


@bp.post("/<int:team_id>/members/<int:person_id>/lead")
def set_lead(team_id: int, person_id: int) -> ResponseReturnValue:
    leads = request.form.get("leads") == "1"
    teams.set_lead(db.session, team_id, person_id, leads, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", team_id=team_id), code=303)


@bp.post("/<int:team_id>/members/<int:person_id>/remove")
def remove_member(team_id: int, person_id: int) -> ResponseReturnValue:
    teams.remove_member(db.session, team_id, person_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", team_id=team_id), code=303)


def _team_page(team_id: int, form: forms.Form) -> str:
    account, search = current_account(), search_typed()
    team = teams.planned(db.session, team_id, by=account)
    page = queries.team_page(db.session, team, account, search=search)
    named = replace(form, values={**meanwhile.form_of(_values(team)).values, **form.values})
    return render_template("teams/show.html", page=page, form=named, search=search)


def _values(team: Team) -> dict[str, object]:
    return {"name": team.name}


def _new_page(form: forms.Form) -> str:
    choices = unit_queries.choices(db.session, current_account())
    return render_template("teams/edit.html", form=form, units=choices)
