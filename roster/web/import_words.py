"""The words of imports: what columns hold, what is wrong with a row, what a row would change."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster.errors import FieldError
from roster.imports.review import Change, Verdict
from roster.models import ImportState
from roster.vietnam import phones
from roster.web.errors import REASONS, words_of

FIELDS: dict[str, Any] = {
    "full_name": _l("Full name"),
    "given_name": _l("Given name (in a column of its own)"),
    "phone": _l("Phone number"),
    "email": _l("E-mail address"),
    "birth_date": _l("Date of birth"),
    "unit": _l("Unit"),
    "team": _l("Team"),
    "qualifications": _l("Qualifications"),
}
# The state as status_badge() knows it, and what the page says of it.
STATES: dict[ImportState, tuple[str, Any]] = {
    ImportState.OPEN: ("draft", _l("Not confirmed yet: nothing is written.")),
    ImportState.QUEUED: ("queued", _l("Waiting for a free worker …")),
    ImportState.RUNNING: ("running", _l("Writing the people …")),
    ImportState.DONE: ("done", _l("Everybody is in.")),
    ImportState.CANCELLED: (
        "cancelled",
        _l("Stopped. What was written stays; the same file again brings in the rest."),
    ),
    ImportState.FAILED: ("failed", _l("It broke off. What was written stays; the same file again adds the rest.")),
}


def problem(field: str, reason: str, facts: Mapping[str, Any]) -> str:
    """ "Phone number: This is no phone number that can exist. (12345)"."""
    words = words_of(FieldError(reason=reason, **facts)) if reason in REASONS else _("This row could not be written.")
    about = FIELDS.get(field)
    value = str(facts.get("value", ""))
    said = f"{about}: {words}" if about else words
    return f"{said} ({value})" if value and value not in words else said


def problems(verdict: Verdict) -> list[str]:
    return [problem(one.field, one.reason, one.facts) for one in verdict.problems]


def kept_problems(kept: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same of a report, which keeps JSON values."""
    return [problem(one["field"], one["reason"], one["facts"]) for one in kept]


def changes(found: Sequence[Change]) -> list[str]:
    """ "Phone number: 0912 345 678 → 0913 456 789"; what comes on top of something has no arrow."""
    return [
        _("%(field)s: %(before)s → %(after)s", field=FIELDS[name], before=_value(before), after=_value(after))
        if before
        else _("%(field)s: %(after)s", field=FIELDS[name], after=_value(after))
        for name, before, after in found
    ]


def doubts(verdict: Verdict) -> list[str]:
    """What is taken as it stands but may be a slip: a birthday that makes somebody very young."""
    age = verdict.row.age
    if age is None:
        return []
    return [ngettext("One year old: is the birthday right?", "%(num)s years old: is the birthday right?", age)]


def details(verdict: Verdict) -> list[str]:
    """What a new person is told with: phone, birthday, team."""
    row = verdict.row
    said = [_value(row.phone), row.email, _value(row.birth_date), verdict.team.name if verdict.team else row.team]
    return [text for text in said if text]


def _value(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value or "")
    return phones.written(text) if text.startswith("+") else text
