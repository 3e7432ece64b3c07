"""Runs as pages draw them: the state in a sentence, and level by level what is reached and what is proved possible.

A coordinator reads places, skills and turns, not objective levels: each level has its own words, and says in them how
much better it could still get. Levels whose amounts mean nothing by themselves (fairness, wishes) say only how far
from the best possible they are at most.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_datetime, format_decimal, format_percent, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster.models import RunState
from roster.queries.runs import Clash, LevelView, RunView
from roster.web import drawing, roster_words
from roster.web.drawing import Drawn
from roster.web.roster_words import Names

NEAR = 0.05  # of the bound: so far above it a roster is near the best


def run(view: RunView | None, names: Names) -> Drawn | None:
    """The latest run as _run.html draws it; None if there was none."""
    if view is None:
        return None
    return {
        "id": view.id,
        "over": view.is_over,
        "state": view.state.value,
        "title": _("Planning the week") if not view.is_over else _("Last plan"),
        "percent": round(100 * view.filled / view.wanted) if view.wanted and view.levels else None,
        "sentence": " ".join([_sentence(view), *_meanwhile(view)]),
        "facts": _facts(view),
        "meter": _meter(view),
        "levels": [level(one, view.wanted) for one in view.levels],
        "cancel_url": "" if view.is_over or view.cancel_requested else url_for("rosters.cancel_run", run_id=view.id),
        "failed": view.state in (RunState.FAILED, RunState.INFEASIBLE, RunState.UNKNOWN)
        or (view.is_over and bool(view.in_the_way)),
        "points": [_clash(one, names) for one in (*view.contradiction, *view.in_the_way)],
    }


def line(view: RunView | None) -> Drawn:
    """The latest run as one line of a list of weeks."""
    known = view is not None and bool(view.levels)
    return {
        "sentence": _("Not planned yet.") if view is None else _sentence(view),
        "places": f"{format_decimal(view.filled)}/{format_decimal(view.wanted)}" if view and known else "–",
        "possible": format_decimal(most_filled(view)) if view and known else "–",
        "seconds": _seconds(view.seconds) if view and view.seconds else "–",
    }


def is_proved(view: RunView) -> bool:
    """Whether nothing better than the run's roster exists on any level."""
    return bool(view.levels) and all(level.proved for level in view.levels)


def evidence(kept: Mapping[str, Any]) -> str:
    """What was proved of a published roster, in one sentence."""
    if not kept:
        return _("Made by hand, without a run of the solver.")
    levels = [LevelView(**level) for level in kept["levels"]]
    seconds = _seconds(kept["seconds"])
    if all(level.proved for level in levels):
        words = _("Proved the best possible in %(seconds)s s.", seconds=seconds)
    else:
        words = _("The best found in %(seconds)s s; not proved on every level.", seconds=seconds)
    return _said_if_edited(words, edited=bool(kept.get("edited")))


def level(one: LevelView, wanted: int) -> Drawn:
    """One level as a line: what it is about, what is reached, what at most is possible, and whether that is proved."""
    name, reached, possible = _words_of(one)(one, wanted)
    return {"name": name, "reached": reached, "possible": possible, "proved": one.proved}


def most_filled(view: RunView) -> int:
    """How many places some roster may fill, as far as proved."""
    return max(0, view.wanted - bound_of_places(view))


def bound_of_places(view: RunView) -> int:
    """How many places stay empty whatever one does, as far as proved."""
    return view.levels[0].bound if view.levels else 0


def _meter(view: RunView) -> Drawn | None:
    """The places as a bar: filled, possible beyond that, and wanted.

    None before the first roster, and once the draft is another: the week's own figures then say more.
    """
    if not view.levels or not view.wanted or not view.as_planned:
        return None
    return {
        "filled": view.filled,
        "possible": max(view.filled, most_filled(view)),
        "wanted": view.wanted,
        "words": _places_in_words(view),
    }


def _places_in_words(view: RunView) -> str:
    """ "540 of 560 places filled · at most 543 possible"."""
    filled = _(
        "%(filled)s of %(wanted)s places filled",
        filled=format_decimal(view.filled),
        wanted=format_decimal(view.wanted),
    )
    return f"{filled} · {_possible(view.levels[0], view.wanted)}"


def _possible(one: LevelView, wanted: int) -> str:
    if not one.value:
        return _("all of them")
    if one.proved:
        return _("no roster fills more")
    return _("at most %(possible)s possible", possible=format_decimal(max(0, wanted - one.bound)))


def _words_of(one: LevelView) -> "Callable[[LevelView, int], tuple[str, str, str]]":
    return LINES.get(next(iter(one.terms), ""), _taste)


def _places(one: LevelView, wanted: int) -> tuple[str, str, str]:
    reached = _(
        "%(filled)s of %(wanted)s filled",
        filled=format_decimal(max(0, wanted - one.value)),
        wanted=format_decimal(wanted),
    )
    return _("Places"), reached, _possible(one, wanted)


@dataclass(frozen=True, slots=True)
class _Few:
    """A level that counts what should be few: its name, what is said of none of them, and of some."""

    name: Any
    none: Any
    some: Callable[[int], str]

    def __call__(self, one: LevelView, _wanted: int) -> tuple[str, str, str]:
        reached = self.some(one.value) if one.value else str(self.none)
        return str(self.name), reached, _at_least(one)


def _fairness(one: LevelView, _wanted: int) -> tuple[str, str, str]:
    return _("Fairness"), *_distance(one, _("no roster spreads the turns more evenly"))


def _taste(one: LevelView, _wanted: int) -> tuple[str, str, str]:
    return _("Preferred times, wishes, distance"), *_distance(one, _("no roster suits people better"))


