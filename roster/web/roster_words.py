"""Sentences for what the planning says in facts: which rule is in the way, and why a place is still empty.

The facts come from `planning/staffing.py`; this is the only place that turns them into a reader's language. A rule
without a sentence of its own would be a gap in the product, so a test asks for one for each rule of the solver.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from roster.planning.lacks import Lack
from roster.planning.staffing import Cause, Obstacle, Refusal
from roster.queries.drafts import Step
from roster.queries.roster_cells import ShiftCell
from roster.web.wording import day_in_words, hours, sentence

OVER: Mapping[tuple[str, str], Any] = {
    ("swap", "taken_back"): _l("The proposal to swap was taken back. Both shifts stay as they are."),
    ("swap", "declined"): _l("The proposal to swap was declined. Both shifts stay as they are."),
    ("swap", "refused"): _l("A coordinator did not agree to this swap. Both shifts stay as they are."),
    ("swap", "agreed"): _l("Both agreed to this swap already. A coordinator must still agree."),
    ("swap", "done"): _l("These two shifts are swapped already."),
    ("swap", "closed"): _l("One of the two shifts has begun or changed meanwhile, so there is nothing left to swap."),
    ("claim", "lapsed"): _l("The time to answer was over, so the place went to the next one."),
    ("claim", "let_go"): _l("You gave this place up already, so it went to the next one."),
    ("claim", "closed"): _l("The shift has begun or was called off, or you serve there already."),
}
"""What became of a question: what was asked and its state → words for whoever answers too late."""

Names = Mapping[str, str]
"""Qualification code → its name in the reader's language."""


def refusal_in_words(refusal: Refusal, names: Names) -> str:
    """One broken rule, with the turn, limit or qualification that is in the way."""
    words = REFUSALS.get((refusal.rule, refusal.detail)) or REFUSALS[refusal.rule, ""]
    return words(_Facts(refusal.facts, names))


def broken_rule_in_words(facts: Mapping[str, Any], names: Names) -> str:
    """A RuleBroken refusal: whom it is about, where, and the rule in the way."""
    refusal = Refusal(facts["rule"], facts.get("detail", ""), facts)
    return ": ".join(part for part in (_about(facts), refusal_in_words(refusal, names)) if part)


def over_in_words(what: str, state: str) -> str:
    """Why a question that was asked waits for nobody's answer any more; "" where the state does not tell."""
    return str(OVER.get((what, state), ""))


def unseen_changes_in_words(facts: Mapping[str, Any]) -> str:
    """A Stale refusal: who changed the draft meanwhile, and what."""
    by = facts.get("by") or _("The solver")
    changes = [_change_in_words(change) for change in facts.get("changes", ())]
    told = _("%(by)s changed this meanwhile. Look at the present state, then decide again.", by=by)
    return " ".join([told, _("What changed:"), "; ".join(changes) + "."]) if changes else told


def step_in_words(step: Step) -> str:
    """ "added Nguyễn Văn An, Mon 23 Nov, 07:30–11:30"; of a step about many turns, how many."""
    words = _change_in_words({"action": step.action, **step.facts})
    if step.facts or not step.turns:
        return words
    turns = ngettext("one turn", "%(num)s turns", step.turns)
    return f"{words} ({turns})"


def lack_in_words(lack: Lack) -> str:
    """ "3 places and one skill"."""
    places = ngettext("one place", "%(num)s places", lack.places)
    skills = ngettext("one skill", "%(num)s skills", lack.skills)
    if lack.places and lack.skills:
        return _("%(places)s and %(skills)s", places=places, skills=skills)
    return skills if lack.skills else places


def skills_in_words(missing: Mapping[str, int], names: Names) -> list[str]:
    """ "1 short: Trained for the desk", for each qualification whose people are missing, in numbers."""
    return [_("%(count)s short: %(name)s", count=count, name=names.get(code, code)) for code, count in missing.items()]


def rule_in_words(rule: str) -> str:
    """The bare name of a hard rule."""
    return str(RULES[rule])


