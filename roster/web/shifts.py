"""Single dated shifts: add, change, cancel, restore; and closing a whole day of a unit."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from roster import access
from roster.extensions import db
from roster.models import Shift, Site
from roster.queries.sites import demand_choices
from roster.services import fields, shifts, sites, units
from roster.services.shifts import ShiftDetails
from roster.web import forms, meanwhile, moving
from roster.web.clock import utc_now
from roster.web.demand import demand_values, typed_demand
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.returning import safe_path
from roster.web.sessions import current_account

bp = Blueprint("shifts", __name__)


@bp.get("/sites/<int:site_id>/shifts/new")
def new(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    day = request.args.get("day", site.unit.day_of(utc_now()).isoformat())
    return _form_page(site, None, forms.Form({"day": day, "starts": "07:30", "ends": "11:30", "minimum": 2}))


@bp.post("/sites/<int:site_id>/shifts")
def create(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    made = forms.submitted(
        lambda: shifts.create(db.session, site, _details(request.form), by=current_account(), now=utc_now())
    )
    if made.result is None:
        return _form_page(sites.get(db.session, site_id), None, made.form), 422
    db.session.commit()
    flash(_("The shift has been added."), "success")
    return redirect(_way_back(site), code=303)


@bp.get("/shifts/<int:shift_id>/edit")
def edit(shift_id: int) -> ResponseReturnValue:
    shift = shifts.get(db.session, shift_id)
    access.require_planner(current_account(), shift.site.unit)
    return _form_page(shift.site, shift, meanwhile.form_of(_values(shift)))


@bp.post("/shifts/<int:shift_id>")
def change(shift_id: int) -> ResponseReturnValue:
    shift = shifts.get(db.session, shift_id)
    access.require_planner(current_account(), shift.site.unit)
    changed = meanwhile.changed(
        shift,
        _values,
        lambda: shifts.change(db.session, shift_id, _details(request.form), by=current_account(), now=utc_now()),
        subject=f"shift:{shift_id}",
    )
    if changed.result is None:
        shift = shifts.get(db.session, shift_id)
        return _form_page(shift.site, shift, changed.form), changed.status
    db.session.commit()
    flash(_("Saved. Calendars that show this shift will follow."), "success")
    moving.warn_of_broken([changed.result])
    return redirect(_way_back(changed.result.site), code=303)


@bp.post("/shifts/<int:shift_id>/cancel")
def cancel(shift_id: int) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    shift = shifts.cancel(db.session, shift_id, reason=reason, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The shift is cancelled. Calendars say so until it would have ended."), "success")
    return _back(shift)


@bp.post("/shifts/<int:shift_id>/restore")
def restore(shift_id: int) -> ResponseReturnValue:
    restored = shifts.restore(db.session, shift_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The shift takes place after all."), "success")
    moving.tell_who_stays_away(restored.away)
    return _back(shifts.get(db.session, shift_id))


@bp.post("/units/<int:unit_id>/close-day")
def close_day(unit_id: int) -> ResponseReturnValue:
    unit = units.get(db.session, unit_id)
    access.require_planner(current_account(), unit)
    day = fields.day(request.form.get("day"), "day")
    reason = request.form.get("reason", "")
    closed = shifts.close_day(db.session, unit, day, reason=reason, by=current_account(), now=utc_now())
    db.session.commit()
    flash(ngettext("One shift is cancelled.", "%(num)s shifts are cancelled.", closed), "success")
    return redirect(safe_path(request.form.get("next")) or url_for("home.show"), code=303)


@bp.post("/units/<int:unit_id>/restore-day")
def restore_day(unit_id: int) -> ResponseReturnValue:
    unit = units.get(db.session, unit_id)
    access.require_planner(current_account(), unit)
    day = fields.day(request.form.get("day"), "day")
    restored = shifts.restore_day(db.session, unit, day, by=current_account(), now=utc_now())
    db.session.commit()
    count = len(restored.shifts)
    flash(ngettext("One shift takes place after all.", "%(num)s shifts take place after all.", count), "success")
    moving.tell_who_stays_away(restored.away)
    return redirect(safe_path(request.form.get("next")) or url_for("home.show"), code=303)


def _back(shift: Shift) -> ResponseReturnValue:
    return redirect(_way_back(shift.site), code=303)


def _way_back(site: Site) -> str:
    """The page the reader came from, the week or the site, as the form or its link names it; else the site."""
    return safe_path(request.values.get("next")) or url_for("sites.show", site_id=site.id)


def _details(typed: MultiDict[str, str]) -> ShiftDetails:
    return ShiftDetails(
        programme_id=typed.get("programme_id", 0, type=row_id),
        day=typed.get("day", ""),
        starts=typed.get("starts", ""),
        ends=typed.get("ends", ""),
        note=typed.get("note", ""),
        demand=typed_demand(typed),
    )


def _values(shift: Shift) -> dict[str, object]:
    zone = shift.site.unit.zone
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    return {
        "programme_id": shift.programme_id,
        "day": date.isoformat(starts.date()),
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "note": shift.note,
        **demand_values(shift),
    }


def _form_page(site: Site, shift: Shift | None, form: forms.Form) -> str:
    return render_template(
        "shifts/edit.html",
        back=_way_back(site),
        site=site,
        shift=shift,
        form=form,
        choices=demand_choices(
            db.session, site.unit, language=current_language(), chosen=shift.pool if shift else None
        ),
    )
