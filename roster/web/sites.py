"""Sites: the list, one site with its demand and coming shifts, and the form of its details."""

from collections.abc import Sequence
from operator import itemgetter

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster import access
from roster.extensions import db
from roster.models import Site
from roster.queries import sites as queries
from roster.queries import units as unit_queries
from roster.queries.sites import ShiftRow, SitePage
from roster.services import demand, sites, units
from roster.services.demand import Closed
from roster.services.sites import SiteDetails
from roster.web import forms, meanwhile, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.paging import page_links, search_typed
from roster.web.sessions import current_account, planners_only

bp = Blueprint("sites", __name__, url_prefix="/sites")
bp.before_request(planners_only)


@bp.get("/")
def index() -> ResponseReturnValue:
    search = search_typed()
    listed = queries.site_list(
        db.session, current_account(), now=utc_now(), search=search, page=request.args.get("page", 1, type=int)
    )
    return render_template(
        "sites/index.html",
        rows=listed.rows,
        search=search,
        total=listed.total,
        pages=page_links(listed.page, queries.PAGE_SIZE, listed.total, q=search),
        kinds=wording.SITE_KINDS,
    )


@bp.get("/<int:site_id>")
def show(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    now = utc_now()
    page = queries.site_page(db.session, site, now=now, language=current_language())
    closed = demand.closed_days(db.session, site, until=page.until, now=now)
    return render_template(
        "sites/show.html",
        page=page,
        lines=_lines(page, closed),
        site=site,
        kinds=wording.SITE_KINDS,
        rules={pattern.id: wording.sentence(wording.rule_in_words(pattern.rule)) for pattern in page.patterns},
        policies=wording.HOLIDAY_POLICIES,
        day_kinds=wording.DAY_KINDS,
        hours=wording.hours,
    )


def _lines(page: SitePage, closed: Sequence[Closed]) -> list[tuple[ShiftRow | None, Closed | None]]:
    """Shifts to come, and in their midst the days on which a holiday leaves one out."""
    shifts = [((row.day, row.starts), (row, None)) for row in page.shifts]
    gaps = [((one.day, one.pattern.starts), (None, one)) for one in closed]
    return [line for _when, line in sorted([*shifts, *gaps], key=itemgetter(0))]


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _form_page(None, forms.Form({"unit_id": request.args.get("unit_id", "")}))


@bp.post("/")
def create() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", 0, type=row_id))
    made = forms.submitted(lambda: sites.create(db.session, unit, _details(), by=current_account(), now=utc_now()))
    if made.result is None:
        return _form_page(None, made.form), 422
    db.session.commit()
    flash(_("%(name)s has been added. Now say how many people it needs, and when.", name=made.result.name), "success")
    return redirect(url_for(".show", site_id=made.result.id), code=303)


@bp.get("/<int:site_id>/edit")
def edit(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    return _form_page(site, meanwhile.form_of(_values(site)))


@bp.post("/<int:site_id>")
def change(site_id: int) -> ResponseReturnValue:
    site = sites.get(db.session, site_id)
    access.require_planner(current_account(), site.unit)
    changed = meanwhile.changed(
        site,
        _values,
        lambda: sites.change(db.session, site_id, _details(), by=current_account(), now=utc_now()),
        subject=f"site:{site_id}",
    )
    if changed.result is None:
        return _form_page(sites.get(db.session, site_id), changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show", site_id=site_id), code=303)


def _form_page(site: Site | None, form: forms.Form) -> str:
    return render_template(
        "sites/edit.html",
        site=site,
        form=form,
        kinds=wording.SITE_KINDS,
        units=unit_queries.choices(db.session, current_account()),
    )


def _details() -> SiteDetails:
    typed = request.form
    return SiteDetails(
        name=typed.get("name", ""),
        kind=typed.get("kind", ""),
        address=typed.get("address", ""),
        latitude=typed.get("latitude"),
        longitude=typed.get("longitude"),
        promised_min=typed.get("promised_min"),
    )


def _values(site: Site) -> dict[str, object]:
    columns = ("name", "kind", "address", "latitude", "longitude", "promised_min", "unit_id")
    return {name: "" if getattr(site, name) is None else getattr(site, name) for name in columns}
