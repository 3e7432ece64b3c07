"""A volunteer's timetables: a calendar file, a link that is read every day, or classes typed and pasted. For phones."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster.errors import NotFound
from roster.extensions import db
from roster.imports import timetables as reading
from roster.imports.class_tables import USUAL, ClassHours
from roster.models import Person, Timetable, TimetableState
from roster.queries import timetables as queries
from roster.services import fields, timetables
from roster.web import forms, timetable_words
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("timetables", __name__, url_prefix="/me/timetables")

USUAL_SPAN = timedelta(days=120)
SHORTEST_PERIOD, LONGEST_PERIOD = 30, 120  # minutes


@bp.get("/")
def index() -> ResponseReturnValue:
    return _index_page()


@bp.post("/file")
def upload() -> ResponseReturnValue:
    sent = request.files.get("file")
    data, name = (sent.read(), sent.filename or "") if sent else (b"", "")
    person = _me()
    added = forms.submitted(lambda: reading.upload(db.session, person, data, name, by=current_account(), now=utc_now()))
    return _added(added, "file")


@bp.post("/link")
def link() -> ResponseReturnValue:
    person, url = _me(), request.form.get("url", "")
    added = forms.submitted(lambda: reading.link(db.session, person, url, by=current_account(), now=utc_now()))
    return _added(added, "link")


@bp.post("/table")
def paste() -> ResponseReturnValue:
    person, typed = _me(), request.form

    def keep() -> Timetable:
        return reading.paste(
            db.session,
            person,
            typed.get("text", ""),
            last_day=fields.day(typed.get("last_day"), "last_day"),
            hours=_typed_hours(),
            by=current_account(),
            now=utc_now(),
        )

    return _added(forms.submitted(keep), "table")


@bp.get("/<int:timetable_id>")
def show(timetable_id: int) -> ResponseReturnValue:
    found = timetables.get(db.session, timetable_id, by=current_account())
    return render_template(
        "timetables/show.html",
        row=_drawn(queries.one(db.session, found)),
        days=queries.next_days(db.session, found, now=utc_now()),
    )


@bp.get("/<int:timetable_id>/status")
def status(timetable_id: int) -> ResponseReturnValue:
    """Asked every second while a worker reads; the last answer loads the whole page."""
    found = timetables.get(db.session, timetable_id, by=current_account())
    headers = {} if found.state is TimetableState.READING else {"HX-Refresh": "true"}
    return render_template("timetables/_reading.html", row=_drawn(queries.one(db.session, found))), 200, headers


@bp.post("/<int:timetable_id>/read")
def read_again(timetable_id: int) -> ResponseReturnValue:
    timetables.read_again(db.session, timetable_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", timetable_id=timetable_id), code=303)


@bp.post("/<int:timetable_id>/whole-days")
def whole_days(timetable_id: int) -> ResponseReturnValue:
    counts = request.form.get("counts") == "1"
    timetables.count_whole_days(db.session, timetable_id, counts, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show", timetable_id=timetable_id), code=303)


@bp.post("/<int:timetable_id>/drop")
def drop(timetable_id: int) -> ResponseReturnValue:
    timetables.drop(db.session, timetable_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Forgotten, with all its entries."), "success")
    return redirect(url_for(".index"), code=303)


def _me() -> Person:
    """The person of the account; accounts of desks and offices have none."""
    person = current_account().person
    if person is None:
        raise NotFound(what="person", id=None)
    return person


def _added(added: forms.Submission[Timetable], way: str) -> ResponseReturnValue:
    if added.result is None:
        return _index_page(added.form, way), 422
    db.session.commit()
    return redirect(url_for(".show", timetable_id=added.result.id), code=303)


def _index_page(form: forms.Form | None = None, way: str = "") -> str:
    person = _me()
    usual = {
        "last_day": person.unit.day_of(utc_now()) + USUAL_SPAN,
        "morning": f"{USUAL.morning:%H:%M}",
        "afternoon": f"{USUAL.afternoon:%H:%M}",
        "evening": f"{USUAL.evening:%H:%M}",
        "minutes": USUAL.minutes,
        "pause": USUAL.pause,
    }
    typed = forms.Form(usual | dict(form.values if form else {}), form.errors if form else {})
    rows = [_drawn(row) for row in queries.of_person(db.session, person)]
    return render_template("timetables/index.html", rows=rows, form=typed, way=way, most=timetables.MOST)


def _typed_hours() -> ClassHours:
    typed = request.form
    minutes = fields.whole_number(typed.get("minutes"), "minutes", least=SHORTEST_PERIOD, most=LONGEST_PERIOD)
    pause = fields.whole_number(typed.get("pause"), "pause", most=60)
    return ClassHours(
        morning=fields.clock(typed.get("morning"), "morning"),
        afternoon=fields.clock(typed.get("afternoon"), "afternoon"),
        evening=fields.clock(typed.get("evening"), "evening"),
        minutes=USUAL.minutes if minutes is None else minutes,
        pause=USUAL.pause if pause is None else pause,
    )


def _drawn(row: queries.TimetableRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.label or str(timetable_words.KINDS[row.kind]),
        "kind": str(timetable_words.KINDS[row.kind]) if row.label else "",
        "icon": timetable_words.KIND_ICONS[row.kind],
        "status": timetable_words.STATES[row.state],
        "reading": row.state is TimetableState.READING,
        "refused": row.state is TimetableState.REFUSED,
        "facts": _facts(row),
        "is_link": row.kind.value == "link",
        "busy": row.busy,
        "until": row.until,
        "read_at": row.read_at,
        "whole_days": row.whole_days,
        "has_whole_days": row.has_whole_days,
        "problems": timetable_words.problems(row.report),
        "left_out": timetable_words.left_out(row.report),
    }


def _facts(row: queries.TimetableRow) -> list[str]:
    """What a line of the list says beneath the name."""
    problems = len(row.report.get("problems", ()))
    return [
        words
        for words, applies in (
            (str(timetable_words.KINDS[row.kind]), row.label),
            (ngettext("one busy time", "%(num)s busy times", row.busy), row.busy),
            (ngettext("one thing could not be read", "%(num)s things could not be read", problems), problems),
        )
        if applies
    ]
