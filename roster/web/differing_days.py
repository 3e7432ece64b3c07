"""Days that differ from somebody's usual week, as the volunteer and those who plan them see and add them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import AvailabilityException, Level, Person
from roster.queries import me as queries
from roster.services import availability
from roster.services.availability import ExceptionDetails
from roster.web import forms, wording
from roster.web.clock import utc_now
from roster.web.sessions import current_account


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list, in words."""

    when: str
    level: Level
    note: str
    remove: str


def shown(person: Person, *, remove: Callable[[int], str], form: forms.Form | None = None) -> Mapping[str, Any]:
    """As components/differing_days.html draws them. `remove`: where one of them is taken back, by its id; `form`: what
    was typed and refused.
    """
    rows = queries.exceptions(db.session, person, now=utc_now())
    return {
        "lines": [_line(row, remove(row.id)) for row in rows],
        "form": form or forms.Form({"level": Level.NOT}),
        "levels": wording.LEVELS,
    }


def added(person: Person) -> forms.Submission[AvailabilityException]:
    """What the request's form says of them, kept if it can be."""
    typed = request.form
    details = ExceptionDetails(
        first_day=typed.get("first_day", ""),
        last_day=typed.get("last_day", ""),
        starts=typed.get("starts", ""),
        ends=typed.get("ends", ""),
        level=typed.get("level", ""),
        note=typed.get("note", ""),
    )
    return forms.submitted(
        lambda: availability.add_exception(db.session, person, details, by=current_account(), now=utc_now())
    )


def _line(row: queries.ExceptionRow, remove: str) -> Line:
    first, last = wording.day_in_words(row.starts.date()), wording.day_in_words(row.last_moment.date())
    if row.whole_days:
        when = first if first == last else _("%(first)s to %(last)s", first=first, last=last)
    elif row.starts.date() == row.ends.date():
        when = f"{first}, {wording.hours(row.starts.time(), row.ends.time())}"
    else:
        when = _("%(first)s to %(last)s", first=f"{first} {row.starts:%H:%M}", last=f"{last} {row.ends:%H:%M}")
    return Line(when, row.level, row.note, remove)
