"""Sentences for repairs: who cannot come, how far the search is, and what its answer is worth."""

from datetime import date

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from roster.models import RunState
from roster.queries.repairs import Earlier, RepairView
from roster.web import roster_words
from roster.web.drawing import Drawn
from roster.web.wording import day_in_words


def loss_in_words(view: RepairView) -> str:
    """ "Without Lan and Hà, on Monday 23 November"; with the window, if there is one."""
    who = ", ".join(one.full_name for one in view.people)
    when = day_in_words(date.fromisoformat(view.day)) if view.day else _("for the rest of this week")
    words = _("Without %(people)s, %(when)s.", people=who, when=when)
    limits = {
        "days": _("Turns of others change on those days only."),
        "sites": _("Turns of others change at those sites only."),
    }
    return " ".join(filter(None, [words, limits.get(view.window)]))


def people_in_words(one: Earlier) -> str:
    names = ", ".join(person.full_name for person in one.people)
    return f"{names} +{one.more}" if one.more else names


def status_in_words(view: RepairView) -> Drawn:
    """Where the search stands, as _progress.html draws it: tone, title, text."""
    if not view.is_over:
        return {
            "tone": "",
            "title": _under_way(view),
            "text": _("This is what can be said at once. Nothing is in effect until you accept it."),
        }
    if view.state is RunState.INFEASIBLE:
        return {
            "tone": "refused",
            "title": _("What is left breaks a rule that nobody can mend"),
            "text": _("No roster holds everybody else's turns together. Look at the shifts one by one instead."),
        }
    if view.better:
        return {"tone": "good", "title": _compared(view), "text": _worth(view)}
    return {"tone": "good" if view.proposal.proved else "told", "title": _same(view), "text": _worth(view)}


def _under_way(view: RepairView) -> str:
    if view.cancel_requested:
        return _("Stopping …")
    if view.state is RunState.QUEUED:
        return _("Waiting for a free worker to look for fewer changes …")
    seconds = format_decimal(round(view.seconds, 1))
    return _("Looking for the roster that covers most and changes least … %(seconds)s s", seconds=seconds)


def _compared(view: RepairView) -> str:
    """What the search gained over the first answer, places first."""
    first, best = view.first, view.proposal
    if best.lack < first.lack:
        now, was = roster_words.lack_in_words(best.lack), roster_words.lack_in_words(first.lack)
        if not best.lack:
            return _("Better than the first answer: everything is filled, which lacked %(was)s.", was=was)
        return _("Better than the first answer: it lacks %(now)s instead of %(was)s.", now=now, was=was)
    return ngettext(
        "Better than the first answer: one turn fewer for others to take.",
        "Better than the first answer: %(num)s turns fewer for others to take.",
        first.asked - best.asked,
    )


def _same(view: RepairView) -> str:
    if view.proposal.proved:
        return _("Nothing better is possible.")
    return _("No better answer than the first was found.")


def _worth(view: RepairView) -> str:
    if view.proposal.proved:
        return _("Proved: as many places are filled as can be, with as few changes as that takes.")
    if view.state is RunState.CANCELLED:
        return _("Stopped; this is the best found so far.")
    if view.state is RunState.FAILED:
        return _("The search broke off. The first answer still stands.")
    return _("The best found in the time given; not proved.")
