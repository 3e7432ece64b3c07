"""The planning's facts as templates/components draw them: finished texts, addresses and figures, no decisions left."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from math import floor
from typing import Any
from zlib import crc32

from flask import url_for
from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from roster.models import DayKind, Holiday, Roster
from roster.queries.candidates import Candidate
from roster.queries.fairness import Fairness
from roster.queries.publications import Place
from roster.queries.roster_cells import ShiftCell, Turn
from roster.queries.roster_totals import Totals
from roster.queries.rosters import WeekGrid
from roster.queries.rounds import Heard
from roster.queries.weeks import Week
from roster.vietnam.office_hours import SATURDAY, monday_of
from roster.wanted import Wanted, in_words
from roster.web import roster_words
from roster.web.clock import utc_now
from roster.web.roster_words import Names
from roster.web.week_filter import kept_filter
from roster.web.wording import LEVELS, day_in_words, hours, short_day

Drawn = dict[str, Any]


def week_title(first_day: date, last_day: date) -> str:
    """ "Week 48 · 23/11–29/11/2026"."""
    number = first_day.isocalendar().week
    if first_day == monday_of(first_day):
        return _(
            "Week %(number)s · %(first)s–%(last)s", number=number, first=short_day(first_day), last=short_day(last_day)
        )
    return f"{short_day(first_day)}–{short_day(last_day)}"


def status(roster: Roster, changes: int) -> str:
    """The roster's state as status_badge() knows it."""
    if not roster.published_number:
        return "draft"
    return "changed" if changes else "published"


def week_status(week: Week) -> str:
    """The same for a line of a list, which does not look for changes since the publication."""
    return "published" if week.published_number else "draft"


def tiles(totals: Totals, changes: int) -> list[Drawn]:
    """The week in figures: none without a shift, and what is missing or waits only once there is a roster."""
    if not (totals.shifts or changes):
        return []
    if totals.untouched:
        return [_places(totals), _people(totals)]
    waiting = {"label": _("Not yet published"), "value": format_decimal(changes), "hint": _("changed turns")}
    return [_places(totals), _missing(totals), _people(totals), waiting]


def _places(totals: Totals) -> Drawn:
    where = with_more(ngettext("in one shift", "in %(num)s shifts", totals.shifts), totals.beyond)
    unplanned = [_("not planned yet")] if totals.untouched else []
    return {
        "label": _("Places filled"),
        "value": format_decimal(totals.placed),
        "unit": f"/ {format_decimal(totals.wanted)}",
        "hint": ", ".join([where, *unplanned]),
        "tone": "good" if totals.wanted and not totals.missing else "",
    }


def _missing(totals: Totals) -> Drawn:
    return {
        "label": _("Still missing"),
        "value": format_decimal(totals.missing),
        "hint": _where_missing(totals) if totals.lack else "",
        "tone": "short" if totals.missing else "careful" if totals.lack else "good",
    }


def _people(totals: Totals) -> Drawn:
    return {
        "label": _("People serving"),
        "value": format_decimal(totals.people_placed),
        "unit": f"/ {format_decimal(totals.heard.people)}",
        "hint": _who_answered(totals.heard),
    }


def with_more(words: str, people: int) -> str:
    """ "in 20 shifts, and 4 people more": those beyond what is needed fill no place."""
    if not people:
        return words
    more = ngettext("and one person more", "and %(num)s people more", people)
    return f"{words}, {more}"


def _who_answered(heard: Heard) -> str:
    """ "12 answered for this week, 59 more are known from their usual week"."""
    answered = ngettext("one answered for this week", "%(num)s answered for this week", heard.answered)
    words = answered if heard.answered else _("nobody has answered for this week yet")
    if not heard.usual:
        return words
    usual = ngettext(
        "one more is known from their usual week", "%(num)s more are known from their usual week", heard.usual
    )
    return f"{words}, {usual}"


def _where_missing(totals: Totals) -> str:
    """ "and 2 skills, on 5 shifts"."""
    where = ngettext("on one shift", "on %(num)s shifts", totals.short_shifts)
    skills = ngettext("and one skill", "and %(num)s skills", totals.lack.skills)
    return f"{skills}, {where}" if totals.lack.skills else where


