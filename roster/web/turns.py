"""A volunteer's own turns and the places still free: leave, take, wait, ask for a stand-in, swap. Made for a phone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _

from roster.errors import NotFound
from roster.extensions import db
from roster.models import (
    AskState,
    Assignment,
    AssignmentState,
    ClaimState,
    Person,
    Shift,
    ShiftState,
    SwapState,
    WithdrawalState,
)
from roster.queries import consents, qualifications, questions
from roster.queries import me as my_queries
from roster.queries import open_shifts as open_queries
from roster.queries import turns as queries
from roster.queries.open_shifts import OpenShift
from roster.queries.publications import Place
from roster.queries.questions import Pending, Question
from roster.queries.turns import SwapChoice
from roster.services import assignments, claims, confirming, covers, swaps, turn_rules, turns, withdrawals
from roster.services.confirming import Due
from roster.wanted import in_words
from roster.web import drawing, forms, roster_words, wording
from roster.web.clock import utc_now
from roster.web.ids import row_id
from roster.web.locale import current_language
from roster.web.sessions import current_account

bp = Blueprint("turns", __name__, url_prefix="/me")

Drawn = Mapping[str, Any]
ANSWERED_AT = {
    "offer": ("turns.answer_claim", "claim_id"),
    "cover": ("turns.answer_cover", "ask_id"),
    "swap": ("turns.answer_swap", "swap_id"),
}


@bp.get("/turns/<int:assignment_id>")
def show(assignment_id: int) -> ResponseReturnValue:
    """One turn with everything that may be done about it."""
    turn = _own(assignment_id)
    return _turn_page(turn, forms.Form())


@bp.post("/turns/<int:assignment_id>/withdraw")
def withdraw(assignment_id: int) -> ResponseReturnValue:
    turn = _own(assignment_id)
    done = forms.submitted(
        lambda: withdrawals.withdraw(
            db.session, turn.id, reason=request.form.get("reason", ""), by=current_account(), now=utc_now()
        )
    )
    if done.result is None:
        return _turn_page(_own(assignment_id), done.form), 422
    state, rule = done.result.state, done.result.rule
    db.session.commit()
    if state is WithdrawalState.GRANTED:
        flash(_("You are off this shift. Thank you for saying so early."), "success")
        return redirect(url_for("me.index"), code=303)
    if rule:
        flash(
            _(
                "Without you a rule of the roster would be broken (%(rule)s), so your coordinator looks for somebody"
                " first.",
                rule=roster_words.rule_in_words(rule),
            ),
            "info",
        )
    else:
        flash(_("Your coordinator has been asked. Until they answer you are still expected."), "info")
    return redirect(url_for(".show", assignment_id=assignment_id), code=303)


@bp.post("/withdrawals/<int:withdrawal_id>/back")
def come_after_all(withdrawal_id: int) -> ResponseReturnValue:
    withdrawals.take_back(db.session, withdrawal_id, by=current_account(), now=utc_now())
    return _done(_("Good that you can come after all."))


@bp.get("/turns/<int:assignment_id>/stand-in")
def choose_standin(assignment_id: int) -> ResponseReturnValue:
    """Who could take the turn over."""
    return _standin_page(_own(assignment_id), forms.Form())


@bp.post("/turns/<int:assignment_id>/stand-in")
def ask_standin(assignment_id: int) -> ResponseReturnValue:
    turn = _own(assignment_id)
    asked = forms.submitted(
        lambda: covers.ask_for_oneself(
            db.session,
            turn.id,
            request.form.getlist("person_id", type=row_id),
            text=request.form.get("text", ""),
            by=current_account(),
            now=utc_now(),
        )
    )
    if asked.result is None:
        return _standin_page(_own(assignment_id), asked.form), 422
    db.session.commit()
    flash(_("Asked. The first to say yes takes your place; until then it is yours."), "success")
    return redirect(url_for(".show", assignment_id=assignment_id), code=303)


@bp.post("/calls/<int:call_id>/stop")
def stop_call(call_id: int) -> ResponseReturnValue:
    covers.stop(db.session, call_id, by=current_account(), now=utc_now())
    return _done(_("Nobody is asked any more; the turn stays yours."))


@bp.get("/turns/<int:assignment_id>/swap")
def choose_swap(assignment_id: int) -> ResponseReturnValue:
    """Turns of others that could be swapped for this one."""
    turn = _own(assignment_id)
    turns.require_to_come(turn.shift, utc_now())
    roster = turns.published_roster(db.session, turn.shift)
    choices = queries.swap_choices(db.session, roster, turn, now=utc_now())
    return render_template(
        "turns/swap.html",
        turn_id=turn.id,
        mine=drawing.place(queries.place_of(turn.shift)),
        choices=[(one.assignment_id, _card(one.place, one.programme, _with(one, choices))) for one in choices],
    )


@bp.post("/turns/<int:assignment_id>/swap")
def propose_swap(assignment_id: int) -> ResponseReturnValue:
    wanted = request.form.get("wanted", 0, type=row_id)
    swaps.propose(db.session, assignment_id, wanted, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Proposed. You are told as soon as there is an answer; until then nothing changes."), "success")
    return redirect(url_for(".show", assignment_id=assignment_id), code=303)


@bp.post("/swaps/<int:swap_id>/<any(yes, no, back):word>")
def answer_swap(swap_id: int, word: str) -> ResponseReturnValue:
    """What the other, or who proposed it, says."""
    by, now = current_account(), utc_now()
    if word == "back":
        swap = swaps.take_back(db.session, swap_id, by=by, now=now)
    else:
        swap = swaps.answer(db.session, swap_id, agreed=word == "yes", by=by, now=now)
    told = {
        SwapState.DONE: _("Swapped. Both calendars follow."),
        SwapState.AGREED: _("Thank you. Your coordinator must still agree; until then nothing changes."),
    }
    return _done(told.get(swap.state, _("Thank you for answering.")))


@bp.post("/asks/<int:ask_id>/<any(yes, no):word>")
def answer_cover(ask_id: int, word: str) -> ResponseReturnValue:
    ask = covers.answer(db.session, ask_id, yes=word == "yes", by=current_account(), now=utc_now())
    told = {
        AskState.YES: _("The place is yours. Thank you for standing in!"),
        AskState.AGREED: _("Thank you. Your coordinator must still agree; until then nothing changes."),
    }
    return _done(told.get(ask.state, _("Thank you for answering.")))


@bp.get("/open")
def open_shifts() -> ResponseReturnValue:
    """Places still free, and full shifts one can wait for."""
    person, now = _me(), utc_now()
    consent = consents.awaited_of(db.session, person, now=now)
    if consent.bars:
        return render_template("turns/unconsented.html", consent=consent)
    found = open_queries.open_shifts(db.session, person, now=now)
    names = qualifications.names_by_code(db.session, current_language())
    rules = turn_rules.of_units(db.session, [one.unit for one in found])
    rows = [(one, _open_card(one, names, agreed=rules[one.unit.id].claims_agreed)) for one in found]
    return render_template(
        "turns/open.html",
        takeable=[row for row in rows if not row[0].is_full and not row[0].refusals],
        barred=[row for row in rows if not row[0].is_full and row[0].refusals],
        full=[row for row in rows if row[0].is_full],
        offered=ClaimState.OFFERED,
    )


@bp.post("/open/<int:shift_id>")
def claim(shift_id: int) -> ResponseReturnValue:
    """Take a place, or wait for one. With `free` the volunteer says to be free for it in the same tap."""
    person, by, now = _me(), current_account(), utc_now()
    if "free" in request.form:
        claims.say_free(db.session, shift_id, person, by=by, now=now)
    made = claims.claim(db.session, shift_id, person, by=by, now=now)
    state, place = made.state, claims.position(db.session, made)
    db.session.commit()
    if state is ClaimState.TAKEN:
        flash(_("The place is yours. They know you are coming."), "success")
        return redirect(url_for("me.index"), code=303)
    if state is ClaimState.ASKED:
        flash(_("Your coordinator must still agree. You are told as soon as they have."), "info")
    else:
        flash(
            ngettext(
                "All places are taken. You are next on the waiting list.",
                "All places are taken. You are number %(num)s on the waiting list.",
                place,
            ),
            "info",
        )
    return redirect(url_for(".open_shifts"), code=303)


@bp.post("/claims/<int:claim_id>/<any(yes, no):word>")
def answer_claim(claim_id: int, word: str) -> ResponseReturnValue:
    """Accept a place one waited for, or want none any more."""
    if word == "yes":
        made = claims.accept(db.session, claim_id, by=current_account(), now=utc_now())
        told = (
            _("Your coordinator must still agree. You are told as soon as they have.")
            if made.state is ClaimState.ASKED
            else _("The place is yours. They know you are coming.")
        )
    else:
        claims.let_go(db.session, claim_id, by=current_account(), now=utc_now())
        told = _("Thank you. Somebody else may have it.")
    return _done(told)


def _done(told: str) -> ResponseReturnValue:
    """Keep what was done, say so, and go home."""
    db.session.commit()
    flash(told, "success")
    return redirect(url_for("me.index"), code=303)


def _me() -> Person:
    person = current_account().person
    if person is None:
        raise NotFound(what="person", id=None)
    return person


def _own(assignment_id: int) -> Assignment:
    """The reader's own turn, active. Raises NotFound, NotAllowed."""
    return assignments.own(db.session, assignment_id, by=current_account())


