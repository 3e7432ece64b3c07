"""Meanwhile: two people have the same form open, and the second to save is told what the first one changed.

A form of something that is kept carries what it showed when it was drawn, hidden in its page (`seen(form)` in
templates/components/inputs.html). When it comes back, that is compared with what is kept now, under the row's lock. If
somebody else changed a field meanwhile, nothing is saved: the form is drawn again with what was typed, with the new
values in the fields that were left alone, and with a note beside each field that changed. Saving again is a decision.

No version is counted on the rows: a number says that something changed, not what, and every way of changing a row would
have to raise it. A form sent without what it showed (by a program) is saved as it is.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from flask import request
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from roster.extensions import db
from roster.models import AuditEntry, Base
from roster.web.forms import Form, Meanwhile, Submission, submitted, typed

Kept = TypeVar("Kept", bound=Base)
Result = TypeVar("Result")
Shown = Mapping[str, "str | list[str]"]
"""Fields as a browser sends them: text, or a list where several can be ticked."""

SEEN = "seen"


def form_of(values: Mapping[str, Any]) -> Form:
    """The form of something kept, which remembers what it showed."""
    return Form({**values, SEEN: json.dumps(_shown(values), ensure_ascii=False)})


def changed(
    kept: Kept,
    values_of: Callable[[Kept], Mapping[str, Any]],
    action: Callable[[], Result],
    *,
    subject: str,
    called: str = "",
) -> Submission[Result]:
    """Do `action`, unless somebody else changed fields of `kept` since its form was drawn.

    `values_of`: what the form shows of it. `subject`: its name on the audit trail ("site:12"), which knows who it was;
    `called`: what the trail calls the change, if not "site.change".
    The caller has made sure that its reader may see `kept`: the refusal tells what stands there now.
    """
    # Else two who save at once would both find nothing changed. Rows that only point to it go on being written.
    db.session.refresh(kept, with_for_update={"key_share": True})
    values = values_of(kept)
    seen, now = _seen(), _shown(values)
    if seen is None or not (differing := _changed_elsewhere(seen, now)):
        return submitted(action)
    told = _told(subject, called)
    db.session.rollback()
    notes = {
        name: Meanwhile(
            _said(seen.get(name, "")), _said(now.get(name, "")), yours=_typed(name, now) != seen.get(name, "")
        )
        for name in differing
    }
    merged = {name: values.get(name, "") for name, note in notes.items() if not note.yours}
    return Submission(None, Form({**typed(), **merged, **_only_seen(values)}, {"": told}, notes))


def _changed_elsewhere(seen: Shown, now: Shown) -> list[str]:
    """Fields that changed since the form was drawn, but not to what was typed here as well."""
    names = dict.fromkeys((*now, *seen))
    return [name for name in names if now.get(name, "") not in (seen.get(name, ""), _typed(name, now))]


def _typed(name: str, like: Shown) -> str | list[str]:
    """What came back in a field; a list if the field is one."""
    if isinstance(like.get(name), list):
        return sorted(request.form.getlist(name))
    return _text(request.form.get(name, ""))


def _only_seen(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form, drawn again, is to remember: the values its reader is told of now."""
    return {SEEN: form_of(values).value(SEEN)}


def _seen() -> Shown | None:
    """What the form showed when it was drawn; None where that cannot be read."""
    try:
        sent = json.loads(request.form.get(SEEN, ""))
    except ValueError:
        return None
    return sent if isinstance(sent, dict) and all(isinstance(value, str | list) for value in sent.values()) else None


def _shown(values: Mapping[str, Any]) -> dict[str, str | list[str]]:
    return {
        name: sorted(str(one) for one in value) if isinstance(value, list | tuple) else _text(value)
        for name, value in values.items()
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _said(value: str | list[str]) -> str | list[str]:
    """A value as a note tells it; the field's macro puts the words of its choices in place of their codes."""
    if isinstance(value, list):
        return value
    try:
        return format_date(date.fromisoformat(value), "medium")
    except ValueError:
        return value


def _told(subject: str, called: str) -> str:
    kind, _number = subject.split(":")
    last = db.session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject == subject, AuditEntry.action == (called or f"{kind}.change"))
        .options(joinedload(AuditEntry.account))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    if last is None or last.account is None:
        return _("Not saved yet: this was changed while you had it open. Nothing you typed is lost; look at the notes.")
    return _(
        "Not saved yet: %(by)s changed this at %(at)s, while you had it open. Nothing you typed is lost; look at the "
        "notes, then save again.",
        by=last.account.display_name,
        at=format_datetime(last.at, "short"),
    )
