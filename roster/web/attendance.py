"""Who came: a site counts heads for one day, and a coordinator notes who was missing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Shift, Site
from roster.queries import center
from roster.queries.center import CenterDay, ExpectedShift
from roster.services import attendance, fields, sites
from roster.web import forms, meanwhile, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("attendance", __name__)


@bp.get("/coverage/<int:site_id>/<first_day>/came")
def show(site_id: int, first_day: str) -> ResponseReturnValue:
    """How many came to each shift of a day that has begun."""
    site = _seen_site(site_id)
    day = _day(site, first_day)
    counted = meanwhile.form_of(_counts(day))
    # Of what is over, everybody is the likeliest count; of what still goes on nobody can know.
    likely = {_field(shift): shift.expected for shift in _countable(day) if shift.over and shift.came is None}
    return _page(site, day, forms.Form({**counted.values, **likely}))


@bp.post("/coverage/<int:site_id>/<first_day>/came")
def count(site_id: int, first_day: str) -> ResponseReturnValue:
    """What the page said nothing of, because it was open before that began, is left as it is."""
    site = _seen_site(site_id)
    counted = meanwhile.changed(
        site,
        lambda site: _counts(_day(site, first_day)),
        lambda: _count(site, _day(site, first_day)),
        subject=f"attendance:{site_id}",
    )
    if counted.result is None:
        return _page(site, _day(site, first_day), counted.form), counted.status
    db.session.commit()
    flash(_("Saved. Whoever plans sees it, too."), "success")
    return redirect(url_for("center.show", site_id=site_id, week=first_day), code=303)


@bp.post("/places/<int:shift_id>/people/<int:person_id>/<any(absent, came):presence>")
def note(shift_id: int, person_id: int, presence: str) -> ResponseReturnValue:
    """Somebody expected did not come, or did after all."""
    attendance.note(db.session, shift_id, person_id, absent=presence == "absent", by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Saved. Later plans reckon with it."), "success")
    return redirect(url_for("places.show", shift_id=shift_id), code=303)


def _seen_site(site_id: int) -> Site:
    """Raises NotFound, NotAllowed."""
    site = sites.get(db.session, site_id)
    access.require_site_viewer(current_account(), site)
    return site


def _day(site: Site, typed: str) -> CenterDay:
    """Raises FieldError."""
    day = fields.day(typed, "first_day")
    page = center.center_page(db.session, site, now=utc_now(), week_of=day)
    return next(one for one in page.days if one.day == day)


def _countable(day: CenterDay) -> list[ExpectedShift]:
    return [shift for shift in day.shifts if shift.countable]


def _field(shift: ExpectedShift) -> str:
    return f"came-{shift.id}"


def _counts(day: CenterDay) -> dict[str, int | str]:
    """What is kept of the day, by field."""
    return {_field(shift): "" if shift.came is None else shift.came for shift in _countable(day)}


def _count(site: Site, day: CenterDay) -> list[Shift]:
    typed = {shift.id: request.form[_field(shift)] for shift in _countable(day) if _field(shift) in request.form}
    return attendance.count(db.session, site, typed, by=current_account(), now=utc_now())


def _page(site: Site, day: CenterDay, form: forms.Form) -> str:
    return render_template(
        "attendance/show.html",
        site=site,
        day=day,
        shifts=[(shift, wording.hours(shift.starts.time(), shift.ends.time())) for shift in _countable(day)],
        form=form,
    )
