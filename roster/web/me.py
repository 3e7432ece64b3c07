"""The volunteer's own pages: coming shifts, availability, limits. Made for a phone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.errors import NotFound
from roster.extensions import db
from roster.models import Half, Level, Person, Weekday
from roster.queries import consents, nights, questions
from roster.queries import me as queries
from roster.queries.me import MyShift
from roster.services import assignments, attendance, availability, confirming
from roster.services.availability import Limits
from roster.services.confirming import Due
from roster.web import differing_days, drawing, forms, turns, week_picker, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account

bp = Blueprint("me", __name__, url_prefix="/me")


MOST_AT_HAND = 7
"""Turns whose pages are brought in beforehand: a week of them."""


@bp.get("/")
def index() -> ResponseReturnValue:
    person, now = _me(), utc_now()
    mine = queries.my_shifts(db.session, person, now=now)
    rounds = week_picker.asked(person, now)
    due = confirming.due(db.session, [shift.assignment_id for shift in mine.coming])
    return render_template(
        "me/index.html",
        person=person,
        mine=mine,
        missed=[(one, drawing.place(one.place)) for one in mine.missed],
        cards=[
            (shift.assignment_id, _card(shift, now, due.get(shift.assignment_id)), _may_confirm(shift, now))
            for shift in mine.coming
        ],
        soon=wording.soon(mine.coming[0].starts, now) if mine.coming else "",
        questions=[turns.drawn_question(one) for one in questions.questions_for(db.session, person, now=now)],
        consent=consents.awaited_of(db.session, person, now=now),
        rounds=rounds,
        weeks_to_answer=any(not answered for *_, answered in rounds),
        pending=[turns.drawn_pending(one) for one in questions.pending_of(db.session, person, now=now)],
        at_hand=list(_at_hand(mine.coming, [asked[0] for asked in rounds])),
    )


@bp.post("/shifts/<int:assignment_id>/confirm")
def confirm(assignment_id: int) -> ResponseReturnValue:
    assignments.confirm(db.session, assignment_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Thank you. They know you are coming."), "success")
    return redirect(url_for(".index"), code=303)


@bp.post("/shifts/<int:assignment_id>/was-there")
def was_there(assignment_id: int) -> ResponseReturnValue:
    attendance.object_to(db.session, assignment_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Thank you for saying so. Your coordinator looks again."), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/availability")
def availability_page() -> ResponseReturnValue:
    return _availability_page(_me())


@bp.post("/availability")
def save_week() -> ResponseReturnValue:
    person = _me()
    offer = dict(_typed_week())
    availability.set_week(db.session, person, offer, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Saved. The next plan knows when you can come."), "success")
    return redirect(url_for(".availability_page"), code=303)


@bp.post("/availability/exceptions")
def add_exception() -> ResponseReturnValue:
    added = differing_days.added(_me())
    if added.result is None:
        return _availability_page(_me(), exception_form=added.form), 422
    db.session.commit()
    flash(_("Noted for these days."), "success")
    return redirect(url_for(".availability_page", _anchor="exceptions"), code=303)


@bp.post("/availability/exceptions/<int:exception_id>/drop")
def drop_exception(exception_id: int) -> ResponseReturnValue:
    availability.drop_exception(db.session, exception_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Your usual week holds again."), "success")
    return redirect(url_for(".availability_page", _anchor="exceptions"), code=303)


@bp.post("/limits")
def save_limits() -> ResponseReturnValue:
    person, typed = _me(), request.form
    limits = Limits(
        max_turns=typed.get("max_turns"),
        max_turns_per_day=typed.get("max_turns_per_day"),
        max_hours=typed.get("max_hours"),
        max_km=typed.get("max_km"),
    )

    def save() -> Person:
        availability.set_limits(db.session, person, limits, by=current_account(), now=utc_now())
        availability.share_name(db.session, person, "shares_name" in typed, by=current_account(), now=utc_now())
        return person

    saved = forms.submitted(save)
    if saved.result is None:
        return _availability_page(_me(), limits_form=saved.form), 422
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".availability_page", _anchor="limits"), code=303)


def _me() -> Person:
    """The person of the account; accounts of desks and offices have none."""
    person = current_account().person
    if person is None:
        raise NotFound(what="person", id=None)
    return person


def _at_hand(shifts: Sequence[MyShift], rounds: Sequence[int]) -> Iterator[str]:
    """The pages that a phone brings in beforehand, to be read and answered without network."""
    yield url_for("turns.open_shifts")
    yield url_for(".availability_page")
    for round_id in rounds:
        yield url_for("rounds.mine", round_id=round_id)
        yield url_for("rounds.mine", round_id=round_id, **week_picker.AS_LAST)
    for shift in shifts[:MOST_AT_HAND]:
        yield url_for("turns.show", assignment_id=shift.assignment_id)


def _may_confirm(shift: MyShift, now: datetime) -> bool:
    return not shift.confirmed and not shift.cancelled and shift.starts > now


def _card(shift: MyShift, now: datetime, due: Due | None) -> dict[str, object]:
    """Once it has begun there is nothing left to confirm, to leave or to swap."""
    begun = shift.starts <= now
    href = "" if shift.cancelled or begun else url_for("turns.show", assignment_id=shift.assignment_id)
    card = turns.shift_card(shift, href, due=due)
    return card | {"status": "", "due": ""} if begun and not shift.cancelled else card


def _typed_week() -> Iterator[tuple[tuple[Weekday, Half], Level]]:
    """The half-days of the form that say something; anything else in it is ignored."""
    for weekday in Weekday:
        for half in Half:
            level = request.form.get(_cell_name(weekday, half), "")
            if level in set(Level):
                yield (weekday, half), Level(level)


def _cell_name(weekday: Weekday, half: Half) -> str:
    return f"{weekday.value}-{half.value}"


def _availability_page(
    person: Person, *, exception_form: forms.Form | None = None, limits_form: forms.Form | None = None
) -> str:
    return render_template(
        "me/availability.html",
        person=person,
        picker=_picker(person),
        differing=differing_days.shown(
            person, remove=lambda row: url_for(".drop_exception", exception_id=row), form=exception_form
        ),
        limits_form=limits_form or forms.Form(_limit_values(person)),
    )


def _limit_values(person: Person) -> dict[str, object]:
    values = {
        "max_turns": person.max_turns,
        "max_turns_per_day": person.max_turns_per_day,
        "max_hours": None if person.max_minutes is None else person.max_minutes // 60,
        "max_km": person.max_km,
        "shares_name": person.shares_name,
    }
    return {name: "" if value is None else value for name, value in values.items()}


def _picker(person: Person) -> dict[str, object]:
    """The usual week as components/availability.html draws it."""
    week = queries.usual_week(db.session, person)
    unsaid = Level.NOT if queries.has_said_usual_week(db.session, person) else ""
    names = wording.weekday_names()
    halves = week_picker.asked_for(week, nights.to_come(db.session, person, now=utc_now()))
    return {
        "halves": week_picker.heads(halves),
        "days": [
            {
                "label": names[weekday],
                "note": "",
                "cells": [
                    {
                        "name": _cell_name(weekday, half),
                        "label": f"{names[weekday]}, {wording.HALVES[half]}",
                        "level": week.get((weekday, half), unsaid),
                    }
                    for half in halves
                ],
            }
            for weekday in Weekday
        ],
    }
