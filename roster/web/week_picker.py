"""One week to answer for: the half-days as a phone shows them, filled with what was said before.

Three taps are enough: "as last week", one half-day that differs, "done".
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from roster.extensions import db
from roster.models import BY_DAY, Half, Level, Person, Round, Weekday
from roster.planning.rounds import Offer, read
from roster.queries import nights
from roster.services import rounds
from roster.web import drawing, wording

AS_LAST: dict[str, Any] = {"as": "last"}
"""What an address of the page carries to be filled with what was said before."""
HALF_ICONS = {Half.MORNING: "sunrise", Half.AFTERNOON: "sunset", Half.EVENING: "moon-star", Half.NIGHT: "moon"}


def page(found: Round, person: Person, *, done: str, here: str, later: str | None = None, blank: bool = False) -> str:
    """The page; `done`: where the form goes, `here`: its own address, which takes `?as=last` to be filled, `later`:
    what the answer is about, if it may wait on the phone for a connection, `blank`: it was sent without a word."""
    given, before = rounds.of_person(db.session, found, person), rounds.last_offer(db.session, person, found)
    said = "as" in request.args and before is not None
    offer = read(given.offer) if given and given.offer is not None else None
    if said:
        offer = before
    return render_template(
        "answers/week.html",
        person=person,
        title=week_title(found),
        unit=found.roster.period.unit.name,
        deadline=deadline_of(found),
        answered=given is not None and given.answered_at is not None,
        filled=said,
        blank=blank,
        picker=picker(found, offer),
        done=done,
        fill=f"{here}?{urlencode(AS_LAST)}" if before is not None else None,
        later=later,
        then=url_for("me.index") if later else None,
    )


def asked(person: Person, now: datetime) -> list[tuple[int, str, str, bool]]:
    """The weeks a person is asked for, as rounds/_asked.html draws them."""
    return [
        (
            row.round_id,
            week_title(row.round),
            deadline_of(row.round),
            row.answered_at is not None,
        )
        for row in rounds.open_for(db.session, person, now=now)
    ]


def week_title(found: Round) -> str:
    first_day = found.roster.period.first_day
    return drawing.week_title(first_day, first_day + timedelta(days=found.roster.period.days - 1))


def deadline_of(found: Round) -> str:
    """ "20:00, Thứ Sáu 20/11"."""
    return wording.moment_in_words(found.deadline.astimezone(found.roster.period.unit.zone))


def picker(found: Round, offer: Offer | None) -> dict[str, Any]:
    """As components/availability.html draws it; without an offer nothing is said yet."""
    names, first_day = wording.weekday_names(), found.roster.period.first_day
    halves = asked_for(offer or {}, nights.in_week(db.session, found))
    return {
        "halves": heads(halves),
        "days": [
            {
                "label": names[day.weekday()],
                "note": wording.short_day(day),
                "cells": [
                    {
                        "name": cell_name(day.weekday(), half),
                        "label": f"{names[day.weekday()]}, {wording.HALVES[half]}",
                        "level": "" if offer is None else offer.get((day.weekday(), half), Level.NOT),
                    }
                    for half in halves
                ],
            }
            for day in (first_day + timedelta(days=number) for number in range(found.roster.period.days))
        ],
    }


def asked_for(offer: Collection[tuple[int, Half]], at_night: bool) -> Sequence[Half]:
    """The parts of a day to be tapped: nights only where there are shifts `at_night`, or were when one said so."""
    said = any(half is Half.NIGHT for _weekday, half in offer)
    return [*BY_DAY, Half.NIGHT] if at_night or said else BY_DAY


def heads(halves: Sequence[Half]) -> list[dict[str, str]]:
    """Their names above the columns."""
    return [{"label": str(wording.HALVES[half]), "icon": HALF_ICONS[half]} for half in halves]


def typed(form: Mapping[str, str]) -> Offer | None:
    """The half-days of a form that say something; anything else in it is ignored. None if it says nothing at all.

    Nobody means by an untouched page that they cannot come: who cannot has a button for it.
    """
    offer = {}
    for weekday in Weekday:
        for half in Half:
            level = form.get(cell_name(weekday, half), "")
            if level in set(Level):
                offer[int(weekday), half] = Level(level)
    return offer if offer or "none" in form else None


def cell_name(weekday: int, half: Half) -> str:
    return f"{int(weekday)}-{half.value}"