def _turn_page(turn: Assignment, form: forms.Form) -> str:
    now, zone = utc_now(), turn.shift.site.unit.zone
    mine = my_queries.my_turn(db.session, turn)
    rules = turn_rules.of(db.session, turn.shift.site.unit)
    until = rules.withdraw_until(turn.shift.starts_at)
    waits = [
        one for one in questions.pending_of(db.session, turn.person, now=now) if one.place.shift_id == turn.shift_id
    ]
    left = turn.state is AssignmentState.CANCELLED and turn.shift.state is ShiftState.OPEN
    card = shift_card(mine, due=confirming.due(db.session, [turn.id]).get(turn.id))
    return render_template(
        "turns/show.html",
        turn_id=turn.id,
        card=card | ({"companions": (), "others": 0, "status": "", "due": ""} if left else {}),
        left=left,
        held=not mine.cancelled and queries.is_held(db.session, turn),
        may_confirm=not mine.confirmed and not mine.cancelled,
        may_change=not mine.cancelled and turn.shift.starts_at > now,
        may_leave=now <= until,
        until=format_datetime(until.astimezone(zone), "short", rebase=False),
        pending=[drawn_pending(one) for one in waits],
        withdrawing=any(one.kind == "withdrawal" for one in waits),
        form=form,
    )


