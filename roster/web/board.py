"""The board of a week beyond single hands: moving people, undo and redo, and what others change meanwhile."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster.errors import NotFound
from roster.extensions import db
from roster.models import Roster
from roster.queries import roster_totals, somebody
from roster.queries.targets import Target, Targets, targets_for
from roster.services import copying, drafts, people, rosters
from roster.web import drawing, roster_words
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.rosters import board_of, frame_of, names_of_qualifications, revision_seen, to_week
from roster.web.sessions import current_account

bp = Blueprint("board", __name__)

LISTED = 60
"""Targets in the list at most; the board itself shows them all."""


@bp.get("/rosters/<int:roster_id>/board")
def show(roster_id: int) -> ResponseReturnValue:
    """The parts of the week's page that change; 304 while nobody has changed anything."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    state = roster_totals.state_of(db.session, roster)
    if request.if_none_match.contains(state):
        answer = make_response("", 304)
    else:
        answer = make_response(render_template("board/show.html", **board_of(roster)))
    answer.set_etag(state)
    return answer


@bp.get("/rosters/<int:roster_id>/people/<int:person_id>/targets")
def targets(roster_id: int, person_id: int) -> ResponseReturnValue:
    """Where a person may go: as a list to choose from, or as data for the board while they are held."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    person = people.get(db.session, person_id)
    leaving = request.args.get("leaving", type=row_id)
    found = targets_for(db.session, roster, person, leaving=leaving, now=utc_now())
    if found is None:
        raise NotFound(what="person", id=person_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(_verdicts(found))
    template = "board/_targets.html" if "HX-Request" in request.headers else "board/targets.html"
    return render_template(template, roster=roster, targets=found, **_listed(found, roster))


@bp.post("/rosters/<int:roster_id>/shifts/<int:shift_id>/people/<int:person_id>/move")
def move(roster_id: int, shift_id: int, person_id: int) -> ResponseReturnValue:
    rosters.move(
        db.session,
        roster_id,
        shift_id,
        person_id,
        leaving=request.form.get("leaving", 0, type=row_id),
        revision_seen=revision_seen(),
        by=current_account(),
        now=utc_now(),
    )
    db.session.commit()
    return _done(roster_id, anchor=f"shift-{shift_id}")


@bp.post("/rosters/<int:roster_id>/copy-week")
def copy_week(roster_id: int) -> ResponseReturnValue:
    """Last week's turns as proposals for this one; what could not be copied is listed with its reason."""
    copied = copying.copy_week(
        db.session, roster_id, revision_seen=revision_seen(), by=current_account(), now=utc_now()
    )
    db.session.commit()
    flash(
        ngettext("One turn has been copied.", "%(num)s turns have been copied.", copied.added)
        if copied.added
        else _("Nothing could be copied."),
        "success" if copied.added else "info",
    )
    if not copied.left:
        return to_week(roster_id)
    roster = rosters.get(db.session, roster_id, by=current_account())
    return render_template("board/copied.html", roster=roster, frame=frame_of(roster), rows=_left_out(copied.left))


@bp.post("/rosters/<int:roster_id>/undo")
def undo(roster_id: int) -> ResponseReturnValue:
    drafts.undo(db.session, roster_id, revision_seen=revision_seen(), by=current_account(), now=utc_now())
    db.session.commit()
    return _done(roster_id)


@bp.post("/rosters/<int:roster_id>/redo")
def redo(roster_id: int) -> ResponseReturnValue:
    drafts.redo(db.session, roster_id, revision_seen=revision_seen(), by=current_account(), now=utc_now())
    db.session.commit()
    return _done(roster_id)


def _done(roster_id: int, anchor: str | None = None) -> ResponseReturnValue:
    """The board asks for its new state itself; without scripts it is the page again."""
    if "HX-Request" in request.headers:
        return "", 204
    return to_week(roster_id, anchor=anchor)


def _left_out(left: Sequence[copying.Left]) -> list[dict[str, str]]:
    """Turns that were not copied, as a table reads them."""
    names, known = names_of_qualifications(), somebody.profiles(db.session, {one.person_id for one in left})
    rows = []
    for one in left:
        zone = one.shift.site.unit.zone
        rows.append(
            {
                "person": known[one.person_id].somebody.full_name,
                "when": drawing.when(one.shift.starts_at.astimezone(zone), one.shift.ends_at.astimezone(zone)),
                "site": one.shift.site.name,
                "reason": roster_words.refusal_in_words(one.refusal, names)
                if one.refusal
                else _("No free place at that hour in this week, or they no longer serve here."),
            }
        )
    return rows


def _verdicts(found: Targets) -> dict[str, Any]:
    """For each shift by its id: whether the person may take it, and the number of the words that say why not."""
    names, words = names_of_qualifications(), list[str]()
    shifts: dict[int, tuple[bool, int]] = {}
    for target in found.all:
        reason = " ".join(_reasons(target, names))
        if reason not in words:
            words.append(reason)
        shifts[target.shift.id] = (target.may, words.index(reason))
    return {"words": words, "shifts": shifts}


def _reasons(target: Target, names: roster_words.Names) -> list[str]:
    if target.on_it:
        return [_("Serves here already.")]
    return [roster_words.refusal_in_words(one, names) for one in target.refusals]


def _listed(found: Targets, roster: Roster) -> dict[str, Any]:
    """Short places first, then in time order; of those out of the question as many as one reads."""
    names = names_of_qualifications()
    able = sorted(found.open, key=lambda target: not target.shift.is_short)
    barred = [target for target in found.all if not target.may and not target.on_it]
    period = roster.period
    first_day = period.first_day.isoformat()
    return {
        "only_url": url_for("rosters.week", unit_id=period.unit_id, first_day=first_day, person_id=found.person_id),
        "able": [_choice(target, roster, found, names) for target in able[:LISTED]],
        "barred": [_choice(target, roster, found, names) for target in barred[:LISTED]],
        "more": max(0, len(able) - LISTED),
    }


def _choice(target: Target, roster: Roster, found: Targets, names: roster_words.Names) -> dict[str, Any]:
    where = "board.move" if found.leaving else "rosters.by_hand"
    hand: dict[str, Any] = {} if found.leaving else {"hand": "add"}
    shift = target.shift
    return {
        "when": drawing.when(shift.starts, shift.ends),
        "site": shift.site_name,
        "missing": shift.missing,
        "reasons": _reasons(target, names),
        "url": url_for(where, roster_id=roster.id, shift_id=shift.id, person_id=found.person_id, **hand),
    }
