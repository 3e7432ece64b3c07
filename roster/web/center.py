"""A service center's page: who and how many to expect at its own site in the coming two weeks."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from roster import access
from roster.errors import FieldError
from roster.extensions import db
from roster.queries import center as queries
from roster.services import fields, sites
from roster.web import drawing, roster_words, wording
from roster.web.clock import utc_now
from roster.web.rosters import names_of_qualifications
from roster.web.sessions import current_account

bp = Blueprint("center", __name__, url_prefix="/coverage")


@bp.get("/")
def index() -> ResponseReturnValue:
    access.require_some_host(current_account())
    seen = queries.sites_seen_by(db.session, current_account())
    if len(seen) == 1:
        return redirect(url_for(".show", site_id=seen[0].id))
    return render_template("center/index.html", sites=seen, kinds=wording.SITE_KINDS)


@bp.get("/<int:site_id>")
def show(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_site_viewer(current_account(), site)
    page = queries.center_page(db.session, site, now=utc_now(), week_of=_week_asked_for())
    names = names_of_qualifications()
    return render_template(
        "center/show.html",
        page=page,
        site=site,
        hours=wording.hours,
        short_day=wording.short_day,
        surely=drawing.surely,
        with_more=drawing.with_more,
        skills=lambda shift: roster_words.skills_in_words(shift.needs_missing, names),
        today=page.today,
        previous_week=page.first_day - timedelta(days=7),
        next_week=page.first_day + timedelta(days=7),
        may_plan=access.may_plan(current_account(), site.unit),
    )


def _week_asked_for() -> date | None:
    """Any day of the week in the address; nonsense there means this week."""
    try:
        return fields.day(request.args.get("week"), "week")
    except FieldError:
        return None
