"""Sentences for why a place is short and what would fill it: group, people and rules in numbers and names.

The facts come from `queries/shortages.py`; this is the only place that words them. A kind of remedy without a sentence
would be a gap in the product, so a test asks for one for each kind of the solver.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from roster.planning.staffing import Obstacle
from roster.queries.shortages import Cause, Out, Remedy
from roster.queries.somebody import Somebody
from roster.web import drawing
from roster.web.roster_words import Names, lack_in_words, obstacle_in_words
from roster.web.wording import hours, sentence


def heading(cause: Cause, names: Names) -> str:
    """What is missing: people, or the ones with a qualification."""
    if cause.missing:
        return ngettext("One person is missing here", "%(num)s people are missing here", cause.missing)
    lacking = ", ".join(f"{count} × {names.get(code, code)}" for code, count in cause.needs.items())
    return _("Enough people, but missing: %(names)s", names=lacking)


def group_in_words(cause: Cause, names: Names) -> str:
    """Which shifts together draw on how many people, and how far these reach."""
    if not cause.people:
        return _("Nobody could serve on this shift as things are.")
    people = ngettext("one person", "%(num)s people", cause.people)
    if len(cause.group) == 1:
        words = _("Only %(people)s could serve here at all, if they had no other turn.", people=people)
        return words if cause.missing else f"{words} {_nobody_fits(cause, names)}"
    return _(
        "%(shifts)s shifts draw on the same %(people)s. Together they want %(places)s and have %(filled)s: "
        "whoever comes here is missing there.",
        shifts=len(cause.group),
        people=people,
        places=ngettext("one place", "%(num)s places", cause.places),
        filled=format_decimal(cause.filled),
    )


def out_in_words(out: Out, names: Names, needs: Sequence[str] = ()) -> str:
    """How many are out for a reason, and which: "944 are in none of the units and teams that serve here"."""
    wanted = ", ".join(names.get(code, code) for code in needs)
    words = OUT.get((out.rule, out.detail))
    reason = words(wanted) if words else obstacle_in_words(Obstacle(out.rule, out.detail, out.count, out.most))
    people = ngettext("one person", "%(num)s people", out.count)
    return sentence(f"{people}: {reason}")


def people_in_words(people: Sequence[Somebody]) -> str:
    """Full names; with the unit where two have the same."""
    names = Counter(one.full_name for one in people)
    twice = {name for name, times in names.items() if times > 1}
    return ", ".join(
        f"{one.full_name} ({one.unit_name})" if one.full_name in twice else one.full_name for one in people
    )


def remedy_in_words(remedy: Remedy, names: Names) -> str:
    """What would have to happen, before its alternatives are listed."""
    words = REMEDIES[remedy.kind](remedy, names)
    if remedy.together:
        return " ".join([words, _("%(names)s has to come along.", names=people_in_words(remedy.together))])
    return words


def button_in_words(remedy: Remedy) -> str:
    """What the button says that does it."""
    return str(BUTTONS[remedy.kind](remedy))


def effect_in_words(remedy: Remedy, cause: Cause) -> str:
    """What the whole week then lacks, against now."""
    if not remedy.lack_after:
        return _("Then no place of the week is short.")
    then, now = lack_in_words(remedy.lack_after), lack_in_words(cause.lack_now)
    return _("Then the week still lacks %(then)s; now it lacks %(now)s.", then=then, now=now)


def applied_in_words(assigned: int, minimum: int) -> str:
    """The place afterwards."""
    return _("Done: now %(assigned)s of %(minimum)s.", assigned=assigned, minimum=minimum)


OUT: dict[tuple[str, str], Callable[[str], str]] = {
    ("eligibility", "pool"): lambda _n: _("in none of the units and teams that serve here"),
    ("eligibility", "requires"): lambda _n: _("without what this shift demands"),
    ("eligibility", "adults_only"): lambda _n: _("not of age, and this shift is for adults"),
    ("eligibility", "max_km"): lambda _n: _("living farther away than they agreed to go"),
    ("under_need", ""): lambda wanted: _("without what is missing (%(names)s)", names=wanted),
    ("availability", ""): lambda _n: _("not free at that time"),
    ("consent", "guardian"): lambda _n: _("under 18 and waiting for a guardian's consent"),
    ("consent", "own"): lambda _n: _("having taken their consent back"),
    ("minors", "latest_end"): lambda _n: _("not of age, and this shift ends too late"),
}
"""By rule and detail, what keeps people away, given the names of what is missing; the rest is worded as in the grid."""


def _nobody_fits(cause: Cause, names: Names) -> str:
    lacking = ", ".join(names.get(code, code) for code in cause.needs)
    return _("None of them who is free has what is missing: %(names)s.", names=lacking)


def _first(remedy: Remedy) -> str:
    return remedy.people[0].person.full_name


def _add(remedy: Remedy, _names: Names) -> str:
    everybody = people_in_words([one.person for one in remedy.people])
    return _("%(names)s can take the place as things are.", names=everybody)


def _swap(remedy: Remedy, _names: Names) -> str:
    assert remedy.other is not None
    assert remedy.place is not None
    return _(
        "%(name)s comes here, and %(other)s takes over %(turn)s.",
        name=_first(remedy),
        other=remedy.other.full_name,
        turn=drawing.place(remedy.place),
    )


def _replace(remedy: Remedy, _names: Names) -> str:
    assert remedy.other is not None
    return _("%(name)s comes in place of %(other)s.", name=_first(remedy), other=remedy.other.full_name)


def _raise_limit(remedy: Remedy, _names: Names) -> str:
    more = remedy.facts["to"] - remedy.facts["from"]
    if remedy.detail == "turns_per_day":
        return _("Ask somebody to serve once more on that day.")
    if remedy.detail == "minutes_max":
        return _("Ask somebody to serve %(hours)s hours longer this week.", hours=format_decimal(more / 60))
    if remedy.detail == "turns":
        return ngettext(
            "Ask somebody for one turn more this week.", "Ask somebody for %(num)s turns more this week.", more
        )
    return _("Ask somebody to go beyond what they set as their limit this week.")


def _ask(_remedy: Remedy, _names: Names) -> str:
    return _("Ask whether somebody can come at that time after all.")


def _train(remedy: Remedy, names: Names) -> str:
    name = names.get(remedy.detail, remedy.detail)
    if remedy.facts.get("on_shift"):
        return _("Somebody on this shift already would do, once trained: %(name)s.", name=name)
    return _("Somebody would do, once trained: %(name)s.", name=name)


def _move(remedy: Remedy, _names: Names) -> str:
    assert remedy.hours is not None
    starts, ends = remedy.hours
    everybody = people_in_words([one.person for one in remedy.people])
    return _(
        "Move the shift to %(hours)s: %(names)s can come then, and everybody on it can stay.",
        hours=hours(starts.time(), ends.time()),
        names=everybody,
    )


def _lend(_remedy: Remedy, _names: Names) -> str:
    return _("Borrow somebody from another unit or team who is free then.")


REMEDIES: dict[str, Callable[[Remedy, Names], str]] = {
    "add": _add,
    "swap": _swap,
    "replace": _replace,
    "raise_limit": _raise_limit,
    "ask": _ask,
    "train": _train,
    "move": _move,
    "lend": _lend,
}
BUTTONS: dict[str, Callable[[Remedy], str]] = {
    "add": lambda _r: _("Put on the shift"),
    "swap": lambda _r: _("Swap like this"),
    "replace": lambda _r: _("Replace"),
    "raise_limit": lambda _r: _("Has agreed"),
    "ask": lambda _r: _("Can come"),
    "train": lambda _r: _("Record the training"),
    "move": lambda r: _("Move to %(clock)s", clock=f"{r.hours[0]:%H:%M}" if r.hours else ""),
    "lend": lambda _r: _("Is lent to us"),
}
