"""Which instances of the hard rules hold.

All of them, except while looking for the smallest contradiction: then rules are dropped one by one, and what
cannot be dropped is the cause.
"""

from __future__ import annotations

from collections.abc import Iterable

from solver.solution import Clash


class Kept:
    """The rule instances that hold: all, or only those covered by one of the given clashes.

    A clash without a volunteer covers the rule for every volunteer, without a shift for every shift.
    """

    def __init__(self, only: Iterable[Clash] | None = None) -> None:
        self.only = None if only is None else frozenset(only)
        self.rules = None if self.only is None else {clash.rule for clash in self.only}

    def holds(self, rule: str, volunteer: str | None = None, shift: str | None = None) -> bool:
        if self.only is None or self.rules is None:
            return True
        if rule not in self.rules:
            return False
        covers = ((None, None), (volunteer, None), (None, shift), (volunteer, shift))
        return any(Clash(rule, person, slot) in self.only for person, slot in covers)


EVERY_RULE = Kept()
