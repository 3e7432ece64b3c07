"""Who can stand in on one shift, best first: those who can serve now, then those who can after one swap.

A swap: the stand-in gives one of their turns to somebody who may take it as the roster is. Everything promised here
has been asked of the referee, so acting on it keeps the roster whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from typing import Any, Literal

from solver.check import Standing
from solver.check.company import broken_on
from solver.check.suitability import kilometres
from solver.check.terms import reluctance_of
from solver.crowd import Crowd, Crowded
from solver.problem import Assignment, Problem, Shift, Volunteer

MOST_SWAPS = 20  # of those who can serve after a swap, the best
MOST_QUESTIONS = 5_000  # whether a person may take over a turn: some 0.1 s, far beyond any unit's need


@dataclass(frozen=True, slots=True)
class Swap:
    """The turn a stand-in gives up, and who takes it."""

    shift: str
    volunteer: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody for the place. `turns` are those of this period and before it; `km` None where a place is unknown."""

    volunteer: str
    how: Literal["now", "after_swap"]
    turns: int
    reluctance: int
    km: float | None = None
    swap: Swap | None = None


def standins(
    problem: Problem, assignments: Iterable[Assignment], shift: str, *, leaving: str | None = None
) -> list[StandIn]:
    """The stand-ins for one place on the shift, for the person who leaves it if one is named.

    Best first: everybody who can serve now, then the best who can after a swap; among those the ones with fewest
    turns, least reluctant, nearest. On a full shift from which nobody is named to leave, they are stand-ins for
    whoever it may be. Who leaves takes over nobody's turn. Raises KeyError for an unknown shift.
    """
    turns = [turn for turn in assignments if (turn.volunteer, turn.shift) != (leaving, shift)]
    found = _Search(Crowd(Standing(problem, turns)), problem.shift_by_id[shift], leaving).ranked()
    return [one for one in found if one.volunteer != leaving]


def swaps_of(crowd: Crowd, shift: Shift) -> Iterator[StandIn]:
    """Only those who can serve after a swap, best first, at most MOST_SWAPS of them."""
    return _Search(crowd, shift).swaps()


def to_json(shift: str, found: Iterable[StandIn]) -> dict[str, Any]:
    """The answer of `solver standins --json`."""
    return {"shift": shift, "standins": [_record(one) for one in found]}


def _record(one: StandIn) -> dict[str, Any]:
    record: dict[str, Any] = {"volunteer": one.volunteer, "how": one.how}
    if one.swap is not None:
        record["swap"] = {"shift": one.swap.shift, "volunteer": one.swap.volunteer}
    record["turns"] = one.turns
    if one.km is not None:
        record["km"] = one.km
    return record | {"reluctance": one.reluctance}


def _rank(one: StandIn) -> tuple[int, int, float, str]:
    far = float("inf") if one.km is None else one.km
    return one.turns, one.reluctance, far, one.volunteer


