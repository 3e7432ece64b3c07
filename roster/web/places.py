"""Published places between two publications: what needs a coordinator, one place with its history, finding cover."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster import access
from roster.extensions import db
from roster.models import Roster, Shift, ShiftState, Unit
from roster.queries import guardians
from roster.queries import places as queries
from roster.queries import rounds as round_queries
from roster.queries.attendance import unexplained
from roster.queries.late_holidays import late_holidays_of
from roster.queries.places import Asked, Candidate, Happening, Matter, PlacePage
from roster.queries.publications import Place
from roster.queries.skills import Needs
from roster.queries.turns import place_of
from roster.services import (
    assignments,
    attendance,
    claims,
    confirming,
    covers,
    placements,
    shifts,
    swaps,
    turn_rules,
    turns,
    units,
    withdrawals,
)
from roster.services.turn_rules import RulesTyped
from roster.wanted import Wanted, in_words
from roster.web import drawing, forms, meanwhile, returning, roster_words, silence
from roster.web.clock import local_today, utc_now
from roster.web.drawing import LEVELS_BY_WELCOME
from roster.web.ids import row_id
from roster.web.rosters import names_of_qualifications
from roster.web.sessions import current_account
from roster.web.wording import day_in_words, hours, moment_in_words, sentence, somebody

bp = Blueprint("places", __name__)

TICKED = 5
"""How many of the best stand-ins are ticked already: "tick five, send"."""
SHOWN, MOST_SHOWN = 40, 400
"""How many of them the page lists at once, and with those that unfold."""

# Why somebody came to a place or left it; `turns.Way`, and publications.
CAME: dict[str, Any] = {
    "published": _l("came with publication no. %(number)s"),
    "claimed": _l("took the open place"),
    "promoted": _l("came from the waiting list"),
    "covered": _l("stood in"),
    "swapped": _l("came by a swap"),
    "repaired": _l("came by a repair"),
    "rearranged": _l("came when turns were rearranged"),
    "by_hand": _l("was put on it"),
}
LEFT: dict[str, Any] = {
    "published": _l("was taken off with publication no. %(number)s"),
    "withdrawn": _l("cannot come"),
    "covered": _l("was relieved"),
    "swapped": _l("left by a swap"),
    "repaired": _l("was taken off by a repair"),
    "rearranged": _l("left when turns were rearranged"),
    "unconfirmed": _l("did not confirm in time"),
    "forgotten": _l("asked to be forgotten"),
    "elsewhere": _l("has other plans by now"),
    "by_hand": _l("was taken off"),
}

YES_AND_NO = {
    "withdrawal": (_l("Let them go"), _l("They must come")),
    "absence": (_l("They were there"), _l("They were missing")),
}


@bp.get("/attention")
def attention() -> ResponseReturnValue:
    """What waits for the coordinator, of all units they plan."""
    access.require_some_planner(current_account())
    now = utc_now()
    found = queries.attention(db.session, current_account(), now=now)
    late = confirming.unconfirmed_of(db.session, *access.units_of(current_account()), now=now)
    return render_template(
        "places/attention.html",
        tops=access.units_of(current_account()),
        matters=[_matter(one) for one in found.matters],
        short=[(one, _when(one.place), _skills(one.needs_missing)) for one in found.short],
        weeks=[
            (roster.id, f"{roster.period.unit.name} · {_week(roster)}")
            for roster in queries.published_weeks(db.session, current_account(), now=now)
        ],
        silent=[silence.line(one) for one in round_queries.silent_weeks(db.session, current_account(), now=now)],
        unexplained=[(one, _when(one.place)) for one in unexplained(db.session, current_account(), now=now)],
        holidays=late_holidays_of(db.session, current_account(), now=now),
        minors=guardians.waiting(db.session, current_account(), today=local_today()),
        unconfirmed=[(turn.person.full_name, turn.shift_id, drawing.place(place_of(turn.shift))) for turn in late],
    )


@bp.get("/places/<int:shift_id>")
def show(shift_id: int) -> ResponseReturnValue:
    """One published shift: its people, what is asked, and how it came so."""
    return _place_page(_planned(shift_id))


@bp.get("/places/<int:shift_id>/cover")
def find_cover(shift_id: int) -> ResponseReturnValue:
    """Who could stand in, best first, with a text ready to send."""
    shift = _planned(shift_id)
    turns.require_to_come(shift, utc_now())
    return _cover_page(shift, forms.Form())


@bp.post("/places/<int:shift_id>/cover")
def ask_cover(shift_id: int) -> ResponseReturnValue:
    asked = forms.submitted(
        lambda: covers.ask(
            db.session,
            shift_id,
            request.form.getlist("person_id", type=row_id),
            text=_own_words(),
            leaving_id=request.form.get("leaving", type=row_id),
            by=current_account(),
            now=utc_now(),
        )
    )
    if asked.result is None:
        return _cover_page(_planned(shift_id), asked.form), 422
    db.session.commit()
    flash(_("Asked. The first to say yes has the place; the others are thanked."), "success")
    return redirect(url_for(".show", shift_id=shift_id), code=303)


@bp.post("/places/<int:shift_id>/calls/<int:call_id>/stop")
def stop_cover(shift_id: int, call_id: int) -> ResponseReturnValue:
    _planned(shift_id)
    covers.stop(db.session, call_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Nobody is asked any more."), "success")
    return redirect(url_for(".show", shift_id=shift_id), code=303)


@bp.post("/places/<int:shift_id>/people/<int:person_id>/<any(put, off, comes):deed>")
def place_person(shift_id: int, person_id: int, deed: str) -> ResponseReturnValue:
    """Put somebody on the published shift at once, take them off, or note that they said they will be there."""
    by, now = current_account(), utc_now()
    if deed == "put":
        placements.put(db.session, shift_id, person_id, by=by, now=now)
    elif deed == "comes":
        assignments.confirm_for(db.session, shift_id, person_id, by=by, now=now)
    else:
        reason = request.form.get("reason", "")
        placements.take_off(db.session, shift_id, person_id, reason=reason, by=by, now=now)
    db.session.commit()
    flash(_("Saved.") if deed == "comes" else _("Done, and told to the volunteer."), "success")
    return redirect(url_for(".show", shift_id=shift_id), code=303)


@bp.post("/places/<int:shift_id>/people/<int:person_id>/swap")
def put_by_swap(shift_id: int, person_id: int) -> ResponseReturnValue:
    """Put on somebody who gives another turn away for it, as the page offered: both halves, or nothing."""
    gives, to = (request.form.get(name, type=row_id) for name in ("gives", "to"))
    placements.put_by_swap(
        db.session,
        shift_id,
        person_id,
        gives_id=gives or 0,
        to_id=to or 0,
        leaving_id=request.form.get("leaving", type=row_id),
        by=current_account(),
        now=utc_now(),
    )
    db.session.commit()
    flash(_("Done. Everybody whose shifts changed is told."), "success")
    return redirect(url_for(".show", shift_id=shift_id), code=303)


def _answered(matter: str, yes: bool) -> str:
    if matter != "absence":
        return _("Answered. Everybody concerned is told.")
    return _("Saved. The turn counts as served.") if yes else _("Saved. They see it among their shifts.")


@bp.post("/matters/<any(withdrawal, claim, cover, swap, absence):matter>/<int:matter_id>/<any(yes, no):word>")
def answer(matter: str, matter_id: int, word: str) -> ResponseReturnValue:
    """The coordinator's word on what a volunteer asked."""
    by, now, yes = current_account(), utc_now(), word == "yes"
    if matter == "withdrawal":
        withdrawals.answer(db.session, matter_id, granted=yes, by=by, now=now)
    elif matter == "claim":
        claims.answer(db.session, matter_id, agreed=yes, by=by, now=now)
    elif matter == "cover":
        covers.agree(db.session, matter_id, agreed=yes, by=by, now=now)
    elif matter == "absence":
        attendance.answer(db.session, matter_id, came=yes, by=by, now=now)
    else:
        swaps.decide(db.session, matter_id, agreed=yes, by=by, now=now)
    db.session.commit()
    flash(_answered(matter, yes), "success")
    return redirect(returning.safe_path(request.referrer) or url_for(".attention"), code=303)