def causes_in_words(cell: ShiftCell, names: Names) -> list[str]:
    """Why a shift is short: for each cause who could serve there at all, and what keeps them."""
    return [_cause_in_words(cause, cell, names) for cause in cell.causes]


def obstacle_in_words(one: Obstacle) -> str:
    """What keeps people who are free: "already at the limit of 2 turns"."""
    words = OBSTACLES.get((one.rule, one.detail)) or OBSTACLES[one.rule, ""]
    return words(one)


def half_day_in_words(cell: ShiftCell) -> str:
    """ "Tuesday afternoon"."""
    weekday = format_date(cell.day, "EEEE", rebase=False)
    return {
        "morning": _("%(weekday)s morning", weekday=weekday),
        "afternoon": _("%(weekday)s afternoon", weekday=weekday),
        "evening": _("%(weekday)s evening", weekday=weekday),
    }.get(cell.shift_type, weekday)


def _about(facts: Mapping[str, Any]) -> str:
    """ "Nguyễn Văn An, Mon 23 Nov, 07:30–11:30"; only as much as the facts say."""
    person = [facts["person"]] if facts.get("person") else []
    return ", ".join([*person, *_when(facts)])


def _when(facts: Mapping[str, Any]) -> list[str]:
    if "starts" not in facts:
        return []
    starts: datetime = facts["starts"]
    return [f"{day_in_words(starts.date())}, {hours(starts.time(), facts['ends'].time())}"]


def _change_in_words(change: Mapping[str, Any]) -> str:
    words = CHANGES.get(change["action"])
    return f"{words} {_about(change)}".strip() if words else change["action"]


class _Facts:
    """A refusal's facts, ready for sentences."""

    def __init__(self, facts: Mapping[str, Any], names: Names) -> None:
        self.most = facts.get("most")
        self.least = facts.get("least")
        self.value = facts.get("value")
        self.day = day_in_words(facts["day"]) if "day" in facts else ""
        self.missing = _qualifications(facts.get("missing", ()), names)
        self.needs = _qualifications(facts.get("needs", ()), names)
        self.other = _turn_in_words(facts)
        self.time = facts.get("latest_end", "")


def _turn_in_words(facts: Mapping[str, Any]) -> str:
    """ "Mon 23 Nov, 07:30–11:30, Public service center"; empty if the facts name no other turn."""
    if "other_starts" not in facts:
        return ""
    starts: datetime = facts["other_starts"]
    ends: datetime = facts["other_ends"]
    return f"{day_in_words(starts.date())}, {hours(starts.time(), ends.time())}, {facts['other_site']}"


def _qualifications(codes: Any, names: Names) -> str:
    return ", ".join(names.get(code, code) for code in codes)


