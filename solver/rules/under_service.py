"""Under service: how many sure people a shift lacks to have its `min` people as surely as it asks for.

Whether the level is reached depends on who comes, not on how many: three unsure people may do what two sure ones do.
But a crew that is no surer than an insufficient one is insufficient too: crew A is no surer than crew B if, of the n
surest people of either, each of A's is at most as sure as B's. So it is enough to rule out the surest insufficient
crews, by how many people at least as sure as each rate they have. The cost is exact as long as these are few; with
more rates than that, rates close together are taken for the surest of them, which leaves a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from solver.costs import Cost
from solver.problem import Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model

MOST_CREWS = 2000  # insufficient crews of one shift, counted by rates, up to which the cost is exact
TOLERANCE = 1e-9  # as in the referee

Crew = tuple[int, ...]
"""How many people of each rate, the surest rate first."""


def cost(model: Model) -> Cost:
    total = Cost()
    for shift in model.problem.shifts:
        if shift.service_level:
            for missing in range(shift.min):
                total.add_cost(_unsure(model, shift, shift.min - missing), 1)
    return total


def _unsure(model: Model, shift: Shift, least: int) -> Cost:
    """1 unless at least so many people come as surely as the shift asks for."""
    level = (shift.service_level or 0) - TOLERANCE
    rates, crews = _surest_insufficient(shift, model.people_for(shift), least, level)
    # Who is counted with a rate: everybody at least as sure, and whoever is less sure but surer than the next one.
    lower = [*rates[1:], 0.0][: len(rates)]
    counted = [model.turns_by(shift, partial(_surer, rate)) for rate in lower]
    more = [[(number, count + 1) for number, count in enumerate(accumulate(crew))] for crew in crews]
    possible = {(number, count) for ways in more for number, count in ways if len(counted[number]) >= count}
    taken = {(number, count): model.taken_at_least(counted[number], count) for number, count in sorted(possible)}
    return model.failing(
        shift,
        [[taken[way] for way in ways if way in taken] for ways in more],
        _fewest([person.show_up for person in model.people_for(shift)], least, level),
        lambda crew: _surely([one.show_up for one in crew], least) < level,
    )


def _fewest(show_ups: Iterable[float], least: int, level: float) -> int:
    """How many people it takes if the surest of all come; one more than there are if even they do not do."""
    surest = sorted(show_ups, reverse=True)
    enough = (number for number in range(least, len(surest) + 1) if _surely(surest[:number], least) >= level)
    return next(enough, len(surest) + 1)


def _surer(rate: float, person: Volunteer) -> bool:
    return person.show_up > rate


def _surest_insufficient(
    shift: Shift, people: Sequence[Volunteer], least: int, level: float
) -> tuple[list[float], list[Crew]]:
    """The rates people are counted by, and the insufficient crews of which no surer one is insufficient."""
    shown = sorted((person.show_up for person in people if person.show_up), reverse=True)
    rates = sorted(set(shown), reverse=True)
    while True:
        found = _insufficient(shift, shown, rates, least, level)
        if found is not None:
            return rates, [crew for crew in found if not any(_no_surer(crew, other) for other in found)]
        # Too many: of two neighbouring rates only the surer one is kept, for both.
        rates = rates[::2]


def _insufficient(
    shift: Shift, shown: Sequence[float], rates: Sequence[float], least: int, level: float
) -> list[Crew] | None:
    """All insufficient crews there can be; None if they are too many."""
    there = [0] * len(rates)
    for show_up in shown:
        there[max(number for number, rate in enumerate(rates) if rate >= show_up)] += 1
    most = len(shown) if shift.max is None else min(shift.max, len(shown))
    found: list[Crew] = []

    def extended(crew: list[int], first: int) -> Iterator[Crew]:
        show_ups = [rate for rate, count in zip(rates, crew, strict=True) for _ in range(count)]
        if _surely(show_ups, least) >= level:
            return
        yield tuple(crew)
        for number in range(first, len(rates)):
            if len(show_ups) < most and crew[number] < there[number]:
                yield from extended([*crew[:number], crew[number] + 1, *crew[number + 1 :]], number)

    for crew in extended([0] * len(rates), 0):
        found.append(crew)
        if len(found) > MOST_CREWS:
            return None if len(rates) > 1 else found
    return found


def _no_surer(crew: Crew, other: Crew) -> bool:
    """Whether the other crew is surer, or the same with more people."""
    return crew != other and all(one <= two for one, two in zip(accumulate(crew), accumulate(other), strict=True))


def _surely(show_ups: Sequence[float], least: int) -> float:
    """How probable it is that at least so many of these people come."""
    fewer = [1.0] + [0.0] * (least - 1)  # how probable it is that exactly 0, 1, …, least - 1 come
    for show_up in show_ups:
        for count in range(least - 1, 0, -1):
            fewer[count] = fewer[count] * (1 - show_up) + fewer[count - 1] * show_up
        fewer[0] *= 1 - show_up
    return 1 - sum(fewer)
