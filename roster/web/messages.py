"""Messages: how I want to be told, and, for a unit, what was sent, waits or failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster import access
from roster.extensions import db
from roster.models import DeliveryState, MessageKind, Unit
from roster.queries import messages as queries
from roster.queries.messages import SentRow, Side, UnreachedRow
from roster.services import confirming, contacts, letters, turn_rules, units
from roster.web import contact_form, devices, forms, meanwhile, wording
from roster.web.clock import utc_now
from roster.web.message_words import KINDS
from roster.web.paging import page_links
from roster.web.sessions import current_account

bp = Blueprint("messages", __name__)

KEPT = timedelta(days=30)
"""How far back the outbox is shown."""
STATES: dict[DeliveryState, tuple[Any, str]] = {
    DeliveryState.WAITING: (_l("Waits"), "told"),
    DeliveryState.SENDING: (_l("Being sent"), "told"),
    DeliveryState.SENT: (_l("Sent"), "good"),
    DeliveryState.FAILED: (_l("Failed"), "refused"),
    DeliveryState.UNSURE: (_l("May have arrived"), "careful"),
    DeliveryState.DROPPED: (_l("Not needed any more"), "open"),
}
AGAIN: tuple[Any, str] = (_l("Will be tried again"), "careful")
UNREACHED = _l("The server for these messages cannot be reached.")
IN_DOUBT = _l("It may have arrived: the connection ended while it was sent.")
# What our own side notes of a failure; a server's own reply is shown as it came.
ERRORS: dict[str, Any] = {
    "ConnectionRefusedError": UNREACHED,
    "TimeoutError": UNREACHED,
    "gaierror": UNREACHED,
    "SMTPServerDisconnected": UNREACHED,
    "the worker died while handing it over": IN_DOUBT,
    "the mail server fell silent after the letter": IN_DOUBT,
    "the service fell silent after the message": IN_DOUBT,
    "refused without a word": _l("Refused without a reason."),
    "this is no address there": _l("The address there is wrong."),
    "not_reached": UNREACHED,
    "no_such_host": UNREACHED,
    "private_address": _l("The address there is wrong."),
    "the push service fell silent after the message": IN_DOUBT,
    "the device is gone": _l("That device no longer takes messages; its owner can turn it on again."),
}
UNREACHED_SIDE = "unreached"
SIDES: dict[str, Any] = {
    Side.TROUBLE: _l("Failed or in doubt"),
    Side.WAITING: _l("Waiting"),
    Side.SENT: _l("Sent"),
    UNREACHED_SIDE: _l("Only on their page"),
    Side.DROPPED: _l("Not needed any more"),
}


@bp.get("/account/messages")
def choices() -> ResponseReturnValue:
    return _choices_page()


@bp.post("/account/messages")
def save() -> ResponseReturnValue:
    account = current_account()
    typed = contact_form.typed(request.form)
    saved = forms.submitted(
        lambda: contacts.choose(db.session, account.person, account, typed, by=account, now=utc_now())
    )
    if saved.result is None:
        return _choices_page(saved.form), 422
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".choices"), code=303)


@bp.get("/units/<int:unit_id>/messages")
def outbox(unit_id: int) -> ResponseReturnValue:
    """What was sent in the last month to people of the unit and beneath, and what no channel took to them."""
    unit, since = _planned_unit(unit_id), utc_now() - KEPT
    side, page = request.args.get("side", ""), request.args.get("page", 1, type=int)
    side = side if side in SIDES else Side.TROUBLE
    people = queries.unreachable(db.session, unit, contact_form.channels_available(), since=since)
    counts, gathering = queries.counts(db.session, unit, since=since), queries.gathering(db.session, unit)
    on_page = {UNREACHED_SIDE: queries.unreached(db.session, unit, since=since).total}
    return render_template(
        "messages/outbox.html",
        unit=unit,
        figures=_figures(counts, gathering, people),
        sides=_sides(unit, side, {**counts, **on_page}),
        **(_unreached(unit, since, page) if side == UNREACHED_SIDE else _sent(unit, Side(side), since, page)),
        empty=_empty(side),
    )


@bp.post("/units/<int:unit_id>/messages/<int:delivery_id>/again")
def send_again(unit_id: int, delivery_id: int) -> ResponseReturnValue:
    letters.send_again(db.session, delivery_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("It is on its way again."), "success")
    return redirect(url_for(".outbox", unit_id=unit_id), code=303)


@bp.get("/units/<int:unit_id>/confirming")
def confirming_rules(unit_id: int) -> ResponseReturnValue:
    """By when turns must be confirmed, and those that were not."""
    return _confirming_page(_planned_unit(unit_id))


@bp.post("/units/<int:unit_id>/confirming")
def change_confirming(unit_id: int) -> ResponseReturnValue:
    unit, typed = _planned_unit(unit_id), request.form
    saved = meanwhile.changed(
        unit,
        _confirm_rules,
        lambda: confirming.change_rules(
            db.session,
            unit,
            hours=typed.get("hours", ""),
            opens="opens" in typed,
            by=current_account(),
            now=utc_now(),
        ),
        subject=f"unit:{unit_id}",
        called="confirm.rules",
    )
    if saved.result is None:
        return _confirming_page(_planned_unit(unit_id), saved.form), saved.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".confirming_rules", unit_id=unit_id), code=303)


def _planned_unit(unit_id: int) -> Unit:
    unit = units.get(db.session, unit_id)
    access.require_planner(current_account(), unit)
    return unit


def _choices_page(form: forms.Form | None = None) -> str:
    account = current_account()
    choice = contacts.choice_of(db.session, account.person, account)
    return render_template(
        "messages/choices.html",
        form=form or contact_form.form(choice, account),
        **contact_form.offered(account.person, account),
        **devices.offered(account),
    )


def _confirm_rules(unit: Unit) -> dict[str, object]:
    rules = confirming.rules_of(db.session, unit)
    return {"hours": rules.hours or "", "opens": rules.opens}


def _confirming_page(unit: Unit, form: forms.Form | None = None) -> str:
    late = confirming.unconfirmed_of(db.session, unit, now=utc_now())
    return render_template(
        "messages/confirming.html",
        unit=unit,
        answer_hours=turn_rules.of(db.session, unit).answer_hours,
        form=form or meanwhile.form_of(_confirm_rules(unit)),
        rows=[
            {
                "name": turn.person.full_name,
                "phone": turn.person.phone or "",
                "shift_id": turn.shift_id,
                "site": turn.shift.site.name,
                "when": _when(turn.shift.starts_at.astimezone(unit.zone), turn.shift.ends_at.astimezone(unit.zone)),
            }
            for turn in late
        ],
    )


def _when(starts: Any, ends: Any) -> str:
    return f"{wording.day_in_words(starts.date())}, {wording.hours(starts.time(), ends.time())}"


def _figures(counts: Mapping[str, int], gathering: int, unreachable: int) -> list[dict[str, Any]]:
    trouble = counts[Side.TROUBLE]
    return [
        {"label": _("Sent in 30 days"), "value": counts[Side.SENT]},
        {
            "label": _("Waiting"),
            "value": counts[Side.WAITING],
            "hint": ngettext("one more is still being gathered", "%(num)s more are still being gathered", gathering)
            if gathering
            else "",
        },
        {"label": _("Failed or in doubt"), "value": trouble, "tone": "careful" if trouble else "good"},
        {
            "label": _("People no message reaches"),
            "value": unreachable,
            "hint": _("what they are told stands on their page alone"),
            "tone": "careful" if unreachable else "good",
        },
    ]


def _sides(unit: Unit, shown: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "href": url_for(".outbox", unit_id=unit.id, side=str(side)),
            "active": side == shown,
            "count": counts[side],
        }
        for side, label in SIDES.items()
    ]


def _sent(unit: Unit, side: Side, since: datetime, page: int) -> dict[str, Any]:
    found = queries.sent(db.session, unit, side=side, since=since, page=page)
    return {
        "rows": [_row(row) for row in found.rows],
        "unreached": [],
        "pages": page_links(found.page, queries.PAGE_SIZE, found.total, side=side.value),
    }


def _unreached(unit: Unit, since: datetime, page: int) -> dict[str, Any]:
    found = queries.unreached(db.session, unit, since=since, page=page)
    return {
        "rows": [],
        "unreached": [_unreached_row(row) for row in found.rows],
        "pages": page_links(found.page, queries.PAGE_SIZE, found.total, side=UNREACHED_SIDE),
    }


def _unreached_row(row: UnreachedRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "phone": row.phone,
        "about": _about(row.kinds),
        "read": row.read,
        "when": format_datetime(row.at, "HH:mm d/M", rebase=False),
    }


def _about(kinds: Sequence[MessageKind]) -> str:
    return ", ".join(str(KINDS[kind]) for kind in kinds)


def _row(row: SentRow) -> dict[str, Any]:
    waits_again = row.state is DeliveryState.WAITING and row.attempts > 0
    state, tone = AGAIN if waits_again else STATES[row.state]
    error = "" if row.state is DeliveryState.DROPPED else str(ERRORS.get(row.error, row.error))
    tries = ngettext("after one attempt", "after %(num)s attempts", row.attempts) if error and row.attempts else ""
    return {
        "id": row.id,
        "name": row.name,
        "about": _about(row.kinds),
        "read": row.read,
        "channel": contact_form.CHANNELS[row.channel],
        "state": state,
        "tone": tone,
        "error": " · ".join(part for part in (error, tries) if part),
        "when": format_datetime(row.at, "HH:mm d/M", rebase=False),
        "again": row.state in queries.TROUBLE,
    }


def _empty(side: str) -> dict[str, str]:
    texts = {
        Side.TROUBLE: (_("Nothing failed"), _("Messages that fail, or may not have arrived, are listed here.")),
        Side.WAITING: (
            _("No letter waits"),
            _("What is told within some minutes is gathered into one letter; at night letters wait for the morning."),
        ),
        Side.SENT: (
            _("Nothing was sent yet"),
            _("Publishing tells those whose shifts changed."),
        ),
        UNREACHED_SIDE: (
            _("Everybody is reached"),
            _("Whoever has no e-mail address, no device and no chat is listed here, so that somebody can ring them."),
        ),
        Side.DROPPED: (
            _("Every letter had something to say"),
            _("A letter whose matter was over before it could leave is listed here."),
        ),
    }
    title, text = texts[side]
    return {"title": title, "text": text}
