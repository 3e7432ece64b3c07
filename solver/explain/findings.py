"""Why a place stays empty, as facts: ids, counts and minutes that `roster/` turns into sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["add", "swap", "raise_limit", "ask", "train", "replace", "lend", "move"]
# From what a coordinator does alone to what others must agree to; equal effect goes to the earlier kind.
KINDS: tuple[Kind, ...] = ("add", "swap", "replace", "raise_limit", "ask", "train", "move", "lend")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """People out for one reason: the first in the way of each of them, so nobody is counted twice.

    `rule` and `detail` are those of a Violation; ("under_need", "") are people whom a missing need does not ask for.
    `facts` are what the violations of all of them have in common, such as {"most": 2, "value": 3}.
    """

    rule: str
    detail: str
    volunteers: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def count(self) -> int:
        return len(self.volunteers)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the whole roster misses, as the terms of the objective count it."""

    under_min: int
    under_need: int


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to fill the place, verified by the referee, and what is then missing in the whole roster.

    `under_min_after` and `under_need_after` are of the roster with the place filled and all else as it was: planning
    anew after the repair (`applied`) never leaves more missing to `min`, and may leave less.

    Facts by kind, `volunteers` being equally good alternatives where it is a list of several:
    add          volunteers (to add together)
    swap         volunteer, gives (shift), to (volunteer)
    replace      volunteer, replaces (volunteer)
    raise_limit  volunteers, limit, from, to, and type if the limit is by type
    ask          volunteers: to serve outside the time they offered
    train        volunteers, qualification; on_shift true if they are on the shift already
    lend         volunteers, group: from outside the pool
    move         minutes_later (negative is earlier), volunteers (who then serve)
    via          (with ask, train, lend, raise_limit; only where chains were asked for) a move that goes before: the
                 `volunteer` goes `from` a shift `to` the short one, and the volunteers fill the place left behind
    together     (with any of ask, train, lend, raise_limit) who has to join as well
    """

    kind: Kind
    facts: Mapping[str, Any]
    under_min_after: int
    under_need_after: int = 0


@dataclass(frozen=True, slots=True)
class Shortage:
    """One shift with people missing.

    asked       how many people the place was open to at all: everybody not on it yet
    suited      who could serve as far as the two of them go: eligible, available, not forbidden
    free        who could take the place now; nobody, if the roster is as good as it gets
    group       the shifts that compete for the same people, this one among them
    people      everybody suited to any shift of the group, or on it
    places      what the group's shifts want together (their `min`), of which `filled` are filled
    """

    shift: str
    missing: int
    needs: Mapping[str, int]
    asked: int
    suited: tuple[str, ...]
    free: tuple[str, ...]
    excluded: tuple[Exclusion, ...]
    group: tuple[str, ...]
    people: tuple[str, ...]
    places: int
    filled: int
    repairs: tuple[Repair, ...]

    def funnel(self) -> Iterator[tuple[Exclusion, int]]:
        """Each reason in order, with how many people are left after it."""
        left = self.asked
        for one in self.excluded:
            left -= one.count
            yield one, left
