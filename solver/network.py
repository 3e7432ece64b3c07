"""The flow of a problem: the cheapest one is the best roster, or where rules are left out, a relaxation of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solver.components import Component
from solver.effort import Effort
from solver.flow import MANY, Flow, Network, TooLarge, cheapest, fullest
from solver.layout import FORCED, Layout, side_rules
from solver.problem import Assignment
from solver.progress import NoRoster


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
        return _Whole(component).solve(effort, on_first)
    except TooLarge:
        return None


class _Whole:
    """All volunteers, shifts and turns of a problem, drawn on one network."""

    def __init__(self, component: Component) -> None:
        self.problem, self.turns = component.problem, component.turns
        self.network = Network(len(self.problem.levels) + 1)
        self.layout = Layout(self.problem, self.network, self.network.node(), self.network.node())
        self.layout.left_out |= set(side_rules(component))

    def solve(self, effort: Effort | None, on_first: OnFirst | None) -> Relaxation:
        layout, network = self.layout, self.network
        arcs = network.arcs(self._volunteers(), self._shifts(), 1)
        layout.charge_turns(arcs, self.problem.volunteers, self.turns)
        layout.owe_turns()
        if on_first is not None and len(network.tails) >= MANY:
            full = fullest(network, layout.source, layout.sink)
            if full is not None:
                on_first(self._relaxation(full, arcs))
        most = max(1, min(layout.given, layout.taken))
        network.arc(layout.sink, layout.source, most)
        # A turn is charged as a turn of its volunteer, by itself, on its seat, and for every need around it.
        charges = 3 + max((len(shift.needs) for shift in self.problem.shifts), default=0)
        flow = cheapest(network, most, charges, effort)
        if flow.values[FORCED] != -layout.forced:
            raise NoRoster
        return self._relaxation(flow, arcs)

    def _volunteers(self) -> list[int]:
        """For each turn the node it leaves."""
        own: dict[str, list[int]] = {person.id: [] for person in self.problem.volunteers}
        for number, (person, _) in enumerate(self.turns):
            own[person.id].append(number)
        tails = [0] * len(self.turns)
        for person in self.problem.volunteers:
            numbers = own[person.id]
            nodes = self.layout.volunteer(person, [self.turns[number][1] for number in numbers], self.network.node())
            for number, node in zip(numbers, nodes, strict=True):
                tails[number] = node
        return tails

    def _shifts(self) -> list[int]:
        """For each turn the node it enters."""
        own: dict[str, list[int]] = {shift.id: [] for shift in self.problem.shifts}
        for number, (_, shift) in enumerate(self.turns):
            own[shift.id].append(number)
        heads = [0] * len(self.turns)
        for shift in self.problem.shifts:
            numbers = own[shift.id]
            nodes = self.layout.shift(shift, [self.turns[number][0] for number in numbers], self.network.node())
            for number, node in zip(numbers, nodes, strict=True):
                heads[number] = node
        return heads

    def _relaxation(self, flow: Flow, arcs: range) -> Relaxation:
        carried = flow.amounts[arcs.start : arcs.stop].nonzero()[0].tolist()
        return Relaxation(
            tuple(value + owed for value, owed in zip(flow.values[1:], self.layout.owed, strict=False)),
            tuple(Assignment(person.id, shift.id) for person, shift in (self.turns[turn] for turn in carried)),
            frozenset(self.layout.left_out),
        )
