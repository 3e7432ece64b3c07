"""Sentences for why somebody serves on a shift, and for what somebody agreed to: facts, never guesses."""

from collections.abc import Callable, Iterator

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from roster.models import AgreementKind
from roster.planning.reasons import Service
from roster.queries.agreements import AgreementRow
from roster.web.roster_words import Names
from roster.web.wording import sentence

RELUCTANCE = {0: "preferred", 1: "available", 3: "if_needed"}


def why_here_in_words(service: Service, names: Names) -> str:
    """One sentence: who wanted it, what the shift would lack, who else could have come."""
    return sentence("; ".join(_facts(service, names))) + "."


def agreed_in_words(row: AgreementRow) -> str:
    """What somebody said yes to."""
    if row.kind is AgreementKind.LENT:
        return _("is lent to this place")
    if row.kind is AgreementKind.HOURS:
        return _("comes at a time not offered before")
    return MORE.get(row.limit, _beyond)(row.more)


def _facts(service: Service, names: Names) -> Iterator[str]:
    if service.pinned:
        yield _("pinned here by hand")
    yield _welcome(service)
    if service.lost:
        yield ngettext(
            "without them one person would be missing", "without them %(num)s people would be missing", service.lost
        )
    for code in service.lost_needs:
        yield _("they bring “%(name)s”, which would be missing", name=names.get(code, code))
    for rule in service.needed_by:
        yield str(NEEDED.get(rule, _no_roster)())
    if not (service.lost or service.lost_needs or service.needed_by):
        yield _("the shift would be complete without them as well")
    yield ngettext("their only turn in five weeks", "their %(num)s turns in five weeks count this one", service.turns)
    yield _others(service)


def _welcome(service: Service) -> str:
    if service.wished:
        return _("they asked for it")
    return str(WELCOME[RELUCTANCE.get(service.reluctance, "available")]())


def _others(service: Service) -> str:
    others, fresher = len(service.others), len(service.fresher)
    if not others:
        return _("nobody else could take the place now")
    could = ngettext("one other person could take it", "%(num)s others could take it", others)
    if not fresher:
        return _("%(others)s, but none with fewer turns", others=could)
    return _("%(others)s, %(fresher)s of them with fewer turns", others=could, fresher=fresher)


def _no_roster() -> str:
    return _("without them the shift would break a rule")


def _beyond(_more: int) -> str:
    return _("serves beyond their limit")


WELCOME: dict[str, Callable[[], str]] = {
    "preferred": lambda: _("they prefer this time"),
    "available": lambda: _("they are free then"),
    "if_needed": lambda: _("they come then if needed"),
}
NEEDED: dict[str, Callable[[], str]] = {
    "minors": lambda: _("without them a minor would be there without an adult"),
    "newcomers": lambda: _("without them a newcomer would be there without anybody experienced"),
    "all_or_nothing": lambda: _("without them the shift could not take place at all"),
}
MORE: dict[str, Callable[[int], str]] = {
    "turns": lambda more: ngettext("one turn more this week", "%(num)s turns more this week", more),
    "turns_per_day": lambda more: ngettext("once more on one day", "%(num)s times more on one day", more),
    "minutes_max": lambda more: _("%(hours)s hours longer this week", hours=format_decimal(more / 60)),
}
