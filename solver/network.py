"""A problem as a flow of turns: source → volunteer → day → shift → sink, a unit for each turn.

Limits, clashes and seats are capacities, costs are on the arcs. A cost that grows with each unit (fairness, seats
beyond the minimum) is several arcs side by side, of which a cheapest flow fills the cheap ones first. What is no
flow is left out and named: then the flow is a relaxation, whose levels are bounds and whose turns are a start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from solver.components import Component
from solver.effort import Effort
from solver.flow import MANY, Flow, Network, TooLarge, cheapest, fullest
from solver.nesting import ROOT, Nesting
from solver.problem import Assignment, Shift, Volunteer
from solver.progress import NoRoster
from solver.rules import reluctance, travel, unfairness
from solver.rules.equipment import bottlenecks
from solver.supply import Supplies, Supply

FORCED = 0  # the level before all others: what pins and least turns ask for


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The cheapest flow: its levels, its turns, and the rules it leaves out (none: it is the optimum)."""

    values: tuple[int, ...]
    assignments: tuple[Assignment, ...]
    left_out: frozenset[str]


OnFirst = Callable[[Relaxation], None]


def relaxation(
    component: Component, effort: Effort | None = None, on_first: OnFirst | None = None
) -> Relaxation | None:
    """The flow of a problem; None if the weights are too large for one. Raises NoRoster if not even a flow can do what
    pins and least minutes ask for.

    Where it takes seconds, `effort` can stop it (Stopped), and `on_first` gets one before that is best on the first
    level and knows no further one.
    """
    try:
        return _Builder(component).solve(effort, on_first)
    except TooLarge:
        return None


