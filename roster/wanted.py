"""Wanted: how many more people a shift needs, and how many beyond these are welcome, in figures and in words.

A demand has a least ("at least 2") and a better ("better 3"). Boards, pages, hand-outs and calendars all tell the two
apart, in the same words, or one of them would call short what another calls complete. Pages and calendars find their
texts in different ways, so the words take the way from whoever asks.
"""

from collections.abc import Callable
from typing import NamedTuple


class Wanted(NamedTuple):
    """`needed`: people missing to the least. `welcome`: how many could come beyond that, up to what would be better."""

    needed: int
    welcome: int


def still_wanted(people: int, minimum: int, target: int) -> Wanted:
    """What so many people leave to be wanted."""
    needed = max(0, minimum - people)
    return Wanted(needed, max(0, target - people) - needed)


def in_words(wanted: Wanted, ngettext: Callable[[str, str, int], str]) -> str:
    """ "2 more needed, one more welcome"; "" where nobody is wanted."""
    needed, welcome = wanted
    parts = (
        (needed, ngettext("one more needed", "%(num)s more needed", needed)),
        (welcome, ngettext("one more welcome", "%(num)s more welcome", welcome)),
    )
    return ", ".join(words % {"num": count} for count, words in parts if count)
