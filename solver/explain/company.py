"""Who has to come along: some places can only be taken by several people at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from solver.check import Standing, Violation
from solver.problem import Shift, Volunteer

MOST_TOGETHER = 8


def with_company(
    standing: Standing, shift: Shift, first: Volunteer, ready: Sequence[Volunteer]
) -> list[Volunteer] | None:
    """The first and as many of those ready as make the roster whole; None if they cannot.

    Greedy: each newcomer is the first who ends one of the violations left, so a set of people that needs foresight
    may be missed, but none is returned that breaks a rule.
    """
    team = [first]
    while len(team) <= MOST_TOGETHER:
        broken = standing.may_join(team, shift)
        if not broken:
            return team
        if not all(one.mendable for one in broken):
            return None
        helps = _remedy(broken[0])
        names = {person.id for person in team}
        companion = next((person for person in ready if person.id not in names and helps(person)), None)
        if companion is None:
            return None
        team.append(companion)
    return None


def _remedy(broken: Violation) -> Callable[[Volunteer], bool]:
    """Whether a person's coming helps to end a violation."""
    if broken.rule == "pairs":
        return lambda person: person.id == broken.facts["other"]
    if broken.rule == "minors":
        return lambda person: not person.minor
    if broken.rule == "newcomers":
        return lambda person: not person.newcomer
    if broken.detail == "need":
        return lambda person: not person.qualifications.isdisjoint(broken.facts["needs"])
    return lambda _person: broken.rule == "all_or_nothing"