def grid(week: WeekGrid, roster: Roster, names: Names, special: Mapping[date, Holiday], language: str) -> Drawn:
    """The week as roster_grid() draws it."""
    today = roster.period.unit.day_of(utc_now())
    days = [_day(day, week, special.get(day), today, language) for day in week.days]
    chosen = _day_to_begin_with(days, week)
    for day in days:
        day["chosen"] = day is chosen
    return {
        "caption": _("Roster of %(unit)s by site and day", unit=week.unit_name),
        "days": days,
        "rows": [
            {
                "title": site.name,
                "detail": site.unit_name if site.unit_name != week.unit_name else "",
                "href": url_for("sites.show", site_id=site.id),
                "cells": [[slot(cell, roster, names) for cell in cells] for cells in site.days],
            }
            for site in week.sites
        ],
    }


def _day_to_begin_with(days: Sequence[Drawn], week: WeekGrid) -> Drawn:
    """The day a phone shows first: one that has shifts on this page, if possible short or today."""
    busy = [day for number, day in enumerate(days) if any(site.days[number] for site in week.sites)]
    return next((day for day in busy if day["short"] or day["lacks"] or day["today"]), (busy or days)[0])


def slot(cell: ShiftCell, roster: Roster, names: Names) -> Drawn:
    """One shift as slot() draws it."""
    return {
        "id": f"shift-{cell.id}",
        "version": f"{crc32(repr(cell).encode()):x}",
        "hours": hours(cell.starts.time(), cell.ends.time()),
        "href": url_for("shifts.edit", shift_id=cell.id, next=_week_address(roster, cell)),
        "coverage": {"assigned": cell.assigned, "demand": cell.minimum},
        "unplanned": cell.untouched,
        "lacks": [] if cell.untouched else roster_words.skills_in_words(cell.needs_missing, names),
        "wanted": "" if cell.untouched else in_words(Wanted(0, cell.welcome), ngettext),
        # Before anybody has planned, nobody may have been asked yet: they are not said to be unable to come.
        "takers": None if cell.is_full or (cell.untouched and not cell.takers) else cell.takers,
        "surely": surely(cell.surely, cell.minimum),
        "unsure": cell.surely is not None and cell.surely < (cell.service_level or 0) / 100,
        "people": [_chip(turn, cell, roster) for turn in cell.people],
        "cancelled": cell.cancelled,
        "causes": roster_words.causes_in_words(cell, names),
        "broken": [roster_words.refusal_in_words(one, names) for one in cell.broken],
        "history_url": url_for("places.show", shift_id=cell.id) if roster.published_number else "",
        "remedy_url": url_for("shortages.show", roster_id=roster.id, shift_id=cell.id, next=_week_shown(roster))
        if cell.planned and cell.is_short and not cell.untouched
        else "",
        "add_url": url_for("rosters.choose", roster_id=roster.id, shift_id=cell.id)
        if cell.planned and not cell.is_full
        else "",
    }


def _week_address(roster: Roster, cell: ShiftCell) -> str:
    period = roster.period
    first_day = period.first_day.isoformat()
    return url_for("rosters.week", unit_id=period.unit_id, first_day=first_day, _anchor=f"shift-{cell.id}")


def _week_shown(roster: Roster) -> str:
    """The week as its reader has filtered it."""
    period = roster.period
    first_day = period.first_day.isoformat()
    return url_for("rosters.week", unit_id=period.unit_id, first_day=first_day, **kept_filter())


def surely(probability: float | None, least: int) -> str:
    """ "95% sure that at least 2 come"; "" where nothing speaks against it."""
    if probability is None or not least:
        return ""
    sure = format_percent(min(floor(probability * 100), 99) / 100, "#,##0%")  # never surer than it is
    return ngettext("%(sure)s sure that one comes", "%(sure)s sure that at least %(num)s come", least, sure=sure)


def shift_heading(cell: ShiftCell) -> str:
    """ "Mon 23 Nov, 07:30–11:30"."""
    return f"{day_in_words(cell.day)}, {hours(cell.starts.time(), cell.ends.time())}"


