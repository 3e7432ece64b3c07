"""A piece of a problem: some shifts may change, all other turns stay. What cannot be touched by them is left out.

The piece is a problem like any other, and what is left out costs the same in each of its rosters: so an optimum of
the piece is one of the whole as long as nothing else may change, and its bounds are bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from solver.check import Roster, broken_rules, shortfalls_of
from solver.check.terms import levels_of
from solver.possible import possible_turns
from solver.problem import Assignment, Limits, Pin, Problem, Shift, Wish
from solver.solution import Clash, Level, Solution

NO_LIMITS = Limits()
_Entry = TypeVar("_Entry", Pin, Wish, Assignment)


def piece_of(problem: Problem, turns: Sequence[Assignment], free: frozenset[str]) -> Problem:
    """The problem of placing people anew on the free shifts while every turn elsewhere stays as in `turns`."""
    roster = Roster(problem, turns)
    people = _people_of(problem, roster, free)
    held = _held(problem, roster, people, free)
    shifts = [_as_it_is(one, roster) if one.id in held else one for one in problem.shifts if one.id in held | free]
    bystanders = {one.id: one for shift in held for one in roster.people_on(shift) if one.id not in people}
    known, names = {*people, *bystanders}, {shift.id for shift in shifts}
    kept = {(one.id, shift) for shift in held for one in roster.people_on(shift)}
    return replace(
        problem,
        shifts=tuple(shifts),
        volunteers=tuple(
            replace(one, limits=NO_LIMITS) if one.id in bystanders else one
            for one in problem.volunteers
            if one.id in known
        ),
        pins=tuple(_pins(problem, known, names, kept)),
        wishes=tuple(wish for wish in problem.wishes if wish.volunteer in known and wish.shift in names),
        pairs=tuple(pair for pair in problem.pairs if people >= set(pair.volunteers)),
        previous=None if problem.previous is None else tuple(_inside(problem.previous, known, names)),
    )


def whole_of(question: Problem, part: Problem, base: Sequence[Assignment], found: Solution) -> Solution:
    """A solution of a part together with all that stayed: what was left out adds the same to values and bounds."""
    if part is question or not found.levels:
        return found
    own = part.shift_by_id
    order = {shift.id: number for number, shift in enumerate(question.shifts)}
    turns = [*found.assignments, *(turn for turn in base if turn.shift not in own)]
    turns.sort(key=lambda turn: (order[turn.shift], turn.volunteer))
    roster = Roster(question, turns)
    broken = broken_rules(question, roster)
    if broken:
        # What the losses broke outside the window, nothing inside can mend.
        clashes = dict.fromkeys(Clash(one.rule, one.volunteer, one.shift) for one in broken)
        return Solution("infeasible", (), (), (), found.run, tuple(clashes))
    levels = [
        Level(whole.terms, whole.value, level.bound + whole.value - level.value)
        for whole, level in zip(levels_of(question, roster), found.levels, strict=True)
    ]
    return replace(found, assignments=tuple(turns), levels=tuple(levels), shortfalls=shortfalls_of(question, roster))


def _people_of(problem: Problem, roster: Roster, free: frozenset[str]) -> set[str]:
    """Who can serve on the free shifts, with their partners."""
    shifts = tuple(one for one in problem.shifts if one.id in free)
    found = {person.id for person, _ in possible_turns(replace(problem, shifts=shifts))}
    found |= {person.id for shift in shifts for person in roster.people_on(shift.id)}
    # Somebody who has to serve is part of the piece even if they cannot, or its contradiction would go unseen.
    found |= {pin.volunteer for pin in problem.pins if pin.shift in free and pin.state == "assigned"}
    while True:
        partners = {name for pair in problem.pairs if found & set(pair.volunteers) for name in pair.volunteers}
        if partners <= found:
            return found
        found |= partners


def _held(problem: Problem, roster: Roster, people: Iterable[str], free: frozenset[str]) -> set[str]:
    """The shifts elsewhere that matter: with a turn of theirs, or with a laptop a free shift might want."""
    held = {turn.id for name in people for turn in roster.turns_of(name)}
    wanted = {kind for shift in free for kind in problem.shift_by_id[shift].equipment}
    held |= {shift.id for shift in roster.manned() if not wanted.isdisjoint(shift.equipment)}
    return held - free


def _as_it_is(shift: Shift, roster: Roster) -> Shift:
    """With room for nobody else."""
    return replace(shift, max=len(roster.people_on(shift.id)))


def _pins(problem: Problem, people: set[str], shifts: set[str], kept: set[tuple[str, str]]) -> Iterator[Pin]:
    yield from (pin for pin in _inside(problem.pins, people, shifts) if (pin.volunteer, pin.shift) not in kept)
    yield from (Pin(person, shift, "assigned") for person, shift in sorted(kept))


def _inside(entries: Iterable[_Entry], people: set[str], shifts: set[str]) -> Iterator[_Entry]:
    return (entry for entry in entries if entry.volunteer in people and entry.shift in shifts)