class _Search:
    """One shift's stand-ins; whoever could take over a turn is sought once a turn and kept."""

    def __init__(self, crowd: Crowd, shift: Shift, leaving: str | None = None) -> None:
        self.leaving = leaving
        self.crowd, self.standing, self.shift, self.problem = crowd, crowd.standing, shift, crowd.problem
        self._takers: dict[str, tuple[list[Volunteer], Iterator[Volunteer]]] = {}
        self._questions = MOST_QUESTIONS
        self._pinned = {(pin.volunteer, pin.shift) for pin in self.problem.pins if pin.state == "assigned"}
        self._paired = {name for pair in self.problem.pairs for name in pair.volunteers}
        # Who serves together with somebody cannot give a turn away alone.
        self._bound = {name for pair in self.problem.pairs if pair.rule == "together" for name in pair.volunteers}
        self._welcome: dict[Hashable, bool] = {}

    def ranked(self) -> list[StandIn]:
        """Those who can serve now, then the best of those who can after a swap."""
        now = [self._standin(one) for one in self._open_to(self.crowd.spare) if self.crowd.may_add(one, self.shift)]
        return [*sorted(now, key=_rank), *self.swaps()]

    def swaps(self) -> Iterator[StandIn]:
        """In groups of equal turns, so that only as many are looked at as are needed."""
        busy = (one for one in self._open_to(self.crowd.busy) if not self.crowd.may_add(one, self.shift))
        groups = groupby(busy, key=lambda one: self.crowd.load(one)[0])
        ranked = (sorted(filter(None, map(self._after_swap, group)), key=_rank) for _, group in groups)
        return islice(chain.from_iterable(ranked), MOST_SWAPS)

    def _open_to(self, crowd: Crowded) -> Iterator[Volunteer]:
        """Of these people those whom neither the rules about the two nor the place itself keep away."""
        suited = self.crowd.suited(self.shift) & ~self.crowd.present(self.shift) & crowd
        return (person for person in self.crowd.members(suited) if self._is_welcome(person))

    def _is_welcome(self, person: Volunteer) -> bool:
        """Whether the place takes them: all but a full shift, where the stand-in comes for somebody who leaves.

        The same for all who are alike to the rules of the place, unless somebody is tied to somebody.
        """
        if person.id in self._paired:
            return self._place_takes(person)
        needed = (need.qualification in person.qualifications for need in self.shift.needs)
        alike = person.minor, person.newcomer, *needed
        if alike not in self._welcome:
            self._welcome[alike] = self._place_takes(person)
        return self._welcome[alike]

    def _place_takes(self, person: Volunteer) -> bool:
        return all(one.rule == "capacity" for one in self.standing.place_broken([person], self.shift))

    def _after_swap(self, person: Volunteer) -> StandIn | None:
        swap = self._swap(person)
        return replace(self._standin(person), how="after_swap", swap=swap) if swap else None

    def _swap(self, person: Volunteer) -> Swap | None:
        """The first turn, in time, that is all that is in the way and that somebody else may take over."""
        for turn in self.standing.roster.turns_of(person.id):
            if self._tied(person, turn) or turn not in self.crowd.in_the_way(person, self.shift):
                continue
            for taker in self._takers_of(turn):
                if self._may_take_over(taker, turn, person):
                    if self.standing.turns_broken(person, self.shift, without=turn.id):
                        break
                    return Swap(turn.id, taker.id)
        return None

    def _tied(self, person: Volunteer, turn: Shift) -> bool:
        return person.id in self._bound or (person.id, turn.id) in self._pinned

    def _takers_of(self, turn: Shift) -> Iterator[Volunteer]:
        """Those whose own turns allow this one more, fewest turns first."""
        found, others = self._takers.setdefault(turn.id, ([], self._seek_takers(turn)))
        yield from found
        for person in others:
            found.append(person)
            yield person

    def _seek_takers(self, turn: Shift) -> Iterator[Volunteer]:
        people = self.crowd.suited(turn) & self.crowd.spare & ~self.crowd.present(turn)
        for person in self.crowd.members(people):
            if self._questions == 0:
                return
            self._questions -= 1
            if person.id != self.leaving and self.crowd.may_add(person, turn):
                yield person

    def _may_take_over(self, taker: Volunteer, turn: Shift, giver: Volunteer) -> bool:
        """Whether the turn's shift is as well off as before with one in place of the other."""
        present = self.standing.roster.people_on(turn.id)
        after = [person for person in present if person.id != giver.id] + [taker]
        if broken_on(turn, after) or _lacks_more(turn, present, after):
            return False
        broken = self.standing.may_join([taker], turn)
        return not any(one.rule == "pairs" and one.facts["other"] != giver.id for one in broken)

    def _standin(self, person: Volunteer) -> StandIn:
        km = kilometres(self.problem, person, self.shift)
        return StandIn(
            volunteer=person.id,
            how="now",
            turns=self.crowd.load(person)[0],
            reluctance=reluctance_of(person, self.shift),
            km=None if km is None else round(km, 1),
        )


def _lacks_more(shift: Shift, before: Iterable[Volunteer], after: Iterable[Volunteer]) -> bool:
    """Whether a need of the shift is met less than before."""
    was, will = list(before), list(after)
    return any(
        sum(need.qualification in one.qualifications for one in will)
        < min(need.min, sum(need.qualification in one.qualifications for one in was))
        for need in shift.needs
    )