@bp.get("/units/<int:unit_id>/turn-rules")
def rules(unit_id: int) -> ResponseReturnValue:
    """What volunteers of the unit may do with published turns by themselves."""
    unit = units.get(db.session, unit_id)
    access.require_planner(current_account(), unit)
    return _rules_page(unit, meanwhile.form_of(_rules(unit)))


@bp.post("/units/<int:unit_id>/turn-rules")
def change_rules(unit_id: int) -> ResponseReturnValue:
    unit, sent = units.get(db.session, unit_id), request.form
    access.require_planner(current_account(), unit)
    typed = RulesTyped(
        withdraw_hours=sent.get("withdraw_hours", ""),
        answer_hours=sent.get("answer_hours", ""),
        claims_agreed="claims_agreed" in sent,
        swaps_agreed="swaps_agreed" in sent,
    )
    changed = meanwhile.changed(
        unit,
        _rules,
        lambda: turn_rules.change(db.session, unit, typed, by=current_account(), now=utc_now()),
        subject=f"unit:{unit_id}",
        called="turn_rules.change",
    )
    if changed.result is None:
        return _rules_page(units.get(db.session, unit_id), changed.form), changed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".rules", unit_id=unit_id), code=303)


def _rules_page(unit: Unit, form: forms.Form) -> str:
    inherited = turn_rules.of(db.session, unit).unit_id != unit.id
    return render_template("places/rules.html", unit=unit, inherited=inherited, form=form)


