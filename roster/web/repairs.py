"""Repairing a published week: several people cannot come, what changes least, accepted in whole or line by line."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.config import Settings
from roster.errors import NotFound, RepairOutdated, RuleBroken
from roster.extensions import db
from roster.models import Roster
from roster.planning.difference import Turn
from roster.queries import repairs as queries
from roster.queries.repairs import Line, LineState, RepairView
from roster.services import repairs, rosters
from roster.services.repairs import Loss
from roster.web import drawing, forms, repair_words, roster_words
from roster.web.clock import utc_now
from roster.web.drawing import Drawn
from roster.web.ids import row_id
from roster.web.paging import search_typed
from roster.web.sessions import current_account
from roster.web.wording import day_in_words

bp = Blueprint("repairs", __name__)


@bp.get("/rosters/<int:roster_id>/repair")
def index(roster_id: int) -> ResponseReturnValue:
    """Who cannot come, and when."""
    return _asking(_published(roster_id), forms.Form({"window": "week"}))


@bp.post("/rosters/<int:roster_id>/repair")
def ask(roster_id: int) -> ResponseReturnValue:
    """Look for what would change least; what is found at once is shown at once."""
    _published(roster_id)
    settings: Settings = current_app.extensions["settings"]
    loss = Loss(
        person_ids=tuple(request.form.getlist("person_id", type=row_id)),
        day=request.form.get("day", ""),
        window=request.form.get("window", ""),
    )
    asked = forms.submitted(
        lambda: repairs.ask(
            db.session,
            roster_id,
            loss,
            by=current_account(),
            now=utc_now(),
            seconds=settings.plan_seconds,
            workers=settings.plan_workers,
        )
    )
    if asked.result is None:
        return _asking(_published(roster_id), asked.form), 422
    db.session.commit()
    return redirect(url_for(".show", repair_id=asked.result.id), code=303)


@bp.get("/repairs/<int:repair_id>")
def show(repair_id: int) -> ResponseReturnValue:
    """The best proposal so far, line by line."""
    return _page(_view(repair_id), forms.Form())


@bp.get("/repairs/<int:repair_id>/progress")
def progress(repair_id: int) -> ResponseReturnValue:
    """How far the search is; once it is over, with the lines it found. What was unticked by then stays unticked."""
    view = _view(repair_id)
    return render_template("repairs/_progress.html", lines_too=view.is_over, **_drawn(view))


@bp.post("/repairs/<int:repair_id>/cancel")
def cancel(repair_id: int) -> ResponseReturnValue:
    repairs.cancel(db.session, repair_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", repair_id=repair_id), code=303)


@bp.post("/repairs/<int:repair_id>")
def accept(repair_id: int) -> ResponseReturnValue:
    """The lines that were ticked, at once. Each line brings who leaves and who comes, as it was shown."""
    lines = request.form.getlist("line", type=row_id)
    accepted = forms.submitted(
        lambda: repairs.accept(
            db.session,
            repair_id,
            joining=[turn for shift_id in lines for turn in _turns(shift_id, "joining")],
            leaving=[turn for shift_id in lines for turn in _turns(shift_id, "leaving")],
            reason=request.form.get("reason", ""),
            by=current_account(),
            now=utc_now(),
        ),
        RuleBroken,
        RepairOutdated,
    )
    if accepted.result is None:
        return _page(_view(repair_id), accepted.form), 422
    db.session.commit()
    flash(_("Done. Everybody whose shifts changed is told."), "success")
    return redirect(url_for(".show", repair_id=repair_id), code=303)


def _published(roster_id: int) -> Roster:
    """A published roster that the account plans. Raises NotFound, NotAllowed."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    if not roster.published_number:
        raise NotFound(what="roster", id=roster_id)
    return roster


def _asking(roster: Roster, form: forms.Form) -> str:
    now, period = utc_now(), roster.period
    gone, typed = request.values.getlist("person_id", type=row_id), search_typed()
    found = queries.serving(db.session, roster, search=typed, chosen=gone, now=now)
    days = [period.first_day + timedelta(days=number) for number in range(period.days)]
    return render_template(
        "repairs/index.html",
        roster=roster,
        title=_title(roster),
        people=found.people,
        more=found.more,
        some=bool(found.people or typed),
        gone=gone,
        days=[(one.isoformat(), day_in_words(one)) for one in days if one >= period.unit.day_of(now)],
        earlier=[(one.id, repair_words.people_in_words(one)) for one in queries.earlier(db.session, roster)],
        form=form,
    )


def _view(repair_id: int) -> RepairView:
    """Raises NotFound, NotAllowed."""
    row = repairs.get(db.session, repair_id, by=current_account())
    return queries.repair_view(db.session, row, now=utc_now())


def _page(view: RepairView, form: forms.Form) -> str:
    return render_template("repairs/show.html", title=_title(view.roster), form=form, lines_too=False, **_drawn(view))


def _drawn(view: RepairView) -> dict[str, Any]:
    proposal = view.proposal
    return {
        "repair": view,
        "roster": view.roster,
        "asked_words": repair_words.loss_in_words(view),
        "status": repair_words.status_in_words(view),
        "found": proposal,
        "lacks": roster_words.lack_in_words(proposal.lack) if proposal.lack else "",
        "lines": [_line(one) for one in proposal.lines],
        "open": any(one.state is LineState.OPEN for one in proposal.lines),
        "again": {"person_id": [one.id for one in view.people], "day": view.day or "", "window": view.window},
    }


def _line(one: Line) -> Drawn:
    return {
        "shift_id": one.place.shift_id,
        "place": drawing.place(one.place),
        "before": _names(one.before),
        "leaving": _names(one.leaving),
        "joining": _names(one.joining),
        "staying": _names(person for person in one.before if person not in one.leaving),
        "leaving_ids": ",".join(str(person.id) for person in one.leaving),
        "joining_ids": ",".join(str(person.id) for person in one.joining),
        "elsewhere": [
            _("%(person)s goes to %(place)s instead.", person=person.full_name, place=drawing.place(place))
            for person, place in one.elsewhere
        ],
        "lacks": roster_words.lack_in_words(one.lack) if one.lack else "",
        "state": one.state.value,
        "ticked": _is_ticked(one.place.shift_id),
    }


def _is_ticked(shift_id: int) -> bool:
    """All lines are, but for those that were shown and unticked."""
    sent: Mapping[str, Any] = {name: request.values.getlist(name, type=row_id) for name in ("shown", "line")}
    return shift_id not in sent["shown"] or shift_id in sent["line"]


def _title(roster: Roster) -> str:
    first_day: date = roster.period.first_day
    return drawing.week_title(first_day, first_day + timedelta(days=roster.period.days - 1))


def _names(people: Iterable[Any]) -> str:
    return ", ".join(person.full_name for person in people)


def _turns(shift_id: int, side: str) -> Iterable[Turn]:
    for part in request.form.get(f"{side}-{shift_id}", "").split(","):
        with suppress(ValueError):
            yield shift_id, row_id(part)
