"""A week of which nobody has said anything, ever or of itself: what a coordinator does next, in one notice."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from roster.queries.rounds import Silence
from roster.web import drawing
from roster.web.drawing import Drawn


def notice(found: Silence | None) -> Drawn | None:
    """Whom there is to bring in, to ask or to remind, and where that is done; None if nothing is to be done."""
    if found is None:
        return None
    answers = url_for("rounds.show", roster_id=found.roster_id)
    if found.ever:
        return {
            "title": _("Nobody has been asked about this week yet."),
            "text": _("You can plan by people's usual weeks, or ask first: then you know who can come in this one."),
            "label": _("Ask everybody"),
            "href": answers,
            "icon": "megaphone",
            "may_wait": True,
        }
    if not found.people:
        return {
            "title": _("There is nobody yet who could serve in this week."),
            "text": _("Bring in the list you have, then ask everybody when they can come."),
            "label": _("Bring in people"),
            "href": url_for("imports.index"),
            "icon": "users",
            "may_wait": False,
        }
    if not found.asked:
        people = ngettext("There is one person to ask.", "There are %(num)s people to ask.", found.people)
        return {
            "title": _("Nobody has said yet when they can come."),
            "text": " ".join([people, _("Ask before you plan: without an answer nobody can be placed.")]),
            "label": _("Ask everybody"),
            "href": answers,
            "icon": "megaphone",
            "may_wait": False,
        }
    return {
        "title": _("Nobody has said yet when they can come."),
        "text": ngettext("One person is asked for this week.", "%(num)s people are asked for this week.", found.asked),
        "label": _("See who is asked, and remind them"),
        "href": answers,
        "icon": "bell",
        "may_wait": False,
    }


def line(found: Silence) -> Drawn:
    """The same in a list of weeks."""
    drawn = notice(found) or {}
    return {**drawn, "week": f"{found.unit_name} · {drawing.week_title(found.first_day, found.last_day)}"}
