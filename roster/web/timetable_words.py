"""The words of timetables: where they come from, and what in them could not be read."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from roster.errors import FieldError
from roster.models import TimetableKind, TimetableState
from roster.web.errors import REASONS, words_of

KINDS: dict[TimetableKind, Any] = {
    TimetableKind.FILE: _l("Calendar file"),
    TimetableKind.LINK: _l("Calendar link"),
    TimetableKind.TABLE: _l("Typed timetable"),
}
KIND_ICONS = {TimetableKind.FILE: "file-text", TimetableKind.LINK: "link", TimetableKind.TABLE: "table-2"}
# The state as status_badge() knows it.
STATES = {TimetableState.READING: "queued", TimetableState.READ: "done", TimetableState.REFUSED: "failed"}
# What was left out of a timetable that could otherwise be read; refusals of the whole have their words with all others.
PROBLEMS: dict[str, Any] = {
    "broke_off": _l("Reading broke off. Please try once more."),
    "cut_off": _l("The file ends in the middle: what comes after is missing."),
    "endless_entry": _l("“%(title)s” lasts longer than two weeks and is not counted."),
    "strange_series": _l("“%(title)s” repeats in a way no class does and is not counted."),
    "too_many_entries": _l("Only the first %(most)s entries are kept."),
    "too_many_lines": _l("Only the first %(most)s lines were read."),
    "unknown_zone": _l("The time zone “%(zone)s” is not known; Vietnam's time was taken."),
    "unreadable_event": _l("“%(title)s” has a time we could not read."),
    "unreadable_line": _l("No day and hours found in: %(line)s"),
}


def problems(report: Mapping[str, Any]) -> list[str]:
    """Everything that could not be read, in sentences."""
    return [_problem(one["reason"], one["facts"]) for one in report.get("problems", ())]


def left_out(report: Mapping[str, Any]) -> Sequence[str]:
    """What takes no time and so is not counted."""
    counts = report.get("left_out", {})
    sentences = {
        "free": lambda n: ngettext("one entry marked as free", "%(num)s entries marked as free", n),
        "cancelled": lambda n: ngettext("one cancelled entry", "%(num)s cancelled entries", n),
        "moments": lambda n: ngettext("one deadline without duration", "%(num)s deadlines without duration", n),
        "past": lambda n: ngettext("one date in the past", "%(num)s dates in the past", n),
    }
    return [sentences[name](counts[name]) for name in sentences if counts.get(name)]


def _problem(reason: str, facts: Mapping[str, Any]) -> str:
    known = {name: value or _("(no title)") for name, value in facts.items()}
    if reason in PROBLEMS:
        return str(PROBLEMS[reason]) % known
    return words_of(FieldError(reason=reason, **known)) if reason in REASONS else str(PROBLEMS["broke_off"])
