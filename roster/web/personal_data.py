"""One's own data: the consent, the download of everything kept, and being forgotten."""

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.errors import NotFound
from roster.extensions import db
from roster.models import ConsentKind, Person
from roster.queries import personal_data as queries
from roster.services import consents, erasure
from roster.web import forms, returning, sessions, throttles
from roster.web.clock import utc_now
from roster.web.downloads import attachment
from roster.web.guardians import link_page
from roster.web.sessions import current_account, passwords

bp = Blueprint("personal_data", __name__, url_prefix="/account/data")


@bp.get("/")
def show() -> ResponseReturnValue:
    return _page(forms.Form())


@bp.post("/consent")
def give() -> ResponseReturnValue:
    consents.give(db.session, _me(), by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Thank you. Your consent is noted."), "success")
    return redirect(_way_on() or url_for(".show"), code=303)


@bp.post("/withdraw")
def withdraw() -> ResponseReturnValue:
    consents.withdraw(db.session, _me(), by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Noted. From now on nobody plans with you."), "success")
    return redirect(url_for(".show"), code=303)


@bp.post("/guardian")
def ask_guardian() -> ResponseReturnValue:
    """The link is shown in this answer and never again: only its hash is kept."""
    person = _me()
    made = forms.submitted(
        lambda: consents.make_guardian_link(db.session, person.id, by=current_account(), now=utc_now())
    )
    if made.result is None:
        return _page(made.form), 422
    db.session.commit()
    on = _way_on()
    back = {"label": _("My shifts"), "href": on} if on else {"label": _("My data"), "href": url_for(".show")}
    return link_page(_me(), made.result, back)


@bp.get("/download.json")
def download() -> ResponseReturnValue:
    kept = queries.everything(db.session, _me(), current_account(), now=utc_now())
    text = json.dumps(kept, ensure_ascii=False, indent=2, default=str)
    return attachment(text.encode(), "application/json", _("my-data") + ".json")


@bp.post("/erase")
@throttles.guessing
def erase() -> ResponseReturnValue:
    """The password once more: somebody else's hand on an open phone must not end a person's account."""
    _me()
    account, password = current_account(), request.form.get("password", "")
    erased = forms.submitted(
        lambda: erasure.erase_oneself(db.session, password, by=account, passwords=passwords(), now=utc_now())
    )
    if erased.result is None:
        return _page(erased.form), 422
    db.session.commit()
    sessions.sign_out()
    flash(_("You are forgotten. Thank you for everything you did."), "success")
    return redirect(url_for("accounts.sign_in"), code=303)


def _way_on() -> str | None:
    """Where whoever came here from the first page goes on."""
    return returning.safe_path(request.values.get("next"))


def _me() -> Person:
    """The person of the account; accounts of desks and offices have none."""
    person = current_account().person
    if person is None:
        raise NotFound(what="person", id=None)
    return person


def _page(form: forms.Form) -> str:
    person = _me()
    rows = queries.consents_of(db.session, person)
    own = next((row for row in rows if row.kind is ConsentKind.OWN), None)
    guardian = next((row for row in rows if row.kind is ConsentKind.GUARDIAN and row.withdrawn_at is None), None)
    return render_template(
        "personal_data/show.html",
        form=form,
        own=own,
        agreed=own is not None and own.withdrawn_at is None,
        minor=person.is_minor(person.unit.day_of(utc_now())),
        guardian=guardian,
        unit_name=person.unit.name,
        way_on=_way_on() or "",
    )