def _standin_page(turn: Assignment, form: forms.Form) -> str:
    turns.require_to_come(turn.shift, utc_now())
    roster = turns.published_roster(db.session, turn.shift)
    able = queries.companions_for(db.session, roster, turn, now=utc_now())
    return render_template(
        "turns/standin.html",
        turn_id=turn.id,
        mine=drawing.place(queries.place_of(turn.shift)),
        named=[one for one in able if one.name],
        others=[one for one in able if not one.name],
        form=form,
    )


def shift_card(shift: my_queries.MyShift, href: str = "", *, due: Due | None = None) -> dict[str, object]:
    """The reader's own turn as components/shifts.html draws it; `due`: by when it must be confirmed."""
    status = "cancelled" if shift.cancelled else "confirmed" if shift.confirmed else "tentative"
    return {
        "day": shift.starts.date(),
        "hours": wording.hours(shift.starts.time(), shift.ends.time()),
        "site": shift.site,
        "place": shift.address or (_("Show on the map") if wording.map_address(shift) else ""),
        "map_href": wording.map_address(shift),
        "programme": shift.programme,
        "companions": shift.companions,
        "others": shift.others,
        "status": status,
        "note": shift.cancel_reason if shift.cancelled else shift.note,
        "due": _due_in_words(due.by.astimezone(shift.starts.tzinfo), opens=due.opens) if due else "",
        "href": href,
    }


def _due_in_words(by: datetime, *, opens: bool) -> str:
    """As letters say it (`letters/words.py`)."""
    moment = wording.moment_in_words(by)
    if by <= utc_now():
        return _("It was to be confirmed by %(moment)s. Please answer now.", moment=moment)
    if opens:
        return _("Confirm by %(moment)s. After that the place opens for others.", moment=moment)
    return _("Confirm by %(moment)s.", moment=moment)


def asked_card(shift: Shift, text: str) -> dict[str, object]:
    """A shift that somebody is asked to come to, with the words of whoever asks."""
    return _card(queries.place_of(shift), note=text) | {"place": shift.site.address}


def _card(place: Place, programme: str = "", note: str = "") -> dict[str, object]:
    """Somebody else's turn, or a free place, as components/shifts.html draws it."""
    return {
        "day": place.starts.date(),
        "hours": wording.hours(place.starts.time(), place.ends.time()),
        "site": place.site_name,
        "place": "",
        "map_href": "",
        "programme": programme,
        "companions": [],
        "others": 0,
        "status": "",
        "note": note,
        "due": "",
        "href": "",
    }


