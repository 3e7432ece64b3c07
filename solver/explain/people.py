"""Why a person serves here, and why not there: the facts of one sentence each.

Why not there is what the referee says against it, or that nobody was needed. Why here is what would be lost without
them, and who else could have come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solver.check import Standing, Violation
from solver.check.company import broken_on, missing_to_min, missing_to_needs
from solver.check.terms import reluctance_of
from solver.crowd import Crowd
from solver.problem import Assignment, Shift, Volunteer


@dataclass(frozen=True, slots=True)
class Service:
    """Why somebody has a turn.

    pinned        the roster was asked to have it so
    wished        they asked for it (False: against it, None: neither)
    reluctance    0 preferred, 1 available, 3 if needed
    turns         theirs with this one, before this period and in it
    lost          what the shift would lack without them: people to `min`, and by qualification
    needed_by     rules that would be broken without them (`minors`: the only adult, `all_or_nothing`, …)
    others        who could take the place if they left it; of those, `fresher` have fewer turns
    """

    pinned: bool
    wished: bool | None
    reluctance: int
    turns: int
    lost: int
    lost_needs: Mapping[str, int]
    needed_by: tuple[str, ...]
    others: tuple[str, ...]
    fresher: tuple[str, ...]


def why_here(standing: Standing, volunteer: str, shift: str) -> Service:
    """What speaks for this turn of the roster. Raises KeyError for an unknown volunteer or shift."""
    return service_in(Crowd(standing), volunteer, shift)


def service_in(crowd: Crowd, volunteer: str, shift: str) -> Service:
    """The same of a roster whose people are known."""
    problem, roster = crowd.problem, crowd.standing.roster
    person, place = problem.volunteer_by_id[volunteer], problem.shift_by_id[shift]
    present = roster.people_on(shift)
    left = [one for one in present if one.id != volunteer]
    others = _others(crowd, volunteer, place)
    turns = crowd.load(person)[0]
    wishes = [wish.want for wish in problem.wishes if (wish.volunteer, wish.shift) == (volunteer, shift)]
    return Service(
        pinned=any((pin.volunteer, pin.shift, pin.state) == (volunteer, shift, "assigned") for pin in problem.pins),
        wished=wishes[0] if wishes else None,
        reluctance=reluctance_of(person, place),
        turns=turns,
        lost=missing_to_min(place, left) - missing_to_min(place, present),
        lost_needs=_more(missing_to_needs(place, present), missing_to_needs(place, left)),
        needed_by=tuple(sorted({one.rule for one in broken_on(place, left)})),
        others=tuple(one.id for one in others),
        fresher=tuple(one.id for one in others if crowd.load(one)[0] + 1 < turns),
    )


def why_not_there(standing: Standing, volunteer: str, shift: str) -> list[Violation]:
    """What keeps somebody from a shift they are not on; nothing, if nobody more was needed there."""
    return standing.may_take(volunteer, shift)


def _others(crowd: Crowd, volunteer: str, place: Shift) -> list[Volunteer]:
    """Those who could take the place if this person left it, fewest turns first."""
    standing = crowd.standing
    if standing.roster.has(volunteer, place.id):
        standing = standing.without([Assignment(volunteer, place.id)])
    people = crowd.suited(place) & ~crowd.present(place) & crowd.spare
    return [
        one for one in crowd.members(people) if crowd.may_add(one, place) and not standing.place_broken([one], place)
    ]


def _more(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}
