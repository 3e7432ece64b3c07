"""Guardians' consent: the list of minors for coordinators, the link to hand out, and the page a guardian reads.

The guardian has no account and needs none: whoever holds the link may agree, and take it back, and see nothing else.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster import access
from roster.extensions import db
from roster.models import ConsentKind, Person
from roster.queries import guardians as queries
from roster.services import consents, people
from roster.vietnam import names
from roster.web import forms, links, throttles
from roster.web.clock import local_today, utc_now
from roster.web.sessions import current_account, public

bp = Blueprint("guardians", __name__)

RELATIONS: dict[str, Any] = {"mother": _l("Mother"), "father": _l("Father"), "guardian": _l("Guardian")}


@bp.get("/people/guardians/")
def index() -> ResponseReturnValue:
    access.require_some_planner(current_account())
    rows = queries.minors(db.session, current_account(), today=local_today())
    return render_template(
        "guardians/index.html", rows=rows, waiting=sum(row.waits for row in rows), relations=RELATIONS
    )


@bp.post("/people/<int:person_id>/guardian")
def ask(person_id: int) -> ResponseReturnValue:
    """The link is shown in this answer and never again: only its hash is kept."""
    people.planned(db.session, person_id, by=current_account())
    made = forms.submitted(
        lambda: consents.make_guardian_link(db.session, person_id, by=current_account(), now=utc_now())
    )
    if made.result is None:
        flash(made.form.error("birth_date"), "error")
        return redirect(url_for(".index"), code=303)
    db.session.commit()
    person = people.planned(db.session, person_id, by=current_account())
    return link_page(person, made.result, {"label": _("Guardians' consent"), "href": url_for(".index")})


@bp.post("/people/<int:person_id>/guardian/end")
def end(person_id: int) -> ResponseReturnValue:
    consents.end_guardians(db.session, person_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Noted. Nobody plans with them until a guardian agrees again."), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/guardian/<guardian_token>")
@public
def show(guardian_token: str) -> ResponseReturnValue:
    """Opening changes nothing: chat programs fetch addresses to draw a preview."""
    return _page(guardian_token, forms.Form())


@bp.post("/guardian/<guardian_token>")
@throttles.opening
@public
def agree(guardian_token: str) -> ResponseReturnValue:
    typed = request.form
    given = forms.submitted(
        lambda: consents.agree(
            db.session,
            guardian_token,
            name=typed.get("name", ""),
            relation=typed.get("relation", ""),
            phone=typed.get("phone", ""),
            agrees="agrees" in typed,
            now=utc_now(),
        )
    )
    if given.result is None:
        return _page(guardian_token, given.form), 422
    db.session.commit()
    flash(_("Thank you. Your consent is noted."), "success")
    return redirect(url_for(".show", guardian_token=guardian_token), code=303)


@bp.post("/guardian/<guardian_token>/withdraw")
@throttles.opening
@public
def disagree(guardian_token: str) -> ResponseReturnValue:
    consents.disagree(db.session, guardian_token, now=utc_now())
    db.session.commit()
    flash(_("Noted. From now on nobody plans with your child."), "success")
    return redirect(url_for(".show", guardian_token=guardian_token), code=303)


def link_page(person: Person, token: str, back: links.Onward) -> str:
    """A guardian's link just made; `back`: the page it was made on."""
    return links.hand_over_page(
        url_for("guardians.show", guardian_token=token),
        heading=_("Link for the guardian of %(name)s", name=person.full_name),
        back=back,
        words=links.Handing(
            once=_("Copy or print it now: it is shown only this once."),
            lasts=_("A newer link ends this one."),
            whom=_(
                "Send it by Zalo or text message to the mother, father or guardian, or give them the printed code. "
                "They read what it is about and agree; no account is needed."
            ),
            under=person.unit.name,
            printed=True,
        ),
    )


def _page(token: str, form: forms.Form) -> str:
    person = consents.opened(db.session, token, now=utc_now())
    kept = consents.standing(db.session, person, ConsentKind.GUARDIAN)
    return render_template(
        "guardians/show.html",
        token=token,
        # The given name only: the link may be forwarded further than it was meant to go.
        name=names.given_name(person.full_name),
        unit_name=person.unit.name,
        given_at=kept.given_at if kept else None,
        form=form,
        relations=list(RELATIONS.items()),
    )
