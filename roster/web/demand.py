"""Demand patterns of a site: the form that says how many people are needed, when, and what they must be able to do."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from roster import access
from roster.errors import FieldError
from roster.extensions import db
from roster.models import DemandPattern, Shift, Site
from roster.queries.sites import demand_choices, serving_on_series
from roster.services import demand, sites
from roster.services.demand import Demand, PatternDetails
from roster.web import forms, meanwhile, moving, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.returning import safe_path
from roster.web.sessions import current_account

bp = Blueprint("demand", __name__)

WEEKDAYS_TICKED = tuple("0123456")


@bp.get("/sites/<int:site_id>/patterns/new")
def new(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    today = site.unit.day_of(utc_now())
    proposed = {"starts": "07:30", "ends": "11:30", "minimum": 2, "first_day": today, "holiday_policy": "skip"}
    return _form_page(site, None, forms.Form({**proposed, "every": 1}))


@bp.post("/sites/<int:site_id>/patterns")
def create(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    made = forms.submitted(
        lambda: demand.create(db.session, site, _details(request.form), by=current_account(), now=utc_now())
    )
    if made.result is None:
        return _form_page(sites.get(db.session, site_id), None, made.form), 422
    db.session.commit()
    flash(_("Saved. Its shifts for the coming weeks are in the plan."), "success")
    return redirect(url_for("sites.show", site_id=site_id), code=303)


@bp.get("/patterns/<int:pattern_id>/edit")
def edit(pattern_id: int) -> ResponseReturnValue:
    pattern = demand.get(db.session, pattern_id)
    access.require_planner(current_account(), pattern.site.unit)
    return _form_page(pattern.site, pattern, meanwhile.form_of(_values(pattern)))


@bp.post("/patterns/<int:pattern_id>")
def change(pattern_id: int) -> ResponseReturnValue:
    pattern = demand.get(db.session, pattern_id)
    access.require_planner(current_account(), pattern.site.unit)
    changed = meanwhile.changed(
        pattern,
        _values,
        lambda: demand.change(db.session, pattern_id, _details(request.form), by=current_account(), now=utc_now()),
        subject=f"pattern:{pattern_id}",
    )
    if changed.result is None:
        pattern = demand.get(db.session, pattern_id)
        return _form_page(pattern.site, pattern, changed.form), changed.status
    db.session.commit()
    flash(_("Saved. Coming shifts that nobody edited by hand follow."), "success")
    moving.warn_of_broken(demand.following(db.session, changed.result, utc_now()))
    return redirect(url_for("sites.show", site_id=changed.result.site_id), code=303)


@bp.post("/patterns/<int:pattern_id>/hours")
def change_hours(pattern_id: int) -> ResponseReturnValue:
    """Other hours for a whole series, from the page of one of its shifts."""
    typed = request.form
    changed = demand.change_hours(
        db.session,
        pattern_id,
        starts=typed.get("starts", ""),
        ends=typed.get("ends", ""),
        by=current_account(),
        now=utc_now(),
    )
    db.session.commit()
    flash(ngettext("One coming shift has new hours.", "%(num)s coming shifts have new hours.", changed), "success")
    pattern = demand.get(db.session, pattern_id)
    moving.warn_of_broken(demand.following(db.session, pattern, utc_now()))
    return redirect(safe_path(typed.get("next")) or url_for("sites.show", site_id=pattern.site_id), code=303)


@bp.post("/patterns/<int:pattern_id>/end")
def end(pattern_id: int) -> ResponseReturnValue:
    pattern = demand.end(db.session, pattern_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("“%(name)s” has ended. Its coming shifts are cancelled.", name=pattern.name), "success")
    return redirect(url_for("sites.show", site_id=pattern.site_id), code=303)


def typed_demand(typed: MultiDict[str, str]) -> Demand:
    """The head-counts and conditions of a form; patterns and single shifts share its fields."""
    return Demand(
        minimum=typed.get("minimum"),
        target=typed.get("target"),
        maximum=typed.get("maximum"),
        requires=tuple(typed.getlist("requires")),
        needs={name.removeprefix("needs-"): count for name, count in typed.items() if name.startswith("needs-")},
        pool=tuple(typed.getlist("pool")),
        adults_only="adults_only" in typed,
        all_or_nothing="all_or_nothing" in typed,
        service_level=typed.get("service_level"),
    )


def demand_values(kept: DemandPattern | Shift) -> dict[str, object]:
    """What the demand fields show of a pattern or shift."""
    return {
        "minimum": kept.minimum,
        "target": "" if kept.target == kept.minimum else kept.target,
        "maximum": "" if kept.maximum is None else kept.maximum,
        "requires": kept.requires,
        "pool": kept.pool or [],
        "adults_only": kept.adults_only,
        "all_or_nothing": kept.all_or_nothing,
        "service_level": "" if kept.service_level is None else kept.service_level,
        **{f"needs-{code}": count for code, count in kept.needs.items()},
    }


def _details(typed: MultiDict[str, str]) -> PatternDetails:
    weekdays = [int(day) for day in typed.getlist("weekdays") if day in WEEKDAYS_TICKED]
    every = typed.get("every", 1, type=int)
    if not weekdays and not typed.get("rule", "").strip():
        raise FieldError(field="weekdays", reason="none_chosen")
    return PatternDetails(
        name=typed.get("name", ""),
        programme_id=typed.get("programme_id", 0, type=row_id),
        rule=demand.weekly_rule(weekdays, every) if weekdays else typed.get("rule", ""),
        first_day=typed.get("first_day", ""),
        last_day=typed.get("last_day", ""),
        starts=typed.get("starts", ""),
        ends=typed.get("ends", ""),
        holiday_policy=typed.get("holiday_policy", ""),
        demand=typed_demand(typed),
    )


def _values(pattern: DemandPattern) -> dict[str, object]:
    weekly = wording.weekly_parts(pattern.rule)
    return {
        "name": pattern.name,
        "programme_id": pattern.programme_id,
        "rule": "" if weekly else pattern.rule,
        "weekdays": [str(day) for day in weekly[0]] if weekly else [],
        "every": weekly[1] if weekly else 1,
        "first_day": pattern.first_day,
        "last_day": pattern.last_day or "",
        "starts": f"{pattern.starts:%H:%M}",
        "ends": f"{pattern.ends:%H:%M}",
        "holiday_policy": pattern.holiday_policy,
        **demand_values(pattern),
    }


def _form_page(site: Site, pattern: DemandPattern | None, form: forms.Form) -> str:
    return render_template(
        "demand/edit.html",
        site=site,
        pattern=pattern,
        form=form,
        serving=serving_on_series(db.session, pattern, now=utc_now()) if pattern else 0,
        choices=demand_choices(
            db.session, site.unit, language=current_language(), chosen=pattern.pool if pattern else None
        ),
        weekdays=wording.weekday_names(),
        policies=wording.HOLIDAY_POLICIES,
    )
