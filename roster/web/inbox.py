"""The inbox: everything I was told, for those too whom no message reaches. The words are those of the letters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.extensions import db
from roster.letters import words
from roster.letters.desk import PageDesk
from roster.letters.parts import Line, Part
from roster.models import Message, Shift
from roster.queries import inbox as queries
from roster.queries.inbox import Entry
from roster.services import contacts, inbox
from roster.web import contact_form
from roster.web.clock import utc_now
from roster.web.locale import current_language
from roster.web.message_words import KINDS
from roster.web.paging import page_links
from roster.web.sessions import current_account

bp = Blueprint("inbox", __name__, url_prefix="/inbox")


@bp.get("/")
def index() -> ResponseReturnValue:
    found = queries.inbox(db.session, current_account(), now=utc_now(), page=request.args.get("page", 1, type=int))
    desk = _desk()
    return render_template(
        "inbox/index.html",
        rows=[_row(desk, entry) for entry in found.entries],
        unread=any(not entry.is_read for entry in found.entries),
        reached=_is_reached(desk),
        pages=page_links(found.page, queries.PAGE_SIZE, found.total),
    )


@bp.get("/<int:message_id>")
def show(message_id: int) -> ResponseReturnValue:
    """One entry; opening it is reading it."""
    entry = inbox.read(db.session, message_id, by=current_account(), now=utc_now())
    db.session.commit()
    desk = _desk()
    parts = words.parts_of(desk, entry.messages)
    return render_template(
        "inbox/show.html",
        title=_title(desk, entry, parts),
        told_at=_moment(desk, entry),
        parts=parts or [_over(desk, entry)],
    )


@bp.post("/read")
def read_all() -> ResponseReturnValue:
    inbox.read_all(db.session, by=current_account(), now=utc_now())
    db.session.commit()
    flash(_("Everything is marked as read."), "success")
    return redirect(url_for(".index"), code=303)


def _desk() -> PageDesk:
    account = current_account()
    reader = contacts.reader(db.session, account.person, account)
    return PageDesk(db.session, replace(reader, language=current_language()), utc_now(), base_url="")


def _is_reached(desk: PageDesk) -> bool:
    """Whether anything that is told here also leaves this service for its reader."""
    return bool(desk.reader.devices or contact_form.channels_available() & set(desk.reader.channels))


def _row(desk: PageDesk, entry: Entry) -> dict[str, Any]:
    parts = words.parts_of(desk, entry.messages)
    return {
        "href": url_for(".show", message_id=entry.id),
        "title": _title(desk, entry, parts),
        "about": next((f"{line.when} · {line.where}" for part in parts for line in part.lines), ""),
        "over": not parts,
        "told_at": _moment(desk, entry),
        "is_read": entry.is_read,
    }


def _title(desk: PageDesk, entry: Entry, parts: Sequence[Part]) -> str:
    """What still holds; or, where nothing does, what it was about."""
    if parts:
        return desk.subject(parts)
    first = entry.messages[0]
    about = [desk.day_of(shift) for shift in _shifts(desk, first)[:1]]
    return " · ".join((str(KINDS[first.kind]), *about))


def _over(desk: PageDesk, entry: Entry) -> Part:
    lines = [Line(desk.when(shift), desk.where(shift)) for shift in _shifts(desk, *entry.messages)]
    words_of_it = _("This is over, or has changed since. Your shifts as they stand now are on your page.")
    return Part(heading="", sentences=[words_of_it], lines=lines)


def _shifts(desk: PageDesk, *messages: Message) -> list[Shift]:
    ids = dict.fromkeys(shift_id for message in messages for shift_id in message.shift_ids)
    return [desk.shift(shift_id) for shift_id in ids]


def _moment(desk: PageDesk, entry: Entry) -> str:
    return desk.moment(entry.told_at)
