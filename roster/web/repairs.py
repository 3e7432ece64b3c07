"""Repairing a published week: several people cannot come, what changes least, accepted in whole or line by line."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.errors import NotFound
from roster.extensions import db
from roster.models import Roster
from roster.planning.difference import Turn
from roster.queries import repairs as queries
from roster.queries.repairs import Line
from roster.services import fields, repairs, rosters
from roster.web import drawing, forms
from roster.web.clock import utc_now
from roster.web.ids import LARGEST, row_id
from roster.web.sessions import current_account
from roster.web.wording import day_in_words

bp = Blueprint("repairs", __name__)


@bp.get("/rosters/<int:roster_id>/repair")
def show(roster_id: int) -> ResponseReturnValue:
    """Who cannot come, and once that is said, what would change least."""
    return _page(_published(roster_id), forms.Form())


@bp.post("/rosters/<int:roster_id>/repair")
def accept(roster_id: int) -> ResponseReturnValue:
    """The lines that were ticked, at once. Each line brings who leaves and who comes, as it was shown."""
    lines = request.form.getlist("line", type=row_id)
    accepted = forms.submitted(
        lambda: repairs.accept(
            db.session,
            roster_id,
            joining=[turn for shift_id in lines for turn in _turns(shift_id, "joining")],
            leaving=[turn for shift_id in lines for turn in _turns(shift_id, "leaving")],
            reason=request.form.get("reason", ""),
            by=current_account(),
            now=utc_now(),
        )
    )
    if accepted.result is None:
        return _page(_published(roster_id), accepted.form), 422
    db.session.commit()
    flash(_("Done. Everybody whose shifts changed is told."), "success")
    return redirect(url_for("places.attention"), code=303)


def _published(roster_id: int) -> Roster:
    """A published roster that the account plans. Raises NotFound, NotAllowed."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    if not roster.published_number:
        raise NotFound(what="roster", id=roster_id)
    return roster


def _page(roster: Roster, form: forms.Form) -> str:
    now, period = utc_now(), roster.period
    gone = request.values.getlist("person_id", type=row_id)
    chosen = request.values.get("day", "")
    day = fields.day(chosen, "day") if chosen else None
    found = queries.proposal(db.session, roster, gone, day, now=now) if gone else None
    days = [period.first_day + timedelta(days=number) for number in range(period.days)]
    return render_template(
        "repairs/show.html",
        roster=roster,
        title=drawing.week_title(days[0], days[-1]),
        people=queries.serving(db.session, roster, now=now),
        gone=gone,
        day=chosen,
        days=[(one.isoformat(), day_in_words(one)) for one in days if one >= period.unit.day_of(now)],
        found=found,
        lines=[_line(one) for one in found.lines] if found else [],
        form=form,
    )


def _line(one: Line) -> Mapping[str, Any]:
    return {
        "shift_id": one.place.shift_id,
        "place": drawing.place(one.place),
        "before": _names(one.before),
        "after": _names(one.after),
        "leaving": _names(one.leaving),
        "joining": _names(one.joining),
        "leaving_ids": ",".join(str(person.id) for person in one.leaving),
        "joining_ids": ",".join(str(person.id) for person in one.joining),
        "missing": one.missing,
    }


def _names(people: Iterable[Any]) -> str:
    return ", ".join(person.full_name for person in people)


def _turns(shift_id: int, side: str) -> Iterable[Turn]:
    for part in request.form.get(f"{side}-{shift_id}", "").split(","):
        if part.isdecimal() and 0 < int(part) <= LARGEST:
            yield shift_id, int(part)