def _rules(unit: Unit) -> dict[str, object]:
    held = turn_rules.of(db.session, unit)
    return {
        "withdraw_hours": held.withdraw_hours,
        "answer_hours": held.answer_hours,
        "claims_agreed": held.claims_agreed,
        "swaps_agreed": held.swaps_agreed,
    }


def _planned(shift_id: int) -> Shift:
    """A published shift of a unit the account plans. Raises NotFound, NotAllowed."""
    shift = shifts.get(db.session, shift_id)
    access.require_planner(current_account(), shift.site.unit)
    turns.published_roster(db.session, shift)
    return shift


def _place_page(shift: Shift) -> str:
    page = queries.place_page(db.session, shift, by=current_account(), now=utc_now())
    roster = turns.published_roster(db.session, shift)
    cancelled = shift.state is ShiftState.CANCELLED
    return render_template(
        "places/show.html",
        shift_id=shift.id,
        page=page,
        welcome=sentence(in_words(Wanted(0, page.wanted.welcome), ngettext)),
        skills=_skills(page.needs_missing),
        when=_when(page.place),
        week_url=url_for("rosters.week", unit_id=roster.period.unit_id, first_day=roster.period.first_day.isoformat()),
        countable=shift.is_countable(utc_now()),
        to_come=shift.starts_at > utc_now() and not cancelled,
        cancelled=cancelled,
        cancel_reason=shift.cancel_reason,
        matters=[_matter(one) for one in page.matters],
        asked=[_asked(one, shift.site.unit.zone) for one in (*page.waiting, *page.asked)],
        history=[_happening(one) for one in page.history],
    )


def _cover_page(shift: Shift, form: forms.Form) -> str:
    leaving = request.values.get("leaving", type=row_id)
    page = queries.place_page(db.session, shift, by=current_account(), now=utc_now())
    found = queries.candidates(db.session, turns.published_roster(db.session, shift), shift, leaving, now=utc_now())
    names = names_of_qualifications()
    asked = {one.person.id for one in page.asked}
    now_able = [one for one in found if one.gives is None and one.person.id not in asked]
    ready = _ready_text(page, relieving=leaving is not None)
    return render_template(
        "places/cover.html",
        shift_id=shift.id,
        page=page,
        skills=roster_words.skills_in_words(page.needs_missing, names),
        when=_when(page.place),
        leaving=leaving or "",
        leaving_name=next((one.person.full_name for one in page.people if one.person.id == leaving), ""),
        able=[(one, _candidate(one, names)) for one in now_able],
        after_swap=[_swap(one, leaving, names) for one in found if one.gives is not None and one.to is not None],
        ticked=TICKED,
        shown=SHOWN,
        most=MOST_SHOWN,
        ready=ready,
        form=form if form.values else forms.Form({"text": ready}),
    )


def _own_words() -> str:
    """What a coordinator wrote; ready words nobody changed are none: each letter has them in its reader's language."""
    text = request.form.get("text", "").strip()
    return "" if text == request.form.get("ready", "") else text


