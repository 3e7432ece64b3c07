"""What a coordinator is told once published shifts have moved under their people, or come back without some of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext

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
    broken = turns.broken_on(db.session, shifts, now=utc_now())
    for one in broken[:NAMED]:
        flash(roster_words.broken_rule_in_words(one, names), "warning")
    if more := len(broken[NAMED:]):
        flash(ngettext("One more thing is in the way.", "%(num)s more things are in the way.", more), "warning")


def tell_who_stays_away(away: Sequence[Mapping[str, Any]]) -> None:
    """Say who does not come back with shifts that take place after all, and why; of many the first few."""
    names = qualifications.names_by_code(db.session, current_language())
    for one in away[:NAMED]:
        flash(_("Does not come back: %(who)s", who=roster_words.broken_rule_in_words(one, names)), "warning")
    if more := len(away[NAMED:]):
        flash(ngettext("One more does not come back.", "%(num)s more do not come back.", more), "warning")
