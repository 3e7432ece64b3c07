"""What a coordinator is told once published shifts have moved under their people."""

from collections.abc import Iterable

from flask import flash

from roster.extensions import db
from roster.models import Shift
from roster.queries import qualifications
from roster.services import turns
from roster.web import roster_words
from roster.web.clock import utc_now
from roster.web.locale import current_language

NAMED = 3


def warn_of_broken(shifts: Iterable[Shift]) -> None:
    """Say who cannot be there any more, or what else is in the way; of many the first few."""
    names = qualifications.names_by_code(db.session, current_language())
    for broken in turns.broken_on(db.session, shifts, now=utc_now())[:NAMED]:
        flash(roster_words.broken_rule_in_words(broken, names), "warning")