def _ready_text(page: PlacePage, *, relieving: bool) -> str:
    words = (
        _l("We are short of somebody on %(when)s at %(site)s. Could you come? One tap is enough. Thank you!")
        if relieving or page.is_short
        else _l("One more would be welcome on %(when)s at %(site)s. Could you come? One tap is enough. Thank you!")
    )
    return str(words) % {"when": _when(page.place), "site": page.place.site_name}


def _skills(missing: Needs) -> list[str]:
    return roster_words.skills_in_words(missing, names_of_qualifications()) if missing else []


def _when(place: Place) -> str:
    return f"{day_in_words(place.starts.date())}, {hours(place.starts.time(), place.ends.time())}"


def _week(roster: Roster) -> str:
    first_day = roster.period.first_day
    return drawing.week_title(first_day, first_day + timedelta(days=roster.period.days - 1))


def _matter(one: Matter) -> Mapping[str, Any]:
    """A line with yes and no (templates/places/_matters.html)."""
    words = {
        "withdrawal": lambda: _("%(person)s cannot come.", person=one.person),
        "claim": lambda: _("%(person)s would take the open place.", person=one.person),
        "cover": lambda: _("%(person)s would stand in for %(other)s.", person=one.person, other=one.other),
        "swap": lambda: _(
            "%(person)s and %(other)s want to swap with %(turn)s.",
            person=one.person,
            other=one.other,
            turn=drawing.place(one.wanted) if one.wanted else "",
        ),
        "absence": lambda: _("%(person)s is noted as missing and says they were there.", person=one.person),
    }
    yes, no = YES_AND_NO.get(one.kind, (_l("Agree"), _l("Refuse")))
    return {
        "words": words[one.kind](),
        "place": drawing.place(one.place),
        "shift_id": one.place.shift_id,
        "kind": one.kind,
        "reason": one.reason,
        "rule": roster_words.rule_in_words(one.rule) if one.rule else "",
        "yes": yes,
        "no": no,
        "yes_url": url_for("places.answer", matter=one.kind, matter_id=one.id, word="yes"),
        "no_url": url_for("places.answer", matter=one.kind, matter_id=one.id, word="no"),
    }


def _asked(one: Asked, zone: ZoneInfo) -> Mapping[str, Any]:
    state, tone = ASK_STATES[one.state]
    return {"person": one.person, "state": state, "tone": tone, "since": moment_in_words(one.since.astimezone(zone))}


def _happening(one: Happening) -> Mapping[str, Any]:
    words = str((CAME if one.came else LEFT)[one.way]) % {"number": one.number}
    return {
        "at": moment_in_words(one.at),
        "came": one.came,
        "words": f"{somebody(one.person)} {words}",
        "by": one.by if one.by and one.by != one.person else "",
        "reason": one.reason,
    }


def _candidate(one: Candidate, names: roster_words.Names) -> Mapping[str, Any]:
    facts = [ngettext("one turn in five weeks", "%(num)s turns in five weeks", one.turns)]
    if one.km is not None:
        facts.append(_("%(km)s km away", km=f"{one.km:g}"))
    if one.asked is not None:
        facts.append(_("asked %(day)s", day=day_in_words(one.asked.date())))
    return {
        "name": one.person.full_name,
        "unit": one.person.unit_name,
        "brings": [names.get(code, code) for code in one.brings],
        "welcome": str(LEVELS_BY_WELCOME[one.welcome]) if one.welcome else "",
        "facts": " · ".join(facts),
    }


def _swap(one: Candidate, leaving: int | None, names: roster_words.Names) -> Mapping[str, Any]:
    """Somebody who could come if their turn were taken over, with what carries out both."""
    assert one.gives is not None
    assert one.to is not None
    turn = drawing.place(one.gives)
    fields = {"gives": one.gives.shift_id, "to": one.to.id} | ({"leaving": leaving} if leaving else {})
    return {
        **_candidate(one, names),
        "id": one.person.id,
        "fields": fields,
        "swap": _("if %(other)s takes %(turn)s from them", other=one.to.full_name, turn=turn),
    }


ASK_STATES: dict[str, tuple[Any, str]] = {
    "asked": (_l("Asked"), "told"),
    "agreed": (_l("Says yes"), "good"),
    "yes": (_l("Came"), "good"),
    "no": (_l("Cannot"), "open"),
    "closed": (_l("Thanked"), "open"),
    "waiting": (_l("Waiting"), "told"),
    "offered": (_l("Offered a place"), "good"),
}
