"""Under service: how many sure people a shift lacks to have its `min` people as surely as it asks for.

Whether the level is reached depends on who comes, not on how many: three unsure people may do what two sure ones do.
But a crew that is no surer than an insufficient one is insufficient too: crew A is no surer than crew B if, of the n
surest people of either, each of A's is at most as sure as B's. So it is enough to rule out the surest insufficient
crews, by how many people at least as sure as each rate they have. The cost is exact as long as there are few crews;
with more rates than that, rates close together are taken for the surest of them, which leaves a bound.

Crews are counted before any is made, and shifts for which equally sure people could come share theirs: so a shift with
sixty people of as many rates is written down in hundredths of a second, and all of them in about one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from solver.costs import Cost
from solver.problem import Shift, Volunteer

if TYPE_CHECKING:
    from solver.variables import Model

MOST_CREWS = 2000  # for one number of people, counted by rates, up to which the cost is exact
MOST_IN_ALL = 100_000  # of all shifts together
TOLERANCE = 1e-9  # as in the referee

Crew = tuple[int, ...]
"""How many people of each rate, the surest rate first."""


class Question(NamedTuple):
    """When do at least so many people come as surely as the level?

    show_ups  of those who ever come, the surest first
    most      how many of them can be there
    fewest    how many it takes if the surest come; one more than there are if even all of them do not do
    longest   and how many may be too few still, if the least sure come
    """

    show_ups: tuple[float, ...]
    most: int
    least: int
    level: float
    fewest: int
    longest: int


def asks(shift: Shift) -> bool:
    """Whether the shift asks for anything: a level within the tolerance of 0 is reached by nobody at all."""
    return shift.service_level is not None and shift.service_level > TOLERANCE


def cost(model: Model) -> Cost:
    asked = [
        (shift, question)
        for shift in model.problem.shifts
        if asks(shift)
        for question in _questions(shift, model.people_for(shift))
    ]
    different = list(dict.fromkeys(question for _, question in asked))
    many = min(MOST_CREWS, MOST_IN_ALL // max(1, len(different)))
    surest = {question: _surest_insufficient(question, many) for question in different}
    total = Cost()
    for shift, question in asked:
        total.add_cost(_unsure(model, shift, question, *surest[question]), 1)
    return total


def _questions(shift: Shift, people: Sequence[Volunteer]) -> Iterator[Question]:
    """One for each number of people up to `min`, the largest first."""
    show_ups = tuple(sorted((person.show_up for person in people if person.show_up), reverse=True))
    most = len(show_ups) if shift.max is None else min(shift.max, len(show_ups))
    level = (shift.service_level or 0) - TOLERANCE
    fewest, slowest = (_enough(one, shift.min, level) for one in (show_ups, show_ups[::-1]))
    for least in range(shift.min, 0, -1):
        longest = min(most, slowest[least - 1] - 1)
        yield Question(show_ups, most, least, level, fewest[least - 1], longest)


def _unsure(model: Model, shift: Shift, question: Question, rates: Sequence[float], crews: Sequence[Crew]) -> Cost:
    """1 unless at least so many people come as surely as the shift asks for."""
    if question.fewest > question.most:
        hopeless = Cost()
        hopeless.constant = 1
        return hopeless
    # Who is counted with a rate: everybody at least as sure, and whoever is less sure but surer than the next one.
    lower = [*rates[1:], 0.0][: len(rates)]
    counted = [model.turns_by(shift, partial(_surer, rate)) for rate in lower]
    more = [[(number, count + 1) for number, count in enumerate(accumulate(crew))] for crew in crews]
    possible = {(number, count) for ways in more for number, count in ways if len(counted[number]) >= count}
    taken = {(number, count): model.taken_at_least(counted[number], count) for number, count in sorted(possible)}
    return model.failing(
        shift,
        [[taken[way] for way in ways if way in taken] for ways in more],
        model.turns_by(shift, partial(_surer, 0.0)),
        question.fewest,
        lambda crew: _come(tuple(one.show_up for one in crew), shift.min, question.level) < question.least,
    )


def _surer(rate: float, person: Volunteer) -> bool:
    return person.show_up > rate


# The surest insufficient crews.


def _surest_insufficient(question: Question, many: int) -> tuple[list[float], list[Crew]]:
    """The rates people are counted by, and the insufficient crews of which no surer one is insufficient.

    No crews where people are counted by one rate only: then the fewest people it takes say it all.
    """
    there = Counter(question.show_ups)
    while len(there) > 1:
        if not _more_crews_than(many, list(there.values()), question.longest):
            return list(there), _surest(list(there), list(there.values()), question)
        there = _halved(there)
    return [], []


def _halved(there: Counter[float]) -> Counter[float]:
    """Of two neighbouring rates the surer one for both: so nobody is taken for less sure than they are."""
    rates = list(there)
    return Counter({rate: sum(there[one] for one in rates[at : at + 2]) for at, rate in enumerate(rates) if not at % 2})


def _more_crews_than(many: int, there: Sequence[int], longest: int) -> bool:
    """Whether there are more crews of at most so many people, with so many people of each rate."""
    ways = [1]  # by the number of people
    for count in there:
        sums = [0, *accumulate(ways)]
        sizes = range(min(longest, len(ways) - 1 + count) + 1)
        ways = [sums[min(size + 1, len(ways))] - sums[min(max(0, size - count), len(ways))] for size in sizes]
        if sum(ways) > many:
            return True
    return False


def _surest(rates: Sequence[float], there: Sequence[int], question: Question) -> list[Crew]:
    """The insufficient crews that one person more, or a surer one instead of somebody, makes sufficient."""
    found = set(_insufficient(rates, there, question))
    return sorted(crew for crew in found if found.isdisjoint(_a_little_surer(crew, there)))


def _a_little_surer(crew: Crew, there: Sequence[int]) -> list[Crew]:
    """With somebody of the next surer rate instead, or one of the least sure more: any surer crew is one from these."""
    return [
        (*crew[:at], crew[at] + 1, *(count - 1 for count in crew[at + 1 : at + 2]), *crew[at + 2 :])
        for at in range(len(crew))
        if crew[at] < there[at] and all(crew[at + 1 : at + 2])
    ]


def _insufficient(rates: Sequence[float], there: Sequence[int], question: Question) -> Iterator[Crew]:
    """All insufficient crews there can be, each grown from the surest person to the least sure."""
    grown: list[tuple[Crew, int, list[float]]] = [((0,) * len(rates), 0, _nobody(question.least))]
    while grown:
        crew, last, fewer = grown.pop()
        yield crew
        for number in range(len(rates) - 1, last - 1, -1) if sum(crew) < question.most else ():
            if crew[number] < there[number]:
                more = _one_more(fewer, rates[number])
                if 1 - sum(more) >= question.level:
                    break  # and so it is with anybody surer
                grown.append(((*crew[:number], crew[number] + 1, *crew[number + 1 :]), number, more))


# How many come.


def _nobody(wanted: int) -> list[float]:
    """How probable it is that exactly 0, 1, …, `wanted` - 1 people come, where nobody was asked to."""
    return [1.0] + [0.0] * (wanted - 1)


def _one_more(fewer: Sequence[float], show_up: float) -> list[float]:
    """The same with one person more."""
    away = 1 - show_up
    return [fewer[0] * away, *(same * away + one_less * show_up for one_less, same in pairwise(fewer))]


def _enough(show_ups: Sequence[float], wanted: int, level: float) -> list[int]:
    """For 1, 2, …, `wanted` people how many of these it takes in this order, one more than there are if all do not."""
    enough: list[int] = []
    fewer = _nobody(wanted)
    for number, show_up in enumerate(show_ups, 1):
        fewer = _one_more(fewer, show_up)
        while len(enough) < wanted and 1 - sum(fewer[: len(enough) + 1]) >= level:
            enough.append(number)
    return enough + [len(show_ups) + 1] * (wanted - len(enough))


@lru_cache(maxsize=10_000)
def _come(show_ups: tuple[float, ...], wanted: int, level: float) -> int:
    """How many people come as surely as the level, of those wanted."""
    return sum(number <= len(show_ups) for number in _enough(sorted(show_ups, reverse=True), wanted, level))
