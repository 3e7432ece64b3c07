"""Guardians' consent: the list of minors for coordinators, having a guardian asked, and the page a guardian reads.

The guardian has no account and needs none: whoever holds the link may agree, and take it back, and see nothing else.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.errors import LinkExpired, NotFound
from roster.extensions import db
from roster.models import ConsentKind, Person
from roster.queries import guardians as queries
from roster.queries.consents import awaited_of
from roster.services import consents, people
from roster.services.accounts import written_login
from roster.vietnam import names
from roster.web import contact_form, forms, links, throttles, wording
from roster.web.clock import local_today, utc_now
from roster.web.errors import refused, status_of
from roster.web.sessions import current_account, public

bp = Blueprint("guardians", __name__)


@bp.get("/people/guardians/")
def index() -> ResponseReturnValue:
    access.require_some_planner(current_account())
    rows = queries.minors(db.session, current_account(), today=local_today(), now=utc_now())
    return render_template(
        "guardians/index.html", rows=rows, waiting=sum(row.waits for row in rows), relations=wording.RELATIONS
    )


@bp.get("/people/<int:person_id>/guardian")
def question(person_id: int) -> ResponseReturnValue:
    """How far asking the guardian has come, and where to send the question; for the minor and for their coordinator."""
    return _question_page(_child(person_id), forms.Form())


@bp.post("/people/<int:person_id>/guardian/send")
def send(person_id: int) -> ResponseReturnValue:
    _child(person_id)
    asked = forms.submitted(
        lambda: consents.ask_guardian(
            db.session,
            person_id,
            request.form.get("address", ""),
            ways=contact_form.channels_available(),
            by=current_account(),
            now=utc_now(),
        )
    )
    if asked.result is None:
        return _question_page(_child(person_id), asked.form), 422
    db.session.commit()
    flash(_("The question is on its way. You see here what becomes of it."), "success")
    return redirect(url_for(".question", person_id=person_id), code=303)


@bp.post("/people/<int:person_id>/guardian/stop")
def stop(person_id: int) -> ResponseReturnValue:
    _child(person_id)
    stopped = forms.submitted(
        lambda: consents.ask_no_guardian(db.session, person_id, by=current_account(), now=utc_now())
    )
    if stopped.form.errors:
        return _question_page(_child(person_id), stopped.form), 422
    db.session.commit()
    flash(_("Nobody is asked any more, and the address is forgotten."), "success")
    return redirect(url_for(".question", person_id=person_id), code=303)


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
    flash(_("Noted. Nobody plans with your child."), "success")
    return redirect(url_for(".show", guardian_token=guardian_token), code=303)


@bp.errorhandler(NotFound)
@bp.errorhandler(LinkExpired)
def closed(refusal: NotFound | LinkExpired) -> ResponseReturnValue:
    """A parent with an older link learns whom to ask; they have no account to sign in to."""
    if "guardian_token" not in (request.view_args or {}):
        return refused(refusal)
    db.session.rollback()
    words = _("A newer link has taken its place, or its time is over. Ask your child, or their unit, for the newest.")
    return render_template("guardians/closed.html", words=words), status_of(refusal)


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


def _child(person_id: int) -> Person:
    """Somebody whom the account may speak for. Raises NotFound, NotAllowed."""
    person = people.get(db.session, person_id)
    access.require_self_or_planner(current_account(), person)
    return person


def _question_page(person: Person, form: forms.Form) -> str:
    now, mine = utc_now(), access.is_self(current_account(), person)
    given = consents.standing(db.session, person, ConsentKind.GUARDIAN)
    awaited = awaited_of(db.session, person, now=now)
    return render_template(
        "guardians/question.html",
        person=person,
        mine=mine,
        minor=person.is_minor(person.unit.day_of(now)),
        given=given,
        asking=awaited.asking,
        sent_to=written_login(awaited.asking.sent_to),
        reaches={channel.value for channel in contact_form.channels_available()},
        form=form,
        link_url=url_for("personal_data.ask_guardian" if mine else ".ask", person_id=None if mine else person.id),
        back=_back(mine),
    )


def _back(mine: bool) -> links.Onward:
    if mine:
        return {"label": _("My shifts"), "href": url_for("me.index")}
    return {"label": _("Guardians' consent"), "href": url_for(".index")}


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
        refused_at=awaited_of(db.session, person, now=utc_now()).asking.refused_at,
        form=form,
        relations=list(wording.RELATIONS.items()),
    )
