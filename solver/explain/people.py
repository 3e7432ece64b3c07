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
from solver.problem import Assignment


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
    problem, roster = standing.problem, standing.roster
    person, place = problem.volunteer_by_id[volunteer], problem.shift_by_id[shift]
    present = roster.people_on(shift)
    left = [one for one in present if one.id != volunteer]
    others = _others(standing, volunteer, shift)
    wishes = [wish.want for wish in problem.wishes if (wish.volunteer, wish.shift) == (volunteer, shift)]
    return Service(
        pinned=any((pin.volunteer, pin.shift, pin.state) == (volunteer, shift, "assigned") for pin in problem.pins),
        wished=wishes[0] if wishes else None,
        reluctance=reluctance_of(person, place),
        turns=_turns(standing, volunteer),
        lost=missing_to_min(place, left) - missing_to_min(place, present),
        lost_needs=_more(missing_to_needs(place, present), missing_to_needs(place, left)),
        needed_by=tuple(sorted({one.rule for one in broken_on(place, left)})),
        others=others,
        fresher=tuple(one for one in others if _turns(standing, one) + 1 < _turns(standing, volunteer)),
    )


def why_not_there(standing: Standing, volunteer: str, shift: str) -> list[Violation]:
    """What keeps somebody from a shift they are not on; nothing, if nobody more was needed there."""
    return standing.may_take(volunteer, shift)


def _others(standing: Standing, volunteer: str, shift: str) -> tuple[str, ...]:
    place = standing.problem.shift_by_id[shift]
    here = {person.id for person in standing.roster.people_on(shift)}
    without = standing.without([Assignment(volunteer, shift)]) if volunteer in here else standing
    return tuple(
        person.id
        for person in standing.suited_to(place)
        if person.id not in here and not without.may_take(person.id, shift)
    )


def _turns(standing: Standing, volunteer: str) -> int:
    return standing.problem.volunteer_by_id[volunteer].history_turns + len(standing.roster.turns_of(volunteer))


def _more(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}
