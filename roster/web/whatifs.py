"""The what-ifs of a week: ask, watch, stop, read the answers, put them away. Nothing of the roster is changed."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from roster.config import Settings
from roster.extensions import db
from roster.models import Roster
from roster.queries import qualifications, sites
from roster.queries import whatifs as queries
from roster.queries.whatifs import Answer, WhatIfView
from roster.services import rosters, whatifs
from roster.services.whatifs import Question
from roster.web import drawing, forms, whatif_words
from roster.web import rosters as roster_pages
from roster.web.clock import utc_now
from roster.web.drawing import Drawn
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.paging import search_typed
from roster.web.roster_words import Names
from roster.web.sessions import current_account

bp = Blueprint("whatifs", __name__)

FIRST_ASKED = {"kind": "train", "count": 2, "by": 1}
PLACES_SHOWN = 12
"""How many shifts of an answer are listed; more are a number."""


@bp.get("/rosters/<int:roster_id>/what-ifs")
def index(roster_id: int) -> ResponseReturnValue:
    roster = rosters.get(db.session, roster_id, by=current_account())
    return _page(roster, forms.Form(FIRST_ASKED))


@bp.post("/rosters/<int:roster_id>/what-ifs")
def ask(roster_id: int) -> ResponseReturnValue:
    rosters.get(db.session, roster_id, by=current_account())
    settings: Settings = current_app.extensions["settings"]
    asked = forms.submitted(
        lambda: whatifs.ask(
            db.session,
            roster_id,
            _question(),
            by=current_account(),
            now=utc_now(),
            seconds=settings.plan_seconds,
            workers=settings.plan_workers,
        )
    )
    if asked.result is None:
        return _page(rosters.get(db.session, roster_id, by=current_account()), asked.form), 422
    db.session.commit()
    return _to_answers(roster_id)


@bp.get("/rosters/<int:roster_id>/what-ifs/answers")
def answers(roster_id: int) -> ResponseReturnValue:
    """The answers alone; while one is looked for, the page asks every second."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    return render_template("whatifs/_answers.html", roster=roster, **_answers(roster))


@bp.get("/rosters/<int:roster_id>/what-ifs/people")
def people(roster_id: int) -> ResponseReturnValue:
    """People to choose from: those ticked already, and those with a name like what is typed."""
    roster = rosters.get(db.session, roster_id, by=current_account())
    return render_template("whatifs/_people.html", people=_choosable(roster))


@bp.post("/what-ifs/<int:whatif_id>/cancel")
def cancel(whatif_id: int) -> ResponseReturnValue:
    row = whatifs.cancel(db.session, whatif_id, by=current_account(), now=utc_now())
    db.session.commit()
    return _to_answers(row.roster_id)


@bp.post("/what-ifs/<int:whatif_id>/forget")
def forget(whatif_id: int) -> ResponseReturnValue:
    roster = whatifs.forget(db.session, whatif_id, by=current_account(), now=utc_now())
    db.session.commit()
    return _to_answers(roster.id)


def _to_answers(roster_id: int) -> Response:
    return make_response(redirect(url_for(".index", roster_id=roster_id, _anchor="answers"), code=303))


def _question() -> Question:
    form = request.form
    return Question(
        kind=form.get("kind", ""),
        qualification=form.get("qualification", ""),
        count=form.get("count", ""),
        group=form.get("group", ""),
        by=form.get("by", ""),
        shift_id=form.get("shift_id", type=row_id),
        starts=form.get("starts", ""),
        ends=form.get("ends", ""),
        person_ids=tuple(form.getlist("person_ids", type=row_id)),
    )


def _page(roster: Roster, form: forms.Form) -> str:
    choices = sites.demand_choices(db.session, roster.period.unit, language=current_language())
    movable = queries.shifts_to_move(db.session, roster, now=utc_now())
    return render_template(
        "whatifs/index.html",
        roster=roster,
        frame=roster_pages.frame_of(roster),
        form=form,
        qualifications=choices.qualifications,
        groups=choices.pools,
        shifts=[(one.shift_id, drawing.place(one)) for one in movable],
        people=_choosable(roster),
        **_answers(roster),
    )


def _choosable(roster: Roster) -> tuple[queries.Choosable, ...]:
    chosen = {number for number in request.values.getlist("person_ids", type=row_id) if number}
    return queries.people_to_choose(db.session, roster, search=search_typed(), chosen=chosen)


def _answers(roster: Roster) -> dict[str, Any]:
    names = qualifications.names_by_code(db.session, current_language())
    views = queries.whatifs_of(db.session, roster)
    return {
        "answers": [_drawn(view, names) for view in views],
        "waiting": any(not view.state.is_over for view in views),
    }


def _drawn(view: WhatIfView, names: Names) -> Drawn:
    over = view.state.is_over
    return {
        "id": view.id,
        "title": whatif_words.question_in_words(view, names),
        "state": whatif_words.state_in_words(view),
        "over": over,
        "asked_by": view.asked_by or "",
        "created_at": view.created_at,
        "answer": _answer(view.answer) if view.answer else None,
        "cancel_url": "" if over or view.cancel_requested else url_for(".cancel", whatif_id=view.id),
        "forget_url": url_for(".forget", whatif_id=view.id) if over else "",
    }


def _answer(answer: Answer) -> Drawn:
    changed = [one for one in answer.places if one.before != one.after]
    return {
        "words": whatif_words.answer_in_words(answer),
        "also": whatif_words.also_in_words(answer),
        "verdict": answer.verdict,
        "steps": [whatif_words.step_in_words(step, answer.wanted) for step in answer.steps],
        "places": [
            {"place": drawing.place(one.place), "before": one.before, "after": one.after}
            for one in changed[:PLACES_SHOWN]
        ],
        "more": max(0, len(changed) - PLACES_SHOWN),
    }
