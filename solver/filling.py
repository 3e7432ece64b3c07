"""A roster at once, place by place, each turn asked of the rules about its person and its shift.

For what cannot wait for a flow, and for what a flow leaves behind: people with fewer minutes than they owe. First
come those who owe minutes, then the places for which fewest could come, each to who has had least. Where nobody is
free for a place, somebody comes over from another one that somebody else takes: a path of a few steps, as in a maximum
flow. All of it takes a tenth of a second for a province.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from solver.check.company import broken_on, missing_to_needs
from solver.check.rosters import in_order
from solver.check.service import missing_to_service
from solver.check.turns import broken_by
from solver.components import Component
from solver.effort import Effort
from solver.floors import can_hold
from solver.problem import Assignment, Problem, Shift, Volunteer
from solver.rules.equipment import bottlenecks

MOVES = 100  # people who change over at most, so that one place is filled
SWAPS = 2  # and so that one person has their minutes
TRIES = 4  # of such swaps, for each person who owes any
TRADES = 20  # of equipment between places
RESERVES = 30  # people who come in vain, until a shift is as sure as it can be


class _Change(NamedTuple):
    person: Volunteer
    shift: Shift
    added: bool


class Filling:
    """A roster of a component that grows turn by turn, and never breaks a rule but by what it lacks."""

    def __init__(self, component: Component, start: Iterable[Assignment], effort: Effort) -> None:
        self.problem, self.effort = component.problem, effort
        self.names_for: dict[str, list[str]] = {shift.id: [] for shift in self.problem.shifts}
        for shift, people in component.crowds:
            self.names_for[shift.id] = [person.id for person in people]
        # Turns before and now, and how many there could be: who has fewest comes first.
        self._chances = Counter(chain.from_iterable(self.names_for.values()))
        self._loads = {
            person.id: (person.history_turns, self._chances[person.id]) for person in self.problem.volunteers
        }
        self.taken: dict[str, list[Shift]] = {person.id: [] for person in self.problem.volunteers}
        self._busy = {person.id for person in self.problem.volunteers if person.limits.turns == 0}  # no turn more
        self.crews: dict[str, dict[str, Volunteer]] = {shift.id: {} for shift in self.problem.shifts}
        self._equipment = _Equipment(self.problem)
        self._changes: list[_Change] = []
        self._tries, self._trades = 0, TRADES
        self._fixed = {(pin.volunteer, pin.shift) for pin in self.problem.pins if pin.state == "assigned"}
        self._tied: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = {}
        for pair in self.problem.pairs:
            others = self._tied if pair.rule == "together" else self._apart
            for one, other in (pair.volunteers, pair.volunteers[::-1]):
                others.setdefault(one, set()).add(other)
        for turn in start:
            self._add(self.problem.volunteer_by_id[turn.volunteer], self.problem.shift_by_id[turn.shift])

    def assignments(self) -> tuple[Assignment, ...]:
        """The turns so far, shift by shift."""
        return tuple(Assignment(person, shift) for shift, crew in self.crews.items() for person in crew)

    @cached_property
    def shifts_for(self) -> dict[str, list[Shift]]:
        """Where each person could serve; asked for only where somebody owes minutes."""
        found: dict[str, list[Shift]] = {person.id: [] for person in self.problem.volunteers}
        for shift in self.problem.shifts:
            for name in self.names_for[shift.id]:
                found[name].append(shift)
        return found

    def fill(self) -> None:
        """As many places as a few looks around each fill, until the time is up."""
        # Those who need company find more of it later.
        bound = [person for person in self.problem.volunteers if person.limits.minutes_min]
        bound.sort(key=lambda one: (one.minor or one.newcomer, self._chances[one.id]))
        self._tries = TRIES * len(bound)
        self._serve_each(bound)
        scarce = sorted(self.problem.shifts, key=self._room)
        self._fill_places(scarce, bound)
        for shift in scarce:
            if shift.service_level and self._in_time():
                self._make_sure(shift)
        for shift in scarce:
            if shift.target > shift.min and self._in_time():
                self._man(shift, shift.target)

    def _fill_places(self, scarce: Sequence[Shift], bound: Iterable[Volunteer]) -> None:
        """Every shift up to its `min`; first those there is equipment for, as the others have what is left."""
        without = set(self._without_equipment())
        equipped = [shift for shift in scarce if shift.id not in without]
        waiting = [shift for shift in scarce if shift.id in without]
        for shift in equipped:
            if self._in_time():
                self._man(shift, shift.min)
        self._serve_each(bound)
        hopeless: set[str] = set()  # from where nobody can come: that stays so, whoever changes over elsewhere
        for shift in equipped:
            self._complete(shift, hopeless)
        for shift in equipped:
            if not self._manned(shift) and can_hold(self._people_for(shift), shift):
                self._trade_equipment(shift, waiting)
        for shift in waiting:
            if self._in_time():
                self._man(shift, shift.min)
            self._complete(shift, hopeless)

    def _in_time(self) -> bool:
        return self.effort.overtime()

    def _without_equipment(self) -> Iterator[str]:
        """Where there is too little equipment, the shifts to do without: those where fewest places count for it."""
        for kind, count, shifts in bottlenecks(self.problem):
            for shift in sorted(shifts, key=lambda one: -self._places(one) / one.equipment[kind]):
                count -= shift.equipment[kind]
                if count < 0:
                    yield shift.id

    def _places(self, shift: Shift) -> int:
        """What its places can count for at most."""
        people = self._people_for(shift)
        return min(shift.min, len(people)) * shift.weights.under_min if can_hold(people, shift) else 0

    def _missing(self, shift: Shift) -> int:
        return (shift.min - len(self.crews[shift.id])) * shift.weights.under_min

    def _room(self, shift: Shift) -> int:
        """How many more could come than have to; where nobody serves without them, of those who meet a need."""
        holders = [
            sum(need.qualification in person.qualifications for person in self._people_for(shift)) - need.min
            for need in (shift.needs if shift.all_or_nothing else ())
        ]
        return min([len(self.names_for[shift.id]) - shift.min, *holders])

    # A shift that wants people.

    def _man(self, shift: Shift, wanted: int) -> None:
        """Who is free and has had least, up to so many people; first those who meet a need. None rather than a half."""
        crew, before = self.crews[shift.id], len(self._changes)
        people = self._ready(self.names_for[shift.id])
        for need in shift.needs:
            missing = missing_to_needs(shift, list(crew.values())).get(need.qualification, 0)
            self._take(shift, self._holding(people, (need.qualification,)), min(wanted, len(crew) + missing), half=True)
        self._take(shift, people, wanted, half=True)
        if broken_on(shift, list(crew.values())):
            self._back_to(before)

    def _make_sure(self, shift: Shift) -> None:
        """Reserves until enough people come as surely as the shift asks for; none who bring it no nearer to that."""
        crew = self.crews[shift.id]
        lacking, before = missing_to_service(shift, crew.values()), len(self._changes)
        people = self._ready(self.names_for[shift.id])
        while lacking and len(self._changes) < before + RESERVES and self._take(shift, people, len(crew) + 1):
            left = missing_to_service(shift, crew.values())
            if left < lacking:
                lacking, before = left, len(self._changes)
        self._back_to(before)

    def _complete(self, shift: Shift, hopeless: set[str]) -> None:
        """The places still free, by who changes over. None rather than a half."""
        crew, before = self.crews[shift.id], len(self._changes)
        seen = {shift.id} | hopeless
        while len(crew) < shift.min and self._bring(shift, MOVES, seen):
            seen = {shift.id} | hopeless
        if broken_on(shift, list(crew.values())):
            self._back_to(before)
        elif len(crew) < shift.min:
            hopeless |= seen

    def _take(self, shift: Shift, names: Iterable[str], wanted: int, *, half: bool = False) -> bool:
        """The first of these people who may, until the shift has so many; whether it has."""
        crew = self.crews[shift.id]
        for name in names:
            if len(crew) >= wanted:
                break
            if name not in crew and name not in self._tied:
                person = self.problem.volunteer_by_id[name]
                if self._may_take(person, shift) and self._may_join([person], shift, half=half):
                    self._add(person, shift)
        return len(crew) >= wanted

    def _people_for(self, shift: Shift) -> list[Volunteer]:
        return [self.problem.volunteer_by_id[name] for name in self.names_for[shift.id]]

    def _holding(self, names: Iterable[str], qualifications: Collection[str]) -> Iterator[str]:
        """Those of the people who hold all of these."""
        people = self.problem.volunteer_by_id
        return (name for name in names if people[name].qualifications.issuperset(qualifications))

    def _ready(self, names: Iterable[str]) -> list[str]:
        """Those of the people who may have another turn at all, who has had least first."""
        return sorted([name for name in names if name not in self._busy], key=self._loads.__getitem__)

    def _in_turn(self, names: Iterable[str]) -> list[Volunteer]:
        """All of the people, who has had least first."""
        return [self.problem.volunteer_by_id[name] for name in sorted(names, key=self._loads.__getitem__)]

    def _bring(self, shift: Shift, steps: int, seen: set[str]) -> bool:
        """One person more for a shift: somebody free, or somebody whose place elsewhere another one takes."""
        crew = self.crews[shift.id]
        half = shift.all_or_nothing and len(crew) + 1 < shift.min
        missing = missing_to_needs(shift, list(crew.values())) if shift.all_or_nothing else {}
        names = self.names_for[shift.id]
        if missing:
            names = list(self._holding(names, missing))
        if self._take(shift, self._ready(names), len(crew) + 1, half=half):
            return True
        for person in self._in_turn(names) if steps and self._in_time() else ():
            for turn in self._in_the_way(person, shift, seen, half=half):
                before = len(self._changes)
                self._remove(person, turn)
                self._add(person, shift)
                seen.add(turn.id)
                if self._manned(turn) or self._bring(turn, steps - 1, seen):
                    return True
                self._back_to(before)
        return False

    def _in_the_way(self, person: Volunteer, shift: Shift, seen: set[str], *, half: bool) -> Iterator[Shift]:
        """The turns of which the person may give up one for this shift."""
        if person.id not in self.crews[shift.id] and self._may_join([person], shift, half=half):
            for turn in list(self.taken[person.id]):
                leaves = turn.id not in seen and self._may_leave(person, turn, half=True)
                if leaves and self._may_take(person, shift, turn):
                    yield turn

    def _trade_equipment(self, shift: Shift, waiting: Sequence[Shift]) -> None:
        """Fill a shift with people from one that uses equipment, and let another that waits for it have that."""
        missing = self._missing(shift)
        for person in self._in_turn(self.names_for[shift.id]):
            for turn in [one for one in self.taken[person.id] if one.equipment]:
                if not self._trades or not self._in_time():
                    return
                lost = self._places(turn)
                others = [one for one in waiting if one.start < turn.end and turn.start < one.end]
                others = [one for one in others if lost - self._places(one) < missing]
                if others:
                    self._trades -= 1
                    if self._traded(turn, shift, others):
                        return

    def _traded(self, turn: Shift, shift: Shift, others: Iterable[Shift]) -> bool:
        """Close the turn's shift and fill this one and another without it; whether that is done, or all as before."""
        before, crew = len(self._changes), list(self.crews[turn.id].values())
        if all(self._may_give(person, turn) for person in crew):
            for person in crew:
                self._remove(person, turn)
            self._complete(shift, {turn.id})
            for other in others if self._manned(shift) and self._in_time() else ():
                if not self.crews[other.id]:
                    self._man(other, other.min)
                    if self._manned(other) and not any(map(self._owes, crew)):
                        return True
        self._back_to(before)
        return False

    # A person who owes minutes.

    def _serve_each(self, people: Iterable[Volunteer]) -> None:
        for person in people:
            if self._in_time():
                self._serve(person, SWAPS, set())

    def _serve(self, person: Volunteer, steps: int, seen: set[str]) -> bool:
        """Turns until the person has the minutes they owe; whether that can be had."""
        while self._owes(person):
            if not self._one_more(person, steps, seen):
                return False
        return True

    def _owes(self, person: Volunteer) -> int:
        return max(0, (person.limits.minutes_min or 0) - sum(turn.minutes for turn in self.taken[person.id]))

    def _one_more(self, person: Volunteer, steps: int, seen: set[str]) -> bool:
        """A turn more, or a longer one; from somebody else where nothing is free."""
        party = self._party(person)
        wanted = sorted(
            (shift for shift in self.shifts_for[person.id] if person.id not in self.crews[shift.id]),
            key=self._use(person),
        )
        for shift in wanted:
            turn = next(self._instead_of(person, shift), shift)
            if turn is not shift and self._may_join(party, shift):
                self._move(party, turn, shift)
                return True
        ways = ((shift, turn) for shift in wanted if shift.id not in seen for turn in self._instead_of(person, shift))
        return len(party) == 1 and any(self._replace(person, turn, shift, steps, seen) for shift, turn in ways)

    def _use(self, person: Volunteer) -> Callable[[Shift], tuple[bool, int, int]]:
        """What comes first for somebody who owes minutes: enough of them, where people are wanted, more of them."""
        longest = max((one.minutes for one in self.shifts_for[person.id]), default=0)
        enough = self._owes(person) - longest * ((person.limits.turns or 1) - len(self.taken[person.id]) - 1)

        def key(shift: Shift) -> tuple[bool, int, int]:
            people = len(self.crews[shift.id])
            return shift.minutes < enough, (people >= shift.min) + (people >= shift.target), -shift.minutes

        return key

    def _instead_of(self, person: Volunteer, shift: Shift) -> Iterator[Shift | None]:
        """None if the turn fits as one more, and those shorter turns it could stand for."""
        if all(shift in self.shifts_for[one.id] and self._may_take(one, shift) for one in self._party(person)):
            yield None
        for turn in self.taken[person.id] if person.id not in self._tied else ():
            if turn.minutes < shift.minutes and self._may_leave(person, turn) and self._may_take(person, shift, turn):
                yield turn

    def _move(self, people: Iterable[Volunteer], turn: Shift | None, shift: Shift) -> None:
        for person in people:
            if turn is not None:
                self._remove(person, turn)
            self._add(person, shift)

    def _replace(self, person: Volunteer, turn: Shift | None, shift: Shift, steps: int, seen: set[str]) -> bool:
        """The person instead of somebody there, who can spare the turn or gets another one."""
        if not steps or shift.id in seen:
            return False
        seen.add(shift.id)
        for other in list(self.crews[shift.id].values()):
            before = len(self._changes)
            if self._tries and self._may_give(other, shift):
                self._tries -= 1
                self._remove(other, shift)
                if self._may_join([person], shift):
                    self._move([person], turn, shift)
                    if self._serve(other, steps - 1, seen):
                        return True
                self._back_to(before)
        return False

    # What the rules say.

    def _may_take(self, person: Volunteer, shift: Shift, instead_of: Shift | None = None) -> bool:
        """Whether the turn fits the person's own."""
        turns = [turn for turn in self.taken[person.id] if turn is not instead_of]
        most = person.limits.turns
        if most is not None and len(turns) >= most:
            return False
        if any(turn.start < shift.end and shift.start < turn.end for turn in turns):
            return False
        broken = broken_by(self.problem, person, in_order([*turns, shift]) if turns else [shift])
        return all(one.detail == "minutes_min" for one in broken)

    def _may_give(self, person: Volunteer, shift: Shift) -> bool:
        """Whether the person may do without the turn, but for the minutes they owe."""
        if person.id in self._tied or (person.id, shift.id) in self._fixed:
            return False
        turns = [turn for turn in self.taken[person.id] if turn is not shift]
        return all(one.detail == "minutes_min" for one in broken_by(self.problem, person, turns))

    def _manned(self, shift: Shift) -> bool:
        """Whether nobody has to come who is not there."""
        crew = self.crews[shift.id]
        return len(crew) >= shift.min and not broken_on(shift, list(crew.values()))

    def _may_leave(self, person: Volunteer, shift: Shift, *, half: bool = False) -> bool:
        """Whether the shift may do without the person; `half`: while somebody else is to come for them."""
        if person.id in self._tied or (person.id, shift.id) in self._fixed:
            return False
        broken = broken_on(shift, [one for one in self.crews[shift.id].values() if one is not person])
        return all(half and one.rule == "all_or_nothing" for one in broken)

    def _may_join(self, people: Sequence[Volunteer], shift: Shift, *, half: bool = False) -> bool:
        """Whether the shift may have these people too, all of them; `half`: while more are still to come."""
        crew = self.crews[shift.id]
        if any(not self._apart.get(person.id, set()).isdisjoint(crew) for person in people):
            return False
        if shift.equipment and not crew and self._equipment.lacks(shift):
            return False
        broken = broken_on(shift, [*crew.values(), *people])
        return all(half and one.mendable for one in broken)

    def _party(self, person: Volunteer) -> list[Volunteer]:
        """The person and whoever has to come along."""
        names = {person.id}
        while person.id in self._tied:
            more = {name for one in names for name in self._tied.get(one, ())}
            if more <= names:
                break
            names |= more
        return [self.problem.volunteer_by_id[name] for name in sorted(names)]

    # Changes, and back.

    def _add(self, person: Volunteer, shift: Shift) -> None:
        self._change(_Change(person, shift, added=True))

    def _remove(self, person: Volunteer, shift: Shift) -> None:
        self._change(_Change(person, shift, added=False))

    def _change(self, change: _Change) -> None:
        self._changes.append(change)
        person, shift, added = change
        crew, turns = self.crews[shift.id], self.taken[person.id]
        if added:
            crew[person.id] = person
            turns.append(shift)
        else:
            del crew[person.id]
            turns.remove(shift)
        self._loads[person.id] = (person.history_turns + len(turns), self._chances[person.id])
        if person.limits.turns is not None and len(turns) >= person.limits.turns:
            self._busy.add(person.id)
        else:
            self._busy.discard(person.id)
        if shift.equipment and len(crew) == added:  # opened or closed just now
            self._equipment.use(shift, 1 if added else -1)

    def _back_to(self, number: int) -> None:
        """As it was after so many changes."""
        for person, shift, added in reversed(self._changes[number:]):
            self._change(_Change(person, shift, not added))
        del self._changes[number:]


class _Equipment:
    """How much of each kind is in use when. That rises only as shifts begin, so those moments say it all."""

    def __init__(self, problem: Problem) -> None:
        self._count = {kind.id: kind.count for kind in problem.equipment}
        self._starts = sorted({shift.start for shift in problem.shifts if shift.equipment})
        self._used: Counter[tuple[str, int]] = Counter()

    def lacks(self, shift: Shift) -> bool:
        """Whether there is too little to open the shift, as things are."""
        return any(self._used[at] + uses > self._count[at[0]] for at, uses in self._uses(shift))

    def use(self, shift: Shift, times: int) -> None:
        for at, uses in self._uses(shift):
            self._used[at] += times * uses

    def _uses(self, shift: Shift) -> Iterator[tuple[tuple[str, int], int]]:
        """How much of each kind it uses at which moments."""
        starts = self._starts[bisect_left(self._starts, shift.start) : bisect_left(self._starts, shift.end)]
        known = ((kind, uses) for kind, uses in shift.equipment.items() if kind in self._count)
        return (((kind, start), uses) for kind, uses in known for start in starts)