class _Builder:
    def __init__(self, component: Component) -> None:
        self.problem, self.turns = component.problem, component.turns
        self.network = Network(len(self.problem.levels) + 1)
        self.source, self.sink = self.network.node(), self.network.node()
        self.owed = [0] * len(self.problem.levels)
        self.forced = sum(pin.state == "assigned" for pin in self.problem.pins)
        self.left_out = set(side_rules(component))
        self.levels_of: dict[str, list[tuple[int, int]]] = {}
        for number, level in enumerate(self.problem.levels):
            for term, weight in level.items():
                self.levels_of.setdefault(term, []).append((number, weight))

    def solve(self, effort: Effort | None, on_first: OnFirst | None) -> Relaxation:
        tails, most_given = self._volunteers()
        heads, most_taken = self._shifts()
        arcs = self.network.arcs(tails, heads, 1)
        self._charge_turns(arcs)
        if on_first is not None and len(self.network.tails) >= MANY:
            full = fullest(self.network, self.source, self.sink)
            if full is not None:
                on_first(self._relaxation(full, arcs))
        most = max(1, min(most_given, most_taken))
        self.network.arc(self.sink, self.source, most)
        # A turn is charged as a turn of its volunteer, by itself, on its seat, and for every need around it.
        charges = 3 + max((len(shift.needs) for shift in self.problem.shifts), default=0)
        flow = cheapest(self.network, most, charges, effort)
        if flow.values[FORCED] != -self.forced:
            raise NoRoster
        return self._relaxation(flow, arcs)

    def _relaxation(self, flow: Flow, arcs: range) -> Relaxation:
        carried = flow.amounts[arcs.start : arcs.stop].nonzero()[0].tolist()
        return Relaxation(
            tuple(value + owed for value, owed in zip(flow.values[1:], self.owed, strict=False)),
            tuple(Assignment(person.id, shift.id) for person, shift in (self.turns[turn] for turn in carried)),
            frozenset(self.left_out),
        )

    def _charge(self, arc: int, term: str, amount: int) -> None:
        for number, weight in self.levels_of.get(term, ()):
            self.network.charge(arc, number + 1, weight * amount)

    def _owe(self, term: str, amount: int) -> None:
        """Add what the term comes to if nobody serves."""
        for number, weight in self.levels_of.get(term, ()):
            self.owed[number] += weight * amount

    # Volunteers: source → volunteer → nested caps.

    def _volunteers(self) -> tuple[list[int], int]:
        """For each turn the node it leaves, and how many turns there can be at most."""
        own: dict[str, list[int]] = {person.id: [] for person in self.problem.volunteers}
        for number, (person, _) in enumerate(self.turns):
            own[person.id].append(number)
        tails, total, supplies = [0] * len(self.turns), 0, Supplies(self.problem)
        for person in self.problem.volunteers:
            numbers = own[person.id]
            supply = supplies.of(person, [self.turns[number][1] for number in numbers])
            self.left_out |= supply.left_out
            self.forced += supply.least
            total += supply.most
            for number, node in zip(numbers, self._volunteer(person, supply, len(numbers)), strict=True):
                tails[number] = node
        return tails, total

    def _volunteer(self, person: Volunteer, supply: Supply, turns: int) -> Iterator[int]:
        root = self.network.node()
        for turn in range(1, supply.most + 1):
            arc = self.network.arc(self.source, root, 1)
            self._charge(arc, "unfairness", unfairness.step(person, turn))
            if turn <= supply.least:
                self.network.charge(arc, FORCED, -1)
        nesting = Nesting(turns, [group for group, _ in supply.caps])
        if None in nesting.parents:
            self.left_out.add("overlap")
        nodes = {number: self.network.node() for number, parent in enumerate(nesting.parents) if parent is not None}
        nodes[ROOT] = root
        for number, parent in enumerate(nesting.parents):
            if parent is not None:
                self.network.arc(nodes[parent], nodes[number], supply.caps[number][1])
        return (nodes[home] for home in nesting.homes)

    # Shifts: nested needs → shift → sink.

    def _shifts(self) -> tuple[list[int], int]:
        """For each turn the node it enters, and how many turns there can be at most."""
        own: dict[str, list[int]] = {shift.id: [] for shift in self.problem.shifts}
        for number, (_, shift) in enumerate(self.turns):
            own[shift.id].append(number)
        heads, total = [0] * len(self.turns), 0
        for shift in self.problem.shifts:
            numbers = own[shift.id]
            total += len(numbers) if shift.max is None else min(shift.max, len(numbers))
            people = [self.turns[number][0] for number in numbers]
            for number, node in zip(numbers, self._shift(shift, people), strict=True):
                heads[number] = node
        return heads, total

    def _shift(self, shift: Shift, people: Sequence[Volunteer]) -> Iterator[int]:
        root = self.network.node()
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
        sure = shift.service_level is not None and shift.service_level > 0
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

    def _charge_turns(self, arcs: Sequence[int]) -> None:
        self._charge_each(arcs, "reluctance", lambda: reluctance.amounts(self.problem.volunteers, self.turns))
        if any(site.place is not None for site in self.problem.sites):
            self._charge_each(arcs, "travel", lambda: travel.amounts(self.problem, self.turns))
        if self.problem.wishes or self.problem.pins or self.problem.previous is not None:
            names = ((person.id, shift.id) for person, shift in self.turns)
            self._charge_named(dict(zip(names, arcs, strict=True)))

    def _charge_each(self, arcs: Sequence[int], term: str, amounts_of: Callable[[], list[int]]) -> None:
        amounts = amounts_of() if term in self.levels_of else []
        for number, weight in self.levels_of.get(term, ()):
            self.network.charge_each(arcs, number + 1, [weight * each for each in amounts])

    def _charge_named(self, arc_of: dict[tuple[str, str], int]) -> None:
        """What wishes, pins and the roster from before say of single turns."""
        for wish in self.problem.wishes:
            self._owe("wishes", wish.weight if wish.want else 0)
            if (wish.volunteer, wish.shift) in arc_of:
                arc = arc_of[wish.volunteer, wish.shift]
                self._charge(arc, "wishes", -wish.weight if wish.want else wish.weight)
        for pin in self.problem.pins:
            if pin.state == "assigned" and (pin.volunteer, pin.shift) in arc_of:
                self.network.charge(arc_of[pin.volunteer, pin.shift], FORCED, -1)
        self._charge_changes(arc_of)

    def _charge_changes(self, arc_of: dict[tuple[str, str], int]) -> None:
        if self.problem.previous is None or "changes" not in self.levels_of:
            return
        before = {(turn.volunteer, turn.shift) for turn in self.problem.previous}
        self._owe("changes", len(before))
        for number, weight in self.levels_of["changes"]:
            costs = [-weight if turn in before else weight for turn in arc_of]
            self.network.charge_each(list(arc_of.values()), number + 1, costs)


def side_rules(component: Component) -> Iterator[str]:
    """The rules that tie turns to each other and could matter here; those about one volunteer aside."""
    problem = component.problem
    if any(person.minor for person in problem.volunteers) and any(person.minor for person, _ in component.turns):
        yield "minors"
    if any(person.newcomer for person in problem.volunteers) and any(one.newcomer for one, _ in component.turns):
        yield "newcomers"
    if any(shift.service_level for shift in problem.shifts) and any(
        shift.service_level and person.show_up < 1 for person, shift in component.turns
    ):
        yield "under_service"
    halves = {shift.id for shift in problem.shifts if shift.all_or_nothing and (shift.min > 1 or shift.needs)}
    if halves and any(shift.id in halves for _, shift in component.turns):
        yield "all_or_nothing"
    if problem.pairs and component.turns:
        yield "pairs"
    if any(True for _ in bottlenecks(problem)):
        yield "equipment"