def when(starts: datetime, ends: datetime) -> str:
    """The same of a shift's local times."""
    return f"{day_in_words(starts.date())}, {hours(starts.time(), ends.time())}"


def candidate(one: Candidate, roster: Roster, shift_id: int, names: Names) -> Drawn:
    """One line of the list of people who could be added."""
    marks = [
        words
        for words, applies in ((_("minor"), one.minor), (_("newcomer"), one.newcomer), (_("team lead"), one.leads))
        if applies
    ]
    return {
        "name": one.person.full_name,
        "unit": one.person.unit_name,
        "marks": marks,
        "may": one.may,
        "turns": _("%(before)s in four weeks, %(now)s this week", before=one.turns_before, now=one.turns_now),
        "welcome": str(LEVELS_BY_WELCOME[one.welcome]) if one.welcome else "",
        "reasons": [roster_words.refusal_in_words(refusal, names) for refusal in one.refusals],
        "add_url": _hand(roster, shift_id, one.person.id, "add", revision=roster.revision) if one.may else "",
        "person_id": one.person.id,
        "targets_url": targets_url(roster, one.person.id),
        "target": f"#shift-{shift_id}",
    }


def said_of_all(people: list[Drawn]) -> list[str]:
    """Takes the warnings that hold for everybody who may out of each one's reasons, to be said once; in their order."""
    able = [one["reasons"] for one in people if one["may"]]
    shared = [words for words in able[0] if all(words in reasons for reasons in able)] if len(able) > 1 else []
    for one in people:
        one["reasons"] = [words for words in one["reasons"] if words not in shared]
    return shared


def fairness(found: Fairness, linked: Collection[int]) -> Drawn:
    """Turns per person as turns_chart() draws them; `linked`: people whose page the reader may open."""
    total = sum(share.turns * share.people_now for share in found.spread)
    return {
        "caption": _("Turns per person: the four weeks before, and this roster"),
        "mean": round(total / found.people, 1) if found.people else None,
        "rows": [
            {
                "name": load.person.full_name,
                "detail": load.person.unit_name,
                "before": load.turns_before,
                "now": load.turns_now,
                "href": url_for("people.show", person_id=load.person.id)
                if load.person.id in linked and not load.person.erased
                else "",
            }
            for load in found.loads
        ],
    }


def place(where: Place) -> str:
    """ "Mon 23 Nov, 07:30–11:30 · Public service center"."""
    return f"{day_in_words(where.starts.date())}, {hours(where.starts.time(), where.ends.time())} · {where.site_name}"


LEVELS_BY_WELCOME = {level.value: words for level, words in LEVELS.items()}


def _day(day: date, week: WeekGrid, special: Holiday | None, today: date, language: str) -> Drawn:
    works = special.kind is DayKind.WORKING_DAY if special else day.weekday() < SATURDAY
    return {
        "day": day,
        "note": (special.name_en if language == "en" else special.name_vi) if special else "",
        "rest": not works,
        "today": day == today,
        "short": day in week.short_days,
        "lacks": day in week.lacking_days,
    }


def _chip(turn: Turn, cell: ShiftCell, roster: Roster) -> Drawn:
    person = turn.person
    return {
        "name": person.label,
        "full_name": f"{person.full_name} · {person.unit_name}",
        "pinned": turn.pinned,
        "change": "",
        "person_id": person.id,
        "move_url": targets_url(roster, person.id, leaving=cell.id) if cell.planned else "",
        "pin_url": _hand(roster, cell.id, person.id, "unpin" if turn.pinned else "pin") if cell.planned else "",
        "remove_url": _hand(roster, cell.id, person.id, "remove") if cell.planned else "",
    }


def targets_url(roster: Roster, person_id: int, **leaving: Any) -> str:
    """Where the person may go: a list for the side sheet, and what the board asks when they are picked up."""
    return url_for("board.targets", roster_id=roster.id, person_id=person_id, **leaving)


def _hand(roster: Roster, shift_id: int, person_id: int, hand: str, **seen: Any) -> str:
    return url_for("rosters.by_hand", roster_id=roster.id, shift_id=shift_id, person_id=person_id, hand=hand, **seen)