REFUSALS: dict[tuple[str, str], Callable[[_Facts], str]] = {
    ("availability", ""): lambda _f: _("Not free at that time."),
    ("availability", "silent"): lambda _f: _("Has not said when they can come that week."),
    ("consent", "guardian"): lambda _f: _("Under 18: waiting for the guardian's consent."),
    ("consent", "own"): lambda _f: _("Took back the consent to be planned."),
    ("overlap", ""): lambda f: _("Serves elsewhere at that time: %(turn)s.", turn=f.other),
    ("overlap", "travel"): lambda f: _("Cannot get there in time from %(turn)s.", turn=f.other),
    ("rest", ""): lambda f: _("Too little rest before or after %(turn)s.", turn=f.other),
    ("limits", "turns"): lambda f: ngettext(
        "Already at the limit of one turn.", "Already at the limit of %(num)s turns.", f.most or 0
    ),
    ("limits", "minutes_max"): lambda f: _(
        "Would serve longer than the limit of %(hours)s hours.", hours=_hours(f.most)
    ),
    ("limits", "minutes_min"): lambda f: _("Would serve fewer than %(hours)s hours.", hours=_hours(f.least)),
    ("limits", "turns_per_day"): lambda f: ngettext(
        "Already serves once on that day, which is the limit.",
        "Already serves %(num)s times on that day, which is the limit.",
        f.most or 0,
    ),
    ("limits", "turns_per_type"): lambda f: ngettext(
        "Already at the limit of one turn of this kind.",
        "Already at the limit of %(num)s turns of this kind.",
        f.most or 0,
    ),
    ("days", ""): lambda f: _("Too many days in a row."),
    ("days", "consecutive_days_max"): lambda f: ngettext(
        "More than one day in a row.", "More than %(num)s days in a row.", f.most or 0
    ),
    ("days", "consecutive_days_min"): lambda f: _("Too few days in a row."),
    ("days", "consecutive_days_off_min"): lambda f: _("Too few free days in a row."),
    ("days", "weekends"): lambda f: ngettext("More than one weekend.", "More than %(num)s weekends.", f.most or 0),
    ("succession", ""): lambda f: _("This kind of shift may not follow %(turn)s.", turn=f.other),
    ("eligibility", "requires"): lambda f: _("Lacks what this shift demands: %(names)s.", names=f.missing),
    ("eligibility", "pool"): lambda f: _("Is in none of the units and teams that serve here."),
    ("eligibility", "adults_only"): lambda f: _("This shift is for adults only."),
    ("eligibility", "max_km"): lambda f: _("Lives farther away than the %(km)s km agreed.", km=f.most),
    ("capacity", ""): lambda f: ngettext(
        "The shift takes one person at most.", "The shift takes %(num)s people at most.", f.most or 0
    ),
    ("minors", "company"): lambda f: _("A minor never serves without an adult on the same shift."),
    ("minors", "latest_end"): lambda f: _("This shift ends too late for a minor."),
    ("newcomers", "company"): lambda f: _("A newcomer never serves without somebody experienced."),
    ("all_or_nothing", "min"): lambda f: ngettext(
        "This shift takes place with at least one person or not at all.",
        "This shift takes place with at least %(num)s people or not at all.",
        f.least or 0,
    ),
    ("all_or_nothing", "need"): lambda f: _("This shift takes place only with: %(names)s.", names=f.needs),
    ("equipment", ""): lambda f: _("There is not enough equipment at that time."),
    ("pins", "assigned"): lambda f: _("Is pinned to this shift."),
    ("pins", "forbidden"): lambda f: _("Was taken off this shift by hand."),
    ("past", ""): lambda f: _("This shift has begun already."),
    ("cancelled", ""): lambda f: _("This shift is cancelled."),
    ("kept", ""): lambda f: _("The last places are kept for: %(names)s.", names=f.needs),
    ("partner", ""): lambda f: _("The other person cannot take your turn as things are now."),
    ("eligibility", "inactive"): lambda f: _("Does not volunteer here any more."),
    ("pairs", "together"): lambda f: _("Serves only together with somebody who is not on this shift."),
    ("pairs", "apart"): lambda f: _("Never serves together with somebody who is on this shift."),
}


RULES: dict[str, Any] = {
    "availability": _l("Availability"),
    "consent": _l("Consent"),
    "overlap": _l("Two shifts at once"),
    "rest": _l("Rest between days"),
    "limits": _l("Personal limits"),
    "days": _l("Days in a row"),
    "succession": _l("Order of shifts"),
    "eligibility": _l("What the shift demands"),
    "capacity": _l("Most people on a shift"),
    "minors": _l("Minors with adults"),
    "newcomers": _l("Newcomers with experienced people"),
    "all_or_nothing": _l("Complete or not at all"),
    "equipment": _l("Equipment"),
    "pins": _l("Pinned by hand"),
    "pairs": _l("Pairs"),
}
CHANGES: dict[str, Any] = {
    "roster.add": _l("added"),
    "roster.remove": _l("removed"),
    "roster.move": _l("moved:"),
    "roster.undo": _l("took a step back:"),
    "roster.redo": _l("did a step again:"),
    "roster.copy": _l("copied a week"),
    "roster.pin": _l("pinned"),
    "roster.unpin": _l("unpinned"),
    "roster.agree": _l("agreed and added"),
    "roster.remedy": _l("filled a short place"),
    "roster.take_back": _l("agreement taken back"),
    "roster.publish": _l("published"),
    "roster.plan": _l("planned anew"),
    "roster.hand_over": _l("shifts moved in or out"),
    "turn.take": _l("came to a published place:"),
    "turn.leave": _l("left a published place:"),
}


