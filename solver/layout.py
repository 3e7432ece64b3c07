"""How a problem is drawn as a flow of turns: source → volunteer → day → shift → sink, a unit for each turn.

Limits, clashes and seats are capacities, costs are on the arcs. A cost that grows with each unit (fairness, seats
beyond the minimum) is several arcs side by side, of which a cheapest flow fills the cheap ones first. What is no
flow is left out and named: then the flow is a relaxation, whose levels are bounds and whose turns are a start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from solver.components import Component
from solver.nesting import ROOT, Nesting
from solver.possible import Turns
from solver.problem import Problem, Shift, Volunteer
from solver.rules import reluctance, travel, under_service, unfairness
from solver.rules.equipment import bottlenecks
from solver.supply import Supplies

FORCED = 0  # the level before all others: what pins and least turns ask for


class Drawable(Protocol):
    """What a problem can be drawn on."""

    def node(self) -> int: ...

    def arc(self, tail: int, head: int, capacity: int) -> int: ...

    def charge(self, arc: int, level: int, cost: int) -> None: ...

    def charge_each(self, arcs: Sequence[int], level: int, costs: Sequence[int]) -> None: ...


class Layout:
    """Draws volunteers, shifts and turns of a problem, all or some of them, in any order.

    given, taken  how many turns there can be at most, by the volunteers and by the shifts drawn so far
    forced        how many units those and the pins ask for at least
    owed          what each level comes to if nobody serves
    left_out      the rules met so far that are no flow
    """

    def __init__(self, problem: Problem, network: Drawable, source: int, sink: int) -> None:
        self.problem, self.network = problem, network
        self.source, self.sink = source, sink
        self.given = self.taken = 0
        self.forced = sum(pin.state == "assigned" for pin in problem.pins)
        self.owed = [0] * len(problem.levels)
        self.left_out: set[str] = set()
        self.levels_of: dict[str, list[tuple[int, int]]] = {}
        for number, level in enumerate(problem.levels):
            for term, weight in level.items():
                self.levels_of.setdefault(term, []).append((number + 1, weight))
        self._supplies = Supplies(problem)
        self._before = {(turn.volunteer, turn.shift) for turn in problem.previous or ()}
        self._wishes: dict[tuple[str, str], int] = {}
        for wish in problem.wishes:
            turn = (wish.volunteer, wish.shift)
            self._wishes[turn] = self._wishes.get(turn, 0) + (-wish.weight if wish.want else wish.weight)
        self._pinned = {(pin.volunteer, pin.shift) for pin in problem.pins if pin.state == "assigned"}

    def owe_turns(self) -> None:
        """What wishes and changes come to if nobody serves."""
        self._owe("wishes", sum(wish.weight for wish in self.problem.wishes if wish.want))
        self._owe("changes", len(self._before))

    def unfairness_of(self, person: Volunteer, turn: int) -> list[tuple[int, int]]:
        """What the n-th turn (from 1) costs by itself, as levels with amounts."""
        return [
            (level, weight * unfairness.step(person, turn)) for level, weight in self.levels_of.get("unfairness", ())
        ]

    def _charge(self, arc: int, term: str, amount: int) -> None:
        for level, weight in self.levels_of.get(term, ()):
            self.network.charge(arc, level, weight * amount)

    def _owe(self, term: str, amount: int) -> None:
        """Add what the term comes to if nobody serves."""
        for level, weight in self.levels_of.get(term, ()):
            self.owed[level - 1] += weight * amount

    # Volunteers: source → volunteer → nested caps.

    def volunteer(self, person: Volunteer, shifts: Sequence[Shift], root: int) -> Iterator[int]:
        """For each shift the volunteer could serve on, the node that turn leaves."""
        supply = self._supplies.of(person, shifts)
        self.left_out |= supply.left_out
        self.forced += supply.least
        self.given += supply.most
        for turn in range(1, supply.most + 1):
            arc = self.network.arc(self.source, root, 1)
            self._charge(arc, "unfairness", unfairness.step(person, turn))
            if turn <= supply.least:
                self.network.charge(arc, FORCED, -1)
        nesting = Nesting(len(shifts), [group for group, _ in supply.caps])
        if None in nesting.parents:
            self.left_out.add("overlap")
        nodes = {number: self.network.node() for number, parent in enumerate(nesting.parents) if parent is not None}
        nodes[ROOT] = root
        for number, parent in enumerate(nesting.parents):
            if parent is not None:
                self.network.arc(nodes[parent], nodes[number], supply.caps[number][1])
        return (nodes[home] for home in nesting.homes)

    # Shifts: nested needs → shift → sink.

    def shift(self, shift: Shift, people: Sequence[Volunteer], root: int) -> Iterator[int]:
        """For each of those who could serve on the shift, the node their turn enters."""
        self.taken += len(people) if shift.max is None else min(shift.max, len(people))
        self._seats(shift, root, len(people))
        holders = [
            frozenset(at for at, person in enumerate(people) if need.qualification in person.qualifications)
            for need in shift.needs
        ]
        nesting = Nesting(len(people), holders)
        nodes = {ROOT: root}
        for number, (need, parent) in enumerate(zip(shift.needs, nesting.parents, strict=True)):
            if parent is None:
                # Nobody holds it, or it crosses another need: what cannot be met at all is still owed.
                self._owe("under_need", max(0, need.min - len(holders[number])))
                if holders[number] and need.min:
                    self.left_out.add("under_need")
            else:
                nodes[number] = self.network.node()
                self._owe("under_need", need.min)
        for number, parent in enumerate(nesting.parents):
            if parent is not None:
                wanted = self.network.arc(nodes[number], nodes[parent], shift.needs[number].min)
                self._charge(wanted, "under_need", -1)
                self.network.arc(nodes[number], nodes[parent], len(holders[number]))
        return (nodes[home] for home in nesting.homes)

    def _seats(self, shift: Shift, node: int, people: int) -> None:
        """Arcs to the sink: seats up to `min`, up to `target`, beyond it, each kind with its own cost."""
        self._owe("under_min", shift.min * shift.weights.under_min)
        self._owe("under_target", shift.target * shift.weights.under_target)
        sure = under_service.asks(shift)
        self._owe("under_service", shift.min if sure else 0)
        most = people if shift.max is None else min(shift.max, people)
        for (to_min, to_target), seats in groupby(range(most), lambda seat: (seat < shift.min, seat < shift.target)):
            arc = self.network.arc(node, self.sink, len(list(seats)))
            self._charge(arc, "under_min", -shift.weights.under_min if to_min else 0)
            # As if everybody came for sure: nobody does better, so what this comes to is a bound.
            self._charge(arc, "under_service", -1 if to_min and sure else 0)
            self._charge(arc, "under_target", -shift.weights.under_target if to_target else 0)
            self._charge(arc, "over_target", 0 if to_target else shift.weights.over_target)

    # Turns: what each costs by itself.

    def charge_turns(self, arcs: Sequence[int], people: Iterable[Volunteer], turns: Turns) -> None:
        """Let each arc cost what the turn beside it does, of these people."""
        self._charge_each(arcs, "reluctance", lambda: reluctance.amounts(people, turns))
        if any(site.place is not None for site in self.problem.sites):
            self._charge_each(arcs, "travel", lambda: travel.amounts(self.problem, turns))
        if self._wishes or self._pinned or self.problem.previous is not None:
            self._charge_named(arcs, [(person.id, shift.id) for person, shift in turns])

    def _charge_each(self, arcs: Sequence[int], term: str, amounts_of: Callable[[], Sequence[int]]) -> None:
        amounts = amounts_of() if term in self.levels_of else ()
        for level, weight in self.levels_of.get(term, ()):
            self.network.charge_each(arcs, level, [weight * each for each in amounts])

    def _charge_named(self, arcs: Sequence[int], names: Sequence[tuple[str, str]]) -> None:
        """What wishes, pins and the roster from before say of single turns."""
        if self.problem.previous is not None:
            self._charge_each(arcs, "changes", lambda: [-1 if turn in self._before else 1 for turn in names])
        for arc, turn in zip(arcs, names, strict=True):
            if turn in self._wishes:
                self._charge(arc, "wishes", self._wishes[turn])
            if turn in self._pinned:
                self.network.charge(arc, FORCED, -1)


def side_rules(component: Component) -> Iterator[str]:
    """The rules that tie turns to each other and could matter here; those about one volunteer aside."""
    problem = component.problem
    if any(person.minor for person in problem.volunteers) and any(person.minor for person, _ in component.turns):
        yield "minors"
    if any(person.newcomer for person in problem.volunteers) and any(one.newcomer for one, _ in component.turns):
        yield "newcomers"
    sure = {shift.id for shift in problem.shifts if under_service.asks(shift)}
    if sure and any(shift.id in sure and person.show_up < 1 for person, shift in component.turns):
        yield "under_service"
    halves = {shift.id for shift in problem.shifts if shift.all_or_nothing and (shift.min > 1 or shift.needs)}
    if halves and any(shift.id in halves for _, shift in component.turns):
        yield "all_or_nothing"
    if problem.pairs and component.turns:
        yield "pairs"
    if any(True for _ in bottlenecks(problem)):
        yield "equipment"
