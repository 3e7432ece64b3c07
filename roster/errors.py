"""Everything the domain can refuse.

RosterError
├── NotFound
├── NotAllowed
├── Invalid                     the request makes no sense in itself
│   ├── FieldError              one field of a form or row
│   ├── EndsBeforeStart
│   │   └── LongerThanANight
│   └── NoOccurrence            a demand pattern without a single date
└── Conflict                    it does, but not in the present state
    ├── Stale                   somebody else changed it meanwhile
    ├── Overtaken               what a step changed has changed again since
    ├── AlreadyPublished
    ├── AlreadyRunning
    ├── RuleBroken              a hard rule of the roster is in the way
    ├── RemedyGone              what would have filled a place does so no more
    ├── RepairOutdated          a line of a repair no longer fits its place
    ├── PlaceTaken              somebody else was first
    ├── TurnChanged             the turn, or what was asked about it, is not as it was
    ├── RoundClosed             the time to answer when one can serve is over
    ├── RemindedAlready         less than an hour ago
    ├── LinkExpired
    ├── LinkUsed
    └── AlreadyExists
        └── ServesAlready       the person is on the shift

Errors carry facts as attributes, never sentences: `web/errors.py` words them in the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class RosterError(Exception):
    """The domain says no. `facts` holds ids, names and numbers for the wording."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts: Mapping[str, Any] = facts


class NotFound(RosterError):
    """There is no such thing, or none that this account may know of. Facts: `what`, `id`."""


class NotAllowed(RosterError):
    """The account may not do this here. Facts: `action`."""


class Invalid(RosterError):
    """The request makes no sense in itself."""


class FieldError(Invalid):
    """One field is wrong. Facts: `field`, `reason` (a key of the wording table), and what the reason needs.

    `others`: what else is wrong in the same form, where its fields are checked together (`fields.together`).
    """

    others: Sequence["FieldError"] = ()


class EndsBeforeStart(Invalid):
    """A time span ends before or when it starts. Facts: `starts`, `ends`."""


class LongerThanANight(EndsBeforeStart):
    """A shift would run past midnight for longer than a night. Facts: `starts`, `ends`, `hours` (the most)."""


class NoOccurrence(Invalid):
    """A demand pattern gives no date at all in its span. Facts: `rule`, `first_day`, `last_day`."""


class Conflict(RosterError):
    """The request makes sense, but not in the present state."""


class Stale(Conflict):
    """Somebody else changed it meanwhile. Facts: `by`, `at`, `changes` (what changed)."""


class Overtaken(Conflict):
    """A step cannot be taken back: what it changed has changed again since. Facts: the turn in question, if one is."""


class AlreadyPublished(Conflict):
    """The draft holds nothing that the last publication does not. Facts: `roster_id`."""


class AlreadyRunning(Conflict):
    """A run of this roster is queued or under way. Facts: `run_id`."""


class RuleBroken(Conflict):
    """A hard rule is in the way. Facts: `rule` (its name in the problem format) and the rule's own facts."""


class PlaceTaken(Conflict):
    """The place was somebody else's sooner. Facts: `shift_id`."""


class TurnChanged(Conflict):
    """The published turn, or the question about it, is not as its reader saw it. Facts: `what`, `id`, `state`."""


class RemedyGone(Conflict):
    """What was offered to fill a short place does not fill it any more. Facts: `roster_id`, `shift_id`."""


class RepairOutdated(Conflict):
    """People came or went where a repair's line is about, and it no longer fits. Facts: `site`, `starts`."""


class RoundClosed(Conflict):
    """The deadline of a round has passed. Facts: `deadline`."""


class RemindedAlready(Conflict):
    """Those who have not answered were reminded just now. Facts: `reminded_at`."""


class LinkExpired(Conflict):
    """An invitation or password link is past its time. Facts: `purpose`."""


class LinkUsed(Conflict):
    """A one-use link was used before. Facts: `purpose`."""


class AlreadyExists(Conflict):
    """Something with this name or number is there already. Facts: `what`, `field`, `value`."""


class ServesAlready(AlreadyExists):
    """The person is on the shift already. Facts: as its parent's; `value` is their name."""