def _hours(minutes: Any) -> str:
    return f"{(minutes or 0) / 60:g}"


def _cause_in_words(cause: Cause, cell: ShiftCell, names: Names) -> str:
    """From the widest to the narrowest: who belongs here, who is able, who is free, what keeps those."""
    when = half_day_in_words(cell)
    if cause.qualification:
        who = _("with “%(name)s”", name=names.get(cause.qualification, cause.qualification))
    elif cell.requires:
        who = _("with what the shift demands (%(names)s)", names=_qualifications(cell.requires, names))
    else:
        who = ""
    if cause.qualified == 0:
        return _nobody(cause, who)
    if cause.free == 0:
        return _nobody_free(cause.qualified, who, when)
    opening = ngettext(
        "%(num)s person %(who)s is free on %(when)s",
        "%(num)s people %(who)s are free on %(when)s",
        cause.free,
        who=who,
        when=when,
    ).replace("  ", " ")
    return f"{opening}{_what_keeps(cause)}"


def _nobody(cause: Cause, who: str) -> str:
    if cause.pool == 0 or not who:
        return _("Nobody belongs to the units and teams that serve here.")
    return ngettext(
        "Of the %(num)s person who may serve here, nobody is %(who)s.",
        "Of the %(num)s people who may serve here, nobody is %(who)s.",
        cause.pool,
        who=who,
    )


def _nobody_free(able: int, who: str, when: str) -> str:
    """One person apart from several in the code: a language without plurals tells them apart as well."""
    words = (
        _("the only person %(who)s is not free on %(when)s.", who=who, when=when)
        if able == 1
        else ngettext(
            "the %(num)s person %(who)s is not free on %(when)s.",
            "none of the %(num)s people %(who)s is free on %(when)s.",
            able,
            who=who,
            when=when,
        )
    )
    return sentence(words.replace("  ", " "))


def _what_keeps(cause: Cause) -> str:
    """The end of the sentence: who serves here already, and the rules that keep the others who are free."""
    kept = [f"{_subject(one.people, cause.free)} {obstacle_in_words(one)}" for one in cause.obstacles]
    if cause.on_it:
        kept.insert(0, ngettext("one already on this shift", "%(num)s already on this shift", cause.on_it))
    if cause.takers:
        kept.append(ngettext("one could still be added", "%(num)s could still be added", cause.takers))
    return f", {'; '.join(kept)}." if kept else "."


def _subject(people: int, free: int) -> str:
    if people < free:
        return ngettext("one", "%(num)s", people)
    return _("but that person") if free == 1 else _("all %(num)s", num=people)


OBSTACLES: dict[tuple[str, str], Callable[[Obstacle], str]] = {
    ("limits", "turns"): lambda one: (
        ngettext("already at the limit of one turn", "already at the limit of %(num)s turns", one.most)
        if one.most
        else _("already at their limit of turns")
    ),
    ("limits", "turns_per_day"): lambda _one: _("already serving on that day"),
    ("limits", ""): lambda _one: _("already at a limit they set"),
    ("overlap", ""): lambda _one: _("serving elsewhere at that time"),
    ("rest", ""): lambda _one: _("without enough rest before or after another turn"),
    ("days", ""): lambda _one: _("with too many days in a row"),
    ("succession", ""): lambda _one: _("just after a shift this one may not follow"),
    ("capacity", ""): lambda _one: _("beyond what the shift can take"),
    ("minors", ""): lambda _one: _("minors without an adult beside them"),
    ("newcomers", ""): lambda _one: _("newcomers without anybody experienced"),
    ("all_or_nothing", ""): lambda _one: _("too few to start at all"),
    ("equipment", ""): lambda _one: _("without equipment at that time"),
    ("pins", ""): lambda _one: _("taken off this shift by hand"),
    ("pairs", ""): lambda _one: _("bound to a partner who cannot serve here"),
}
