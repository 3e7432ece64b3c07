"""Rounds: asking everybody for a week, watching who answers, and answering by tapping half-days."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster.errors import NotFound
from roster.extensions import db
from roster.models import Channel, Person, Roster, Round
from roster.queries import rounds as queries
from roster.services import rosters, rounds
from roster.web import contact_form, forms, week_picker, wording
from roster.web.clock import utc_now
from roster.web.message_words import waits_for_morning
from roster.web.paging import page_links
from roster.web.rosters import frame_of
from roster.web.sessions import current_account

bp = Blueprint("rounds", __name__)


@bp.get("/rosters/<int:roster_id>/answers")
def show(roster_id: int) -> ResponseReturnValue:
    return _page(rosters.get(db.session, roster_id, by=current_account()))


@bp.post("/rosters/<int:roster_id>/answers")
def ask(roster_id: int) -> ResponseReturnValue:
    asked = forms.submitted(
        lambda: rounds.ask(
            db.session, roster_id, deadline=request.form.get("deadline", ""), by=current_account(), now=utc_now()
        )
    )
    if asked.result is None:
        return _page(rosters.get(db.session, roster_id, by=current_account()), asked.form), 422
    _answered, people = rounds.counts(db.session, asked.result)
    db.session.commit()
    if people:
        _say_sent(roster_id, ngettext("One person is asked.", "%(num)s people are asked.", people))
    else:
        flash(_("There is nobody to ask yet. Bring in people first, then ask again."), "info")
    return redirect(url_for(".show", roster_id=roster_id), code=303)


@bp.post("/rosters/<int:roster_id>/answers/remind")
def remind(roster_id: int) -> ResponseReturnValue:
    people = rounds.remind(db.session, roster_id, by=current_account(), now=utc_now())
    db.session.commit()
    if people:
        _say_sent(roster_id, ngettext("One person is reminded.", "%(num)s people are reminded.", people))
    else:
        flash(_("There is nobody to remind: nobody still has to answer."), "info")
    return redirect(url_for(".show", roster_id=roster_id), code=303)


def _say_sent(roster_id: int, words: str) -> None:
    """At night also when the letters leave; whom none reaches stands on the page itself."""
    unit = rosters.get(db.session, roster_id, by=current_account()).period.unit
    later = waits_for_morning(unit) if contact_form.channels_available() else ""
    flash(f"{words} {later}".strip(), "success")


@bp.get("/me/weeks/<int:round_id>")
def mine(round_id: int) -> ResponseReturnValue:
    """My own answer for one week."""
    return _mine(*_asked_of_me(round_id))


@bp.post("/me/weeks/<int:round_id>")
def answer(round_id: int) -> ResponseReturnValue:
    found, person = _asked_of_me(round_id)
    offer = week_picker.typed(request.form)
    if offer is None:
        return _mine(found, person, blank=True), 422
    rounds.answer(db.session, found.id, person, offer, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Thank you. The next plan knows when you can come."), "success")
    return redirect(url_for("me.index"), code=303)


def _mine(found: Round, person: Person, *, blank: bool = False) -> str:
    here = url_for(".mine", round_id=found.id)
    return week_picker.page(found, person, done=here, here=here, later=f"week-{found.id}", blank=blank)


def _asked_of_me(round_id: int) -> tuple[Round, Person]:
    person, found = current_account().person, rounds.get(db.session, round_id)
    if person is None or rounds.of_person(db.session, found, person) is None:
        raise NotFound(what="round", id=round_id)
    return found, person


def _page(roster: Roster, form: forms.Form | None = None) -> str:
    found, now = rounds.of_roster(db.session, roster), utc_now()
    suggested = rounds.usual_deadline(roster, now=now).isoformat()
    shown = {"form": form or forms.Form({"deadline": suggested}), "roster": roster, "frame": frame_of(roster)}
    if found is None:
        return render_template("rounds/show.html", round=None, unreached=0, **shown)
    answered, asked = rounds.counts(db.session, found)
    said = request.args.get("side") == "answered"
    ways, page = contact_form.channels_available(), request.args.get("page", 1, type=int)
    people = queries.asked_people(db.session, found, ways, answered=said, page=page)
    zone = roster.period.unit.zone
    return render_template(
        "rounds/show.html",
        round=found,
        is_open=found.deadline > now,
        deadline=wording.moment_in_words(found.deadline.astimezone(zone)),
        reminded=wording.moment_in_words(found.reminded_at.astimezone(zone)) if found.reminded_at else "",
        answered=answered,
        asked=asked,
        side="answered" if said else "waiting",
        people=people.rows,
        mails=Channel.EMAIL in ways,
        unreached=queries.unreached(db.session, found, ways) if found.deadline > now else 0,
        clock=wording.moment_in_words,
        pages=page_links(people.page, queries.PAGE_SIZE, people.total, side="answered" if said else "waiting"),
        **shown,
    )
