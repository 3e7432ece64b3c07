"""Short places: why nobody is there, what would fill them, and doing that with one click; agreements taken back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster.errors import NotFound
from roster.extensions import db
from roster.models import Roster
from roster.planning import reasons
from roster.queries import agreements as agreement_queries
from roster.queries import qualifications, roster_cells, roster_totals
from roster.queries import shortages as queries
from roster.queries.shortages import Candidate, Cause, Remedy
from roster.services import remedies, rosters, shifts
from roster.services.remedies import Choice
from roster.web import drawing, moving, reason_words, shortage_words
from roster.web.clock import utc_now
from roster.web.drawing import Drawn
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.returning import safe_path
from roster.web.roster_words import Names
from roster.web.sessions import current_account

bp = Blueprint("shortages", __name__)

MOST_LISTED = 6
"""How many of the shifts that compete are named; more are a number."""


@bp.get("/rosters/<int:roster_id>/shifts/<int:shift_id>/shortage")
def show(roster_id: int, shift_id: int) -> ResponseReturnValue:
    """Why a place is short, and what would fill it; in the side sheet where there is JavaScript."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    cell = roster_cells.shift_cell(db.session, roster, shift_id, now=utc_now())
    if cell is None:
        raise NotFound(what="shift", id=shift_id)
    untouched = roster_totals.is_untouched(db.session, roster)
    cause = None if untouched else queries.cause_of(db.session, roster, shift_id, now=utc_now())
    template = "shortages/_shortage.html" if "HX-Request" in request.headers else "shortages/show.html"
    return render_template(
        template,
        roster=roster,
        heading=f"{drawing.shift_heading(cell)} · {cell.site_name}",
        shift_id=shift_id,
        untouched=untouched,
        cause=_cause(cause, roster) if cause else None,
        back=_way_back(roster),
    )


@bp.get("/rosters/<int:roster_id>/shifts/<int:shift_id>/people/<int:person_id>/why")
def why(roster_id: int, shift_id: int, person_id: int) -> ResponseReturnValue:
    """Why somebody serves on a shift, in one sentence."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    cell = roster_cells.shift_cell(db.session, roster, shift_id, now=utc_now())
    turn = next((one for one in cell.people if one.person.id == person_id), None) if cell else None
    if cell is None or turn is None:
        raise NotFound(what="turn", id=person_id)
    service = reasons.why_here(db.session, roster, shifts.get(db.session, shift_id), person_id, now=utc_now())
    names = qualifications.names_by_code(db.session, current_language())
    template = "shortages/_why.html" if "HX-Request" in request.headers else "shortages/why.html"
    return render_template(
        template,
        name=turn.person.full_name,
        heading=f"{drawing.shift_heading(cell)} · {cell.site_name}",
        words=reason_words.why_here_in_words(service, names) if service else _("This shift has begun already."),
        back=_way_back(roster),
    )


@bp.post("/rosters/<int:roster_id>/shifts/<int:shift_id>/remedy")
def apply(roster_id: int, shift_id: int) -> ResponseReturnValue:
    done = remedies.apply(
        db.session,
        roster_id,
        shift_id,
        _choice(),
        revision_seen=request.form.get("revision", -1, type=int),
        by=current_account(),
        now=utc_now(),
    )
    db.session.commit()
    flash(shortage_words.applied_in_words(done.assigned, done.minimum), "success")
    if done.kind == "move":
        moving.warn_of_broken([shifts.get(db.session, shift_id)])
    roster = rosters.get(db.session, roster_id, by=current_account())
    return redirect(f"{_way_back(roster)}#shift-{shift_id}", code=303)


@bp.post("/agreements/<int:agreement_id>/take-back")
def take_back(agreement_id: int) -> ResponseReturnValue:
    seen = request.form.get("revision", -1, type=int)
    roster = remedies.take_back(db.session, agreement_id, revision_seen=seen, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Taken back: the draft plans without it."), "success")
    return redirect(_way_back(roster), code=303)


def agreements(roster: Roster) -> list[Drawn]:
    """What people agreed to for the week, as _agreements.html lists it."""
    return [
        {
            "name": row.person.full_name,
            "words": reason_words.agreed_in_words(row),
            "place": drawing.place(row.place),
            "noted_by": row.noted_by or "",
            "noted_at": row.noted_at,
            "take_back_url": "" if row.over else url_for("shortages.take_back", agreement_id=row.id),
        }
        for row in agreement_queries.agreements_of(db.session, roster, now=utc_now())
    ]


def _choice() -> Choice:
    form = request.form
    return Choice(
        kind=form.get("kind", ""),
        detail=form.get("detail", ""),
        person_id=form.get("person_id", type=row_id),
        trained="trained" in form,
    )


def _way_back(roster: Roster) -> str:
    """The week as its reader had filtered it, or the whole of it."""
    period = roster.period
    week = url_for("rosters.week", unit_id=period.unit_id, first_day=period.first_day.isoformat())
    return safe_path(request.values.get("next")) or week


def _cause(cause: Cause, roster: Roster) -> Drawn:
    """As _shortage.html draws it."""
    names = qualifications.names_by_code(db.session, current_language())
    group = [drawing.place(place) for place in cause.group] if len(cause.group) > 1 else []
    return {
        "heading": shortage_words.heading(cause, names),
        "group_words": shortage_words.group_in_words(cause, names),
        "group": group[:MOST_LISTED],
        "more": max(0, len(group) - MOST_LISTED),
        "asked": cause.asked,
        "out": [
            {
                "words": shortage_words.out_in_words(out, names, tuple(cause.needs)),
                "people": shortage_words.people_in_words(out.named),
            }
            for out in cause.out
        ],
        "left": cause.out[-1].left if cause.out else cause.asked,
        "remedies": _alike_together([_remedy(remedy, cause, roster, names) for remedy in cause.remedies]),
    }


def _alike_together(drawn: list[Drawn]) -> list[Drawn]:
    """Remedies that read the same, such as lending from several units, as one with all their people."""
    kept: dict[tuple[str, str, str], Drawn] = {}
    for one in drawn:
        alike = kept.setdefault((one["title"], one["effect"], one["detail"]), one)
        if alike is not one:
            alike["people"] += one["people"]
    return list(kept.values())


def _remedy(remedy: Remedy, cause: Cause, roster: Roster, names: Names) -> Drawn:
    together = remedy.kind in remedies.TOGETHER
    return {
        "kind": remedy.kind,
        "detail": remedy.detail,
        "title": shortage_words.remedy_in_words(remedy, names),
        "effect": shortage_words.effect_in_words(remedy, cause),
        "button": shortage_words.button_in_words(remedy),
        "note": _("Calendars that show this shift follow at once.")
        if remedy.kind == "move" and roster.published_number
        else "",
        "people": [] if together else [_candidate(one) for one in remedy.people],
        "trains": remedy.kind == "train",
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    turns = ngettext("one turn this week", "%(num)s turns this week", one.turns_now)
    return {
        "id": one.person.id,
        "name": one.person.full_name,
        "detail": f"{one.person.unit_name} · {turns}",
        "phone": one.phone or "",
    }