def _with(one: SwapChoice, choices: Sequence[SwapChoice]) -> str:
    """Whose turn it is; several of one shift who are not named are at least told apart."""
    if one.name:
        return _("Now with %(name)s", name=one.name)
    alike = [other for other in choices if other.place == one.place and not other.name]
    if len(alike) == 1:
        return _("Now with another volunteer")
    return _(
        "Now with another volunteer, number %(number)s of %(total)s", number=alike.index(one) + 1, total=len(alike)
    )


def _open_card(one: OpenShift, names: Mapping[str, str], *, agreed: bool) -> dict[str, object]:
    """`agreed`: a coordinator agrees before anybody has a place there."""
    left = wording.sentence(in_words(one.wanted, ngettext))
    if one.is_full:
        left = ngettext("Full; one is waiting", "Full; %(num)s are waiting", one.waiting) if one.waiting else _("Full")
    elif agreed:
        left = _("%(left)s; a coordinator agrees first", left=left)
    card = _card(one.place, one.programme, "" if one.refusals else left)
    return card | {
        "place": one.address,
        "agreed": agreed,
        "reasons": [roster_words.refusal_in_words(refusal, names) for refusal in one.refusals],
    }


def drawn_question(one: Question) -> Drawn:
    """A card with a yes and a no (templates/turns/_questions.html)."""
    yes, no = {
        "offer": (_("I take the place"), _("Not any more")),
        "cover": (_("I can come") if one.extra else _("I stand in"), _("I cannot")),
        "swap": (_("I agree"), _("No, thank you")),
    }[one.kind]
    endpoint, name = ANSWERED_AT[one.kind]
    about: dict[str, Any] = {name: one.id}
    return {
        "about": f"{name}-{one.id}",
        "card": _card(one.place, note=one.text),
        "title": _asked_in_words(one),
        "yes": yes,
        "no": no,
        "yes_url": url_for(endpoint, word="yes", **about),
        "no_url": url_for(endpoint, word="no", **about),
    }


def _asked_in_words(one: Question) -> str:
    who = one.who or _("Somebody")
    if one.kind == "offer" and one.until is not None:
        until = format_datetime(one.until, "short", rebase=False)
        return _("A place you waited for is free. It is kept for you until %(until)s.", until=until)
    if one.kind == "swap" and one.gives is not None:
        return _(
            "%(who)s would take your turn %(yours)s if you take this one.", who=who, yours=drawing.place(one.gives)
        )
    if one.extra:
        return _("One more would be welcome here. Could you come?")
    return _("%(who)s cannot come. Could you stand in?", who=one.who) if one.who else _("Could you stand in here?")


def drawn_pending(one: Pending) -> Drawn:
    """A line with the way to take it back (templates/turns/_pending.html)."""
    who = one.who or _("another volunteer")
    wanted = drawing.place(one.wanted) if one.wanted else ""
    words: Mapping[str, Callable[[], str]] = {
        "waiting": lambda: _("You are number %(place)s on the waiting list.", place=one.position),
        "asked": lambda: _("Your coordinator must still agree that you take this place."),
        "withdrawal": lambda: _("You cannot come; your coordinator has been asked."),
        "standin": lambda: (
            ngettext(
                "One person has been asked to stand in for you.",
                "%(num)s people have been asked to stand in for you.",
                one.asked,
            )
            if one.asked
            else _("Nobody you asked can stand in for you: ask others, or say that you cannot come.")
        ),
        "swap": lambda: _("You proposed to swap with %(who)s for %(turn)s.", who=who, turn=wanted),
        "swap_agreed": lambda: _(
            "You and %(who)s want to swap for %(turn)s; your coordinator must agree.", who=who, turn=wanted
        ),
    }
    backs: Mapping[str, Sequence[str]] = {
        "waiting": (_("Leave the list"), url_for("turns.answer_claim", claim_id=one.id, word="no")),
        "asked": (_("Take it back"), url_for("turns.answer_claim", claim_id=one.id, word="no")),
        "withdrawal": (_("I can come after all"), url_for("turns.come_after_all", withdrawal_id=one.id)),
        "standin": (_("Ask nobody any more"), url_for("turns.stop_call", call_id=one.id)),
        "swap": (_("Take it back"), url_for("turns.answer_swap", swap_id=one.id, word="back")),
    }
    label, address = backs.get(one.kind, ("", ""))
    return {
        "kind": one.kind,
        "about": f"{one.kind}-{one.id}",
        "place": drawing.place(one.place),
        "words": words[one.kind](),
        "back": label,
        "back_url": address,
    }
