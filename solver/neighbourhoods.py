"""Large-neighbourhood search: free the volunteers around one shift, keep everyone else, solve that exactly.

What is kept enters the small problem as pinned turns, so the small problem is one like any other: its flow says at
once whether anything can be gained, and most neighbourhoods end there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from solver.check.rosters import Roster
from solver.components import Component
from solver.possible import Turns
from solver.problem import Assignment, Limits, Pin, Shift, Volunteer
from solver.rules.equipment import bottlenecks

NO_LIMITS = Limits()
MARKER = "\0"  # begins the ids of people who only stand for a shift in use; no file can hold one


class Neighbourhoods:
    """The surroundings of every shift of one component."""

    def __init__(self, component: Component) -> None:
        self.problem = component.problem
        self._of_person: dict[str, list[Shift]] = {}
        self._on_shift: dict[str, list[Volunteer]] = {}
        for person, shift in component.turns:
            self._of_person.setdefault(person.id, []).append(shift)
            self._on_shift.setdefault(shift.id, []).append(person)
        self._partners: dict[str, list[Volunteer]] = {}
        for pair in self.problem.pairs:
            for one, other in (pair.volunteers, pair.volunteers[::-1]):
                self._partners.setdefault(one, []).append(self.problem.volunteer_by_id[other])
        self._rivals: dict[str, set[str]] = {}
        for _, _, shifts in bottlenecks(self.problem):
            for shift in shifts:
                self._rivals.setdefault(shift.id, set()).update(other.id for other in shifts)

    def around(self, shift: Shift, turns: int) -> dict[str, Volunteer]:
        """The volunteers nearest to a shift, by who could serve where, until they have so many possible turns."""
        found: dict[str, Volunteer] = {}
        seen, queue, count = {shift.id}, [shift], 0
        for near in queue:
            for person in self._on_shift.get(near.id, ()):
                if person.id not in found:
                    if count >= turns:
                        return self._with_partners(found)
                    found[person.id] = person
                    count += len(self._of_person[person.id])
                    new = [other for other in self._of_person[person.id] if other.id not in seen]
                    seen.update(other.id for other in new)
                    queue.extend(new)
        return self._with_partners(found)

    def _with_partners(self, found: dict[str, Volunteer]) -> dict[str, Volunteer]:
        queue = list(found)
        for name in queue:
            for partner in self._partners.get(name, ()):
                if partner.id not in found:
                    found[partner.id] = partner
                    queue.append(partner.id)
        return found

    def freed(self, people: Mapping[str, Volunteer], roster: Roster) -> Component:
        """The problem of placing these people anew while all others stay where they are."""
        own = {shift.id: shift for name in people for shift in self._of_person.get(name, ())}
        kept = [(person, shift) for shift in own.values() for person in roster.people_on(shift.id)]
        kept = [(replace(person, limits=NO_LIMITS), shift) for person, shift in kept if person.id not in people]
        kept += self._markers(own, roster)
        problem = replace(
            self.problem,
            shifts=tuple({shift.id: shift for shift in (*own.values(), *(shift for _, shift in kept))}.values()),
            volunteers=tuple({**people, **{person.id: person for person, _ in kept}}.values()),
            pins=(*self._pins(people, own), *(Pin(person.id, shift.id, "assigned") for person, shift in kept)),
            wishes=tuple(wish for wish in self.problem.wishes if wish.volunteer in people and wish.shift in own),
            pairs=tuple(pair for pair in self.problem.pairs if pair.volunteers[0] in people),
            previous=self._previous(people, own),
        )
        turns = [(person, shift) for name, person in people.items() for shift in self._of_person.get(name, ())]
        return Component(problem, turns + kept)

    def _markers(self, own: Mapping[str, Shift], roster: Roster) -> Turns:
        """A turn on each shift elsewhere that is using equipment these shifts could use too, and nothing else of it."""
        rivals = sorted({rival for shift in own for rival in self._rivals.get(shift, ())}.difference(own))
        used = [self.problem.shift_by_id[shift] for shift in rivals if roster.people_on(shift)]
        return [
            (
                Volunteer(f"{MARKER}{shift.id}"),
                Shift(shift.id, shift.start, shift.end, equipment=shift.equipment),
            )
            for shift in used
        ]

    def _pins(self, people: Mapping[str, Volunteer], shifts: Mapping[str, Shift]) -> Iterator[Pin]:
        return (pin for pin in self.problem.pins if pin.volunteer in people and pin.shift in shifts)

    def _previous(self, people: Mapping[str, Volunteer], shifts: Mapping[str, Shift]) -> tuple[Assignment, ...] | None:
        if self.problem.previous is None:
            return None
        return tuple(turn for turn in self.problem.previous if turn.volunteer in people and turn.shift in shifts)

    def inside(self, people: Mapping[str, Volunteer]) -> set[str]:
        """The shifts nobody but these people could serve on."""
        near = {shift.id for name in people for shift in self._of_person.get(name, ())}
        return {shift for shift in near if all(person.id in people for person in self._on_shift[shift])}


def is_marker(volunteer: str) -> bool:
    return volunteer.startswith(MARKER)
