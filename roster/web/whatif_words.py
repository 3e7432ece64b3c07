"""Sentences for what-ifs: what was asked, and what it would come to, level by level."""

from collections.abc import Callable, Mapping

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from roster.models import RunState
from roster.queries.whatifs import Answer, Step, WhatIfView
from roster.web import run_drawing
from roster.web.drawing import Drawn, place
from roster.web.roster_words import Names, lack_in_words
from roster.web.wording import hours

NUMBERS = ("under_min", "under_need", "under_service", "under_target", "changes")
"""Levels whose amount is a number of people, places or turns; the others are only better or worse."""


def question_in_words(view: WhatIfView, names: Names) -> str:
    """What would be different: "2 more people trained: Online public services"."""
    return QUESTIONS[view.question["kind"]](view, names)


def state_in_words(view: WhatIfView) -> str:
    """Where an unanswered question stands; "" for an answered one."""
    match view.state:
        case RunState.QUEUED:
            return _("Waiting for a free worker …")
        case RunState.RUNNING if view.cancel_requested:
            return _("Stopping …")
        case RunState.RUNNING if view.search == 1:
            return _("Planning the week as it is, to compare …")
        case RunState.RUNNING:
            return _("Planning the week with the change …")
        case RunState.CANCELLED:
            return _("Stopped before it was answered.")
        case RunState.INFEASIBLE:
            return _("No roster can hold all of this together.")
        case RunState.UNKNOWN:
            return _("No roster was found in the time given.")
        case RunState.FAILED:
            return _("It could not be answered: what it asks about has changed. Ask again.")
        case _:
            return ""


def answer_in_words(answer: Answer) -> str:
    """The one sentence that matters: places first."""
    words = _gained(answer)
    return words if answer.certain else " ".join([words, _("Not proved: the searches ran out of time.")])


def _gained(answer: Answer) -> str:
    was, then = answer.lack_before, answer.lack_after
    if was == then:
        return (
            _("Would fill none: %(before)s stay missing.", before=lack_in_words(was))
            if was
            else _("No place would be short, as now.")
        )
    if answer.covered > 0 and was.skills == then.skills:
        before = format_decimal(was.places)
        return ngettext(
            "Would fill one of %(before)s short places.",
            "Would fill %(num)s of %(before)s short places.",
            answer.covered,
            before=before,
        )
    if not then:
        return _("Would fill everything: %(before)s are missing without it.", before=lack_in_words(was))
    if not was:
        return _("Would leave %(after)s missing; nothing is missing without it.", after=lack_in_words(then))
    return _(
        "Would leave %(after)s missing instead of %(before)s.", after=lack_in_words(then), before=lack_in_words(was)
    )


def also_in_words(answer: Answer) -> str:
    """What else there is to know: whom the solver chose, and how much of the roster would be another."""
    chosen = ", ".join(f"{one.full_name} ({one.unit_name})" for one in answer.trained)
    moved = ngettext("One turn would differ.", "%(num)s turns would differ.", answer.moved)
    return " ".join([_("For instance: %(names)s.", names=chosen), moved]) if chosen else moved


def step_in_words(step: Step, wanted: int) -> Drawn:
    """One level as a row of the table."""
    term = next(iter(step.before.terms), "")
    return {
        "name": run_drawing.level(step.before, wanted)["name"],
        "before": _amount(term, step.before.value, wanted),
        "after": _amount(term, step.after.value, wanted),
        "difference": _difference(term, step),
        "tone": "better" if step.gained > 0 else "worse" if step.gained < 0 else "same",
        "certain": step.certain,
    }


def _amount(term: str, value: int, wanted: int) -> str:
    if term == "under_min":
        filled = format_decimal(max(0, wanted - value))
        return _("%(filled)s of %(wanted)s filled", filled=filled, wanted=format_decimal(wanted))
    if term == "changes":
        return ngettext("one turn changed", "%(num)s turns changed", value)
    return ngettext("one missing", "%(num)s missing", value) if term in NUMBERS else ""


def _difference(term: str, step: Step) -> str:
    if not step.gained:
        return _("the same")
    if term not in NUMBERS:
        return _("better") if step.gained > 0 else _("worse")
    number = format_decimal(abs(step.gained))
    if term == "under_min":
        return f"+{number}" if step.gained > 0 else f"−{number}"
    return f"−{number}" if step.gained > 0 else f"+{number}"


def _train(view: WhatIfView, names: Names) -> str:
    code = view.question["qualification"]
    return ngettext(
        "One more person with “%(name)s”",
        "%(num)s more people with “%(name)s”",
        view.question["count"],
        name=names.get(code, code),
    )


def _more_turns(view: WhatIfView, _names: Names) -> str:
    who = view.group_name or _("everybody")
    return ngettext(
        "One turn more a week for %(who)s", "%(num)s turns more a week for %(who)s", view.question["by"], who=who
    )


def _hours(view: WhatIfView, _names: Names) -> str:
    if view.place is None or view.hours is None:
        return _("Other hours for a shift that is gone")
    starts, ends = view.hours
    return _("%(shift)s: from %(hours)s instead", shift=place(view.place), hours=hours(starts.time(), ends.time()))


def _away(view: WhatIfView, _names: Names) -> str:
    return _("Away all week: %(names)s", names=", ".join(one.full_name for one in view.people))


QUESTIONS: Mapping[str, Callable[[WhatIfView, Names], str]] = {
    "train": _train,
    "more_turns": _more_turns,
    "hours": _hours,
    "away": _away,
}
