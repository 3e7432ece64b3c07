"""Holidays: the days of a year that are not what their weekday says, the two forms that correct them, and what becomes
of shifts planned on a day that became one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster import access
from roster.extensions import db
from roster.models import Holiday
from roster.services import fields, holidays, late_holidays, units
from roster.services.holidays import HolidayDetails
from roster.web import clock, forms, moving, sessions, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("holidays", __name__, url_prefix="/holidays")
bp.before_request(sessions.planners_only)

EARLIEST, LATEST = 2000, 2100


@bp.get("/")
def index() -> ResponseReturnValue:
    return _year_page(_year(request.args.get("year", type=int)), forms.Form())


@bp.post("/")
def add() -> ResponseReturnValue:
    added = forms.submitted(lambda: holidays.add(db.session, _details(), by=current_account(), now=utc_now()))
    if added.result is None:
        return _year_page(_year(None), added.form), 422
    db.session.commit()
    return _to_year(added.result.day)


@bp.post("/swap")
def swap() -> ResponseReturnValue:
    """A weekday off, worked on a weekend instead."""
    swapped = forms.submitted(_swap)
    if swapped.result is None:
        return _year_page(_year(None), swapped.form), 422
    db.session.commit()
    return _to_year(swapped.result[0].day)


@bp.post("/<int:holiday_id>/drop")
def drop(holiday_id: int) -> ResponseReturnValue:
    holidays.drop(db.session, holiday_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("That is an ordinary day again. Shifts already made stay; look through them."), "info")
    return redirect(url_for(".index", year=request.form.get("year", type=int)), code=303)


@bp.post("/propose")
def propose() -> ResponseReturnValue:
    """Fill a year that has no day yet from the built-in calendar."""
    year = _year(request.form.get("year", type=int))
    added = holidays.propose(db.session, year, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("%(count)s days were proposed. Compare them with this year's decree.", count=added), "success")
    return redirect(url_for(".index", year=year), code=303)


@bp.post("/late/<int:unit_id>/<any(close, reopen, keep):choice>")
def decide(unit_id: int, choice: str) -> ResponseReturnValue:
    """Call off what is planned on a day that became a holiday, take that back, or have it take place."""
    unit, by, now = units.get(db.session, unit_id), current_account(), utc_now()
    access.require_planner(by, unit)
    day = fields.day(request.form.get("day"), "day")
    away: Sequence[Mapping[str, Any]] = ()
    if choice == "close":
        closed = late_holidays.close(db.session, unit, day, by=by, now=now)
        said = ngettext("One shift is called off.", "%(num)s shifts are called off.", closed)
        said = " ".join([said, _("Everybody on them is told.")])
    elif choice == "reopen":
        back = late_holidays.reopen(db.session, unit, day, by=by, now=now)
        count, away = len(back.shifts), back.away
        said = ngettext("One shift takes place after all.", "%(num)s shifts take place after all.", count)
    else:
        late_holidays.keep(db.session, unit, day, by=by, now=now)
        said = _("Noted. The shifts take place; please tell those who serve that they are needed.")
    db.session.commit()
    flash(said, "success")
    moving.tell_who_stays_away(away)
    return redirect(url_for("places.attention"), code=303)


def _swap() -> tuple[Holiday, Holiday]:
    access.require_installation_editor(current_account())
    off, worked = fields.day(request.form.get("off"), "off"), fields.day(request.form.get("worked"), "worked")
    return holidays.swap(db.session, off=off, worked=worked, by=current_account(), now=utc_now())


def _year_page(year: int, form: forms.Form) -> str:
    days = holidays.special_days(db.session, date(year, 1, 1), date(year, 12, 31))
    return render_template(
        "holidays/index.html",
        year=year,
        days=list(days.values()),
        form=form,
        kinds=wording.DAY_KINDS,
        may_change=access.may_edit_installation(current_account()),
    )


def _year(asked: int | None) -> int:
    return min(max(asked or clock.local_today().year, EARLIEST), LATEST)


def _to_year(day: date) -> ResponseReturnValue:
    flash(_("Saved. Shifts already made stay; look through those of that day."), "success")
    return redirect(url_for(".index", year=day.year), code=303)


def _details() -> HolidayDetails:
    typed = request.form
    return HolidayDetails(
        day=typed.get("day", ""),
        kind=typed.get("kind", ""),
        name_vi=typed.get("name_vi", ""),
        name_en=typed.get("name_en", ""),
        instead_of=typed.get("instead_of") or None,
    )
