"""People: the list, one person with qualifications and teams, the form, and the link that lets them in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import Person
from roster.queries import guardians
from roster.queries import people as queries
from roster.queries import units as unit_queries
from roster.services import availability, fields, people, qualifications, units
from roster.services.people import PersonDetails
from roster.vietnam import phones
from roster.web import differing_days, forms, meanwhile, sessions, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.links import made_page
from roster.web.locale import current_language
from roster.web.paging import page_links, search_typed
from roster.web.sessions import current_account

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(sessions.planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    search, active = search_typed(), "inactive" not in request.args
    listed = queries.person_list(
        db.session,
        current_account(),
        now=utc_now(),
        language=current_language(),
        search=search,
        active=active,
        page=request.args.get("page", 1, type=int),
    )
    kept = {"q": search} if active else {"q": search, "inactive": 1}
    return render_template(
        "people/index.html",
        rows=listed.rows,
        total=listed.total,
        search=search,
        active=active,
        pages=page_links(listed.page, queries.PAGE_SIZE, listed.total, **kept),
        states=wording.ACCOUNT_STATES,
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _form_page(None, forms.Form({"unit_id": request.args.get("unit_id", ""), "max_turns": 2}))


@bp.post("/")
def create() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    added = forms.submitted(lambda: people.create(db.session, unit, _details(), by=current_account(), now=utc_now()))
    if added.result is None:
        return _form_page(None, added.form), 422
    db.session.commit()
    flash(_("%(name)s has been added. Now send an invitation.", name=added.result.full_name), "success")
    return redirect(url_for(".show", person_id=added.result.id), code=303)


@bp.get("/<int:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    return _person_page(person_id, _blank(person_id))


@bp.get("/<int:person_id>/edit")
def edit(person_id: int) -> ResponseReturnValue:
    person = people.planned(db.session, person_id, by=current_account())
    return _form_page(person, meanwhile.form_of(_values(person)))


@bp.post("/<int:person_id>")
def change(person_id: int) -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    changed = meanwhile.changed(
        people.planned(db.session, person_id, by=current_account()),
        _values,
        lambda: people.change(db.session, person_id, unit, _details(), by=current_account(), now=utc_now()),
        subject=f"person:{person_id}",
    )
    if changed.result is None:
        return _form_page(people.planned(db.session, person_id, by=current_account()), changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show", person_id=person_id), code=303)


@bp.post("/<int:person_id>/invite")
def invite(person_id: int) -> ResponseReturnValue:
    """The link is shown in this answer and never again: only its hash is kept."""
    invited = forms.submitted(lambda: people.invite(db.session, person_id, by=current_account(), now=utc_now()))
    if invited.result is None:
        return _person_page(person_id, invited.form), 422
    db.session.commit()
    back = {"label": invited.result.account.display_name, "href": url_for(".show", person_id=person_id)}
    return made_page(invited.result, back)


@bp.post("/<int:person_id>/active")
def set_active(person_id: int) -> ResponseReturnValue:
    active = request.form.get("active") == "1"
    person = people.set_active(db.session, person_id, active, by=current_account(), now=utc_now())
    db.session.commit()
    said = _("%(name)s can be planned again.") if active else _("%(name)s is no longer planned.")
    flash(said % {"name": person.full_name}, "success")
    return redirect(url_for(".show", person_id=person_id), code=303)


@bp.post("/<int:person_id>/qualifications")
def grant(person_id: int) -> ResponseReturnValue:
    granted = forms.submitted(lambda: _grant(person_id))
    if granted.result is None:
        return _person_page(person_id, granted.form), 422
    db.session.commit()
    return redirect(url_for(".show", person_id=person_id), code=303)


@bp.post("/<int:person_id>/qualifications/<int:qualification_id>/withdraw")
def withdraw(person_id: int, qualification_id: int) -> ResponseReturnValue:
    qualifications.withdraw(db.session, person_id, qualification_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", person_id=person_id), code=303)


@bp.post("/<int:person_id>/exceptions")
def add_exception(person_id: int) -> ResponseReturnValue:
    person = people.planned(db.session, person_id, by=current_account())
    added = differing_days.added(person)
    if added.result is None:
        return _person_page(person_id, _blank(person_id), differing=added.form), 422
    db.session.commit()
    flash(_("Noted for these days."), "success")
    return redirect(url_for(".show", person_id=person_id, _anchor="exceptions"), code=303)


@bp.post("/<int:person_id>/exceptions/<int:exception_id>/drop")
def drop_exception(person_id: int, exception_id: int) -> ResponseReturnValue:
    availability.drop_exception(db.session, exception_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The usual week holds again."), "success")
    return redirect(url_for(".show", person_id=person_id, _anchor="exceptions"), code=303)


def _blank(person_id: int) -> forms.Form:
    """A qualification to grant, from today on."""
    person = people.planned(db.session, person_id, by=current_account())
    return forms.Form({"granted_on": person.unit.day_of(utc_now())})


def _grant(person_id: int) -> object:
    typed = request.form
    person = people.planned(db.session, person_id, by=current_account())
    return qualifications.grant(
        db.session,
        person.id,
        typed.get("qualification_id", 0, type=row_id),
        granted_on=fields.day(typed.get("granted_on"), "granted_on"),
        valid_until=fields.day(typed["valid_until"], "valid_until") if typed.get("valid_until") else None,
        by=current_account(),
        now=utc_now(),
    )


def _person_page(person_id: int, form: forms.Form, *, differing: forms.Form | None = None) -> str:
    account = current_account()
    person = people.planned(db.session, person_id, by=account)
    page = queries.person_page(db.session, person, account, now=utc_now(), language=current_language())
    return render_template(
        "people/show.html",
        page=page,
        form=form,
        states=wording.ACCOUNT_STATES,
        differing=differing_days.shown(
            person,
            remove=lambda row: url_for(".drop_exception", person_id=person_id, exception_id=row),
            form=differing,
        ),
        guardian=guardians.of_person(db.session, person, now=utc_now()),
        relations=wording.RELATIONS,
    )


def _form_page(person: Person | None, form: forms.Form) -> str:
    choices = unit_queries.choices(db.session, current_account())
    return render_template("people/edit.html", person=person, form=form, units=choices)


def _details() -> PersonDetails:
    typed = request.form
    return PersonDetails(
        full_name=typed.get("full_name", ""),
        phone=typed.get("phone", ""),
        email=typed.get("email", ""),
        birth_date=typed.get("birth_date"),
        newcomer="newcomer" in typed,
        max_turns=typed.get("max_turns"),
        max_turns_per_day=typed.get("max_turns_per_day"),
    )


def _values(person: Person) -> dict[str, object]:
    return {
        "full_name": person.full_name,
        "phone": phones.written(person.phone) if person.phone else "",
        "email": person.email or "",
        "birth_date": person.birth_date or "",
        "newcomer": person.newcomer,
        "max_turns": "" if person.max_turns is None else person.max_turns,
        "max_turns_per_day": "" if person.max_turns_per_day is None else person.max_turns_per_day,
        "unit_id": person.unit_id,
    }
