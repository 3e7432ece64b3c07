"""My calendars: addresses for phones and programs, made, replaced and revoked by whoever they belong to.

An address is shown once, on the answer to the request that made it; only its hash is kept. The calendars themselves
are served by `roster/feeds`, in front of Flask.
"""

from urllib.parse import quote

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster.config import LANGUAGES, Settings
from roster.errors import FieldError
from roster.extensions import db
from roster.models import FeedKind
from roster.queries import feed_addresses as queries
from roster.queries.feed_addresses import Calendar
from roster.services import feeds
from roster.services.feeds import NewAddress, Wishes
from roster.web import forms, locale
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.qr_codes import qr_code
from roster.web.sessions import current_account, public

bp = Blueprint("feeds", __name__)

PACES = (
    ("Google", _l("12 to 24 hours; it can't be hurried")),
    ("iPhone, iPad", _l("15 minutes to an hour: Settings, Apps, Calendar, Accounts, Fetch New Data")),
    ("Mac", _l("5 minutes to a day, as chosen when subscribing")),
    ("Outlook", _l("3 hours to a day; the Windows program each 30 minutes or so")),
    ("Thunderbird", _l("30 minutes, or as set in the calendar's properties")),
    ("GNOME", _l("30 minutes, or as set for the calendar")),
    ("ICSx⁵ (Android)", _l("a day, or down to 15 minutes in its settings")),
)
"""How soon each program looks again, by itself."""


@bp.get("/calendars/")
def mine() -> ResponseReturnValue:
    return _page(forms.Form({"language": locale.current_language()}))


@bp.get("/calendars/site/<int:site_id>")
def of_site(site_id: int) -> ResponseReturnValue:
    return _page_of(FeedKind.SITE, site_id)


@bp.get("/calendars/team/<int:team_id>")
def of_team(team_id: int) -> ResponseReturnValue:
    return _page_of(FeedKind.TEAM, team_id)


@bp.get("/calendars/unit/<int:unit_id>")
def of_unit(unit_id: int) -> ResponseReturnValue:
    return _page_of(FeedKind.UNIT, unit_id)


@bp.post("/calendars/")
def create() -> ResponseReturnValue:
    made = forms.submitted(_create)
    if made.result is None:
        return _page(made.form), 422
    db.session.commit()
    return made_page(made.result), 201


@bp.post("/calendars/<int:token_id>/rotate")
def rotate(token_id: int) -> ResponseReturnValue:
    made = feeds.rotate(db.session, token_id, by=current_account(), now=utc_now())
    db.session.commit()
    return made_page(made), 201


@bp.post("/calendars/<int:token_id>/revoke")
def revoke(token_id: int) -> ResponseReturnValue:
    feeds.revoke(db.session, token_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("The address is closed. Calendars that use it will say that it is gone."), "success")
    return redirect(url_for(".mine"), code=303)


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Google's importer obeys it, so the calendars have to be open; an address still can't be guessed."""
    return "User-agent: *\nAllow: /feeds/\nDisallow: /\n", {"Content-Type": "text/plain; charset=utf-8"}


def _create() -> NewAddress:
    typed = request.form
    kind, target_id = _chosen_calendar(typed.get("calendar", ""))
    wishes = Wishes(
        language=typed.get("language", ""), alarm_minutes=_alarm(typed.get("alarm", "")), label=typed.get("label", "")
    )
    return feeds.create(db.session, kind, target_id, wishes, by=current_account(), now=utc_now())


def _chosen_calendar(value: str) -> tuple[FeedKind, int]:
    kind, _separator, target = value.partition(":")
    try:
        return FeedKind(kind), row_id(target)
    except ValueError:
        raise FieldError(field="calendar", reason="unknown_choice", value=value) from None


def _alarm(value: str) -> int | None:
    if value and value not in map(str, feeds.ALARMS):
        raise FieldError(field="alarm", reason="unknown_choice", value=value)
    return int(value) if value else None


def _page_of(kind: FeedKind, target_id: int) -> str:
    """The page of one calendar, which may not be among the account's usual ones."""
    name = feeds.readable_name(db.session, kind, target_id, by=current_account())
    offered = Calendar(kind, target_id, name)
    form = forms.Form({"language": locale.current_language(), "calendar": f"{kind}:{target_id}"})
    return _page(form, offered)


def _page(form: forms.Form, only: Calendar | None = None) -> str:
    """Every calendar of the account, or the page of one alone: its name, and the addresses of it."""
    account = current_account()
    usual = queries.calendars_of(db.session, account)
    calendars = [*usual, only] if only and only not in usual else usual
    addresses = queries.own_addresses(db.session, account)
    return render_template(
        "feeds/index.html",
        form=form,
        title=_("Calendar: %(name)s", name=name_of(only)) if only else _("My calendars"),
        is_one=only is not None,
        addresses=[one for one in addresses if only is None or one.calendar == only],
        choices=[(f"{calendar.kind}:{calendar.target_id}", name_of(calendar)) for calendar in calendars],
        languages=LANGUAGES,
        alarms=[(minutes, alarm_in_words(minutes)) for minutes in feeds.ALARMS],
        name_of=name_of,
        alarm_in_words=alarm_in_words,
        paces=PACES,
    )


def made_page(made: NewAddress) -> str:
    """The page that hands over an address just made, this once."""
    settings: Settings = current_app.extensions["settings"]
    address = settings.base_url + made.path
    webcal = "webcal://" + address.partition("://")[2]
    panel = {
        "id": "calendar",
        "webcal_href": webcal,
        "google_href": "https://calendar.google.com/calendar/r?cid=" + quote(webcal, safe=""),
        "address": address,
        "qr": qr_code(webcal),
    }
    return render_template("feeds/made.html", panel=panel, token=made.token, paces=PACES)


def name_of(calendar: Calendar) -> str:
    return calendar.name if calendar.kind is not FeedKind.VOLUNTEER else _("My own shifts")


def alarm_in_words(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(num)s minute before", "%(num)s minutes before", minutes)
    if minutes % 1440:
        return ngettext("%(num)s hour before", "%(num)s hours before", minutes // 60)
    return ngettext("%(num)s day before", "%(num)s days before", minutes // 1440)