LINES: Mapping[str, Callable[[LevelView, int], tuple[str, str, str]]] = {
    "under_min": _places,
    "under_need": _Few(
        _l("Skills and leads"),
        _l("every skill that is wanted is there"),
        lambda many: ngettext("one person with the skill missing", "%(num)s people with the skill missing", many),
    ),
    "under_service": _Few(
        _l("Reserves"),
        _l("everywhere as sure as was asked"),
        lambda many: ngettext("one reserve missing", "%(num)s reserves missing", many),
    ),
    "under_target": _Few(
        _l("Better numbers"),
        _l("every shift has its better number"),
        lambda many: ngettext("one person below the better number", "%(num)s people below the better number", many),
    ),
    "changes": _Few(
        _l("Changes"),
        _l("nothing changes for those who know their turns"),
        lambda many: ngettext(
            "one turn differs from what is published", "%(num)s turns differ from what is published", many
        ),
    ),
    "unfairness": _fairness,
}
"""By the first term of a level: its name, what is reached, and what is proved possible."""


def _at_least(one: LevelView) -> str:
    """Of a number that should be small."""
    if not one.value:
        return ""
    if one.proved:
        return _("fewer is not possible")
    return _("at least %(bound)s whatever one does", bound=format_decimal(one.bound))


def _distance(one: LevelView, best: str) -> tuple[str, str]:
    """Of an amount that means nothing by itself: how far from the best possible it is at most."""
    if one.proved:
        return _("the best possible"), best
    if not one.bound:
        return _("getting better"), _("nothing proved yet")
    gap = (one.value - one.bound) / one.bound
    where = _("near the best") if gap <= NEAR else _("could still be better")
    return where, _("at most %(gap)s from the best possible", gap=format_percent(gap, "#,##0.#%"))


def _sentence(view: RunView) -> str:
    match view.state:
        case RunState.QUEUED:
            return _("Waiting for a free worker …")
        case RunState.RUNNING if view.cancel_requested:
            return _("Stopping …")
        case RunState.RUNNING if not view.levels:
            return _("Reading people, times and shifts …")
        case RunState.RUNNING:
            return _("Looking for the best roster …")
        case RunState.OPTIMAL | RunState.FEASIBLE | RunState.CANCELLED if view.in_the_way:
            return _(
                "Changes made by hand meanwhile do not fit the new plan. The draft was left as your hands made it."
            )
        case RunState.OPTIMAL | RunState.FEASIBLE if view.unheard:
            return _("Nobody could be placed: nobody has said yet when they can come.")
        case RunState.OPTIMAL:
            return _proved(view)
        case RunState.FEASIBLE if not view.as_planned or not bound_of_places(view):
            return _said_if_edited(_("The best found in the time given."), edited=view.edited)
        case RunState.FEASIBLE:
            return ngettext(
                "The best found in the time given; at least one place stays empty whatever one does.",
                "The best found in the time given; at least %(num)s places stay empty whatever one does.",
                bound_of_places(view),
            )
        case RunState.CANCELLED:
            return (
                _("Stopped; the best roster found so far was kept.")
                if view.applied
                else _("Stopped before any roster was found.")
            )
        case RunState.INFEASIBLE:
            return _("No roster can hold all of this together. The draft was left as it was.")
        case RunState.UNKNOWN:
            return _("No roster was found in the time given. The draft was left as it was.")
        case _:
            return _("The run broke off. The draft was left as it was; plan again.")


def _proved(view: RunView) -> str:
    if not view.as_planned:
        words = _("Proved the best possible as it was planned.")
    elif not view.placed and view.short:
        words = _("Proved: none of these shifts has anybody who may and can serve on it.")
    elif view.short:
        words = ngettext(
            "Proved: at least one place stays empty whatever one does, and no roster is fairer.",
            "Proved: at least %(num)s places stay empty whatever one does, and no roster is fairer.",
            view.short,
        )
    else:
        words = _("Proved: every place is filled, and no roster is fairer.")
    return _said_if_edited(words, edited=view.edited)


def _meanwhile(view: RunView) -> Iterator[str]:
    """What others did while it was being planned, and what became of it."""
    if view.applied and view.kept:
        yield ngettext(
            "One change made by hand meanwhile was kept.",
            "%(num)s changes made by hand meanwhile were kept.",
            view.kept,
        )
    if view.applied and view.left_out:
        yield ngettext(
            "One turn of the plan was left out, because meanwhile something changed that it does not fit.",
            "%(num)s turns of the plan were left out, because meanwhile something changed that they do not fit.",
            view.left_out,
        )
    if view.published:
        yield _("Publication no. %(number)s came out meanwhile; this plan is not in it.", number=view.published)


def _said_if_edited(words: str, *, edited: bool) -> str:
    return " ".join([words, _("Changed by hand afterwards.")]) if edited else words


def _facts(view: RunView) -> list[tuple[str, str]]:
    # Whoever still waits for a machine has not searched for a tenth of a second.
    facts = [(_("Time"), _("%(seconds)s s", seconds=_seconds(view.seconds)))] if view.seconds else []
    if view.as_of:
        facts.append((_("As things were"), format_datetime(view.as_of, "short")))
    return [(_("People placed"), format_decimal(view.placed)), *facts] if view.levels else facts


def _seconds(time: float) -> str:
    """Never “0 seconds”: what took less than a tenth is said to have taken one."""
    return str(format_decimal(max(0.1, round(time, 1))))


def _clash(one: Clash, names: Names) -> str:
    """ "Pinned: Nguyễn Văn An – Mon 23 Nov, 07:30–11:30 · Public service center"."""
    words = roster_words.rule_in_words(one.rule)
    where = [one.person.full_name] if one.person else []
    where += [drawing.place(one.place)] if one.place else []
    return f"{words}: {' – '.join(where)}" if where else words
