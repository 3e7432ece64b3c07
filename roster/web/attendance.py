"""Who came: a site counts heads for one day, and a coordinator notes who was missing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Site
from roster.queries import center
from roster.queries.center import CenterDay
from roster.services import attendance, fields, sites
from roster.web import forms, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("attendance", __name__)


@bp.get("/coverage/<int:site_id>/<first_day>/came")
def show(site_id: int, first_day: str) -> ResponseReturnValue:
    """How many came to each shift of a day that has begun."""
    site, day = _day(site_id, first_day)
    counts = {f"came-{shift.id}": shift.expected if shift.came is None else shift.came for shift in day.shifts}
    return _page(site, day, forms.Form(counts))


@bp.post("/coverage/<int:site_id>/<first_day>/came")
def count(site_id: int, first_day: str) -> ResponseReturnValue:
    site, day = _day(site_id, first_day)
    typed = {shift.id: request.form.get(f"came-{shift.id}", "") for shift in day.shifts if shift.countable}
    noted = forms.submitted(lambda: attendance.count(db.session, site, typed, by=current_account(), now=utc_now()))
    if noted.result is None:
        return _page(*_day(site_id, first_day), noted.form), 422
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


def _day(site_id: int, typed: str) -> tuple[Site, CenterDay]:
    """A day of a site. Raises NotAllowed."""
    site, day = sites.get(db.session, site_id), fields.day(typed, "first_day")
    access.require_site_viewer(current_account(), site)
    page = center.center_page(db.session, site, now=utc_now(), week_of=day)
    return site, next(one for one in page.days if one.day == day)


def _page(site: Site, day: CenterDay, form: forms.Form) -> str:
    return render_template(
        "attendance/show.html",
        site=site,
        day=day,
        shifts=[
            (shift, wording.hours(shift.starts.time(), shift.ends.time())) for shift in day.shifts if shift.countable
        ],
        form=form,
    )
