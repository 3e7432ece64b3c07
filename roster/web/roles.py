"""Roles: who holds which, the form that gives one, and the link that lets its holder in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import RoleKind
from roster.queries import roles as queries
from roster.queries import units as unit_queries
from roster.services import roles
from roster.services.roles import RoleDetails
from roster.web import forms, sessions, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.links import made_page
from roster.web.sessions import current_account

bp = Blueprint("roles", __name__, url_prefix="/roles")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    return render_template(
        "roles/index.html",
        rows=queries.role_list(db.session, current_account(), now=utc_now()),
        kinds=wording.ROLE_KINDS,
        states=wording.ACCOUNT_STATES,
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _form_page(forms.Form({"kind": RoleKind.CENTER}))


@bp.post("/")
def grant() -> ResponseReturnValue:
    given = forms.submitted(lambda: roles.grant(db.session, _details(), by=current_account(), now=utc_now()))
    if given.result is None:
        return _form_page(given.form), 422
    account = given.result.account
    flash(_("%(name)s has the role now.", name=account.display_name), "success")
    if roles.lacks_link(db.session, account, by=current_account(), now=utc_now()):
        return invite(account.id)
    db.session.commit()
    return redirect(url_for(".index"), code=303)


@bp.post("/<int:role_id>/revoke")
def revoke(role_id: int) -> ResponseReturnValue:
    roles.revoke(db.session, role_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The role is taken away."), "success")
    return redirect(url_for(".index"), code=303)


@bp.post("/accounts/<int:account_id>/invite")
def invite(account_id: int) -> ResponseReturnValue:
    """The link is shown in this answer and never again: only its hash is kept."""
    invitation = roles.invite(db.session, account_id, by=current_account(), now=utc_now())
    db.session.commit()
    return made_page(invitation, back={"label": _("Roles"), "href": url_for(".index")})


def _form_page(form: forms.Form) -> str:
    account = current_account()
    offered = roles.GIVEN if access.administers_somewhere(account) else (RoleKind.CENTER,)
    return render_template(
        "roles/edit.html",
        form=form,
        kinds=[(kind, wording.ROLE_KINDS[kind]) for kind in offered],
        units=unit_queries.choices(db.session, account, access.ADMINISTRATOR),
        sites=queries.site_choices(db.session, account),
    )


def _details() -> RoleDetails:
    typed = request.form
    return RoleDetails(
        kind=typed.get("kind", ""),
        login=typed.get("login", ""),
        name=typed.get("name", ""),
        unit_id=typed.get("unit_id", type=row_id),
        site_id=typed.get("site_id", type=row_id),
    )
