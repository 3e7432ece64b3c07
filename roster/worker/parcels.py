"""Parcels: what a channel is given to send, and the ways in which that can fail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from roster.letters.parts import Written
from roster.webpush import Subscription


class Refused(Exception):
    """It certainly did not arrive. `for_good`: trying again would not help; `gone`: nor would anything else there."""

    def __init__(self, error: str, *, for_good: bool = False, gone: bool = False) -> None:
        super().__init__(error)
        self.for_good, self.gone = for_good, gone


class Doubtful(Exception):
    """The other side fell silent after it had everything."""


class Abandoned(Exception):
    """This worker's claim ran out before it handed anything over."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: the letter, where to, and the identity it keeps through every attempt.

    `address`: within the channel; for a device `subscription` says it all. `tag`: alike for every way of one letter.
    """

    written: Written
    name: str
    address: str
    message_id: str
    tag: str = ""
    subscription: Subscription | None = None


class Sender(Protocol):
    """One channel. `hand_over` is called in the last moment before the other side may have the letter for good, and
    says whether that is still wanted. Raises Refused, Doubtful, Abandoned."""

    def send(self, parcel: Parcel, hand_over: Callable[[], bool]) -> None: ...
