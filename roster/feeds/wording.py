"""What calendars say, in the language of the address, whoever asks and however.

Nothing here knows of a request: the same shift reads the same in every answer, or no two polls could agree.
"""

from functools import cache
from typing import NamedTuple

from babel.support import NullTranslations, Translations

from roster import paths
from roster.feeds.calendar import Calendar, Entry, Status
from roster.models import FeedKind
from roster.queries.feeds import OwnTurn, Role, ShownShift, StaffedShift
from roster.vietnam import names
from roster.wanted import in_words, still_wanted

COLORS = {
    FeedKind.VOLUNTEER: "seagreen",
    FeedKind.TEAM: "teal",
    FeedKind.UNIT: "darkcyan",
    FeedKind.SITE: "steelblue",
}


@cache
def texts(language: str) -> NullTranslations:
    """The catalog of a language; English is what the source says."""
    return Translations.load(str(paths.TRANSLATIONS), [language])


def calendar(kind: FeedKind, name: str | None, timezone: str, language: str) -> Calendar:
    """How a calendar presents itself. `name` is what it is of; a volunteer's own needs none and tells nobody's."""
    own = texts(language).gettext("My volunteer shifts")
    shown = own if kind is FeedKind.VOLUNTEER else texts(language).gettext("Shifts · %(name)s") % {"name": name or "–"}
    return Calendar(name=shown, color=COLORS[kind], timezone=timezone, language=language)


class Reader(NamedTuple):
    """Whom an entry is worded for. `alarm_minutes`: how long before a shift to ring, None for never."""

    language: str
    alarm_minutes: int | None


def own_entry(turn: OwnTurn, reader: Reader) -> Entry:
    """A volunteer's own turn."""
    summary = texts(reader.language).gettext("Shift at %(site)s") % {"site": turn.shift.place.name}
    return _entry(turn, _own_status(turn), summary, [_own_notice(turn, reader.language)], reader, busy=True)


def staffed_entry(shift: StaffedShift, reader: Reader) -> Entry:
    """A shift as its site, teams and units see it: how many come, who can do what, and the names that may be told."""
    summary = _summary(shift, reader.language)
    notices = [_coverage(shift, reader.language)]
    if not shift.shift.cancelled:
        notices += [_confirmed(shift, reader.language), *(_role(role, reader.language) for role in shift.roles)]
        notices.append(_people(shift, reader.language))
    return _entry(shift, _staffed_status(shift), summary, notices, reader, busy=False)


def _own_status(turn: OwnTurn) -> Status:
    if turn.withdrawn or turn.shift.cancelled:
        return Status.CANCELLED
    return Status.CONFIRMED if turn.confirmed else Status.TENTATIVE


def _staffed_status(shift: StaffedShift) -> Status:
    if shift.shift.cancelled:
        return Status.CANCELLED
    return Status.CONFIRMED if shift.expected >= max(shift.minimum, 1) else Status.TENTATIVE


def _entry(
    event: OwnTurn | StaffedShift, status: Status, summary: str, notices: list[str], reader: Reader, *, busy: bool
) -> Entry:
    shift, place = event.shift, event.shift.place
    if status is Status.CANCELLED:
        # Programs hide, strike out or ignore the status, so the words say it too.
        summary = texts(reader.language).gettext("CANCELLED: %(summary)s") % {"summary": summary}
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        stamp=shift.stamp,
        starts=shift.starts_at,
        ends=shift.ends_at,
        timezone=place.timezone,
        summary=summary,
        description="\n".join(line for line in (shift.programme, *notices, shift.note) if line),
        location=", ".join(part for part in (place.name, place.address) if part),
        status=status,
        busy=busy,
        alarm_minutes=reader.alarm_minutes,
        geo=None if place.latitude is None or place.longitude is None else (place.latitude, place.longitude),
    )


def _own_notice(turn: OwnTurn, language: str) -> str:
    gettext = texts(language).gettext
    if turn.shift.cancelled:
        return _cancellation(turn.shift, language)
    if turn.withdrawn:
        return gettext("You are no longer expected on this shift.")
    return "" if turn.confirmed else gettext("Please confirm that you will come.")


def _summary(shift: StaffedShift, language: str) -> str:
    """People there of those needed, and who comes beyond that, as a coordinator's board counts."""
    there, more = min(shift.expected, shift.minimum), max(0, shift.expected - shift.minimum)
    facts = {"site": shift.shift.place.name, "expected": there, "wanted": shift.minimum, "more": more}
    gettext = texts(language).gettext
    if more:
        return gettext("%(site)s: %(expected)d of %(wanted)d people, %(more)d more") % facts
    return gettext("%(site)s: %(expected)d of %(wanted)d people") % facts


def _coverage(shift: StaffedShift, language: str) -> str:
    if shift.shift.cancelled:
        return _cancellation(shift.shift, language)
    words = in_words(still_wanted(shift.expected, shift.minimum, shift.target), texts(language).ngettext)
    return words[:1].upper() + words[1:] if words else texts(language).gettext("Fully staffed")


def _cancellation(shift: ShownShift, language: str) -> str:
    gettext = texts(language).gettext
    if not shift.cancel_reason:
        return gettext("The shift is cancelled.")
    return gettext("The shift is cancelled: %(reason)s") % {"reason": shift.cancel_reason}


def _confirmed(shift: StaffedShift, language: str) -> str:
    """How surely they come."""
    if not shift.expected:
        return ""
    facts = {"confirmed": shift.confirmed, "expected": shift.expected}
    return texts(language).gettext("%(confirmed)d of %(expected)d have confirmed") % facts


def _role(role: Role, language: str) -> str:
    name = role.name_vi if language == "vi" else role.name_en
    return f"{name}: {role.expected}/{role.wanted}"


def _people(shift: StaffedShift, language: str) -> str:
    """The given names of those who agreed to be named; everybody else is only counted."""
    if not shift.names:
        return ""
    named, others = ", ".join(map(names.given_name, shift.names)), shift.expected - len(shift.names)
    if not others:
        return named
    return texts(language).ngettext("%(named)s and %(num)d other", "%(named)s and %(num)d others", others) % {
        "named": named,
        "num": others,
    }
